"""Erasing a person at a customer: from rows, histories, frozen mails and files, in one transaction that the record survives."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from accounts.models import Account, AddressChange, Contact, ImportRun
from drafts import states
from drafts.delivery import outbox
from drafts.models import Delivery
from drafts.privacy import messages, rows
from drafts.privacy.preserving import kept_by
from drafts.privacy.terms import Terms, compact, words_of
from drafts.review.recompute import recompute
from governance import erasure_log
from governance.audit import Entry, account_stream, record
from governance.canonical import canonical_json, sha256_hex
from governance.erasure_log import LoggedErasure
from governance.models import Erasure, User
from governance.packs.requests import withdraw_all
from governance.rights import can

if TYPE_CHECKING:
    from collections.abc import Iterable

NOBODY = "Erased person"
UNDER_WAY = (states.HANDING_OVER, states.OUTCOME_UNKNOWN)


class Kept(Exception):
    """Not now: something keeps the person's data. The message says what, in words."""


def erase(contact_id: int, *, also: Sequence[str] = (), cause: str = Erasure.Cause.REQUEST, by: User | None, at: datetime) -> Erasure:
    """Erase a contact. ``also`` are further words that identify the person (a postal address, a private number), in rows of the account only.

    Whatever is about to leave to the account is stopped. The log outside is written before anything is committed. Raises ``NotAllowed``,
    ``Kept`` (a legal hold, a message under way), ``OSError`` (no log can be written).
    """
    with transaction.atomic():
        contact = Contact.objects.select_related("account").get(pk=contact_id)
        account = Account.objects.select_for_update(of=("self",)).get(pk=contact.account_id)
        if by is not None:
            can(by, "erase_person", account).or_raise()
        _refuse(account, at)
        plain = _plain(contact)
        salt = secrets.token_hex(16)
        terms = Terms.of(salt, plain, _parts(contact, account), also)
        erasure = Erasure.objects.create(contact_id=contact.pk, account_id=account.pk, cause=cause, by=by, at=at)
        _apply(erasure, terms, plain, by=by, at=at)
        entry = LoggedErasure(
            erasure.uid, contact.pk, account.pk, at.isoformat(), salt, sorted(terms.whole), sorted(terms.parts), list(terms.lengths), sorted(terms.own)
        )
        erasure_log.write(entry)
    _files(terms, account.pk, at)
    recompute([account.pk], at)
    return erasure


def reapply(at: datetime) -> list[Erasure]:
    """Apply every erasure of the log that this database does not know, or in which the person is back. Returns those applied."""
    done = []
    for entry in erasure_log.entries():
        contact = Contact.objects.filter(pk=entry.contact_id, account_id=entry.account_id).first()
        known = Erasure.objects.filter(uid=entry.uid, applied_at__isnull=False).exists()
        if known and (contact is None or contact.name == NOBODY):
            continue
        terms = Terms(entry.salt, frozenset(entry.whole), frozenset(entry.parts), tuple(entry.lengths), frozenset(entry.own))
        plain = _plain(contact) if contact is not None else []
        with transaction.atomic():
            list(Account.objects.select_for_update(of=("self",)).filter(pk=entry.account_id).values_list("pk"))
            erasure = Erasure.objects.create(
                uid=entry.uid, contact_id=entry.contact_id, account_id=entry.account_id, cause=Erasure.Cause.REAPPLIED, at=at
            )
            _apply(erasure, terms, plain, by=None, at=at)
        _files(terms, entry.account_id, at)
        done.append(erasure)
    return done


def _refuse(account: Account, at: datetime) -> None:
    reason = kept_by(account.pk, at)
    if reason:
        raise Kept(f"Not erased: {reason}.")
    if Delivery.objects.filter(account=account, state__in=UNDER_WAY).exists():
        raise Kept("Not erased: a message to this account is under way or its outcome is not known yet. Settle it first.")


def _plain(contact: Contact) -> list[str]:
    """Everything on record that names the person: of the row, of its history, and addresses proposed for them."""
    versions: Any = [contact, *contact.history.all()]  # type: ignore[attr-defined]
    proposed = [text for change in AddressChange.objects.filter(contact=contact) for text in (change.name, change.email, change.former)]
    found = proposed + [text for row in versions for text in (row.name, row.salutation, row.email, row.phone, compact(row.phone))]
    return [text for text in dict.fromkeys(found) if text.strip() and text != NOBODY]


def _parts(contact: Contact, account: Account) -> list[str]:
    """Parts of the name that name nobody else here: not the company, a colleague of theirs, or one of ours."""
    others = [account.name, account.portfolio.sender_name, account.portfolio.sender_company]
    others += Contact.objects.filter(account=account).exclude(pk=contact.pk).values_list("name", flat=True)
    others += [str(user) for user in User.objects.filter(is_active=True)]
    taken = {word for name in others for word in words_of(name)}
    return [word for word in words_of(contact.name) if word not in taken]


def _apply(erasure: Erasure, terms: Terms, plain: Sequence[str], *, by: User | None, at: datetime) -> None:
    """Rewrite the rows of the account, of other accounts that name the person, and of no account; then end and record the erasure."""
    outbox.stop_account(erasure.account_id, code="erased", reason="A person it names was erased.", by=by, at=at)
    _contact(erasure)
    elsewhere = _named_elsewhere(erasure, plain)
    for account_id in [erasure.account_id, *elsewhere]:
        own = account_id == erasure.account_id
        messages.scrub_account(erasure, account_id, terms, parts=own)
        for table in rows.tables():
            if table.path:
                found = table.model._base_manager.filter(**{table.path: account_id})
                rows.scrub_table(erasure, table, _but_others(table, found, erasure), terms, parts=own)
    for table in rows.tables():
        if not table.path:
            rows.scrub_table(erasure, table, table.model._base_manager.all(), terms, parts=False)
    _natural_person(erasure, terms)
    erasure.applied_at = at
    erasure.save(update_fields=["applied_at"])
    listed = [list(row) for row in erasure.rows.order_by("table_name", "row_id").values_list("table_name", "row_id", "before", "after")]
    data = {"uid": erasure.uid, "cause": erasure.cause, "rows": len(listed), "digest": sha256_hex(canonical_json(listed))}
    record([Entry(account_stream(erasure.account_id), "privacy.erased", "contact", erasure.contact_id, data)], by=by, at=at)


def _contact(erasure: Erasure) -> None:
    """The row and its history keep what says how the person was dealt with, and nothing that says who it was."""
    blank = {"name": NOBODY, "salutation": "", "email": "", "phone": ""}
    row = Contact.objects.filter(pk=erasure.contact_id, account_id=erasure.account_id).first()
    if row is not None:
        # One address per account, the empty one too.
        taken = Contact.objects.filter(account_id=row.account_id, email="").exclude(pk=row.pk).exists()
        address = f"{erasure.uid}@erased.invalid" if taken else ""
        rows.rewrite(erasure, row, {**blank, "email": address, "verified_at": None, "opted_out_at": row.opted_out_at or erasure.at})
    for version in Contact.history.filter(id=erasure.contact_id, account_id=erasure.account_id):  # type: ignore[attr-defined]
        rows.rewrite(erasure, version, {**blank, "history_change_reason": None})


def _but_others(table: rows.Table, found: Any, erasure: Erasure) -> Any:
    """Other people of the account keep their own rows; the erased one's are done."""
    return found.none() if table.model in (Contact, Contact.history.model) else found  # type: ignore[attr-defined]


def _named_elsewhere(erasure: Erasure, plain: Sequence[str]) -> list[int]:
    """Other accounts with a row that holds one of the terms, letter by letter; not where another contact has the same name or address."""
    terms = [text for text in plain if len(words_of(text)) > 1]
    if not terms:
        return []
    found: set[int] = set()
    for table in [*rows.tables(), *_message_tables()]:
        if table.path and table.model not in (Contact, Contact.history.model):  # type: ignore[attr-defined]
            hit = Q()
            named: dict[str, Any] = {f"searched_{name}": Cast(name, TextField()) for name in table.columns}
            for name in named:
                for term in terms:
                    hit |= Q(**{f"{name}__icontains": term})
            hits = table.model._base_manager.annotate(**named).filter(hit).exclude(**{table.path: erasure.account_id})
            found |= {pk for pk in hits.order_by().values_list(table.path, flat=True).distinct() if pk}
    same = Q(name__in=terms) | Q(email__in=terms)
    return sorted(found - set(Contact.objects.filter(same).values_list("account_id", flat=True)))


def _message_tables() -> Iterable[rows.Table]:
    from drafts.models import Draft

    return (rows.Table(Draft, ("to_address", "cc", "subject", "body", "note"), "follow_up__account_id"),)


def _natural_person(erasure: Erasure, terms: Terms) -> None:
    """A customer who is a natural person: the account's other words may name them. Its own name stays while the debt does."""
    for model in (Account, Account.history.model):  # type: ignore[attr-defined]
        key = "id" if model is not Account else "pk"
        table = rows.Table(model, ("never_automate_reason", "procurement_note"), key)
        rows.scrub_table(erasure, table, model._base_manager.filter(**{key: erasure.account_id}), terms, parts=True)


def _files(terms: Terms, account_id: int, at: datetime) -> None:
    """Uploaded import files that name the person, and the files of audit packs made before, are thrown away.

    Parts of the name and words given besides count in files of the account's own portfolio only.
    """
    home = Account.objects.filter(pk=account_id).values_list("portfolio", flat=True).first()
    for run in ImportRun.objects.exclude(upload="").order_by("pk"):
        path = Path(run.upload.path)
        if path.exists() and rows.in_bytes(path.read_bytes(), terms, parts=run.portfolio_id in (None, home)):
            run.upload.delete(save=False)
            ImportRun.objects.filter(pk=run.pk).update(upload="")
    withdraw_all(at=at)
