"""What we say we do not do: an offer refused ("we do not offer instalments"), an intention denied ("we have no plans to stop your deliveries")."""

from __future__ import annotations

import re

from .text import Text

_REFUSED = re.compile(
    r"\b(?:we|i)\b[^;!?]{0,30}(?:can't|cannot|can not|don't|do not|won't|will not|unable to|not able to|not in a position to)\b[^;!?]{0,30}"
    r"\b(?:offer|grant|give|allow|accept|agree|promise|extend|provide|arrange|do)\b|"
    r"\b(?:konnen|kann|durfen|bieten|gewahren|vereinbaren|machen|raumen) (?:wir|ich)\b[^;!?]{0,60}\b(?:nicht|keine?\w*|nichts)\b|"
    r"\b(?:wir|ich) (?:konnen|kann|durfen|bieten|gewahren|vereinbaren|machen|raumen)\b[^;!?]{0,60}\b(?:nicht|keine?\w*|nichts)\b|"
    r"\b(?:nous|je) ne (?:vous )?(?:pouvons|peux|puis|proposons|propose|accordons|faisons|pratiquons|offrons|saurions)\b[^;!?]{0,40}\b(?:pas|aucune?|rien)\b|"
    r"\bno (?:le |les )?(?:podemos|puedo|ofrecemos|ofrezco|concedemos|hacemos|aceptamos|aplicamos)\b"
)
_NOT_MEANT = re.compile(
    r"\b(?:no|not|n't)\b (?:\w+ )?(?:plans?|intentions?|intending|planning|thinking of|meant|considering)\b|\b(?:nicht vor|keine absicht|nicht (?:geplant|beabsichtigt|gedacht|gemeint)|"
    r"keinesfalls|keineswegs)\b|\bn'avons (?:pas|aucunement|nullement) l'intention|\bn'envisageons pas|\baucune intention|\bno (?:tenemos|tengo) (?:ninguna )?intencion|\bno (?:pensamos|pretend\w+|prevemos)\b"
)
# What turns a refusal into an offer, and a denial into a threat.
_BUT = re.compile(
    r"\b(?:if|unless|until|once|when|but|however|yet|only|except|instead|more than|beyond|provided|as long as|for now|so far|longer|wait\w*|tolerat\w*|accept that|wenn|falls|sofern|solange|bis|aber|sondern|"
    r"jedoch|nur|hochstens|stattdessen|dafur|mehr als|vorerst|noch|langer|warten|dulden|hinnehmen|auser|ausser|si|sauf|mais|seulement|plus de|tant que|tant qu|en revanche|pour l'instant|plus longtemps|attendre|"
    r"tolerer|jusqu|sino|pero|salvo|solo|mas de|mas que|siempre que|mientras|de momento|por ahora|esperar|hasta|cuando)\b|%"
)
_OFFERS = frozenset(("credit_offer", "discount", "payment_plan", "promise"))
_ACTS = frozenset(("suspension", "legal", "threat", "penalty"))


def refused(rule: str, text: Text, start: int, end: int) -> bool:
    """True when the sentence ``start``…``end`` refuses what ``rule`` reads as offered, or denies the intention it reads."""
    if rule in _OFFERS:
        found = _REFUSED.search(text.plain, start, end)
    elif rule in _ACTS:
        found = _NOT_MEANT.search(text.plain, start, end)
    else:
        return False
    return found is not None and not _BUT.search(text.plain, start, end)
