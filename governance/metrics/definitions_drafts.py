"""Measures of drafts: what people did with what the machine prepared. D is drafts decided: unchanged, edited and refused, always apart."""

from __future__ import annotations

from governance.measuring import kinds
from governance.measuring.levels import EXACT
from governance.metrics.base import COUNT, QUANTILE, RATE, SHARE, Metric
from governance.metrics.rows import rows

DECIDED = rows(kinds.DECIDED, machine=True)
_APPROVED = DECIDED.but(outcome__in=kinds.APPROVED)
_EDITED = DECIDED.but(outcome=kinds.CHANGED)
_SENT = rows(kinds.SENT, machine=True)
_OFFERED = rows(kinds.DRAFT)
_APART = tuple((outcome, DECIDED.but(outcome=outcome)) for outcome in kinds.DECISIONS)
_GROUP = "drafts"

CLASSES = ("fact", "state", "recipient", "commitment", "tone", "completeness", "structure", "cosmetic")
CAUGHT_BY = ("last_look", "hold", "news", "gate", "check", "correction", "reviewer", "person")

DRAFTS: tuple[Metric, ...] = (
    Metric(
        "mistakes_stopped", "Mistakes stopped before customers saw them",
        "Drafts that would have gone out wrong and did not: stopped by the last look, a hold, news or a person, refused by a check or at "
        "approval, or corrected critically. Each draft counts once. Surely wrong and only suspected are told apart, money per currency.",
        COUNT, _GROUP, rows(kinds.MISTAKE), unit="drafts", money=True,
        parts=(
            ("confirmed", rows(kinds.MISTAKE, confirmed=True)), ("unconfirmed", rows(kinds.MISTAKE, confirmed=False)),
            *((f"caught by {who.replace('_', ' ')}", rows(kinds.MISTAKE, outcome=who)) for who in CAUGHT_BY),
        ),
    ),
    Metric(
        "drafts_offered", "What became of the drafts",
        "Every draft put before people in the window, by what became of it: decided, still waiting, expired, superseded or withdrawn. "
        "The parts add up to all of them.",
        COUNT, _GROUP, _OFFERED, unit="drafts",
        parts=tuple((o, _OFFERED.but(outcome=o)) for o in (*kinds.DECISIONS, kinds.PENDING, *kinds.LAPSED)),
    ),
    Metric(
        "drafts_decided", "Drafts decided",
        "Drafts of the machine decided in the window: approved unchanged, approved after an edit, rejected, sent back for another.",
        COUNT, _GROUP, DECIDED, unit="drafts", parts=_APART,
    ),
    Metric(
        "draft_correction_rate", "Drafts that needed correcting",
        "Drafts decided with at least one correction that is more than looks, or refused for a defect of the draft, of all drafts decided. "
        "Refused because the customer just paid or disputes is no defect.",
        SHARE, _GROUP, DECIDED, DECIDED.but(substantive=True), good="low", parts=_APART,
    ),
    Metric(
        "critical_correction_rate", "Drafts that would have harmed",
        "Drafts decided with at least one critical correction (wrong amount, invoice, currency, due date or recipient; a paid or disputed "
        "invoice; a fee, credit, discount, threat or legal statement nobody decided; something internal), or refused for a wrong fact or "
        "recipient, of all drafts decided.",
        SHARE, _GROUP, DECIDED, DECIDED.but(critical=True), good="low", parts=_APART,
    ),
    Metric(
        "correction_confirmed", "Corrections whose class a person confirmed",
        "Edited drafts whose classes of correction a person confirmed, of all edited drafts; the others carry what the comparison of the "
        "two texts suggests.",
        SHARE, _GROUP, _EDITED, _EDITED.but(confirmed=True), good="high",
    ),
    *(
        Metric(
            f"corrections_{name}", f"Corrections: {name}",
            f"Edited drafts with at least one correction of the class {name}, of all drafts decided.",
            RATE, _GROUP, DECIDED, rows(kinds.CORRECTION, machine=True, code=name), good="low",
        )
        for name in CLASSES
    ),
    Metric(
        "word_edit_rate", "How much of an edited draft was rewritten",
        "Words changed between the machine's text and the approved one, of the words of the longer, greeting and signature set aside; over "
        "approved drafts. A secondary measure: one wrong amount is little, a harmless restyle much. "
        f"Read in steps: exact up to {EXACT}, then to within 1.6 %.",
        QUANTILE, _GROUP, _APPROVED, column="permille", unit="per mille", version=2, good="low",
    ),
    Metric(
        "word_edit_rate_edited", "How much was rewritten where something was",
        "The same over edited drafts only.", QUANTILE, _GROUP, _EDITED, column="permille", unit="per mille", good="low",
    ),
    Metric(
        "rework_rate", "Messages that took more than one draft",
        "Messages sent that needed at least one of: a substantive edit, a refusal, another draft, bringing back after a stop; of all sent.",
        SHARE, _GROUP, _SENT, _SENT.but(reworked=True), good="low",
    ),
    Metric(
        "regeneration_rate", "Drafts sent back for another",
        "Drafts sent back for another, of all drafts decided.",
        SHARE, _GROUP, DECIDED, DECIDED.but(outcome=kinds.SENT_BACK), good="low",
    ),
    Metric(
        "rework_seconds", "Review time of messages that were reworked",
        "Active review of all drafts of a message, over messages sent that were reworked.",
        QUANTILE, _GROUP, _SENT.but(reworked=True), column="seconds", unit="seconds", good="low",
    ),
)  # fmt: skip
