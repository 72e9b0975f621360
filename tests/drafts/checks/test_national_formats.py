"""Letters of many countries: their currencies, dates and identifiers pass when true, and a wrong amount or date is found. Seeded, so repeatable."""

from __future__ import annotations

import datetime
import random

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput
from tests.drafts.checks.test_figures import MONTHS, grouped

R = random.Random(7)
AS = datetime.date(2026, 5, 20)


def amt(c, cur, lang):
    sty = {
        "SEK": [lambda: f"{grouped(c, ' ', ',')} kr", lambda: f"SEK {grouped(c, ' ', ',')}", lambda: f"{grouped(c, '.', ',')} SEK"],
        "INR": [lambda: f"₹{grouped(c, ',', '.')}", lambda: f"INR {grouped(c, ',', '.')}", lambda: f"Rs. {grouped(c, ',', '.')}"],
        "CHF": [
            lambda: f"Fr. {grouped(c, chr(39), '.')}",
            lambda: f"CHF {grouped(c, '’', '.')}",
            lambda: f"{grouped(c, ' ', '.')} CHF",
            lambda: f"SFr. {grouped(c, chr(39), '.')}",
        ],
        "ARS": [lambda: f"$ {grouped(c, '.', ',')}", lambda: f"ARS {grouped(c, '.', ',')}", lambda: f"${grouped(c, '.', ',')}"],
        "MXN": [lambda: f"${grouped(c, ',', '.')} MXN", lambda: f"$ {grouped(c, ',', '.')} M.N.", lambda: f"MXN {grouped(c, ',', '.')}"],
        "PLN": [lambda: f"{grouped(c, ' ', ',')} zł", lambda: f"{grouped(c, ' ', ',')} PLN"],
        "USD": [
            lambda: f"US$ {grouped(c, ',', '.')}",
            lambda: f"USD {grouped(c, ',', '.')}",
            lambda: f"${grouped(c, ',', '.')} USD",
            lambda: f"{grouped(c, ',', '.')} dollars",
        ],
        "EUR": [
            lambda: f"€ {grouped(c, '.', ',')}",
            lambda: f"EUR {grouped(c, ' ', ',')}",
            lambda: f"{grouped(c, '.', ',')} Euro",
            lambda: f"{grouped(c, ' ', ',')} euros",
            lambda: f"€{grouped(c, ',', '.')}",
            lambda: f"{grouped(c, ',', '.')} €",
        ],
        "CAD": [
            lambda: f"CA$ {grouped(c, ',', '.')}",
            lambda: f"{grouped(c, ' ', ',')} $ CA",
            lambda: f"C$ {grouped(c, ',', '.')}",
            lambda: f"{grouped(c, ' ', ',')} $",
        ],
        "GBP": [
            lambda: f"£{grouped(c, ',', '.')}",
            lambda: f"{grouped(c, ',', '.')} pounds",
            lambda: f"GBP {grouped(c, ',', '.')}",
            lambda: f"£ {grouped(c, ',', '.')}",
        ],
        "BRL": [lambda: f"R$ {grouped(c, '.', ',')}", lambda: f"BRL {grouped(c, '.', ',')}"],
    }
    return R.choice(sty[cur])()


def dat(d, lang):
    m = MONTHS[lang][d.month - 1]
    o = [
        d.isoformat(),
        f"{d:%d.%m.%Y}",
        f"{d.day}.{d.month}.{d.year}",
        f"{d:%d/%m/%Y}",
        f"{d.day}.{d.month}.{d:%y}",
        f"{d:%d/%m/%y}",
        f"{d.year}/{d:%m/%d}",
        f"{d.year}.{d:%m.%d}",
    ]
    if lang == "en":
        o += [
            f"{d:%d-%b-%Y}",
            f"{m[:3]} {d.day}, {d.year}",
            f"{m} {d.day}",
            f"{d.day} {m}",
            f"{d:%A}, {m} {d.day}, {d.year}",
            f"the {d.day}th of {m} {d.year}" if 3 < d.day < 21 else f"{d.day} {m} {d.year}",
            f"{d:%d %b %Y}",
            f"{d:%a} {d.day} {m[:3]} {d.year}",
        ]
    if lang == "de":
        o += [f"{d.day}. {m} {d.year}", f"{d.day}. {m}", f"{d:%d.%m.}", f"{d.day}.{d.month}.", f"{d.day:02d}. {m[:3]}. {d.year}"]
    if lang == "fr":
        o += [f"{d.day} {m} {d.year}", f"{d.day} {m}", f"{d:%d/%m}"]
    if lang == "es":
        o += [f"{d.day} de {m} de {d.year}", f"{d.day} de {m}", f"{d.day} de {m} del {d.year}", f"{d.day} {m} {d.year}", f"{d:%d/%m}"]
    return R.choice(o)


NUM = [
    lambda: f"0003-{R.randrange(10**7):08d}",
    lambda: f"20{R.randrange(20, 27)}/{R.randrange(1000, 9999)}",
    lambda: f"{R.randrange(10**6, 10**9)}",
    lambda: f"F-{R.randrange(2020, 2027)}-{R.randrange(10, 99)}/{R.randrange(100, 999)}",
    lambda: f"INV_{R.randrange(1000, 9999)}_{R.randrange(10, 99)}",
    lambda: f"A{R.randrange(10**4, 10**6)}",
    lambda: f"RE{R.randrange(10, 99)}.{R.randrange(1000, 9999)}",
    lambda: f"{R.randrange(20, 27)}-{R.randrange(1000, 99999)}",
    lambda: f"FV-26-{R.randrange(1000, 9999)}",
    lambda: f"{R.randrange(100, 999)}/{R.randrange(20, 27)}",
]
PO = [
    lambda: f"45-{R.randrange(1000, 9999)}",
    lambda: f"45{R.randrange(10**6, 10**8)}",
    lambda: f"PO {R.randrange(100, 99999)}",
    lambda: f"B-{R.randrange(100, 9999)}",
    lambda: None,
]
FR = {
    "en": [
        "Dear Maya,\n\nInvoice {n}{po} for {a} was due on {d} and is still open. {x}When may we expect it?\n\n{s}",
        "Hi Maya,\n\nour records show invoice no. {n} ({a}, due {d}) as unpaid. {x}Could you check?\n\n{s}",
        "Hello Maya,\n\n{a} is open on #{n}, due {d}. {x}Any news?\n\n{s}",
        "Dear Maya\n\n* {n} - {d} - {a}\n\n{x}Please let me know when it will be paid.\n\n{s}",
    ],
    "de": [
        "Guten Tag Maya Olsen,\n\ndie Rechnung Nr. {n}{po} über {a} war am {d} fällig und ist noch offen. {x}Wann dürfen wir damit rechnen?\n\n{s}",
        "Hallo Maya,\n\nzur {n} ({a}, fällig am {d}) fehlt uns die Zahlung. {x}Können Sie nachsehen?\n\n{s}",
        "Guten Tag,\n\n{n} | {d} | {a}\n\n{x}Bitte nennen Sie uns einen Termin.\n\n{s}",
    ],
    "fr": [
        "Bonjour Maya,\n\nLa facture n° {n}{po} de {a} est échue depuis le {d}. {x}Quand sera-t-elle réglée ?\n\n{s}",
        "Bonjour,\n\nFacture {n} : {a}, échéance le {d}. {x}Pouvez-vous vérifier ?\n\n{s}",
    ],
    "es": [
        "Estimada Maya:\n\nLa factura N.º {n}{po}, de {a}, venció el {d}. {x}¿Cuándo se pagará?\n\n{s}",
        "Hola, Maya:\n\nSigue pendiente la {n} ({a}, vencida el {d}). {x}¿Puede revisarla?\n\n{s}",
    ],
}
X = {
    "en": ["", "It is {k} days overdue. ", "That is {k} days ago. ", "The balance as of 20 May 2026 is {a2}. "],
    "de": ["", "Sie ist seit {k} Tagen überfällig. ", "Stand 20.05.2026 sind das {a2}. "],
    "fr": ["", "Elle a {k} jours de retard. ", "Au 20 mai 2026, le solde est de {a2}. "],
    "es": ["", "Lleva {k} días vencida. ", "A fecha de 20 de mayo de 2026 el saldo es de {a2}. "],
}


def test_letters_of_many_countries_are_judged_right():
    alarms, missed = [], []
    for t in range(1500):
        lang = R.choice(list(FR))
        cur = R.choice("SEK INR CHF ARS MXN PLN USD EUR CAD GBP BRL".split())
        c = R.randrange(10050, 99999999)
        k = R.randrange(2, 120)
        due = AS - datetime.timedelta(days=k)
        n = R.choice(NUM)()
        po = R.choice(PO)()
        f = {
            "as_of": "2026-05-20",
            "customer": {"name": "Alderbrook Clinics Ltd", "account_id": f"{R.randrange(1000, 999999)}"},
            "contact": {"name": "Maya Olsen", "email": "m@x.example"},
            "sender": {
                "company": "Fenwick Instruments Ltd",
                "name": "Eva Moser",
                "phone": "+43 1 555 01 44",
                "email": "ar@fenwick.example",
            },
            "currency": cur,
            "invoices": [
                {
                    "number": n,
                    "amount": f"{c // 100}.{c % 100:02d}",
                    "open": f"{c // 100}.{c % 100:02d}",
                    "issued": str(due - datetime.timedelta(days=30)),
                    "due": str(due),
                    "days_overdue": k,
                    "po": po,
                }
            ],
            "total_open": f"{c // 100}.{c % 100:02d}",
            "payments": [],
            "credit_notes": [],
            "disputes": [],
            "approved_terms": [],
            "late_fee_policy": "none",
            "links": [],
        }
        sig = R.choice(
            [
                "Eva Moser\nFenwick Instruments Ltd",
                "Eva Moser, Fenwick Instruments Ltd\nTel. 01 555 01 44",
                "Kind regards\nEva Moser\nFenwick Instruments Ltd\n+43 1 555 01 44\nar@fenwick.example",
            ]
        )
        w = R.choice(["", "", "a", "d"])
        cc = c + (R.choice([100, 1000, 10**5]) if w == "a" else 0)
        dd = due + datetime.timedelta(days=R.choice([1, 7, 30]) if w == "d" else 0)
        x = R.choice(X[lang]).format(k=k, a2=amt(c, cur, lang))
        text = R.choice(FR[lang]).format(
            n=n, po=f" ({po})" if po and R.random() < 0.5 else "", a=amt(cc, cur, lang), d=dat(dd, lang), x=x, s=sig
        )
        fs = [g for g in run_text_checks(CheckInput("", text, f)) if g.stops_routine_approval]
        if not w and fs:
            alarms.append((text, [(g.check, g.quote, g.why) for g in fs]))
        if w and not fs:
            missed.append(text)
    assert alarms == []
    assert missed == []
