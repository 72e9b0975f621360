"""The words of the histories: what customers wrote and what colleagues noted. Invented, like everything in the demo."""

from __future__ import annotations

CALDER_PROMISE = (
    "Hi Jonas,\n\nthanks for the reminder. INV-200301 is in our next payment run, we will pay it on {day}.\n\nBest wishes\nJudith Shaw"
)
VALE_ROYAL_DISPUTE = (
    "Hello,\n\nwe do not accept INV-202201 as it stands: you charged us for 40 boxes and we received 32. Please look into it and "
    "correct the invoice.\n\nRosa Whitfield"
)
VALE_ROYAL_ANSWER = (
    "Dear Ms Whitfield,\n\nthank you for telling us about invoice INV-202201 (GBP 5,120.00). We have your delivery note in front of us "
    "and we are comparing it with our packing list.\n\nUntil this is clear we leave the invoice aside. If you have a photograph of "
    "the pallet label, it would help us.\n\nKind regards\nJonas Weber\nKestrel Components Ltd\nreceivables@kestrel-uk.example"
)
WHARFEDALE_REASON = "The auditors ask about two copies of one statement; there is one posting and the customer does not contest it."
WHARFEDALE_LINE = "Could you send us a statement of account so that we can close their point?"
ASHDOWN_QUESTION = (
    "Hello Jonas,\n\ncould you tell me which delivery note this invoice belongs to? I would like to match it before our run.\n\nHelen Marsh"
)
BRACKENRIDGE_AWAY = (
    "Thank you for your message. I am out of the office until Monday and will have no access to e-mail. In urgent cases please contact "
    "our reception.\n\nColin Reid"
)
FOXGLOVE_PAID = "Hello,\n\nthis was paid by BACS last Thursday, please check your bank account.\n\nErin Foxley"
SIERRA_APPROVAL = (
    "Buenos días:\n\nla factura está pendiente de aprobación por el responsable del hotel. En cuanto la apruebe, les informaré.\n\n"
    "Un saludo,\nÁlvaro Ruiz"
)
ACEROS_PROMISE = "Buenos días:\n\nrealizaremos la transferencia el {day}.\n\nSaludos cordiales,\nMarta Ibáñez"
VIDAL_DISPUTE = (
    "Bonjour,\n\nnous contestons la facture F-300301 : vous avez facturé 12 palettes et nous n'en avons reçu que 10. Merci de "
    "vérifier et de nous répondre.\n\nCordialement\nJulien Vidal"
)
FALKENSTEIN_QUESTION = (
    "Guten Tag Herr Weber,\n\nkönnten Sie uns bitte mitteilen, zu welcher Bestellung die zweite Rechnung gehört?\n\n"
    "Mit freundlichen Grüßen\nNora Kessel"
)
RIBBLE_PLAN = (
    "Dear Jonas,\n\nthings are tight after the fire in our store. Could we agree a payment plan, three instalments of "
    "2,200.00?\n\nDean Ogden"
)
BERGMANN_REASON = "Spoke to Mr Bergmann this morning: he is travelling and settles both when he is back. A reminder would only annoy him."
BOULANGERIE_NOTE = "She asked whether our bank account changed. Priya, please answer her before anything else goes out."
ALBA_STOP = "Madame Alba rang a minute ago: the transfer order is signed. Let us wait for tomorrow's bank file."
UHLMANN_QUESTION = (
    "Guten Morgen Herr Weber,\n\nan wen bei Ihnen können wir uns wegen der neuen Lieferadresse wenden?\n\nVera Uhlmann"
)
GALDOS_CALL = "Carmen Galdós pays by transfer once the summer order is in."
THORNBURY_HOLD = "The practice manager asked us not to write during the move; Priya keeps contact."
HOLME_HOLD = "Flooded bakery; we give them two weeks."
BRACKENRIDGE_HOLD = "The copy of this invoice is being corrected (VAT number)."
VOGT_HOLD = "Letter from the customer's lawyer; answers only through me."
FALKENSTEIN_CONDITIONS = "Friendly, no deadline. Priya calls before the message leaves."
RHONE_CONDITIONS = "Their new finance director visits us first."
TAUBER_QUESTION = "Tauber Stahlbau has two invoices more than 60 days overdue and ordered again last week. Suspend deliveries?"

# Corvus: the reviewer adds one friendly sentence to the approved text.
CORVUS_OLD = "Mit freundlichen Grüßen"
CORVUS_NEW = "Vielen Dank für die gute Zusammenarbeit.\n\nMit freundlichen Grüßen"
STANHOPE_MISSED = "Our store counted eight boxes, your paper says ten."
STANHOPE_TICKET = f"INV-204301 went to the wrong pile here. {STANHOPE_MISSED} Could somebody ring Ruth about it?"
STANHOPE_WHY = "Eight came, ten are invoiced: the customer does not owe the whole of it."
KENDAL_LINE = "We will not pay for goods we do not have."
KENDAL_WHY = "They say that none of it arrived."
STANHOPE_ACTION = "Ruth was called and the count is checked. The ticket goes into the detector's training data."
