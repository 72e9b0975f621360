"""The unit of permission, and the grants on it."""

from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from governance.tracking import tracked

ROLE_CHOICES = [
    ("reviewer", "Reviewer"),
    ("account_owner", "Account owner"),
    ("finance_approver", "Finance approver"),
    ("legal_approver", "Legal approver"),
    ("executive", "Executive"),
    ("compliance_auditor", "Compliance auditor"),
    ("leadership", "Leadership"),
    ("policy_admin", "Policy administrator"),
    ("system_admin", "System administrator"),
]


class Portfolio(models.Model):
    """A set of accounts worked by one team under one sender identity. Every right is a dated grant of a role on a portfolio.

    ``bank_accounts`` is a list of ``{"label", "iban", "bic"}``; only these may appear in a message (guardrail G08).
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3, default="EUR")
    country = models.CharField("country of the seller", max_length=2, default="DE")
    sender_company = models.CharField(max_length=160)
    sender_name = models.CharField("named person in the signature", max_length=120)
    sender_title = models.CharField(max_length=120, blank=True)
    sender_email = models.EmailField()
    reply_to = models.EmailField(blank=True)
    sender_phone = models.CharField(max_length=40, blank=True)
    sender_address = models.TextField(blank=True)
    bank_accounts = models.JSONField(default=list, blank=True)
    payment_link = models.URLField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    history = tracked()

    class Meta:
        ordering = ["name"]
        permissions = [(code, f"Acts as {label.lower()}") for code, label in ROLE_CHOICES]

    def __str__(self) -> str:
        return self.name


class GrantDates(models.Model):
    """From and until when a grant counts; both ends inclusive, an open end is null."""

    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField("reason of the last change", blank=True)

    class Meta:
        abstract = True


class PortfolioUserGrant(GrantDates, UserObjectPermissionBase):
    """A role on a portfolio for one person; the permission's codename is the role."""

    content_object = models.ForeignKey(Portfolio, on_delete=models.CASCADE)
    history = tracked()

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = "role of a person in a portfolio"
        verbose_name_plural = "roles of persons in portfolios"

    def __str__(self) -> str:
        return f"{self.user} · {self.permission.codename} · {self.content_object}"


class PortfolioGroupGrant(GrantDates, GroupObjectPermissionBase):
    """A role on a portfolio for every member of a group."""

    content_object = models.ForeignKey(Portfolio, on_delete=models.CASCADE)
    history = tracked()

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = "role of a group in a portfolio"
        verbose_name_plural = "roles of groups in portfolios"

    def __str__(self) -> str:
        return f"{self.group} · {self.permission.codename} · {self.content_object}"


class AllPortfoliosGrant(GrantDates):
    """A role on every portfolio, present and future: explicit, dated and recorded like any other grant."""

    user = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.CASCADE)
    group = models.ForeignKey("auth.Group", null=True, blank=True, on_delete=models.CASCADE)
    role = models.CharField(max_length=32, choices=ROLE_CHOICES)

    history = tracked()

    class Meta:
        verbose_name = "role in all portfolios"
        verbose_name_plural = "roles in all portfolios"
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(group__isnull=True), name="all_portfolios_grant_names_one_holder"
            ),
            models.UniqueConstraint(fields=["user", "role"], name="one_all_portfolios_grant_per_user_and_role"),
            models.UniqueConstraint(fields=["group", "role"], name="one_all_portfolios_grant_per_group_and_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.group} · {self.role} · all portfolios"
