"""What is measured, as words of the rows. Statuses and codes of later apps appear here as they stand in the ledger."""

from __future__ import annotations

from governance import topics

# One draft offered to people. ``outcome`` is what became of it; the row of a pending one is replaced when that is known.
# ``minutes`` and ``business``: from being offered to that end. ``late``: decided after its time. ``complete``: facts at draft time.
DRAFT = "draft"
# The first opening of a draft by somebody who may approve. ``minutes``, ``business``: how long it had waited.
OPENED = "opened"
# Evidence opened beside it, the first time.
EVIDENCE = "evidence"
# A revision a person saved before deciding.
EDITED = "edited"
# The decision of a draft, on the day it was taken. ``substantive``: at least one correction that is more than looks, or rejected for a
# defect. ``critical``: one that would have harmed. ``confirmed``: a person confirmed the classes. ``timed``: the reading time is known;
# ``unread``: shorter than the text takes to read. ``complete``: facts at that moment. ``code``: why it was rejected.
DECIDED = "decided"
# One class of correction of a decided draft: ``code`` the class, ``outcome`` its severity.
CORRECTION = "correction"
# One required source that was not fine: ``code`` the source, ``outcome`` its state at ``STAGES``.
GAP = "gap"
# One approval or refusal of one person, last or not: what oversight is measured on.
ANSWER = "answer"
# What one person answered from the evidence alone, before the text was shown: ``outcome`` yes or no (is there a reason not to write), and
# once that person decided with what, as in ``FIRST_ENDS``. ``code``: why it was asked.
FIRST = "answered_first"
# The facts of a draft changed before it left; ``outcome`` where that was noticed.
DRIFT = "drift"
# A message that did not reach a customer as it was: once per draft. ``outcome`` who caught it, ``code`` why, ``confirmed``: surely so.
MISTAKE = "mistake"
# An approved message that was stopped; ``outcome`` by whom, ``code`` why.
STOPPED = "stopped"
# About to be handed over: ``complete`` facts at dispatch. ``ref`` the delivery.
DISPATCH = "dispatch"
# The mail server has it. ``reworked``: it took more than one draft unchanged. ``seconds``: active review of all its drafts.
SENT = "sent"
# Refused by the server for good.
BOUNCED = "bounced"
# A reply: ``outcome`` its kind, ``confirmed`` by a person. ``code``: the root cause when it told us what we already knew.
REPLY = "reply"
# A dispute signal, on the day it was found: ``outcome`` pending, confirmed or dismissed. ``minutes``: first evidence to hold.
SIGNAL = "signal"
# A dispute, on the day it was opened: ``outcome`` open or how it ended, ``minutes`` until then. ``latent``: no source knew of it.
DISPUTE = "dispute"
# What must never happen, happened: ``code`` names it (``NEVER``). Counted from the ledger, apart from the checks that prevent it.
VIOLATION = "violation"
# A promise to pay: ``outcome`` open, undated, kept, late or broken.
PROMISE = "promise"
# Somebody asked not to be written to.
OPT_OUT = "opt_out"
# A person gave an account to another lane or owner; ``outcome`` raised, lowered or same.
ROUTED = "routed"

NEVER = ("without_approval", "without_decision", "paid", "disputed", "after_stop", "twice")

PENDING = "pending"
UNCHANGED, CHANGED, REJECTED, SENT_BACK = "unchanged", "edited", "rejected", "sent_back"
EXPIRED, SUPERSEDED, WITHDRAWN = "expired", "superseded", "withdrawn"
DECISIONS = (UNCHANGED, CHANGED, REJECTED, SENT_BACK)
APPROVED = (UNCHANGED, CHANGED)
REFUSED = (REJECTED, SENT_BACK)
LAPSED = (EXPIRED, SUPERSEDED, WITHDRAWN)

FIRST_YES, FIRST_NO = "yes", "no"
FIRST_KEPT = ("yes_refused", "no_approved")
FIRST_ENDS = (*FIRST_KEPT, "yes_approved", "no_refused")

AT_DRAFT, AT_APPROVAL, AT_DISPATCH = "draft", "approval", "dispatch"
STAGES = (AT_DRAFT, AT_APPROVAL, AT_DISPATCH)

# Reasons to reject that say nothing against the draft: the world moved on. Those that name what would have harmed. Both from the one list.
NOT_A_DEFECT = tuple(code for code, cause in topics.CAUSES.items() if cause == topics.FACTS)
HARMFUL = topics.HARMFUL
# A text somebody rejected for one of these would have gone out wrong; what came at the wrong time would not.
WOULD_HAVE_GONE_WRONG = ("paid", "disputed", *HARMFUL)
# Stops that say nothing about the message: the way was closed, or people were too slow.
NO_MISTAKE = ("paused", "approval_expired", "too_many_attempts", "refused", "not_taken", "asked_again", "resolved", "policy", "approval", "")
# Codes that state a fact, not a suspicion.
SURE = ("paid", "closed", "amount_changed", "due_date_changed", "disputed", "recipient", "wrong_fact", "wrong_recipient")
# Codes of facts that changed under a message.
FACTS_CHANGED = ("paid", "closed", "amount_changed", "due_date_changed", "disputed", "dispute_signal", "promised", "hold", "recipient",
                 "new_message", "facts_changed")  # fmt: skip

# The event is older than what it would have to say.
UNMEASURED = "unmeasured"

WORDS_PER_MINUTE = 300
