"""People at the customer; recipients come only from here."""

from django.db import models

from governance.tracking import tracked


class Contact(models.Model):
    """A person or mailbox at the customer. Usable as recipient = verified, not opted out, not bounced.

    ``verified_by`` says how the address was verified; ``placeholder`` marks an address made up under ``.example`` by an import that was
    told to, so that nobody mistakes it for a real one.
    """

    class Role(models.TextChoices):
        ACCOUNTS_PAYABLE = "ap", "Accounts payable"
        BUYER = "buyer", "Buyer"
        EXECUTIVE = "executive", "Executive"
        OTHER = "other", "Other"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=160)
    salutation = models.CharField("greeting as written", max_length=160, blank=True, help_text="for example Ms Keller; empty: the name")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.ACCOUNTS_PAYABLE)
    language = models.CharField(max_length=12, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=60, blank=True)
    placeholder = models.BooleanField("made-up address", default=False)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)

    history = tracked()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["account", "email"], name="one_contact_per_account_and_address")]

    def __str__(self) -> str:
        return self.name

    @property
    def usable(self) -> bool:
        """True when a message may be addressed to this contact."""
        return bool(self.email and self.verified_at and not self.opted_out_at and not self.bounced_at)
