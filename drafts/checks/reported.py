"""What a letter tells without claiming or offering it: the reader's own words ("thanks for your note that FI-1 is paid"), a payment on record, the
reader's own house ("your law firm"), a supposition ("perhaps our invoice went astray")."""

from __future__ import annotations

import re

from .clauses import Match
from .numbers import fact_amount
from .quoted import TOLD
from .terms import sentence_items
from .text import Draft, Text

# Where the letter speaks for itself again.
_OWN_VOICE = re.compile(r"[;:]| - |,? (?:and|und|et|y|so|thus|also|donc|asi que) (?:we|i|it|this|wir|ich|damit|die|sie|nous|je|elle|la|nosotros|queda)\b")


# The same where a turn or a comma comes before it: "you told us that you would pay, but now we …", "…, wir klagen nun".
_WE = r"(?:we|i|our|wir|ich|unsere?\w*|nous|notre|nos|je|nosotros|nuestr\w+|\w{3,}(?:remos|rons))"
_TURNS = re.compile(
    rf"\b(?:but|yet|however|nevertheless|therefore|now|aber|doch|jedoch|trotzdem|deshalb|daher|nun|jetzt|mais|pourtant|cependant|maintenant|pero|sin embargo|ahora|por eso)\b(?! (?:that|dass|que|qu)\b)[^.;:!?]{{0,40}}?\b{_WE}\b|"
    r"(?<=\w), (?:we|i|wir|ich|nous|je|nosotros)\b|\b(?:y|et) \w{3,}(?:remos|rons)\b"
)


def reported(text: Text, sentence: tuple[int, int], end: int) -> bool:
    """True when what ends at ``end`` is told as the reader's own words."""
    told = next(TOLD.finditer(text.plain, *sentence), None)
    if told is None or told.start() >= end or (told.end() < end and _OWN_VOICE.search(text.plain, told.end(), end)):
        return False
    # "You wrote, we had …" is still the reader's: the turn stands further on.
    turn = _TURNS.search(text.plain, told.end() + 1, sentence[1])
    return turn is None or turn.start() >= end


_WONDERED = re.compile(
    r"\b(?:you|your|sie|ihnen|ihre[rmn]?|du|ihr|vous|votre|vos|usted|ustedes|su|sus|nos|me|preguntaba\w*|consultaba\w*|queria\w* saber)\b(?P<doubt>[^.;:!?]{0,70}?)"
    r"\b(?P<which>which|whether|if|welche\w*|ob|quelles?|lesquelles|laquelle|si|cual(?:es)?|que facturas?|que invoices?)\b(?P<between>[^.;:!?]*)\Z"
)
_DOUBT = re.compile(
    r"\b(?:ask\w*|wonder\w*|want\w* to know|n?o?t? ?(?:sure|clear|certain)|unsure|unclear|tell|see|know|frag\w*|gefragt|wissen|wussten|klar|unklar|sicher|unsicher|demand\w*|savoir|saviez|savez|clair|sure?|interrog\w*|"
    r"pregunt\w*|consult\w*|saber|sabe\w*|sabia\w*|claro|duda\w*|ve(?:o|ia\w*|n))\b"
)
_HEADING = re.compile(r"\W*(?:which|welche\w*|quelles?|lesquelles|laquelle|cual(?:es)?)\b[^,;:]*\Z")
_TURN = re.compile(r"\b(?:but|and|so|aber|und|doch|sondern|mais|et|donc|pero|y|sino)\b")
_YES = re.compile(
    r"[^.;:!?]{0,30}[.;:,!-]+\s*(?:yes\b|(?:it|they) (?:is|are|does|do)\b(?! not|n't)|indeed\b|ja\b|(?:das |so )?(?:ist|sind) (?:sie|es)\b(?! nicht)|oui\b|c'est le cas|elles? l(?:'est|e sont)\b(?! pas)|si\b|lo (?:esta|estan)\b|asi es\b)"
)


def wondered(text: Text, end: int) -> bool:
    """ "You asked which of them is overdue": what ends at ``end`` is the reader's question, and no yes follows it; or a heading that asks."""
    said = text.plain[text.segments[text.segment_at(end - 1)][0] : end]
    if _HEADING.match(said) and not _TURN.search(said):
        return True
    found = _WONDERED.search(said)
    if found is None or not _DOUBT.search(found["doubt"]) or _TURN.search(found["between"]):
        return False
    return not _YES.match(text.plain, end)


_STATE_OF_DEBT = re.compile(r"(?:in |im |en )?(?:verzug|default|arrears|mora|retard|demeure)")


def asked_of_state(text: Text, match: Match) -> bool:
    """ "You wanted to know which invoice is in default": a word of the law, asked about as the state of an invoice."""
    return bool(_STATE_OF_DEBT.match(text.plain, match.start)) and wondered(text, match.end)


_AHEAD = re.compile(
    r"\b(?:will|shall|can|could|may|offer\w*|propos\w*|agree\w*|remaining|rest|further|next|werden|konnen|biet\w*|vorschlag\w*|rest\w*|weitere\w*|nachste\w*|pouv\w+|propos\w+|accept\w+|reste|prochain\w*|podemos|puede\w*|ofrec\w+|"
    r"propon\w+|acept\w+|resto|restante|proxim\w+)\b"
)


def paid_part(draft: Draft, text: Text, match: Match) -> bool:
    """ "The part payment was 3,500.00": a payment on record with its amount, and nothing is said of what is to come."""
    paid = {fact_amount(str(row.get("amount", ""))) for row in draft.facts.payments}
    said = [text.items[index].value for index in sentence_items(text, match) if text.items[index].kind == "money"]
    return bool(said) and any(value in paid for value in said) and not _AHEAD.search(text.plain, *match.sentence)


_READERS = re.compile(r"\b(?:your|ihre?[rnms]?|euer|eure[rnms]?|votre|vos|su|sus|vuestr\w+)(?: \w+)?\s\Z")
_HOUSE = re.compile(
    r"(?:law[ -]?firm|legal (?:practice|team|department|colleagues?)|solicitors|(?:anwalts?)?kanzlei|rechtsabteilung|cabinet|service juridique|etude|despacho|bufete|asesoria juridica|notar\w*|lawyers?|counsel|attorneys?|legal advisers?|"
    r"\w*jurist\w*|(?:rechts)?anw[a]lt\w*|justi[tz]iar\w*|avocate?s?|conseils? juridiques?|abogad[oa]s?|letrad[oa]s?|asesor\w* (?:juridic|legal)\w*)"
)
# "Your lawyers will hear from ours", "… can explain what a court order costs".
_OF_READERS = re.compile(r"\s(?:(?:\w+ )?(?:at|of|in|on|from|bei|in|von|de|dans|chez|en) (?:your|ihre[rnms]?|ihnen|eure[rnms]?|votre|vos|vous|su|sus|vuestr\w+)\b|de usted\w*)")
_OURS = re.compile(r"\b(?:our|unsere[rnms]?|unser|notre|nos|nuestr\w+)(?: \w+)?\s\Z")
_SUES = re.compile(r"\b(?:hear from|ours?|unser\w*|horen|notres?|notres|nouvelles|nuestr[oa]s|noticias|court|gericht\w*|tribunal\w*|juez|sue|klage\w*|expli\w*|erklar\w*)\b")


_ADMINISTRATOR = re.compile(r".{0,16}?\b(?:insolvenzverwalter\w*|administrat\w+ (?:judiciaire|concursal)|administrator|liquidator|mandataire judiciaire|administracion concursal)\b")
_AT_READERS = re.compile(r"\b(?:your|ihre?[rnms]?|ihres|bei ihnen|votre|vos|chez vous|su|sus|de su)\b")
_WE_FILE = re.compile(r"\b(?:we|wir|nous|file|beantrag\w*|stellen|demand\w+|solicit\w+|instar\w*)\b.{0,30}\b(?:insolvency|insolvenz\w*antrag|insolvenz\b|redressement|faillite|concurso)\b")


def readers_house(text: Text, match: Match) -> bool:
    """ "A busy time for your law firm": a house of the reader, nobody we call in."""
    if _HOUSE.match(text.plain, match.start) and _of_the_reader(text, match):
        return not _SUES.search(text.plain, match.end, match.sentence[1])
    appointed = _ADMINISTRATOR.match(text.plain, max(match.sentence[0], match.start - 16)) or _ADMINISTRATOR.match(text.plain, match.start)
    return bool(appointed and _AT_READERS.search(text.plain, *match.sentence) and not _WE_FILE.search(text.plain, *match.sentence))


def _of_the_reader(text: Text, match: Match) -> bool:
    """ "Your lawyers", "a lawyer of your team", or the legal department that an earlier sentence calls theirs."""
    if _READERS.search(text.plain, max(0, match.start - 24), match.start) or _OF_READERS.match(text.plain, match.end):
        return True
    named = text.plain[match.start : match.end]
    earlier = next(re.finditer(rf"(?<!\w){re.escape(named)}(?!\w)", text.plain[: match.start]), None)
    return (
        earlier is not None
        and bool(_READERS.search(text.plain, max(0, earlier.start() - 24), earlier.start()))
        and not _OURS.search(text.plain, max(0, match.start - 24), match.start)
    )


def of_theirs(text: Text, match: Match) -> bool:
    """A word of the law the reader said or asked about, or of the reader's house; "our lawyers" are ours in whatever is told.

    Behind a comma ("…, which is why this goes to court") nobody is taken to be quoted: too much hangs on it.
    """
    if readers_house(text, match) or asked_of_state(text, match):
        return True
    told = next(TOLD.finditer(text.plain, *match.sentence), None)
    if told is None or "," in text.plain[told.end() + 1 : match.start] or _OURS.search(text.plain, max(0, match.start - 24), match.start):
        return False
    return reported(text, match.sentence, match.end)


_PERHAPS = re.compile(r"\b(?:perhaps|maybe|possibly|may|might|could|vielleicht|moglicherweise|eventuell|konnte|kann|peut-etre|eventuellement|pourrait|quizas?|tal vez|acaso|puede que|podria)\b")
_REGRETS = re.compile(r"\b(?:sorry|apolog\w*|regret\w*|entschuld\w*|bedauer\w*|verzeih\w*|leid|excus\w*|desole\w*|regrett\w*|perdon\w*|disculp\w*|lament\w*|siento|sentimos)\b")


def supposed(text: Text, match: Match) -> bool:
    """ "Perhaps our invoice went to the wrong inbox" supposes; who is sorry admits."""
    return bool(_PERHAPS.search(text.plain, *match.clause)) and not _REGRETS.search(text.plain, *match.sentence)
