"""Two invoices in one sentence, part payments, credit notes and totals, in four languages: true ones pass, swapped or changed ones do not."""

from __future__ import annotations

import datetime
import random

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput

R = random.Random(3)


def dec(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def m(c, lang):
    g = f"{c // 100:,}"
    return (
        f"EUR {g}.{c % 100:02d}"
        if lang == "en"
        else f"{g.replace(',', '.')},{c % 100:02d} EUR"
        if lang != "fr"
        else f"{g.replace(',', ' ')},{c % 100:02d} €"
    )


def d(x, lang):
    return {"en": f"{x.day} {x:%B} {x.year}", "de": f"{x:%d.%m.%Y}", "fr": f"{x:%d/%m/%Y}", "es": f"{x:%d/%m/%Y}"}[lang]


T = {
    "en": [
        "{n1} ({o1}, due {d1}) and {n2} ({o2}, due {d2}) are open, {t} in total.",
        "After your payment of {p} on {pd}, {o1} of the original {g1} remains on {n1}; {n2} over {o2} was due on {d2}.",
        "We applied credit note {cn} of {c} to {n2}, which brings it from {g2} to {o2}. {n1} still shows {o1}.",
        "Of {t}, {o1} belongs to {n1} and {o2} to {n2}.",
    ],
    "de": [
        "{n1} ({o1}, fällig am {d1}) und {n2} ({o2}, fällig am {d2}) sind offen, insgesamt {t}.",
        "Nach Ihrer Zahlung von {p} am {pd} bleiben von ursprünglich {g1} noch {o1} auf {n1}; {n2} über {o2} war am {d2} fällig.",
        "Die Gutschrift {cn} über {c} ist mit {n2} verrechnet, damit sind von {g2} noch {o2} offen. Auf {n1} stehen {o1}.",
        "Von {t} entfallen {o1} auf {n1} und {o2} auf {n2}.",
    ],
    "fr": [
        "{n1} ({o1}, échéance {d1}) et {n2} ({o2}, échéance {d2}) sont ouvertes, soit {t} au total.",
        "Après votre paiement de {p} du {pd}, il reste {o1} sur les {g1} de {n1} ; {n2} de {o2} était due le {d2}.",
        "L'avoir {cn} de {c} a été imputé sur {n2}, qui passe de {g2} à {o2}. {n1} présente encore {o1}.",
        "Sur {t}, {o1} concernent {n1} et {o2} {n2}.",
    ],
    "es": [
        "{n1} ({o1}, vencimiento {d1}) y {n2} ({o2}, vencimiento {d2}) están pendientes, en total {t}.",
        "Tras su pago de {p} del {pd}, de los {g1} de {n1} quedan {o1}; {n2}, de {o2}, venció el {d2}.",
        "La nota de crédito {cn} de {c} se aplicó a {n2}, que pasa de {g2} a {o2}. {n1} sigue en {o1}.",
        "De {t}, {o1} corresponden a {n1} y {o2} a {n2}.",
    ],
}
F = {
    "en": "Dear Maya,\n\n{s} When may we expect it?\n\nEva Moser\nFenwick Ltd",
    "de": "Guten Tag Maya Olsen,\n\n{s} Wann dürfen wir damit rechnen?\n\nEva Moser\nFenwick Ltd",
    "fr": "Bonjour Maya,\n\n{s} Quand sera-ce réglé ?\n\nEva Moser\nFenwick Ltd",
    "es": "Estimada Maya:\n\n{s} ¿Cuándo se pagará?\n\nEva Moser\nFenwick Ltd",
}


def test_figures_of_several_invoices_are_told_apart():
    alarms, missed = [], []
    for t in range(1200):
        lang = R.choice(list(T))
        o1, o2 = R.randrange(10000, 900000), R.randrange(10000, 900000)
        p, c = R.randrange(1000, 90000), R.randrange(1000, 9000)
        k = R.randrange(4)
        g1 = o1 + p
        g2 = o2 + c
        D1 = datetime.date(2026, R.randrange(1, 5), R.randrange(1, 28))
        D2 = datetime.date(2026, R.randrange(1, 5), R.randrange(1, 28))
        PD = datetime.date(2026, 5, R.randrange(1, 19))
        n1, n2 = f"FI-{R.randrange(1000, 9999)}", f"FI-{R.randrange(1000, 9999)}"
        cn = f"CN-{R.randrange(10, 99)}"
        inv = [
            {
                "number": n,
                "amount": dec(g),
                "open": dec(o),
                "issued": str(D - datetime.timedelta(days=30)),
                "due": str(D),
                "days_overdue": (datetime.date(2026, 5, 20) - D).days,
                "po": None,
            }
            for n, g, o, D in ((n1, g1, o1, D1), (n2, g2, o2, D2))
        ]
        f = {
            "as_of": "2026-05-20",
            "customer": {"name": "Alderbrook", "account_id": "A1"},
            "contact": {"name": "Maya Olsen", "email": "m@x.example"},
            "sender": {"company": "Fenwick Ltd", "name": "Eva Moser", "phone": "", "email": "a@x.example"},
            "currency": "EUR",
            "invoices": inv,
            "total_open": dec(o1 + o2),
            "payments": [{"invoice": n1, "amount": dec(p), "date": str(PD)}],
            "credit_notes": [{"number": cn, "invoice": n2, "amount": dec(c), "date": str(PD)}],
            "disputes": [],
            "approved_terms": [],
            "late_fee_policy": "none",
            "links": [],
        }
        v = dict(  # noqa: C408
            n1=n1,
            n2=n2,
            o1=m(o1, lang),
            o2=m(o2, lang),
            g1=m(g1, lang),
            g2=m(g2, lang),
            t=m(o1 + o2, lang),
            p=m(p, lang),
            c=m(c, lang),
            cn=cn,
            d1=d(D1, lang),
            d2=d(D2, lang),
            pd=d(PD, lang),
        )
        w = R.choice(["", "swap", "o1", "t", "p", "d2"])
        if w == "swap":
            v["o1"], v["o2"] = v["o2"], v["o1"]
        if w in ("o1", "t", "p"):
            v[w] = m({"o1": o1, "t": o1 + o2, "p": p}[w] + 100, lang)
        if w == "d2":
            v["d2"] = d(D2 + datetime.timedelta(days=2), lang)
        s = T[lang][k].format(**v)
        if w in ("t", "p", "d2", "o1") and "{" + w + "}" not in T[lang][k]:
            w = ""
        fs = [x for x in run_text_checks(CheckInput("", F[lang].format(s=s), f)) if x.stops_routine_approval]
        if not w and fs:
            alarms.append((s, [(x.check, x.quote, x.why) for x in fs]))
        if w and not fs:
            missed.append((w, s))
    assert alarms == []
    assert missed == []
