"""Which role answers which question."""

from governance.roles import EXECUTIVE, FINANCE, LEGAL

DECIDES: dict[str, str] = {
    "relationship_path": EXECUTIVE,
    "payment_plan": FINANCE,
    "credit": FINANCE,
    "discount": FINANCE,
    "fee": FINANCE,
    "legal_step": LEGAL,
    "suspension": EXECUTIVE,
}
