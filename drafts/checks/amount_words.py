"""Words that say what an amount is: a total, something paid or credited, the original amount, what is still open."""

from __future__ import annotations

import re

TOTAL = re.compile(
    r"\b(?:all|everything|alles|tout|todo|both|alle|beide|toutes?|tous|todas?|todos|total\w*|sum|sums|altogether|in all|combined|aggregate|balance|overall|account|"
    r"insgesamt|gesamt\w*|summe\w*|zusammen|saldo|konto\w*|"
    r"somme|ensemble|montant global|en tout|solde|compte|cumul\w*|suma\w*|conjunto|en global|saldo|cuenta|ascienden)\b|gesamt"
)
STRICT_TOTAL = re.compile(
    r"\b(?:total(?:s|ling|ing|lling)?|sum|brings? (?:it|that|the \w+) to|makes (?:it|that)|altogether|in all|combined|aggregate|overall|insgesamt|zusammen|ergibt das|ergeben|macht das|en tout|cela (?:fait|donne)|suman|en conjunto|"
    r"total\w*)\b|gesamt|summe"
)
PAID = re.compile(
    r"\b(?:paid|thank\w*|reach\w*|credited|allocated|applied|came to|danke?n?|merci|remerci\w*|gracias|agradec\w*|paying|payments?|received|receipt|part-payment|remitt\w+|instal\w+|prepaid|deposit|sent|transferred|matched|arrived|came in|(?:your|the|this|that) transfers?|"
    r"settled|uberwies\w*|ueberwies\w*|angekommen|gutgeschrieben|envoye\w*|arrive\w*|enviad\w*|envi[oo]|llegad\w*|transfiri\w*|"
    r"gezahlt\w*|bezahlt\w*|eingang\w*|eingegangen\w*|erhalten\w*|anzahlung\w*|"
    r"regle\w*|verse\w*|paiements?|reglements?|acomptes?|recu\w*|encaisse\w*|paye\w*|virement\w*|pago\w*|pagad\w*|abonad\w*|abono\w*|"
    r"recibi\w*|cobrad\w*|ingres\w*|"
    r"anticipo\w*|transferencia\w*)\b|zahlung|zahlbetrag"
)
CREDIT = re.compile(
    r"\b(?:credit\w*|avoirs?|notes? de credit|abono\w*|notas? de credito|rectificativ\w*)\b|gutschrift|gutgeschrieben|gutsch"
)
ORIGINAL = re.compile(
    r"\b(?:original\w*|invoiced|initial\w*|gross|full amount|invoice (?:amount|total|value)|billed|ursprunglich\w*|urspruenglich\w*|"
    r"brutto\w*|rechnungsbetrag\w*|"
    r"rechnungssumme|initiale?s?|facture[es]?|d'origine|montant (?:initial|total|facture|de la facture)|importe (?:original|inicial|"
    r"total|facturado|de la factura)|"
    r"facturad\w*|inicial\w*|of which|davon|wovon|hiervon|dont|de los cuales|de los que|de las cuales|reduced|verringert|reduit\w*|"
    r"reducid\w*|less|minus|abzuglich|moins|menos|deduction faite|a deducir)\b"
)
TOTAL_WORDS = frozenset(
    "total totals totalling totaling sum altogether combined aggregate overall insgesamt zusammen gesamt summe gesamtsumme gesamtbetrag "
    "en tout suman conjunto all".split()
)
OPEN = re.compile(
    r"\b(?:open|outstanding|remain\w*|due|overdue|owed|owing|unpaid|balance|left|offen\w*|ausstehend\w*|restbetrag|rest|verbleib\w*|"
    r"fallig\w*|ueberfallig\w*|"
    r"uberfallig\w*|ouvert\w*|restant\w*|reste|solde|impaye\w*|du|due|dus|dues|pendiente\w*|abiert\w*|restante\w*|adeudad\w*|vencid\w*|"
    r"saldo|pay|settle|transfer)\b"
)
OVERDUE = re.compile(r"overdue|past due|uberfallig|ueberfallig|echu|retard|vencid")
UNDISPUTED = re.compile(
    r"undisputed|not disputed|unstrittig|unbestritten|nicht strittig|non conteste|incontest|no disputad|no discutid|no impugnad|no "
    r"objeto de"
)
_STATE = (
    r"open|outstanding|unpaid|owing|owed|remaining|offen\w*|ausstehend\w*|unbezahlt\w*|unbeglichen\w*|ouvert\w*|impaye\w*|restant\w*|"
    r"pendiente\w*|abiert\w*|sin pagar|adeudad\w*|impagad\w*|por pagar"
)
_DEMAND = (
    r"pay|settle|transfer|remit|zahlen|uberweisen|begleichen|anweisen|payer|regler|verser|virer|pagar|abonar|liquidar|transferir|balance|"
    r"remains?|left(?! of)|leaves|leaving|rest(?! of| von| de)|restbetrag|saldo|bleibt|bleiben|verbleib\w*|solde|reste|queda\w*|restan"
)
_FILL = (
    r"the|a|an|of|at|for|is|now|currently|stands?|amount|sum|total|still|uber|von|mit|in|hohe|ein\w*|der|den|die|das|betrag|noch|ist|sind|"
    r"derzeit|de|du|le|la|les|un|une|montant|pour|encore|est|el|los|por|importe|aun|todavia|es|son|us|our|due|to|bei|auf|rechnung|konto|"
    r"[a-z]{3}|[$€£]"
)
# "a balance of X", "please pay the X", "open: X" in front of an amount; "X is still open", "X offen" behind it.
OPEN_BEFORE = re.compile(rf"\b(?:{_STATE}|{_DEMAND})(?:[\s:(-]+(?:{_FILL})\b)*[\s:(€$£-]*\Z")
OPEN_AFTER = re.compile(
    rf"\W{{0,3}}(?:(?:is|are|remains?|stays?|still|now|ist|sind|steht|stehen|bleibt|bleiben|noch|weiterhin|immer|reste(?:nt)?|est|sont|"
    rf"demeure\w*|toujours|encore|queda\w*|sigue\w*|esta\w*|continua\w*|aun|todavia|on|the|fully|all)\s+){{0,4}}(?:{_STATE})\b(?!\s*:)"
)
OPEN_OF = re.compile(rf"\W*(?:(?:is|are|ist|sind|est|sont|still|noch|encore|aun) )*(?:{_STATE}|{_DEMAND}) (?:of|out of|von|aus|de|sur)\b")
CODE = re.compile(r"\b(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|CAD|AUD|NZD|INR|JPY|CNY|MXN|COP|ARS|CLP|PEN|BRL|UYU|ZAR|SGD|HKD|AED|MAD|ILS|KRW)\b")
RECEIPT_WORDS = frozenset("received thank thanks erhalten eingegangen recu recibido ging gingen entro entraron llego llegaron danke dank merci gracias".split())
RECEIPT = re.compile(
    r"\b(?:received|thank\w* (?:you )?for (?:your|the) (?:payment|transfer)|(?:thank\w*|danke?|merci|gracias)\b.{0,20}(?:[|]).{0,12}\b(?:received|paid)|erhalten|eingegangen|(?:ging|gingen)\b.{0,40}\bein\b|recu\b|recibido|entro\b|entraron|llego\b|llegaron)"
)
STRETCH = re.compile(r"[,;:(]| - |\b(?:so|and|thus|leaving|which|und|somit|damit|donc|et|asi que|por lo que|y)\b")
# "Von den 1.850,50 EUR gingen Ihre 800,00 EUR ab", "of the 1,850.50 we deducted 800.00".
DEDUCTING = re.compile(
    r"\b(?:of|from|out of|von|aus|sur|de) (?:the|your|den|ihren|der|les|vos|la|los|las|sus) (?:[a-z]{3} )?[€$£]?\W*(?:\||\Z)|\b(?:deduct\w*|came off|taken off|abgezogen|abzug\w*|(?:ging|gingen)\b.{0,60}\bab|"
    r"dedui\w*|deduct\w*|descont\w*|rest(?:ado|aron|amos))\b"
)
HARD_CUT = re.compile(r"[;:(]| - ")
REST = re.compile(
    r"\b(?:rest\w*|remain\w*|left|balance|differen\w*|bleib\w*|verbleib\w*|offen\w*|fehl\w*|differenz|reste\w*|solde|manqu\w*|resto|resta\w*|queda\w*|saldo|falta\w*|diferencia|deja\w*|laiss\w+|leav\w+)\b"
)
DEDUCTED = re.compile(r"\b(?:less|minus|deducting|abzuglich|abzueglich|nach abzug von|moins|deduction faite de|menos|descontad[oa]s?)\W*(?:[a-z]{3}\b)?[\s€$£]*\Z")
NO_RECEIPT = re.compile(
    r"\b(?:not|no|never|n't|nicht|kein\w*|pas|aucun\w*|sin|ningun\w*|yet|if|whether|once|when|until|as soon as|ob|wenn|sobald|falls|sollte\w*|si|quand|des que|cuando|hasta|invoice received|"
    r"you (?:have |should have )?received|sie (?:\w+ ){0,3}erhalten|vous (?:\w+ ){0,2}recu|ha(?:n|s|beis)? (?:\w+ )?recibido|goods|ware|lieferung|marchandise|mercancia)\b|n't"
)
# The rows of a statement that may well be empty.
NIL = re.compile(
    r"\W*(?:current|not (?:yet )?due|unallocated|on account|credits?|late fees?|fees?|interest|charges|discounts?|disputed|\d{1,3} ?- ?\d{1,3} days|over \d+ days|\d+\+ days|"
    r"nicht fallig\w*|gutschriften|gebuhren|mahngebuhren|zinsen|\d{1,3} ?- ?\d{1,3} tage|uber \d+ tage|non echu\w*|avoirs?|frais|interets|\d{1,3} ?(?:-|a) ?\d{1,3} jours|plus de \d+ jours|"
    r"no vencid\w*|por vencer|abonos?|gastos|intereses|\d{1,3} ?(?:-|a) ?\d{1,3} dias|mas de \d+ dias)\W{0,6}(?:[a-z]{3} )?[$€£]?\W{0,3}0(?:[.,]00)?\b"
)
