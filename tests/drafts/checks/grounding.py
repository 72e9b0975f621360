"""Five accounts of five countries, and sentences about them that are true or false in one figure, name or state. Written for the checks."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

AS_OF = date(2026, 5, 20)


def account(customer: str, contact: str, company: str, name: str, currency: str, rows: list[tuple[str, str, str, str, str, str | None]], phone: str, **more: Any) -> dict[str, Any]:
    """Facts of one account; a row is (number, amount, open, issued, due, order)."""
    invoices = [
        {"number": number, "amount": amount, "open": left, "issued": issued, "due": due, "days_overdue": (AS_OF - date.fromisoformat(due)).days, "po": po}
        for number, amount, left, issued, due, po in rows
    ]
    cents = sum(int(row[2].replace(".", "")) for row in rows)
    return {
        "as_of": AS_OF.isoformat(), "customer": {"name": customer, "account_id": "K-4471"}, "contact": {"name": contact, "email": "c@cust.example"},
        "sender": {"company": company, "name": name, "title": None, "phone": phone, "email": "ar@send.example"}, "currency": currency, "invoices": invoices,
        "total_open": f"{cents // 100}.{cents % 100:02d}", "payments": [], "credit_notes": [], "disputes": [], "approved_terms": [], "late_fee_policy": "none",
        "links": [], **more,
    }


ACCOUNTS = {
    "PART": account("Rivermouth Marine Ltd", "Dr. Siobhan O'Hara", "Kestrel Rope Works Ltd", "Tom Ridgway", "GBP", [
        ("KR/26/118", "5275.40", "3275.40", "2026-03-29", "2026-04-28", "RM-77"), ("KR/26/131", "1200.00", "1200.00", "2026-04-10", "2026-05-10", "RM-81")],
        "+44 113 496 0144", payments=[{"invoice": "KR/26/118", "amount": "2000.00", "date": "2026-05-06"}]),
    "CRED": account("Tischlerei Obermaier GmbH", "Mag. Ferdinand Brandtner", "Hollerbach Baustoffe GmbH", "Katharina Moser", "EUR", [
        ("RE-2026-1044", "6384.00", "5800.00", "2026-03-01", "2026-03-31", "B-17"), ("RE-2026-1170", "2310.45", "2310.45", "2026-05-02", "2026-06-01", None),
        ("RE-2026-1098", "940.20", "940.20", "2026-04-01", "2026-05-01", None)], "+49 40 555 0177",
        credit_notes=[{"number": "GS-311", "invoice": "RE-2026-1044", "amount": "584.00", "date": "2026-04-14"}]),
    "INR": account("Kaveri Foods Pvt Ltd", "Meera Iyer", "Deccan Packaging Pvt Ltd", "Sanjay Deshpande", "INR", [
        ("DP/25-26/3391", "1235500.50", "1235500.50", "2026-03-31", "2026-04-30", "KF/PO/5509"), ("DP/26-27/0007", "85000.00", "85000.00", "2026-04-05", "2026-05-05", None)],
        "+91 20 5550 0149"),
    "CHF": account("Hôtel Bellerive SA", "Anne-Laure Favre", "Primeurs du Léman SA", "Yves Chappuis", "CHF", [
        ("2026-3307", "11684.35", "11684.35", "2026-03-31", "2026-04-30", "HB-12"), ("2026-3352", "980.00", "980.00", "2026-04-10", "2026-05-10", None)], "+41 21 555 01 39"),
    "MX": account("Clínica del Valle SA de CV", "Paulina Escobedo Ruiz", "Instrumental Médico Anáhuac SA de CV", "Rodrigo Cárdenas", "MXN", [
        ("IMA-10442", "186420.00", "126420.00", "2026-03-11", "2026-04-10", "OC-88"), ("IMA-10467", "23750.50", "23750.50", "2026-03-25", "2026-04-24", None)],
        "+52 55 5550 0117", payments=[{"invoice": "IMA-10442", "amount": "60000.00", "date": "2026-05-04"}]),
}
FRAMES = {
    "PART": "Dear Dr O'Hara,\n\n{}\n\nPlease reply to ar@send.example.\n\nKind regards\nTom Ridgway\nKestrel Rope Works Ltd",
    "CRED": "Sehr geehrter Herr Mag. Brandtner,\n\n{}\n\nRückfragen gern an ar@send.example.\n\nMit freundlichen Grüßen\nKatharina Moser\nHollerbach Baustoffe GmbH",
    "INR": "Dear Ms. Iyer,\n\n{}\n\nKindly reply to ar@send.example.\n\nThanks and regards,\nSanjay Deshpande\nDeccan Packaging Pvt Ltd",
    "CHF": "Bonjour Madame Favre,\n\n{}\n\nMerci de répondre à ar@send.example.\n\nCordiales salutations\nYves Chappuis\nPrimeurs du Léman SA",
    "MX": "Estimada Lic. Escobedo:\n\n{}\n\nQuedamos atentos en ar@send.example.\n\nSaludos cordiales,\nRodrigo Cárdenas\nInstrumental Médico Anáhuac SA de CV",
}
SENTENCES: dict[str, dict[str, list[str]]] = json.loads((Path(__file__).parent / "grounding.json").read_text(encoding="utf-8"))
