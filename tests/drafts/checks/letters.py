"""Clean letters written for the checks: every figure is true, nothing is promised or threatened. Used by the false-alarm tests."""

from __future__ import annotations

from typing import Any


def account(customer: str, contact: str, company: str, name: str, currency: str, invoices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Facts of one made-up account as of 20 May 2026."""
    total = sum(int(i["open"].replace(".", "")) for i in invoices)
    facts = {
        "as_of": "2026-05-20", "customer": {"name": customer, "account_id": "AC-70011"},
        "contact": {"name": contact, "email": "contact@customer.example"},
        "sender": {"company": company, "name": name, "title": None, "phone": "+44 20 7946 0901", "email": "ar@sender.example"},
        "currency": currency, "invoices": invoices, "total_open": f"{total // 100}.{total % 100:02d}", "payments": [], "credit_notes": [],
        "disputes": [], "approved_terms": [], "late_fee_policy": "none", "links": ["https://pay.sender.example/ac-70011"],
    }
    return {**facts, **more}


def invoice(number: str, amount: str, issued: str, due: str, days: int, left: str | None = None, po: str | None = None) -> dict[str, Any]:
    """One invoice row."""
    return {"number": number, "amount": amount, "open": left or amount, "issued": issued, "due": due, "days_overdue": days, "po": po}


EN = account("Thornbury Dental Group", "Harriet Cole", "Bexley Sterile Supply Ltd", "Owen Price", "GBP", [
    invoice("BX-4471", "1980.40", "2026-03-20", "2026-04-19", 31, po="TD-889"), invoice("BX-4490", "655.00", "2026-04-10", "2026-05-10", 10)])
EN_PART = account("Thornbury Dental Group", "Harriet Cole", "Bexley Sterile Supply Ltd", "Owen Price", "GBP", [
    invoice("BX-4471", "1980.40", "2026-03-20", "2026-04-19", 31, left="980.40")],
    payments=[{"invoice": "BX-4471", "amount": "1000.00", "date": "2026-05-04"}])
DE = account("Hofmann Werkzeugbau GmbH", "Sabine Hofmann", "Lindner Stahlhandel GmbH", "Jens Lindner", "EUR", [
    invoice("LS-20981", "12450.75", "2026-03-31", "2026-04-30", 20, po="HW-17"), invoice("LS-21005", "830.00", "2026-04-13", "2026-05-13", 7)])
FR = account("Cliniques du Parc SAS", "Valérie Morel", "Fournitures Beaulieu SARL", "Hugo Lambert", "EUR", [
    invoice("FB-7781", "3420.60", "2026-03-15", "2026-04-14", 36, po="CP-55"), invoice("FB-7802", "910.00", "2026-04-09", "2026-05-09", 11)])
ES = account("Talleres Montes S.L.", "Carlos Montes", "Suministros Ferrer S.A.", "Lucía Ferrer", "EUR", [
    invoice("SF-3310", "5120.30", "2026-03-18", "2026-04-17", 33, po="TM-9"), invoice("SF-3342", "740.00", "2026-04-05", "2026-05-05", 15)])

LETTERS: list[tuple[str, dict[str, Any], str]] = [
    ("en", EN, "Dear Harriet,\n\nI hope the week is treating you well. Our ledger shows BX-4471 for £1,980.40 (due 19 April 2026) as unpaid. If the payment is already on its way, please ignore this note; "
               "otherwise I would be grateful for a line on when it might go out.\n\nKind regards\nOwen Price\nBexley Sterile Supply Ltd"),
    ("en", EN, "Hello Harriet,\n\nTwo items are past their due dates:\n\n- BX-4471, £1,980.40, due 19/04/2026\n- BX-4490, £655.00, due 10/05/2026\n\nTogether that is £2,635.40. Could you let me know which payment run "
               "they are in? If you are missing either invoice, just say so.\n\nThanks\nOwen Price, Bexley Sterile Supply Ltd"),
    ("en", EN, "Dear Ms Cole,\n\nWe have not yet received payment of invoice BX-4471 over GBP 1,980.40, which fell due 31 days ago. There is no charge for late payment and your account is not affected in any way. "
               "May we ask for a short reply?\n\nYours sincerely\nOwen Price\nBexley Sterile Supply Ltd"),
    ("en", EN, "Hi Harriet,\n\nNothing dramatic: BX-4490 (£655.00) was due on Sunday 10 May 2026 and I cannot see it on our bank statement. Did it perhaps end up with somebody who has since left? Happy to resend it "
               "if that helps.\n\nOwen Price\nBexley Sterile Supply Ltd"),
    ("en", EN, "Dear Harriet,\n\nThank you for your message and sorry for taking a few days to reply. You asked what is open: BX-4471 (£1,980.40) and BX-4490 (£655.00), £2,635.40 in all. The bank details printed on "
               "both invoices are still correct.\n\nPlease let me know if anything looks odd.\n\nOwen Price, Bexley Sterile Supply Ltd"),
    ("en", EN_PART, "Dear Harriet,\n\nThank you for the £1,000.00 that reached us on 4 May 2026. We have put it against BX-4471, which leaves £980.40 of the original £1,980.40. Was the difference held back on "
                    "purpose, or did it slip through? Either way, a quick word would help.\n\nOwen Price\nBexley Sterile Supply Ltd"),
    ("en", EN, "Dear Harriet,\n\nBX-4471 shows PO TD-889 and a total of £1,980.40. It was due a month ago, on 19 April 2026. Is it waiting for approval on your side? If your legal or procurement colleagues need "
               "anything from us, please point me to them.\n\nBest wishes\nOwen Price\nBexley Sterile Supply Ltd"),
    ("en", EN, "Good morning Harriet,\n\nAn apology first if this crosses with your transfer. As of 20 May 2026 the balance on your account is £2,635.40 (BX-4471: £1,980.40; BX-4490: £655.00). You can settle both at "
               "https://pay.sender.example/ac-70011 or by bank transfer as usual.\n\nMany thanks\nOwen Price, Bexley Sterile Supply Ltd"),
    ("en", EN, "Dear Harriet,\n\nI am following up on one thousand nine hundred and eighty pounds and forty pence, invoice BX-4471, due 19 April 2026. In your own interest as much as ours it would be good to know "
               "whether something is wrong with it.\n\nOwen Price\nBexley Sterile Supply Ltd"),
    ("en", EN, "Dear Harriet,\n\nJust checking that our invoice BX-4490 of 10 April 2026 reached you. It is for £655.00 and ran out of its term on 10 May 2026. Should the amount or the order be in question, "
               "tell me what you see on your side.\n\nRegards\nOwen Price, Bexley Sterile Supply Ltd\nar@sender.example"),
    ("de", DE, "Sehr geehrte Frau Hofmann,\n\nsicher ist es im Tagesgeschäft untergegangen: Unsere Rechnung LS-20981 über 12.450,75 € war am 30. April 2026 fällig und steht noch offen. Sollten Sie inzwischen gezahlt haben, "
               "betrachten Sie dieses Schreiben bitte als gegenstandslos.\n\nMit freundlichen Grüßen\nJens Lindner\nLindner Stahlhandel GmbH"),
    ("de", DE, "Guten Tag Frau Hofmann,\n\nfolgende Rechnungen sind noch nicht ausgeglichen:\n\nLS-20981 | 30.04.2026 | 12.450,75 EUR\nLS-21005 | 13.05.2026 | 830,00 EUR\nGesamt | | 13.280,75 EUR\n\nKönnen Sie uns sagen, "
               "wann wir mit dem Eingang rechnen dürfen?\n\nJens Lindner\nLindner Stahlhandel GmbH"),
    ("de", DE, "Hallo Frau Hofmann,\n\nich wollte kurz nachfragen, ob die LS-21005 (830,00 €, fällig am 13. Mai 2026) bei Ihnen angekommen ist. Falls sie noch geprüft wird, ist das kein Problem, mir reicht eine kurze Info.\n\n"
               "Viele Grüße\nJens Lindner, Lindner Stahlhandel GmbH"),
    ("de", DE, "Sehr geehrte Frau Hofmann,\n\nbitte entschuldigen Sie die späte Antwort. Offen sind derzeit LS-20981 mit 12.450,75 EUR und LS-21005 mit 830,00 EUR. Zinsen oder Mahnkosten berechnen wir nicht. An unserer "
               "Bankverbindung hat sich nichts geändert.\n\nMit freundlichen Grüßen\nJens Lindner\nLindner Stahlhandel GmbH"),
    ("de", DE, "Guten Tag Frau Hofmann,\n\nzu LS-20981 (Bestellung HW-17, 12.450,75 EUR) liegt uns seit 20 Tagen über das Zahlungsziel hinaus kein Eingang vor. Gibt es Rückfragen zur Lieferung oder zum Preis? Dann nennen Sie "
               "sie mir bitte.\n\nBeste Grüße\nJens Lindner, Lindner Stahlhandel GmbH"),
    ("de", DE, "Liebe Frau Hofmann,\n\nzwölftausendvierhundertfünfzig Euro und fünfundsiebzig Cent aus der LS-20981 sind seit Donnerstag, dem 30. April 2026, fällig. Hat die Freigabe bei Ihnen im Haus gehakt? Über eine "
               "Rückmeldung würde ich mich freuen.\n\nJens Lindner\nLindner Stahlhandel GmbH"),
    ("de", DE, "Sehr geehrte Frau Hofmann,\n\ndürfen wir Sie an die Rechnung LS-20981 vom 31.03.2026 erinnern? Der Betrag von EUR 12.450,75 ist seit dem 30.04.2026 zur Zahlung fällig. Eine Kopie der Rechnung schicken wir Ihnen "
               "gern zu.\n\nFreundliche Grüße\nJens Lindner\nLindner Stahlhandel GmbH\nTel. +44 20 7946 0901"),
    ("de", DE, "Guten Tag Frau Hofmann,\n\nStand 20.05.2026 beträgt Ihr Saldo 13.280,75 EUR. Er setzt sich zusammen aus LS-20981 (12.450,75 EUR) und LS-21005 (830,00 EUR). Stimmt das mit Ihrer Buchhaltung überein? Wenn nicht, "
               "hilft uns Ihr Auszug weiter.\n\nJens Lindner, Lindner Stahlhandel GmbH"),
    ("fr", FR, "Bonjour Madame Morel,\n\nSauf erreur de notre part, la facture FB-7781 d'un montant de 3 420,60 €, échue le 14 avril 2026, reste impayée à ce jour. Si votre règlement est parti entre-temps, ne tenez pas compte "
               "de ce message.\n\nCordialement\nHugo Lambert\nFournitures Beaulieu SARL"),
    ("fr", FR, "Madame,\n\nNous n'avons pas trouvé trace du paiement des factures suivantes :\n- FB-7781 : 3 420,60 € (échéance 14/04/2026)\n- FB-7802 : 910,00 € (échéance 09/05/2026)\nSoit un total de 4 330,60 €. Pouvez-vous "
               "nous indiquer la date prévue ?\n\nHugo Lambert, Fournitures Beaulieu SARL"),
    ("fr", FR, "Bonjour Valérie,\n\nJe me permets de revenir vers vous au sujet de FB-7802 (910,00 €). Elle a dépassé son échéance de 11 jours. Aucuns frais ne sont appliqués, je cherche seulement à savoir si elle est bien "
               "arrivée au bon endroit.\n\nBien à vous\nHugo Lambert\nFournitures Beaulieu SARL"),
    ("fr", FR, "Bonjour Madame Morel,\n\nToutes nos excuses pour cette réponse un peu tardive. Le solde de votre compte s'élève à 4 330,60 €, soit FB-7781 pour 3 420,60 € et FB-7802 pour 910,00 €. Nos coordonnées bancaires "
               "n'ont pas changé.\n\nRestant à votre disposition\nHugo Lambert\nFournitures Beaulieu SARL\nar@sender.example"),
    ("fr", FR, "Chère Madame Morel,\n\nLa facture FB-7781 (commande CP-55) est arrivée à échéance le mardi 14 avril 2026 : trois mille quatre cent vingt euros et soixante centimes. Y a-t-il un point à éclaircir avant le règlement ? "
               "Si oui, dites-le-moi simplement.\n\nHugo Lambert, Fournitures Beaulieu SARL"),
    ("fr", FR, "Bonjour,\n\nVotre service comptable pourrait-il nous confirmer la réception de FB-7781, 3 420,60 € ? L'échéance était fixée au 14 avril 2026. Nous vous remercions par avance de votre retour.\n\nCordialement\n"
               "Hugo Lambert\nFournitures Beaulieu SARL"),
    ("fr", FR, "Bonjour Valérie,\n\nPetit point sur votre compte au 20 mai 2026. FB-7802, 910 €, reste à régler depuis le 9 mai. Si la validation bloque chez vous, à qui puis-je m'adresser ?\n\nMerci et bonne journée\n"
               "Hugo Lambert, Fournitures Beaulieu SARL"),
    ("es", ES, "Estimado Sr. Montes:\n\nSalvo error por nuestra parte, la factura SF-3310, de 5.120,30 €, con vencimiento el 17 de abril de 2026, sigue pendiente de pago. Si ya ha ordenado la transferencia, le rogamos que no tenga "
               "en cuenta este aviso.\n\nAtentamente\nLucía Ferrer\nSuministros Ferrer S.A."),
    ("es", ES, "Hola Carlos:\n\nTe paso el detalle de lo que vemos abierto a 20 de mayo de 2026:\n\nSF-3310  17/04/2026  5.120,30 €\nSF-3342  05/05/2026  740,00 €\nTotal  5.860,30 €\n\n¿Nos dices cuándo están previstos los pagos?\n\n"
               "Lucía Ferrer, Suministros Ferrer S.A."),
    ("es", ES, "Buenos días, Carlos:\n\nEscribo por la SF-3342 (740,00 €), que venció hace 15 días. No se aplica ningún recargo. Solo queremos asegurarnos de que la han recibido y de que no falta ningún dato.\n\nUn saludo\n"
               "Lucía Ferrer\nSuministros Ferrer S.A."),
    ("es", ES, "Estimado Carlos:\n\nDisculpe que no le contestáramos antes. El saldo de su cuenta es de 5.860,30 € y corresponde a SF-3310 (5.120,30 €) y SF-3342 (740,00 €). Nuestra cuenta bancaria es la de siempre, la que figura en "
               "las facturas.\n\nQuedamos a su disposición\nLucía Ferrer\nSuministros Ferrer S.A.\nar@sender.example"),
    ("es", ES, "Estimado Sr. Montes:\n\n¿Ha podido revisar la factura SF-3310 (pedido TM-9)? Son cinco mil ciento veinte euros con treinta céntimos y el plazo terminó el viernes 17 de abril de 2026. Si hay alguna discrepancia, "
               "agradeceríamos conocerla.\n\nLucía Ferrer, Suministros Ferrer S.A."),
    ("es", ES, "Hola Carlos:\n\nTodavía no hemos visto el pago de SF-3310, 5.120,30 €, vencida el 17 de abril de 2026. Quizá se haya traspapelado. Con gusto le reenviamos una copia si la necesita.\n\nGracias de antemano\nLucía Ferrer\n"
               "Suministros Ferrer S.A."),
]
