"""Packs of the record: made, and downloaded."""

from __future__ import annotations

from django.urls import reverse

from drafts.packing import make
from governance.models import PackRun
from tests.drafts.packing.story import ask
from tests.factories import moment

DAYS = {"from": "2026-05-01", "to": "2026-05-31"}


def pack_of(wanted, by, profile="full"):
    run = ask(wanted, by, profile)
    assert make.make(run.pk, at=moment(1)), PackRun.objects.get(pk=run.pk).words
    run.refresh_from_db()
    return run


def fetch(client, run):
    return client.act(reverse("admin:download_pack", args=[run.pk]))
