"""Germany, Austria and Switzerland: most of the policy's reasons, one customer each."""

from __future__ import annotations

from functools import partial

from collections_site.demo.book.customer import FIRST_DAY, Customer, customer
from collections_site.demo.days import Days

SWISS = {"country": "CH", "time_zone": "Europe/Zurich"}


def customers(days: Days) -> list[Customer]:
    """The customers of the DACH portfolio."""
    make = partial(customer, days)
    parts = (_routine, _money, _claims, _promises, _people_led, _legal, _group)
    return [one for part in parts for one in part(make, days)]


def _routine(make: partial[Customer], days: Days) -> list[Customer]:
    return [
        make("1002", "Alder AG", shows=("routine", "expired once", "history"), since=FIRST_DAY, currency="CHF", **SWISS)
        .contact("Regula Frei", "Frau Frei", email="kreditoren@alder.example").invoice("3100.00", 22).habit(3, 5, 0),
        make("1003", "Bergmann & Söhne KG", shows=("rejected draft", "history"), since=-4)
        .contact("Uwe Bergmann", "Herr Bergmann", email="buchhaltung@bergmann-soehne.example")
        .invoice("2240.00", 26).invoice("1895.50", 17).habit(11, 9, 14),
        make("1004", "Corvus Antriebstechnik GmbH", shows=("edited draft", "history"), since=-6)
        .contact("Miriam Lang", "Frau Lang", email="rechnungen@corvus-antrieb.example")
        .invoice("6120.00", 33, po_number="4500018821").invoice("740.25", 21, po_number="4500018904").habit(12, 18, 7),
        make("1005", "Delta Fördertechnik GmbH", shows=("routine", "two currencies"))
        .contact("Petra Hollweg", "Frau Hollweg", email="ap@delta-foerdertechnik.example")
        .invoice("4870.00", 12).invoice("1210.00", 5).invoice("2000.00", 9, currency="CHF").habit(4, 6),
        make("1006", "Eichhorn Präzisionsteile GmbH", shows=("routine", "French-speaking contact"), currency="CHF", language="fr", **SWISS)
        .contact("Chantal Rochat", "Madame Rochat", email="compta@eichhorn-prec.example").invoice("1885.40", 16).habit(8, 2),
        make("1007", "Fuchs Laborbedarf GmbH", shows=("routine", "promise kept")).habit(6, 6, 21)
        .contact("Anja Fuchs", "Frau Fuchs", email="einkauf@fuchs-labor.example", role="buyer").invoice("958.00", 11)
        .promise("PTP-1007", made=days.ago(60), due=days.ago(48), status="kept", quote="wir zahlen Ende des Monats"),
        make("1023", "Thalheim Großhandel GmbH", shows=("routine", "38 invoices, statement attached"))
        .contact("Kreditorenbuchhaltung Thalheim", email="kreditoren@thalheim.example").habit(9, 12, 10, 15)
        .many(38, "184.35", oldest=58),
        make("1028", "Innwerk Präzision GmbH", shows=("stopped before sending: paid", "history"), since=-3)
        .contact("Stefan Huber", "Herr Huber", email="fibu@innwerk.example").invoice("3340.00", 14, number="KD-102801")
        .settle("KD-102801", days.business(-1), since=0),
        make("1030", "Lorenz Klimatechnik GmbH", shows=("outcome unknown", "history"), since=-2)
        .contact("Jan Lorenz", "Herr Lorenz", email="buero@lorenz-klima.example").invoice("1122.00", 13),
        make("1029", "Kranich Lichttechnik GmbH", shows=("approved, leaving soon", "history"), since=-2)
        .contact("Dörte Sommer", "Frau Sommer", email="rechnung@kranich-licht.example").invoice("2715.80", 9).habit(5, 3),
    ]


def _money(make: partial[Customer], days: Days) -> list[Customer]:
    return [
        make("1008", "Eschenbach Optik AG", shows=("total_over_routine", "first approval given"), owner="priya")
        .contact("Dr. Helene Voigt", "Frau Voigt", email="finance@eschenbach-optik.example").habit(15, 22, 19)
        .invoice("22800.00", 34).invoice("18550.00", 6),
        make("1012", "Kolb Verpackungen GmbH", shows=("terms_differ",))
        .contact("Sabine Kolb", "Frau Kolb", email="buchhaltung@kolb-verpackungen.example")
        .invoice("5430.00", 13).contract("V-2023-118", terms=45, late_fee_allowed="no").habit(1, 0, 2),
        make("1013", "Lindner Kunststoff AG", shows=("credits_could_cover", "unapplied cash"))
        .contact("Ralf Lindner", "Herr Lindner", email="zahlungen@lindner-kunststoff.example").invoice("7850.00", 24)
        .payment("ZE-88120", "5000.00", value_on=days.ago(9), unapplied_amount="5000.00", remittance="Akonto Lindner"),
        make("1017", "Pfeiffer Apparatebau GmbH", shows=("net_zero",))
        .contact("Gerd Pfeiffer", "Herr Pfeiffer", email="fibu@pfeiffer-apparate.example").invoice("2980.00", 40)
        .add("credit_notes", "GS-3391", credit_note_number="GS-3391", issued_on=days.ago(12), amount="2980.00", open_amount="2980.00",
             currency="EUR"),
        make("1026", "Wendelstein Hotels GmbH", shows=("promised_credit",))
        .contact("Lukas Gruber", "Herr Gruber", email="rechnungswesen@wendelstein-hotels.example").invoice("8890.00", 29)
        .add("promised_credits", "ZG-77", reference="ZG-77", promised_on=days.ago(21), promised_by="Tom Becker", currency="EUR",
             amount="640.00", quote="Die Fracht der Nachlieferung schreiben wir Ihnen gut."),
        make("1009", "Hartmann Pumpen GmbH", shows=("po_missing", "po_request"))
        .contact("Ines Hartmann", "Frau Hartmann", email="kreditoren@hartmann-pumpen.example")
        .invoice("9640.00", 19, po_required=True).invoice("1480.00", 11, po_number="PO-77120", po_required=True),
        make("1010", "Isar Medizintechnik GmbH", shows=("invoice_not_delivered",))
        .contact("Claudia Reiter", "Frau Reiter", email="invoice@isar-med.example").invoice("3275.00", 15, delivery_status="failed"),
        make("1011", "Jäger Kälteanlagen GmbH", shows=("customer_approval",),
             procurement_note="Neues Lieferantenportal, Freigaben dauern bis Monatsende")
        .contact("Paul Jäger", "Herr Jäger", email="einkauf@jaeger-kaelte.example").invoice("4410.00", 20),
    ]


def _claims(make: partial[Customer], days: Days) -> list[Customer]:
    return [
        make("1001", "Northwind Bearings GmbH", shows=("dispute_signal", "dispute hidden in a ticket"), owner="tom", language="en")
        .contact("Karin Keller", "Ms Keller", email="ap@northwind-bearings.example").habit(12, 14, 9)
        .invoice("6400.00", 67, number="KD-10398").invoice("4810.00", 31, number="KD-10442")
        .invoice("5600.00", 19, number="KD-10457").invoice("2150.00", 4, number="KD-10471")
        .contract("V-2021-044", terms=30, late_fee_allowed="no", noted_on=days.ago(210), notes="Framework for deep-groove bearings.")
        .ticket("ZD-88123", "Question about our last delivery",
                "Hello,\n\nthanks for the quick answer about the seals. One more thing while I have you: for KD-10442 you delivered the "
                "wrong quantity, we received 420 bearings instead of 600. Nobody has come back to us on that yet.\n\nBest regards\nT. Osei",
                opened=days.at(-2, 16, 40), updated_at=days.at(-1, 13, 9), severity="normal"),
        make("1015", "Nordlicht Energie GmbH", shows=("dispute_open", "undisputed rest"))
        .contact("Frauke Petersen", "Frau Petersen", email="kreditoren@nordlicht-energie.example")
        .invoice("3120.00", 36, number="KD-101501").invoice("5260.00", 22, number="KD-101502").invoice("1430.00", 10, number="KD-101503")
        .add("disputes", "R-204", reference="R-204", opened_on=days.ago(13), invoice_number="KD-101501", category="price",
             reason="Preis der Staffel 2 statt Staffel 3 berechnet", quote="Vereinbart war der Preis der Staffel 3.", currency="EUR",
             owner="lea"),
    ]


def _promises(make: partial[Customer], days: Days) -> list[Customer]:
    return [
        make("1018", "Quell Messtechnik GmbH", shows=("promise in force",))
        .contact("Beate Quell", "Frau Quell", email="buchhaltung@quell-messtechnik.example").invoice("2660.00", 18)
        .promise("PTP-1018", made=days.business(-3), due=days.business(4), method="transfer", quote="Zahlung erfolgt nächste Woche."),
        make("1019", "Rheingold Feinkost AG", shows=("promise_broken", "payment plan to decide"))
        .contact("Theo Brandt", "Herr Brandt", email="kreditoren@rheingold-feinkost.example").invoice("11200.00", 44)
        .promise("PTP-1019", made=days.ago(30), due=days.ago(20), method="transfer", amount="11200.00",
                 quote="Wir überweisen den vollen Betrag bis zum 20."),
        make("1031", "Mühlbach Getränke KG", shows=("promise in grace",))
        .contact("Rita Mühlbach", "Frau Mühlbach", email="fibu@muehlbach.example").invoice("1750.00", 27)
        .promise("PTP-1031", made=days.ago(12), due=days.business(-1), method="transfer", quote="Zahlung zum genannten Termin."),
        make("1032", "Reuter Drucklufttechnik GmbH", shows=("request_for_terms", "extension asked for"))
        .contact("Olaf Reuter", "Herr Reuter", email="reuter@reuter-druckluft.example").invoice("6900.00", 25)
        .wrote("M-1032", "Ihre Rechnungen", "Guten Tag,\n\nwir haben derzeit einen Engpass. Wäre eine Ratenzahlung in drei Raten möglich?"
               "\n\nMit freundlichen Grüßen\nOlaf Reuter", at=days.at(-1, 15, 20), sender="reuter@reuter-druckluft.example"),
    ]


def _people_led(make: partial[Customer], days: Days) -> list[Customer]:
    return [
        make("1020", "Falkenstein Logistik SE", shows=("tier_enterprise", "relationship decided", "history"), tier="enterprise", since=-10)
        .contact("Dr. Nora Kessel", "Frau Kessel", email="ap@falkenstein-logistik.example")
        .contact("Konrad Falk", "Herr Falk", email="k.falk@falkenstein-logistik.example", role="executive")
        .invoice("48300.00", 38).invoice("21750.00", 24).contract("V-2020-007", terms=30, renewal=240, value="1900000.00"),
        make("1021", "Grünwald Maschinenbau GmbH", shows=("total_over_executive",))
        .contact("Thomas Grün", "Herr Grün", email="kreditoren@gruenwald-mb.example").habit(28, 33)
        .invoice("168400.00", 41).invoice("97250.00", 23),
        make("1024", "Uhlmann Elektro GmbH", shows=("tier_strategic", "sent after two approvals", "history"), tier="strategic", since=-9)
        .contact("Vera Uhlmann", "Frau Uhlmann", email="rechnung@uhlmann-elektro.example").invoice("14300.00", 31).habit(6, 8),
        make("1027", "Zirbel Möbel AG", shows=("renewal_near", "owner away, deputy"), owner="tom", currency="CHF", **SWISS)
        .contact("Beat Zumstein", "Herr Zumstein", email="finanzen@zirbel.example").invoice("9470.00", 17)
        .contract("V-2022-090", terms=30, renewal=41, renewal_stage="planned", value="310000.00"),
        make("1034", "Tauber Stahlbau GmbH", shows=("suspension_considered",))
        .contact("Ludwig Tauber", "Herr Tauber", email="buero@tauber-stahlbau.example").invoice("19800.00", 92).invoice("4200.00", 63),
    ]


def _legal(make: partial[Customer], days: Days) -> list[Customer]:
    return [
        make("1014", "Möller Werkzeuge, Inh. Hanna Möller", shows=("natural_person",), natural_person=True)
        .contact("Hanna Möller", "Frau Möller", email="hanna@moeller-werkzeuge.example").invoice("1290.00", 22),
        make("1016", "Ostermann Textil GmbH", shows=("insolvency",), insolvent=True)
        .contact("Insolvenzverwaltung Ostermann", email="verwalter@ostermann-textil.example").invoice("17350.00", 71),
        make("1035", "Werdenfels Bergbahn AG", shows=("never_automate",), never_automate=True,
             never_automate_reason="The board writes to this customer itself")
        .contact("Korbinian Seidl", "Herr Seidl", email="finanzen@werdenfels-bahn.example").invoice("7300.00", 16),
        make("1025", "Vogt Anlagenbau GmbH", shows=("legal_wording", "legal hold"))
        .contact("Bernd Vogt", "Herr Vogt", email="fibu@vogt-anlagenbau.example").invoice("6875.00", 28)
        .contract("V-2024-012", terms=30, noted_on=days.ago(8),
                  notes="Der Anwalt des Kunden hat angekündigt, bei weiteren Mahnungen Klage zu erheben."),
    ]


def _group(make: partial[Customer], days: Days) -> list[Customer]:
    return [
        make("1040", "Sonnberg Holding AG", shows=("routine", "pays for two subsidiaries"), country="AT", time_zone="Europe/Vienna")
        .contact("Eva Sonnleitner", "Frau Sonnleitner", email="zahlungen@sonnberg.example").invoice("3870.00", 12, billed_account_number="1041")
        .invoice("2445.00", 7, billed_account_number="1042").habit(4, 4),
        make("1041", "Sonnberg Süd GmbH", shows=("nothing due", "child"), parent_account_number="1040"),
        make("1042", "Sonnberg Wien GmbH", shows=("nothing due", "child"), parent_account_number="1040", country="AT", time_zone="Europe/Vienna"),
    ]
