"""A person at a customer whose name, addresses and words are everywhere, and a search through every column of every table."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from accounts.models import Contact, ImportRun
from drafts.compliance import incidents
from drafts.delivery import handover
from drafts.detection import scan
from drafts.models import WorkingCopy
from drafts.responses import record_reply
from drafts.responses.recording import Incoming
from drafts.review import approve, edit, log_call, put_hold
from tests.drafts.scene import AS_OF, Desk, prepared
from tests.factories import make_contact, make_contract, make_message, make_ticket

NAME, GREETING, EMAIL, PHONE, STREET = "Zerlina Zettmann", "Ms Zettmann", "z.zettmann@customer.example", "+49 30 777 8881", "Lindenweg 77a"
# Whatever of her must be nowhere: also parts of the name, the number without blanks, another way to write the address.
TRACES = ("zerlina", "zettmann", "z.zettmann", "777 8881", "+49307778881", "lindenweg 77a", "lindenweg  77a")
LATER = AS_OF + timedelta(hours=3)


def everywhere():
    """The case of a customer whose person is named in every kind of row. A message to her was sent."""
    desk = Desk()
    case = prepared(desk, [{}, {"days_overdue": 20}], contact=False)
    contact = make_contact(case.account, name=NAME, salutation=GREETING, email=EMAIL, phone=PHONE)
    make_contact(case.account, name="Otto Anders", salutation="Mr Anders", email="o.anders@customer.example", phone="+49 30 555 1111", role="buyer")
    contact.phone = "+49307778881"
    contact.save()
    make_ticket(case.account, subject=f"From {NAME}", body=f"Zettmann here, call me: {PHONE}. I live at Lindenweg\n77a.")
    make_contract(case.account, notes=f"signed by ZERLINA ZETTMANN, {EMAIL.upper()}")
    make_message(case.account, sender=f"{NAME} <{EMAIL}>", subject="Hello", body=f"Best regards\nZerlina\n\n{STREET}\n{EMAIL}")
    log_call(case.account.pk, "spoke", by=desk.reviewer, at=AS_OF - timedelta(days=9), note="Ms Zettmann asked for a copy", contact_id=contact.pk)
    scan(at=AS_OF)
    case.prepare()
    text = case.draft.body.replace("\n\n", "\n\nAs agreed with Zerlina Zettmann on the telephone.\n\n", 1)
    edit(case.follow_up.pk, case.draft.subject, text, case.draft.revision, by=desk.reviewer, at=AS_OF, note=f"asked by {NAME}")
    WorkingCopy.objects.create(draft=case.draft, user=desk.owner, subject="x", body=f"Dear {GREETING}", saved_at=AS_OF)
    ImportRun.objects.create(portfolio=desk.portfolio, layout="canonical", file_name="c.csv", file_sha256="0" * 64, state="refused", refused=[{"row": 2, "value": EMAIL}], started_at=AS_OF)
    LogEntry.objects.create(user=desk.owner, content_type=ContentType.objects.get_for_model(Contact), object_id=str(contact.pk), object_repr=NAME, action_flag=CHANGE, change_message="")
    return case, contact


def sent_to_her(case):
    """Approve what is there with a comment about her, send it, and let her answer."""
    draft = case.draft
    roles = [role for role, _ in case.follow_up.required_roles] or ["reviewer"]
    for role in roles:
        person = case.desk.person(role)
        warnings = list(draft.findings.filter(severity="warn").values_list("pk", flat=True))
        result = approve(case.follow_up.pk, draft.fingerprint, by=person, at=AS_OF, acknowledged=warnings, reason="checked_source", comment=f"fine for {GREETING}")
    assert result.complete, result
    delivery = case.delivery
    ended = handover.deliver_one(delivery.pk, max(AS_OF, delivery.leaves_at))
    delivery.refresh_from_db()
    assert ended == "accepted", (ended, delivery.state, delivery.stop_reason, delivery.leaves_at)
    record_reply(Incoming(case.account.pk, f"{NAME} <{EMAIL}>", "Re: invoice", f"We dispute this.\nZerlina Zettmann\n{STREET}", LATER), by=case.desk.reviewer, at=LATER)
    put_hold("account", case.account.pk, kind="other", reason=f"{NAME} is ill", by=case.desk.owner, at=LATER)
    incidents.wrong_message(delivery.pk, f"{NAME} complained", "she is upset", "low", by=case.desk.reviewer, at=LATER)
    return delivery


def found_in_tables(cursor, traces=TRACES):
    """``table.column: trace`` for every trace in any column of any table, as text; binary columns as they are."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2")
    else:
        cursor.execute("SELECT m.name, p.name, p.type FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'")
    hits = []
    for table, column, kind in cursor.fetchall():
        as_text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'CAST("{column}" AS TEXT)'
        for trace in traces:
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE lower({as_text}) LIKE %s', [f"%{trace}%"])
            if cursor.fetchone()[0]:
                hits.append(f"{table}.{column}: {trace}")
    return hits
