"""Known layouts: the canonical files by their own header, and exports of other systems by a renaming of columns."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.importing.canonical import BY_NAME, KINDS
from accounts.importing.columns import Kind
from accounts.importing.errors import Unreadable, shorten
from accounts.importing.files import MAX_COLUMNS

CANONICAL = "canonical"


@dataclass(frozen=True, slots=True)
class Layout:
    """How one system writes invoices. ``rename``: its column → ours. Its accounts (and disputes) are taken from the same rows.

    ``order`` is the date order the system always uses; ``converted`` says that amounts are results of a currency conversion; ``terms_from``
    is the date its terms count from, taken as the date of issue where an invoice was only posted after it was due.
    """

    name: str
    rename: dict[str, str]
    order: str
    account_name: str = ""
    disputed: str = ""
    converted: bool = False
    terms_from: str = ""
    needed: tuple[str, ...] = field(default=())


IBM = Layout(
    name="ibm_late_payments",
    rename={
        "customerID": "account_number",
        "invoiceNumber": "invoice_number",
        "InvoiceDate": "issued_on",
        "DueDate": "due_on",
        "InvoiceAmount": "amount",
        "SettledDate": "settled_on",
    },
    order="mdy",
    disputed="Disputed",
    needed=("Disputed",),
)
HIGHRADIUS = Layout(
    name="highradius",
    rename={
        "cust_number": "account_number",
        "doc_id": "invoice_number",
        "posting_date": "issued_on",
        "due_in_date": "due_on",
        "converted_usd": "amount",
        "clear_date": "settled_on",
        "cust_payment_terms": "terms_code",
    },
    order="dmy",
    account_name="name_customer",
    converted=True,
    terms_from="baseline_create_date",
    needed=("name_customer",),
)
LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (IBM, HIGHRADIUS)}
NAMES = (CANONICAL, *LAYOUTS)


@dataclass(frozen=True, slots=True)
class Match:
    """A header that was recognised: the kind of its rows, the header in our names, and the foreign layout (None: canonical)."""

    kind: Kind
    header: list[str]
    original: list[str]
    layout: Layout | None = None
    ignored: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The layout's name."""
        return self.layout.name if self.layout else CANONICAL

    @property
    def states_currency(self) -> bool:
        """False when there are amounts and no column for their currency."""
        columns = self.kind.by_name
        priced = any(name in columns and columns[name].type == "amount" for name in self.header)
        return not priced or "currency" in self.header


def check_header(cells: list[str], name: str) -> list[str]:
    """The header without blanks around names; raises ``Unreadable`` for duplicates, nameless and too many columns."""
    header = [cell.strip() for cell in cells]
    if len(header) > MAX_COLUMNS:
        raise Unreadable(f"{name} has {len(header)} columns; expected at most {MAX_COLUMNS}")
    seen: dict[str, int] = {}
    for place, title in enumerate(header, 1):
        if not title:
            raise Unreadable(f"{name}: column {place} has no name; expected a name in every column of the header")
        if title.lower() in seen:
            first = seen[title.lower()]
            raise Unreadable(f'{name}: the header names "{shorten(title)}" twice (columns {first} and {place}); expected once')
        seen[title.lower()] = place
    return header


def recognise(header: list[str], *, asked: str = "", hint: str = "") -> Match | None:
    """The layout of a header, or None. ``asked`` is the layout given, ``hint`` the name of the file or sheet."""
    for layout in LAYOUTS.values():
        if asked in ("", layout.name) and (match := _foreign(layout, header)):
            return match
    if asked not in ("", CANONICAL):
        return None
    lower = [title.lower() for title in header]
    fitting = [k for k in KINDS if set(k.required) <= set(lower) <= {c.name for c in k.columns}]
    named = [k for k in fitting if k.name == hint] or fitting
    return Match(named[0], lower, header) if len(named) == 1 else None


def _foreign(layout: Layout, header: list[str]) -> Match | None:
    if missing_of(layout, header):
        return None
    renamed = [layout.rename.get(title, f"- {title}") for title in header]
    used = {*layout.rename, *layout.needed, layout.terms_from}
    ignored = tuple(title for title in header if title not in used)
    return Match(BY_NAME["invoices"], renamed, header, layout, ignored)


def missing_of(layout: Layout, header: Iterable[str]) -> list[str]:
    """Columns of a layout that a header lacks."""
    present = set(header)
    return [title for title in (*layout.rename, *layout.needed) if title not in present]


def explain(header: list[str], name: str, *, asked: str = "", hint: str = "") -> Unreadable:
    """Why no layout fits: the nearest one and what is missing or unknown."""
    if asked in LAYOUTS:
        needed = ", ".join(missing_of(LAYOUTS[asked], header))
        return Unreadable(f"{name} is not in the layout {asked}: missing {needed}")
    lower = {title.lower() for title in header}
    nearest = BY_NAME.get(hint) or max(KINDS, key=lambda k: len(lower & {c.name for c in k.columns}))
    known = {c.name for c in nearest.columns}
    if not lower & known:
        closest = ""
    else:
        lacking = [title for title in nearest.required if title not in lower]
        strange = [_guess(title, known) for title in header if title.lower() not in known]
        parts = [f"missing {', '.join(lacking)}"] if lacking else []
        parts += [f"unknown {', '.join(strange)}"] if strange else []
        parts = parts or ["several kinds fit; name the file after one of them"]
        closest = f" Nearest: canonical {nearest.name}.csv, {'; '.join(parts)}."
    others = "; ".join(f"{n} lacks {', '.join(missing_of(lay, header)[:4])}" for n, lay in LAYOUTS.items())
    kinds = ", ".join(kind.name for kind in KINDS)
    return Unreadable(
        f"{name}: the header is not known ({shorten(', '.join(header))}).{closest} "
        f"Known layouts: {CANONICAL} ({kinds}), {', '.join(LAYOUTS)}; {others}. Columns are described in docs/import.md."
    )


def _guess(title: str, known: set[str]) -> str:
    near = difflib.get_close_matches(title.lower(), known, 1, 0.7)
    return f"{shorten(title)} (did you mean {near[0]}?)" if near else shorten(title)
