"""What a simulation came to: figures as they are stored, and the same as JSON for scripts."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

from drafts.preparation import due_account_ids
from drafts.preparation.summary import settled_heap
from drafts.simulation import data
from drafts.simulation.book import Book, Found, Sides
from drafts.simulation.judging import Tally
from drafts.simulation.replay import Replay, replay
from drafts.simulation.shards import found_of, judge_book, line_of
from drafts.simulation.thaw import NOT_REPLAYED
from governance.models import PolicyVersion
from governance.picture import inside_one, one_picture
from governance.policy_words import changes


@dataclass(slots=True)
class Result:
    """One finished simulation. ``spool`` holds the changed accounts as lines of JSON, so that memory does not grow with them."""

    book: Book
    replay: Replay
    sides: Sides
    spool: IO[str]
    data_mark: str
    as_of: datetime
    seconds: float
    processes: int = 1

    def found(self) -> Iterator[Found]:
        """The changed accounts, in order of id."""
        self.spool.seek(0)
        for line in self.spool:
            yield found_of(json.loads(line))

    @property
    def figures(self) -> dict[str, Any]:
        """Everything but the list, as it is stored."""
        tally, again = self.book.tally, self.replay
        settings = changes(*self.sides.typed)
        return {
            "matrix": tally.matrix, "within": tally.within, "sooner": tally.sooner, "later": tally.later,
            "approvals": {"before": tally.approvals_before, "after": tally.approvals_after},
            "scheduled": {k: v for k, v in asdict(self.book.scheduled).items() if k != "delivery_ids"},
            "looser_settings": [c.about.name for c in settings if c.looser],
            "replay": {
                "drafts": again.tally.accounts, "matrix": again.tally.matrix, "tightened": again.tally.tightened,
                "loosened": again.tally.loosened, "within": again.tally.within, "unreadable": again.unreadable,
                "disputed_later": again.disputed_later, "caught": again.caught, "went_well": again.went_well,
                "not_replayed": [c.about.name for c in settings if c.about.name in NOT_REPLAYED],
            },
            "load": load(again), "teams": [team.figures(pk) for pk, team in sorted(again.teams.items())],
        }  # fmt: skip


def load(again: Replay) -> dict[str, Any]:
    """Reviews a day: what people gave, and how many more the replay asks for. None where nothing was decided: unknown is not none."""
    if not again.days or not again.tally.accounts:
        return {"now": None, "more": None, "days": again.days}
    more = again.tally.approvals_after - again.tally.approvals_before
    return {"now": round(again.answers / again.days, 1), "more": round(more / again.days, 1), "days": again.days}


def simulate(before: PolicyVersion, after: PolicyVersion, at: datetime) -> Result:
    """Judge the book of ``at`` and the replay under both policies, in one picture of the database. ``after`` need not be saved."""
    begun = time.perf_counter()
    sides = Sides(before, after)
    spool = tempfile.SpooledTemporaryFile(max_size=1 << 20, mode="w+", encoding="utf-8", prefix="simulation")  # noqa: SIM115 - read later
    inside = inside_one()
    with one_picture(), settled_heap():
        stamp = data.mark()
        book, processes = judge_book(due_account_ids(at), sides, at, lambda found: spool.write(line_of(found)), alone=inside)
        again = replay(sides.typed, at)
    return Result(book, again, sides, spool, stamp, at, time.perf_counter() - begun, processes)


def as_json(result: Result) -> dict[str, Any]:
    """The answer of ``simulate_policy --json``. ``changes`` lists every account that differs; ``changed`` counts those in another cell."""
    tally: Tally = result.book.tally
    figures = result.figures
    return {
        "accounts": tally.accounts, "matrix": tally.matrix, "changed": tally.changed, "tightened": tally.tightened, "loosened": tally.loosened,
        "seconds": round(result.seconds, 3), "as_of": result.as_of.isoformat(),
        "within": tally.within, "sooner": tally.sooner, "later": tally.later, "scheduled": figures["scheduled"], "load": figures["load"],
        "teams": figures["teams"], "replay": figures["replay"], "looser_settings": figures["looser_settings"],
        "changes": [
            {
                "account": f.account_id, "from": f.moved.before, "to": f.moved.after, "direction": f.moved.direction, "rules": f.moved.rules,
                "approvers_before": f.moved.roles_before, "approvers_after": f.moved.roles_after,
            }
            for f in result.found()
        ],
    }  # fmt: skip

