"""The model as a judge of incoming text, behind the interface of the embedded detector.

It may find more than the rules, never less: when the provider fails, answers in another form or quotes words that are not in the text, the
embedded detector's verdict counts.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TypeVar

from django.conf import settings
from pydantic import BaseModel

from drafts.detectors import DisputeVerdict, ReplyVerdict, judge_dispute, judge_reply
from drafts.generation import client, schema
from drafts.generation.prompts import fence
from governance.seed_texts import seed_prompts

F = TypeVar("F", bound=BaseModel)
MAX_TOKENS = 400
# A challenge may stand at the end of a long mail.
SHOWN = 12_000


class ModelDetector:
    """``fallbacks`` counts the texts the embedded detector judged instead."""

    name = "model"

    def __init__(self, seconds: float = 20.0) -> None:
        self.seconds = seconds
        self.fallbacks = 0

    def judge_dispute(self, text: str, subject: str = "") -> DisputeVerdict:
        """Dispute or not, with the exact words."""
        read = judge_dispute(text, subject)
        said = self._ask("dispute", text, subject, schema.DisputeJudgement)
        if said is None or (said.is_dispute and not _in(said.quote, text, subject)):
            self.fallbacks += 1
            return read
        if said.is_dispute:
            return DisputeVerdict(True, said.score, said.quote, said.category)
        # The sentence that carries a dispute may tell the model that there is none.
        return read if read.is_dispute else DisputeVerdict(False, min(said.score, read.score), "", "")

    def judge_reply(
        self, text: str, subject: str = "", *, as_of: date | None = None, known_invoices: Collection[str] = ()
    ) -> ReplyVerdict:
        """The kind of a reply; date and invoice numbers are read by code, never taken from the model."""
        read = judge_reply(text, subject, as_of=as_of, known_invoices=known_invoices)
        said = self._ask("reply", text, subject, schema.ReplyJudgement)
        if said is None or (said.kind != "unsure" and not _in(said.quote, text, subject)):
            self.fallbacks += 1
            return read
        return ReplyVerdict(said.kind, said.score, said.quote, read.promised_on, read.invoices)

    def _ask(self, key: str, text: str, subject: str, form: type[F]) -> F | None:
        prompt = seed_prompts()[key]
        material = fence("text:1", f"{subject}\n\n{text}" if subject else text, SHOWN)
        messages = [
            {"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user.replace("{material}", material)}
        ]
        try:
            answer = client.complete(
                messages, schema_name=form.__name__, schema=schema.json_schema(form), seconds=self.seconds, max_tokens=MAX_TOKENS
            )
            return schema.parse(answer, form, asked_model=settings.LLM_MODEL)
        except client.ProviderError:
            return None


def _in(quote: str, text: str, subject: str) -> bool:
    return bool(quote.strip()) and (quote in text or quote in subject)
