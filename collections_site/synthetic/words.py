"""The words of a synthetic history. What the detector reads in them is tested: the truth planted rests on it."""

from __future__ import annotations

from collections.abc import Mapping

from collections_site.synthetic.planted import CLEAR, FALSE, HIDDEN, QUIET

# The words of tickets, by what they are. {number} is the invoice; the first line of a dispute is its quote.
TICKETS: Mapping[str, tuple[str, ...]] = {
    CLEAR: (
        "We do not accept {number}: you charged us for 36 boxes and we received 30. Please correct it.",
        "The goods on {number} arrived damaged. We dispute this invoice until you replace them.",
        "{number} is wrong, we were billed twice for the same delivery. We will not pay it.",
    ),
    FALSE: (
        "Hi, our auditors ask whether {number} was charged twice, they see it on two statements. Could you send us a statement of account "
        "so that we can close their point?",
        "Is it possible that {number} was charged twice? We only ask for our files, it will be paid as planned.",
    ),
    HIDDEN: ("{number} went to the wrong pile here. Our store counted eight boxes, your paper says ten. Could somebody ring us about it?",),
    QUIET: (
        "Please reset the password of our portal user.",
        "Could you send us a copy of the delivery note?",
        "Our new postal address is on the letterhead.",
    ),
}  # fmt: skip
CATEGORY = "quantity"
EVIDENCE: tuple[str, ...] = (
    "Could you send us a statement of account so that we can close their point?",
    "We only ask for our files, it will be paid as planned.",
)
HIDDEN_QUOTE = "Our store counted eight boxes, your paper says ten."

REPLIES: Mapping[str, str] = {
    "promise_with_date": "we will pay {number} on {day}.",
    "paid": "this was paid by bank transfer last week, please check your bank account.",
    "remittance": "Please find our remittance advice attached: {number} was transferred yesterday.",
    "question": "could you tell me which delivery note this invoice belongs to?",
    "in_customer_approval": "The invoice is with our manager for approval.",
    "out_of_office": "Thank you for your message. I am out of the office until Monday and will have no access to e-mail.",
    "promise_without_date": "Payment will follow, bear with us.",
    "complaint": "This is the third reminder for something you promised to fix. Your service is a disgrace and I want to complain.",
    "dispute": "We do not accept {number}: you charged us for ten boxes and we received eight. Please correct it.",
}
AUTOMATIC = "Automatic reply: your invoices"

# What an editor adds before the greeting: all edits of a synthetic history are this sentence, whatever class is ticked for them.
CLOSING, FRIENDLY = "Kind regards", "Thank you for the good cooperation.\n\nKind regards"
ANSWER = "250 kept and not sent: synthetic history"
