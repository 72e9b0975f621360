"""Signals and their holds first, then what was read: set-based, inside the caller's transaction, accounts locked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import Account, Contact, Dispute, DisputeSignal
from drafts.detection.judging import Finding
from drafts.detection.reading import CHANNELS, Channel, Text, read_rows, unread_rows
from drafts.detectors import DETECTORS
from governance import holds
from governance.audit import Entry, account_stream, record
from governance.history import record_history
from governance.models import Hold


def lock_accounts(account_ids: Collection[int]) -> None:
    """Lock the accounts in id order, the first lock of everybody who changes volatile facts."""
    rows = Account.objects.select_for_update(of=("self",)).filter(pk__in=account_ids).order_by("pk")
    list(rows.values_list("pk"))


def still_unread(texts: Sequence[Text]) -> set[Text]:
    """Those nobody read or changed while they were being judged: new words are judged in the next round, not passed with the old."""
    found: set[Text] = set()
    for channel in CHANNELS:
        ids = [text.id for text in texts if text.kind == channel.kind]
        if ids:
            found |= set(read_rows(channel, unread_rows(channel).filter(pk__in=ids)))
    return found


def write(findings: Sequence[Finding], at: datetime) -> list[DisputeSignal]:
    """Signals with holds, payment claims and opt-outs, then the marks on the texts. Returns the new signals."""
    signals = _signals(findings, at)
    _claims_of_payment([f for f in findings if f.claims_payment], at)
    _opt_outs([f for f in findings if f.opts_out], at)
    for channel in CHANNELS:
        _mark(channel, [f for f in findings if f.text.kind == channel.kind], at)
    return signals


def _signals(findings: Sequence[Finding], at: datetime) -> list[DisputeSignal]:
    disputed = [f for f in findings if f.disputed]
    if not disputed:
        return []
    known = _known({f.text.account_id for f in disputed})
    rows = [
        DisputeSignal(
            account_id=f.text.account_id, invoice_id=invoice_id, source_kind=f.text.kind, source_id=f.text.id,
            category=f.category or "other", quote=f.quote, score=f.score, detector=DETECTORS[0].name, found_at=at,
        )
        for f in disputed
        for invoice_id in f.invoices or (None,)
        if (f.text.account_id, f.text.kind, f.text.id, invoice_id) not in known
    ]  # fmt: skip
    signals = DisputeSignal.objects.bulk_create(rows, batch_size=1_000)
    record_history(DisputeSignal, [s.pk for s in signals], "+", by=None, at=at)
    holds.put_many([_hold(signal) for signal in signals], by=None, at=at)
    portfolios = dict(Account.objects.filter(pk__in={s.account_id for s in signals}).values_list("pk", "portfolio_id"))
    said = {(f.text.kind, f.text.id): f.text.at for f in disputed}
    record(
        [
            Entry(account_stream(s.account_id), "signal.found", "signal", s.pk, _told(s, portfolios, said))
            for s in signals
        ],
        by=None, at=at,
    )  # fmt: skip
    return signals


def _told(signal: DisputeSignal, portfolios: dict[int, int], said: dict[tuple[str, int], datetime | None]) -> dict[str, Any]:
    """What the event says: where the words stand, when they were said, and whose portfolio it is."""
    since = said.get((signal.source_kind, signal.source_id))
    return {"source": f"{signal.source_kind}:{signal.source_id}", "portfolio": portfolios[signal.account_id], "since": since}


# Signals that were judged and hold nothing any more.
OVER = Q(status=DisputeSignal.Status.DISMISSED) | Q(dispute__status=Dispute.Status.RESOLVED)


def _known(account_ids: Collection[int]) -> set[tuple[int, str, int, int | None]]:
    """What waits for a person, or is in dispute already. What was judged and is over can begin anew, with new words."""
    rows = DisputeSignal.objects.filter(account_id__in=account_ids).exclude(OVER)
    return set(rows.values_list("account_id", "source_kind", "source_id", "invoice_id"))


def _hold(signal: DisputeSignal) -> holds.NewHold:
    about = Hold.Scope.INVOICE if signal.invoice_id else Hold.Scope.ACCOUNT
    return holds.NewHold(
        scope=about, scope_id=signal.invoice_id or signal.account_id, account_id=signal.account_id, kind=Hold.Kind.DISPUTE,
        reason="Possible dispute, not yet judged", quote=signal.quote, source=f"signal:{signal.pk}",
    )  # fmt: skip


def _claims_of_payment(findings: Sequence[Finding], at: datetime) -> None:
    """The customer says it is paid: nothing is chased until a person has looked at the bank."""
    claims = [
        holds.NewHold(
            scope=Hold.Scope.ACCOUNT, scope_id=f.text.account_id, account_id=f.text.account_id, kind=Hold.Kind.PAYMENT_CLAIM,
            reason="The customer says it is paid", quote=f.reply_quote, source=f"message:{f.text.id}",
        )
        for f in findings
    ]  # fmt: skip
    holds.put_many(claims, by=None, at=at)


def _opt_outs(findings: Sequence[Finding], at: datetime) -> None:
    """The sender asked not to be written to: a hold on that contact, so that a person sees the words before deciding."""
    if not findings:
        return
    rows = Contact.objects.filter(account_id__in={f.text.account_id for f in findings}).values_list("account_id", "email", "pk")
    contacts = {(account_id, email.lower()): pk for account_id, email, pk in rows}
    wanted = []
    for finding in findings:
        account_id = finding.text.account_id
        contact_id = contacts.get((account_id, finding.text.sender.lower()))
        scope, scope_id = (Hold.Scope.CONTACT, contact_id) if contact_id else (Hold.Scope.ACCOUNT, account_id)
        wanted.append(
            holds.NewHold(
                scope=scope, scope_id=scope_id, account_id=account_id, kind=Hold.Kind.DO_NOT_CONTACT,
                reason="Asked not to be contacted", quote=finding.reply_quote, source=f"message:{finding.text.id}",
            )
        )  # fmt: skip
    holds.put_many(wanted, by=None, at=at)


def _mark(channel: Channel, findings: Sequence[Finding], at: datetime) -> None:
    """Read. One update for all, one more per different content: topics and kinds are few."""
    if not findings:
        return
    rows = channel.model.objects
    rows.filter(pk__in=[f.text.id for f in findings]).update(scanned_at=at)
    telling = [f for f in findings if channel.keeps_topics and (f.topics or f.kind)]
    by_content: dict[tuple[str, str], list[int]] = {}
    for finding in telling:
        by_content.setdefault((finding.topics, finding.kind), []).append(finding.text.id)
    for (topics, kind), ids in by_content.items():
        values: dict[str, Any] = {"topics": topics}
        if channel.kind == "message" and kind:
            values["kind"] = kind
        rows.filter(pk__in=ids).update(**values)
