"""An address of a customer that somebody proposed: nobody is written to at it until a second person confirmed it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models.contact import Contact


class AddressChange(models.Model):
    """One proposal: another address of a contact, the check of the one on record, or (without ``contact``) a person not known yet.

    A proposal changes nothing. Confirmed by somebody else it becomes the contact's address, verified; ``former`` is what it replaced, so
    that an import of an older book does not bring it back (``accounts.importing.extras.close_former``).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for a second person"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="address_changes")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.CASCADE, related_name="address_changes")
    name = models.CharField("name of a new contact", max_length=160, blank=True)
    role = models.CharField(max_length=10, choices=Contact.Role.choices, default=Contact.Role.ACCOUNTS_PAYABLE)
    email = models.EmailField("address")
    former = models.EmailField("address it replaced", blank=True)
    evidence = models.TextField("what shows it")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField("how it was checked, or why not", blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(evidence=""), name="an_address_comes_with_evidence"),
            models.CheckConstraint(condition=Q(contact__isnull=False) | ~Q(name=""), name="a_new_contact_has_a_name"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")) & ~Q(answer=""),
                name="an_address_is_confirmed_by_another_person",
            ),
            models.UniqueConstraint(fields=["contact"], condition=Q(state="waiting"), name="one_address_waits_per_contact"),
        ]

    def __str__(self) -> str:
        return f"address change {self.pk}"
