"""What a text makes of five accounts: an ordinary one, the longest name, two currencies, many invoices, and one whose facts are missing.

Made-up accounts: whoever writes texts need not see customers. The longest name is as long as the longest in the book.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Max
from django.db.models.functions import Length

from accounts.fact_types import AccountFacts
from accounts.models import Account
from drafts import states
from drafts.checks.base import Finding
from drafts.generation.compose import NothingToSay, compose
from drafts.simulation import samples
from drafts.simulation.activation import SPOKEN_AS, About, findings_on
from drafts.simulation.cases import Case, made_up
from governance import policies
from governance.models import TemplateVersion
from governance.standards import checks_read
from governance.words import PLAN_CONFIRMATION, SeedText

NAME = "Alder, Birch, Chestnut, Dogwood, Elm, Fir, Ginkgo, Hawthorn, Ironwood, Juniper & Sons International Holding GmbH "
AT_LEAST = 60


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as it would leave, or why there is none, with what the checks say."""

    title: str
    subject: str = ""
    body: str = ""
    why_not: str = ""
    findings: tuple[Finding, ...] = ()


def preview(version: TemplateVersion, at: datetime) -> list[Shown]:
    """Five messages. Nothing is written."""
    return [_shown(version, title, case) for title, case in _five(version, at)]


def _five(version: TemplateVersion, at: datetime) -> Iterator[tuple[str, Case]]:
    found = made_up(at, policies.active_parameters(), version.language, version.purpose)
    longest = Account.objects.aggregate(most=Max(Length("name")))["most"] or 0
    name = (NAME * 4)[: max(AT_LEAST, min(longest, 300))].strip()
    yield "An ordinary account", found[0]
    yield f"The longest name ({len(name)} characters)", replace(found[1], facts=replace(found[1].facts, name=name))
    yield "Two currencies", found[3]
    yield "Forty invoices", found[5]
    yield "Facts missing: nobody to write to, no bank account", replace(found[0], facts=_bare(found[0].facts))


def _bare(facts: AccountFacts) -> AccountFacts:
    """No contact, no bank account, no phone, no address of the sender."""
    return replace(facts, contacts=(), recipient=None, sender=replace(facts.sender, bank_accounts=(), phone="", address="", title=""))


def _shown(version: TemplateVersion, title: str, case: Case) -> Shown:
    purpose = SPOKEN_AS.get(version.purpose, version.purpose)
    plans = [samples.plan(case.facts)] if version.purpose == PLAN_CONFIRMATION else []
    if purpose == states.PO_REQUEST and any(i.po_number for i in case.facts.invoices):
        return Shown(title, why_not="Every invoice of this account has its PO number; the text would not be used.")
    text = SeedText(version.key, version.language, version.purpose, version.lane, version.step, version.subject, version.body)
    try:
        message = compose(case.facts, About(purpose, case.verdict.chase_invoice_ids), text, plans=plans)
    except NothingToSay as error:
        return Shown(title, why_not=str(error))
    found = findings_on(version, case, checks_read(policies.active_parameters()))
    return Shown(title, message.subject, message.body, findings=tuple(found))
