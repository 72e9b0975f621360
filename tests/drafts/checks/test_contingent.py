"""What is made to hang on payment is a suspension or a threat, in whatever words; what a demand may end with is neither."""

from __future__ import annotations

import pytest

from drafts.checks.contingent import made_to_hang
from drafts.checks.facts import Facts
from drafts.checks.text import Text

HANGS = [
    ("suspension", "While the invoice is open, the plough stays in our shed."),
    ("suspension", "Our fitters are not coming until this is paid."),
    ("suspension", "As soon as we see the money, your order leaves."),
    ("suspension", "So that your shop stays reachable, the two invoices should be paid."),
    ("suspension", "Solange die Rechnung offen ist, bleibt der Pflug in unserer Halle."),
    ("suspension", "Sobald das Geld da ist, rollen unsere Wagen wieder."),
    ("suspension", "Damit Ihre Seite weiterhin erreichbar bleibt, sollte die Rechnung bezahlt werden."),
    ("suspension", "Tant que la facture n'est pas réglée, vos commandes restent à quai."),
    ("suspension", "Dès que nous avons reçu le paiement, nos camions repartent."),
    ("suspension", "Mientras la factura siga pendiente, nuestros técnicos no salen."),
    ("suspension", "Con la factura sin pagar, el montaje queda aparcado."),
    ("threat", "If nothing comes, the mayor hears how the club treats its suppliers."),
    ("threat", "Wenn nichts kommt, erfährt es der Bürgermeister."),
    ("threat", "Sans réponse, notre directeur passera chez vous."),
    ("threat", "De lo contrario, nuestro jefe irá a verle."),
]
HARMLESS = [
    "Once it is paid we close the file and you hear no more from us.",
    "We will credit your payment to the account as soon as it arrives and confirm it.",
    "If nothing has reached you, please tell us and we send a copy.",
    "While ticket 902 is open, the invoice is on hold with us.",
    "While the invoice is open, our deliveries continue as usual.",
    "Will you be able to pay before our books close?",
    "Sobald sie bezahlt ist, schließen wir den Vorgang.",
    "Bis 10.07.2026 ist unsere Rechnung ausgeglichen.",
    "Neu ist nur unsere Faxnummer, sonst bleibt alles beim Alten.",
    "Solange Ihre Frage zur Rechnung offen ist, warten wir auf unsere Kollegen.",
    "Dès réception du paiement, nous clôturons le dossier.",
    "Salvo error por nuestra parte, la factura con vencimiento en abril sigue pendiente de pago.",
    "En cuanto se pague, cerramos el expediente y le damos las gracias.",
]


def kinds(said):
    return [rule for rule, _, _ in made_to_hang(Text(said, "body", Facts({}, None)))]


@pytest.mark.parametrize(("rule", "said"), HANGS)
def test_a_consequence_of_ours_hangs_on_payment(rule, said):
    assert kinds(said) == [rule]


@pytest.mark.parametrize("said", HARMLESS)
def test_the_end_of_a_demand_does_not(said):
    assert kinds(said) == []
