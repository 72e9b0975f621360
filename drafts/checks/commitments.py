"""G11–G19: what a text claims, offers or threatens, by meaning in clauses; registered terms pass only when matched exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from .base import BLOCK, HIGHER, CheckInput, Finding
from .clauses import LEARNED, Match, all_matches, asks, condition_before, matches
from .contingent import made_to_hang
from .credit_words import promised_credits
from .innocent import BOOKED, innocent
from .numbers import fact_amount
from .refusals import refused
from .reported import of_theirs, paid_part, supposed
from .speaking import spoken_of
from .terms import (
    CREDIT,
    DISCOUNT,
    LEGAL,
    OFFERS,
    PENALTY,
    PLAN,
    SUSPENSION,
    judged,
    policy_spans,
    sentence_items,
    term_covering,
    terms_covering,
    worth,
)
from .text import Draft, Text, parsed

_CREDIT_WORD = re.compile(
    r"credit|gutsch|gutgeschr|avoir|abono|nota|rectific|dedu|descont|abgezog|abzug|verrechn|compens|rebaj|reduc|reduit|minor"
)


def _restated_credit(draft: Draft, text: Text, match: Match) -> bool:
    """A posted credit note told as such: its number, or its amount, in the sentence, and nothing promised."""
    amounts = {fact_amount(str(row.get("amount", ""))) for row in draft.facts.credits}
    promised = re.search(
        r"\b(?:will(?! (?:be aware|see|find|know|note|recall|remember|notice|gather|have (?:seen|noticed)))|shall|another|further|additional|going to|werden|wird (?:gutgeschrieben|erteilt|erstellt|folgen)|weitere\w*|zusatzliche\w*|allons|serez?|sera|autre|"
        r"supplementaire|vamos a|otr[oa]|adicional|emitiremos|abonaremos)\b",
        text.plain[slice(*match.clause)],
    )
    if promised or not draft.facts.credits or not _CREDIT_WORD.search(text.plain[match.start : match.end]):
        return False
    for index in sentence_items(text, match):
        item = text.items[index]
        if (item.kind == "ref" and item.ref.kind == "credit") or (item.kind == "money" and item.value in amounts):
            return True
    return any(item.kind == "ref" and item.ref.kind == "credit" for item in text.items) and "issue" not in text.plain[slice(*match.clause)]


def check_credit(inp: CheckInput) -> Iterable[Finding]:
    """G11. Restating a credit note that is a fact passes."""
    draft = parsed(inp)
    for text in draft.texts:
        told: set[tuple[int, int]] = set()
        for match in matches(text, "credit_offer"):
            booked = BOOKED.search(text.plain, *match.sentence)
            if not booked and not _restated_credit(draft, text, match) and not (match.source != LEARNED and _conditional_credit(text, match)):
                told.add(match.sentence)
                yield judged(draft, text, match, CREDIT)
        for match in promised_credits(draft, text):
            if match.sentence not in told:
                told.add(match.sentence)
                yield judged(draft, text, match, CREDIT)


def _conditional_credit(text: Text, match: Match) -> bool:
    """ "If you believe a credit is due, tell us" asks; "if you pay today we credit you" offers (the offer is outside the condition)."""
    return condition_before(text, match) and not re.search(r"\b(?:we|wir|nous|us|uns)\b", text.plain[match.clause[0] : match.end])


def check_plan(inp: CheckInput) -> Iterable[Finding]:
    """G12."""
    draft = parsed(inp)
    for text in draft.texts:
        for match in matches(text, "payment_plan"):
            if not _not_due_anyway(draft, text, match) and not paid_part(draft, text, match) and not _quotes_policy(text, match):
                yield judged(draft, text, match, PLAN)


_NO_HURRY = re.compile(
    r"\b(?:no|not|nothing|without|keine|nicht|nichts|rien|pas|aucune|no corre|sin)\b[^.,;:!?]{0,14}\b(?:hurry|rush|urgent|urgency|press\w*|eile|eilt|dringend|drangt|presse|urgence|urgente?|prisas?|urgencia)\b"
)
_WHENEVER = re.compile(r"\b(?:whenever|when (?:you|it)|as you like|wann (?:sie|immer)|quand (?:vous|bon)|a votre rythme|cuando (?:quiera|pueda|le)\w*|a su ritmo)\b")


def _not_due_anyway(draft: Draft, text: Text, match: Match) -> bool:
    """ "No hurry with FI-2, it is due on 30 October": nobody is given time that the invoice does not give."""
    said = text.plain[slice(*match.sentence)]
    if not _NO_HURRY.search(said) or _WHENEVER.search(said):
        return False
    if match.source != LEARNED and not _NO_HURRY.search(text.plain, max(match.sentence[0], match.start - 16), min(match.sentence[1], match.end + 16)):
        return False
    days = [invoice.days_overdue(draft.facts.as_of) for invoice in spoken_of(draft, text, match)]
    return bool(days) and all(late is not None and late <= 0 for late in days)


def check_discount(inp: CheckInput) -> Iterable[Finding]:
    """G13; above the policy's limit (``discount_executive_limit``, major units), or of unknown worth, a registered discount needs an
    executive too."""
    draft = parsed(inp)
    for text in draft.texts:
        for match in matches(text, "discount"):
            if _restated_credit(draft, text, match):
                continue
            finding = judged(draft, text, match, DISCOUNT)
            limit = fact_amount(str(inp.policy.get("discount_executive_limit", "")))
            if finding.registered and limit is not None and _over(draft, text, match, limit):
                words = f"{finding.why}, above the limit of {inp.policy['discount_executive_limit']:,} or without a stated amount"
                finding = replace(finding, role="finance+executive", why=words)
            yield finding


def _over(draft: Draft, text: Text, match: Match, limit: int) -> bool:
    return any((given := worth(term)) is None or given > limit for term in terms_covering(draft, text, match, DISCOUNT))


def check_penalty(inp: CheckInput) -> Iterable[Finding]:
    """G14. Denying a fee passes when policy has none; where a policy has one, denying it is a waiver; asserting it needs a clause."""
    draft = parsed(inp)
    policy = draft.facts.raw.get("late_fee_policy", "unknown")
    clause = policy if isinstance(policy, dict) and policy else None
    for text in draft.texts:
        for match in matches(text, "penalty", negated=None):
            if _nil(text, match) or (text.where == "subject" and _denied_below(draft)):
                continue
            if not match.negated:
                registered = clause is not None and (_policy_stated(draft, text, match) or _quotes_policy(text, match))
                if registered:
                    why = "a fee under a contract clause"
                    yield text.finding("G14", "penalty", HIGHER, match.start, match.end, why, role="finance+legal", registered=True)
                else:
                    yield judged(draft, text, match, PENALTY)
            elif clause is not None and not _fee_told(draft, text) and not policy_spans(text):
                why = "the policy has a late fee: denying it waives it"
                yield text.finding("G14", "penalty", BLOCK, match.start, match.end, why, fact=str(clause))


def _nil(text: Text, match: Match) -> bool:
    """ "Late fees 0.00": the row of a statement that has none."""
    nearest = next((item for item in text.items if item.kind == "money" and item.start >= match.end), None)
    before = next((item for item in reversed(text.items) if item.kind == "money" and item.end <= match.start), None)
    return (nearest is not None and nearest.value == 0 and nearest.start - match.end < 12) or (
        before is not None and before.value == 0 and match.start - before.end < 12
    )


def _denied_below(draft: Draft) -> bool:
    """A subject names what the letter is about ("Late fees on FI-1"); the body says that there are none, and claims none."""
    told = [match for text in draft.texts if text.where == "body" for match in matches(text, "penalty", negated=None) if not _nil(text, match)]
    return bool(told) and all(match.negated for match in told)


def _fee_told(draft: Draft, text: Text) -> bool:
    """The fee that was decided is named: "no other charge" then waives nothing."""
    return any(item.kind == "ref" and item.ref.kind == "term" and str(item.ref.row.get("type")) == "fee" for item in text.items)


def _quotes_policy(text: Text, match: Match) -> bool:
    """The words are those of the policy; a meaning heard in the whole sentence is heard in what it quotes."""
    return any(left < match.end and match.start < right for left, right in policy_spans(text))


def _policy_stated(draft: Draft, text: Text, match: Match) -> bool:
    """The sentence names figures of the late-fee policy and no others."""
    policy = draft.facts.raw["late_fee_policy"]
    numbers = {fact_amount(n) for value in policy.values() for n in re.findall(r"\d+(?:\.\d+)?", str(value))}
    said = [text.items[i] for i in sentence_items(text, match)]
    figures = [item.value for item in said if item.kind in {"money", "percent"}]
    known = {a for i in draft.facts.invoices for a in (i.open, i.amount)} | {draft.facts.total}
    return bool(figures) and all(value in numbers or value in known for value in figures) and any(value in numbers for value in figures)


def check_legal(inp: CheckInput) -> Iterable[Finding]:
    """G15."""
    draft = parsed(inp)
    for text in draft.texts:
        for match in matches(text, "legal"):
            if not of_theirs(text, match):
                yield judged(draft, text, match, LEGAL)


def check_suspension(inp: CheckInput) -> Iterable[Finding]:
    """G16."""
    draft = parsed(inp)
    for text in draft.texts:
        for match in (*matches(text, "suspension"), *_hanging(text, "suspension")):
            yield judged(draft, text, match, SUSPENSION)


_HANGS = "hangs"
_NAMED = ("suspension", "legal", "penalty", "threat", "credit_offer", "discount", "payment_plan", "promise")


def _hanging(text: Text, rule: str) -> list[Match]:
    """What hangs on payment in words that no other rule names."""
    found = all_matches(text)
    if _HANGS not in found:  # judged once for both kinds
        found[_HANGS] = [Match(kind, "", start, end, (start, end), (start, end), False, "contingent") for kind, start, end in made_to_hang(text)]
    spans = [(match.start, match.end) for match in found[_HANGS] if match.rule == rule]
    if not spans:
        return []
    named = {match.sentence for name in _NAMED for match in matches(text, name, negated=None) if not match.doubted}
    return [Match(rule, "", *span, span, span, False, "contingent") for span in spans if span not in named and not refused(rule, text, *span) and not innocent("threat", text, *span)]


def check_threat(inp: CheckInput) -> Iterable[Finding]:
    """G17: any other threat or shaming before third parties; no role can approve it."""
    for text in parsed(inp).texts:
        for match in (*matches(text, "threat"), *_hanging(text, "threat")):
            yield text.finding("G17", "threat", match.severity(), match.start, match.end, "a threat")


def check_admission(inp: CheckInput) -> Iterable[Finding]:
    """G18. Courtesy passes, and in a correction the apology for our own message."""
    draft = parsed(inp)
    for text in draft.texts:
        for match in matches(text, "admission"):
            if condition_before(text, match) or supposed(text, match):
                continue
            if draft.purpose == "correction" and re.search(
                r"messag|e-?mail|reminder|letter|nachricht|schreiben|erinnerung|courriel|rappel|lettre|mensaje|correo|recordatorio",
                text.plain[slice(*match.sentence)],
            ):
                continue
            yield text.finding("G18", "admission_of_fault", match.severity(HIGHER), match.start, match.end, "an admission of fault", role="legal")


def check_promise(inp: CheckInput) -> Iterable[Finding]:
    """G19: a promise of a future act, or a claimed check, that no fact carries. A clause stopped elsewhere is not reported twice."""
    draft = parsed(inp)
    for text in draft.texts:
        for match in matches(text, "promise"):
            if asks(text, match.sentence) or _small_talk(text, match) or _found_booked(draft, text, match):
                continue
            if not _covered_elsewhere(draft, text, match):
                yield text.finding(
                    "G19",
                    "unsupported_promise",
                    match.severity(HIGHER),
                    match.start,
                    match.end,
                    "a promise or a claimed check without a fact",
                    role="account_owner",
                )


_TOLD = re.compile(
    r"\b(?:told|said|mentioned|wrote|gesagt|mitgeteilt|erwahnt|geschrieben|sagten|schrieben|dit|indique|ecrit|signale|dijo|dicho|comento|comentado|indico|indicado|escribio|escrito)\b"
)
# What the customer is said to have owned, paid, received or found right is a claim that needs a fact; who is on leave is not.
_WEIGHTY = re.compile(
    r"\b(?:pay\w*|paid|transfer\w*|remit\w*|settl\w*|releas\w*|approv\w*|accept\w*|recei\w*|deliver\w*|arriv\w*|goods|complet\w*|correct\w*|right|fine|ok|okay|agree\w*|promis\w*|guarant\w*|check\w*|"
    r"confirm\w*|assur\w*|quer\w*|disput\w*|\w*zahl\w*|uberw\w*|beglich\w*|freige\w*|genehm\w*|erhalten|bekommen|gelief\w*|\w*liefer\w*|ware\w*|vollstandig|stimm\w*|ordnung|einverstanden|zuge\w*|versich\w*|"
    r"gepruft|bestatig\w*|pai\w+|paye\w*|regl\w+|vir\w+|vers\w+|recu\w*|recept\w*|livr\w+|marchandise\w*|conform\w*|valid\w*|d'accord|accord\w*|promi\w*|verif\w*|pag\w+|abon\w+|transf\w+|liquid\w+|"
    r"recib\w+|entreg\w+|mercanc\w+|aprob\w+|acuerdo|correct\w+|prometi\w*|asegur\w+|comprob\w+)\b"
)


def _small_talk(text: Text, match: Match) -> bool:
    """ "You told me the invoice was with your manager": a conversation recalled, nothing of weight put into the reader's mouth."""
    said = text.plain[slice(*match.sentence)]
    return match.source != LEARNED and bool(_TOLD.search(text.plain, match.start, match.end)) and not _WEIGHTY.search(said)


_LOOKED = re.compile(r"check|look|compar|match|reconcil|pruf|geschaut|gesehen|abgeglichen|nachgesehen|verifi|compar|regarde|rapproch|comprob|revis|mirado|cotej|concili")
_BOOKED = re.compile(r"post|book|credit|appl|receiv|arriv|match|allocat|reconcil|rapproch|abgegl|concili|cotej|casad|verrechn|there|verbucht|gebucht|zugeordnet|eingegang|angekomm|gutgeschrieben|erhalten|enregistr|imput|affect|recu|credit|contabiliz|aplicad|abonad|registrad|recibid")
# With an invoice beside it ("con la FI-1") it is our own booking.
_OUR_BOOKS_ONLY = re.compile(r"\b(?:with (?:your|the|our)(?! (?:\w+ )?\S*\d)|bei ihr\w*|mit ihr\w*|aupres|avec (?:votre|vos|le|la|notre)(?! (?:\w+ )?\S*\d)|con (?:su|el|la|nuestro|sus)(?! (?:\w+ )?\S*\d)|warehouse|lager|entrepot|almacen|bank|banque|banco)\b")


def _found_booked(draft: Draft, text: Text, match: Match) -> bool:
    """ "I checked: your 20,000.00 of 19 February is posted": a payment of the facts, with its amount, carries what was looked up."""
    said = text.plain[slice(*match.sentence)]
    if match.source == LEARNED or not _LOOKED.search(text.plain, match.start, match.end) or not _BOOKED.search(said) or _OUR_BOOKS_ONLY.search(said):
        return False
    paid = {fact_amount(str(row.get("amount", ""))) for row in draft.facts.payments}
    money = [text.items[index].value for index in sentence_items(text, match) if text.items[index].kind == "money"]
    return bool(money) and any(value in paid for value in money)


def _covered_elsewhere(draft: Draft, text: Text, match: Match) -> bool:
    for commitment in (*OFFERS, PENALTY, LEGAL, SUSPENSION):
        for other in matches(text, commitment.rule):
            if other.clause == match.clause or (other.sentence == match.sentence and term_covering(draft, text, other, commitment)):
                return True
    return False
