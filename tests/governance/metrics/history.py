"""A small history written straight into the ledger, event by event, as the line writes it: what measures are read from."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from governance.audit import Entry, account_stream, record

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LANES = ("routine", "exception", "executive_review")
BANDS = ("1_30", "31_60", "61_90")


class History:
    """Writes events of accounts; ``at`` is where its clock stands. The same seed writes the same history."""

    def __init__(self, seed: int = 1, at: datetime = BEGIN) -> None:
        self.dice, self.at, self._last = random.Random(seed), at, 0

    def tell(self, account: int, action: str, kind: str, pk: int | None, data: dict[str, Any] | None = None, by: Any = None) -> None:
        """One event, now."""
        with transaction.atomic():
            record([Entry(account_stream(account), action, kind, pk, data or {})], by=by, at=self.at)

    def wait(self, **delta: float) -> None:
        """Time passes."""
        self.at += timedelta(**delta)

    def new_id(self) -> int:
        """An id nothing else has."""
        self._last += 1
        return self._last

    def offer(self, account: int, follow_up: int, **about: Any) -> int:
        """A draft is put before people; returns its id."""
        draft = self.new_id()
        told = {
            "portfolio": 1 + account % 2, "purpose": "demand", "model": self.dice.choice(["template", "small-model"]), "prompt": 4,
            "band": self.dice.choice(BANDS), "amounts": {self.dice.choice(["EUR", "GBP"]): 12_300}, "renewal": False, "words": 120,
            "complete": True, "gaps": {}, **about,
        }  # fmt: skip
        lane = told.pop("lane", LANES[account % 3])
        data = {"from": "preparing", "to": "ready", "lane": lane, "draft": draft, "template": 7, "about": told}
        self.tell(account, "follow_up.draft_ready", "follow_up", follow_up, data)
        return draft

    def move(self, account: int, follow_up: int, action: str, draft: int, by: Any = None, **data: Any) -> None:
        """A transition of the follow-up."""
        told = {"from": "in_review", "to": action, "lane": LANES[account % 3], "draft": draft, **data}
        self.tell(account, f"follow_up.{action}", "follow_up", follow_up, told, by)

    def open(self, follow_up: int, account: int, draft: int, by: Any = None) -> None:
        """Somebody looks at the draft."""
        self.tell(account, "draft.opened", "draft", draft, {"follow_up": follow_up, "business": 5}, by)

    def approve(self, account: int, follow_up: int, draft: int, by: Any = None, **review: Any) -> None:
        """The last approval."""
        told = {"changed": False, "complete": True, "gaps": {}, "words": 120, "business": 20, "late": False, **review}
        self.move(account, follow_up, "approve", draft, by, review=told)

    def send(self, account: int, follow_up: int, draft: int, **facts: Any) -> int:
        """Handed over and accepted; returns the delivery's id."""
        delivery = self.new_id()
        known = {"complete": True, "gaps": {}, "paid": 0, "disputed": 0, "undecided": False, **facts}
        self.tell(account, "delivery.handing_over", "delivery", delivery, {"follow_up": follow_up, "facts_now": known})
        self.move(account, follow_up, "accepted", draft, delivery=delivery)
        return delivery

    def reply(self, account: int, follow_up: int, kind: str, **more: Any) -> int:
        """The customer answers; returns the reply's id."""
        pk = self.new_id()
        self.tell(account, "reply.recorded", "reply", pk, {"kind": kind, "follow_up": follow_up, "portfolio": 1 + account % 2, **more})
        return pk

    def play(self, rounds: int, people: Any = (None,)) -> None:
        """Many rounds of many kinds, over some weeks."""
        for number in range(rounds):
            account, follow_up = 1 + number % 7, 10_000 + number
            self._round(account, follow_up, self.dice.choice(list(people)))
            self.wait(hours=self.dice.choice([1, 5, 20]))

    def _round(self, account: int, follow_up: int, by: Any) -> None:
        dice = self.dice
        gaps = {"tickets": "stale"} if dice.random() < 0.2 else {}
        draft = self.offer(account, follow_up, gaps=gaps, complete=not gaps)
        self.wait(minutes=dice.randint(1, 90))
        end = dice.choice(["approve", "approve", "approve", "edit", "reject", "request_changes", "expire", "refresh", "hold", "wait"])
        if end == "wait":
            return
        if dice.random() < 0.7:
            self.open(follow_up, account, draft, by)
            self.wait(seconds=dice.randint(5, 400))
        if end in ("expire", "refresh", "hold"):
            self.move(account, follow_up, end, draft, code="facts_changed")
        elif end == "reject":
            self.move(account, follow_up, end, draft, by, kind=dice.choice(["paid", "wrong_fact", "tone"]), review={"late": True})
        elif end == "request_changes":
            self.move(account, follow_up, end, draft, by, kinds=["tone"], review={"late": False})
        else:
            self._approved(account, follow_up, draft, by, end == "edit")

    def _approved(self, account: int, follow_up: int, draft: int, by: Any, changed: bool) -> None:
        dice, edited = self.dice, {}
        if changed:
            new = self.new_id()
            self.tell(account, "draft.edited", "draft", new, {"follow_up": follow_up, "parent": draft}, by)
            severity = dice.choice(["critical", "substantive", "cosmetic"])
            kind = "cosmetic" if severity == "cosmetic" else dice.choice(["fact", "tone"])
            edited, draft = {"changed": True, "permille": dice.randint(1, 400), "corrections": [[kind, severity]]}, new
        self.approve(account, follow_up, draft, by, seconds=dice.choice([None, 10, 200]), **edited)
        self.wait(minutes=12)
        if dice.random() < 0.2:
            self.move(account, follow_up, "stop", draft, **{"from": "approved"}, code=dice.choice(["paid", "person", "paused"]), caught="last_look")
            return
        self.send(account, follow_up, draft)
        if dice.random() < 0.6:
            self.wait(days=dice.choice([1, 3, 20]))
            pk = self.reply(account, follow_up, dice.choice(["paid", "question", "dispute", "out_of_office"]), knew=False, avoidable=dice.choice(["", "rule"]))
            if dice.random() < 0.5:
                self.wait(days=2)
                self.tell(account, "reply.confirmed", "reply", pk, {"confirmed": "promise_with_date", "follow_up": follow_up}, by)
        if dice.random() < 0.6:
            self._disputed(account)

    def _disputed(self, account: int) -> None:
        pk = self.new_id()
        self.tell(account, "signal.found", "signal", pk, {"source": "message:3", "portfolio": 1 + account % 2, "since": (self.at - timedelta(minutes=4)).isoformat()})
        self.wait(hours=3)
        if self.dice.random() < 0.7:
            self.tell(account, self.dice.choice(["signal.confirmed", "signal.dismissed"]), "signal", pk)
