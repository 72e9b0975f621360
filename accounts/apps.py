"""What is true: customers, invoices, payments, disputes, tickets, contracts, sources."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Facts."""

    name = "accounts"
    verbose_name = "Accounts"
