"""Frozen bytes: 7-bit, parseable, exactly the approved text, and the same forever."""

from __future__ import annotations

import hashlib
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from drafts.delivery import mime
from drafts.models import Draft, DraftAttachment
from tests.drafts.scene import AS_OF

BODY = "Sehr geehrte Frau Müller,\n\n.dot at the beginning\nFrom the start\nEUR 1.234,56 für Rechnung № 7 – bitte prüfen.\n" + "x" * 300 + "\n"


class FakeFiles:
    """The attachments of a draft that is not in the database."""

    def __init__(self, files=()):
        self.files = list(files)

    def order_by(self, *names):
        return self.files

    def all(self):
        return self.files


@pytest.fixture
def draft(monkeypatch):
    monkeypatch.setattr(Draft, "attachments", FakeFiles())
    return Draft(
        from_address="Jonas Weber <ar@brightwater.example>", to_address="ap@customer.example", cc=[], subject="Zahlungserinnerung: offene Posten",
        body=BODY,
    )  # fmt: skip


def parsed(frozen):
    return message_from_bytes(frozen.mime.encode("ascii"), policy=policy.SMTP)


def test_the_bytes_are_ascii_lines_of_at_most_998_with_crlf(draft):
    frozen = mime.freeze(draft, reply_to="", date=AS_OF)
    raw = frozen.mime.encode("ascii")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert frozen.sha256 == hashlib.sha256(raw).hexdigest()


def test_a_parser_reads_back_exactly_the_approved_text(draft):
    message = parsed(mime.freeze(draft, reply_to="replies@brightwater.example", date=AS_OF))
    assert message["Subject"] == draft.subject
    assert message.get_content().replace("\r\n", "\n") == BODY
    assert message["From"].addresses[0].display_name == "Jonas Weber"
    assert message["To"] == "ap@customer.example"
    assert message["Reply-To"] == "replies@brightwater.example"
    assert message["Date"].datetime == AS_OF


def test_message_id_is_unique_and_stays_on_one_line(draft):
    frozen = [mime.freeze(draft, reply_to="", date=AS_OF) for _ in range(50)]
    assert len({f.message_id for f in frozen}) == 50
    assert all(f"Message-ID: {f.message_id}\r\n" in f.mime for f in frozen)


def test_freezing_the_same_text_gives_no_difference_and_any_change_is_named(draft):
    frozen = mime.freeze(draft, reply_to="", date=AS_OF)
    assert mime.differences(draft, frozen.mime) == []
    draft.body = BODY.replace("1.234,56", "1.234,57")
    draft.to_address = "other@customer.example"
    assert mime.differences(draft, frozen.mime) == ["recipient", "body"]


def test_attachments_travel_byte_for_byte_and_count_as_part_of_the_text(draft, monkeypatch):
    content = bytes(range(256)) * 40
    statement = DraftAttachment(
        name="Kontoauszug Müller.xlsx", content=content, sha256=hashlib.sha256(content).hexdigest(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )  # fmt: skip
    monkeypatch.setattr(Draft, "attachments", FakeFiles([statement]))
    frozen = mime.freeze(draft, reply_to="", date=AS_OF)
    part = next(parsed(frozen).iter_attachments())
    assert part.get_filename() == "Kontoauszug Müller.xlsx"
    assert part.get_payload(decode=True) == content
    assert mime.differences(draft, frozen.mime) == []
    statement.content = content[:-1]
    assert mime.differences(draft, frozen.mime) == ["attachments"]


@pytest.mark.parametrize("field", ["subject", "to_address", "from_address"])
def test_a_line_break_in_a_header_is_refused(draft, field):
    setattr(draft, field, getattr(draft, field) + "\r\nBcc: everyone@evil.example")
    with pytest.raises(ValueError, match="line break"):
        mime.freeze(draft, reply_to="", date=AS_OF)


def test_a_draft_without_a_recipient_is_refused(draft):
    draft.to_address = ""
    with pytest.raises(ValueError, match="not an e-mail address"):
        mime.freeze(draft, reply_to="", date=AS_OF)


@given(subject=st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=120).map(lambda s: " ".join(s.split())).filter(bool),
       body=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=400))
@hypothesis_settings(max_examples=60, deadline=None)
def test_whatever_people_write_comes_back_unchanged(subject, body):
    class Text:
        from_address, to_address, cc = "ar@brightwater.example", "ap@customer.example", []
        attachments = FakeFiles()

    text = Text()
    text.subject, text.body = subject, body
    frozen = mime.freeze(text, reply_to="", date=AS_OF)
    frozen.mime.encode("ascii")
    assert mime.differences(text, frozen.mime) == []
