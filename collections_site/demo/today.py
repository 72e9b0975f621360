"""The demo's own morning, up to the moment the visitor comes in."""

from __future__ import annotations

from collections_site.demo import model, sampling, words
from collections_site.demo.book import portfolios
from collections_site.demo.histories import Act
from collections_site.demo.stage import Stage
from drafts import review


def this_morning() -> list[Act]:
    """What customers wrote early, the feeds, what is broken today, preparation, and what colleagues did before nine."""
    return [
        Act(0, 7, 42, lambda s: s.reply("3003", words.VIDAL_DISPUTE)),
        Act(0, 8, 4, lambda s: s.reply("3001", words.ACEROS_PROMISE.format(day=f"{s.days.business(5):%d/%m/%Y}"))),
        Act(0, 8, 11, lambda s: s.reply("1024", words.UHLMANN_QUESTION)),
        Act(0, 8, 20, lambda s: s.bring_in(0)),
        Act(0, 8, 22, lambda s: s.hold("1025", "legal", "tomas", words.VOGT_HOLD)),
        Act(0, 8, 24, lambda s: s.ask("1034", "suspension", "priya", words.TAUBER_QUESTION)),
        Act(0, 8, 30, _prepare),
        Act(0, 8, 50, lambda s: review.open_for_review(s.follow_up("2004").pk, by=s.users["priya"], at=s.now)),
        Act(0, 8, 55, lambda s: s.approve("1008", "priya")),
        Act(0, 9, 2, sampling.draw_messages),
        Act(0, 9, 6, lambda s: s.approve("1029", "jonas")),
        Act(0, 9, 8, lambda s: portfolios.feeds_arrive(s.now)),
        Act(0, 9, 9, lambda s: portfolios.things_go_wrong(s.now)),
    ]


def _prepare(stage: Stage) -> None:
    portfolios.things_go_wrong(stage.now)
    stage.prepare()
    model.ask_about_what_stands()
    stage.generate()
