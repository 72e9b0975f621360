"""Recorded answers for the demo: wording written beforehand, chosen by what the prompt asks. No network, no key.

It answers the four forms the product asks for. ``hijacked`` maps a customer's name to one of the hijacked endings, so that a visitor can
see what the checks do with a model that invents an amount or obeys a sentence in a ticket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from drafts.detectors import judge_dispute, judge_reply

TASK = re.compile(r"^Task: purpose (\w+), dunning step (\d+), language (\w+), lane (\w+)", re.MULTILINE)
DATA = re.compile(r"BEGIN DATA (\S+)\n(.*?)\nEND DATA", re.DOTALL)


@lru_cache(maxsize=1)
def _recorded() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("collections_site.provider").joinpath("recorded.json").read_text())
    return data


def _facts(prompt: str) -> dict[str, Any]:
    """The facts block of a prompt."""
    start = prompt.index("{", prompt.index("Facts:"))
    value: dict[str, Any]
    value, _ = json.JSONDecoder().raw_decode(prompt[start:])
    return value


def _draft(prompt: str, hijacked: Mapping[str, str]) -> dict[str, Any]:
    purpose, step, language, _ = _task(prompt)
    facts = _facts(prompt)
    fitting = [d for d in _recorded()["drafts"] if d["purpose"] == purpose and d["language"] == language and d["step"] <= step]
    if not fitting:
        # Nothing was recorded for this case: an answer in another form, and the approved template speaks.
        return {"note": f"no recorded answer for {purpose} {step} in {language}"}
    chosen = max(fitting, key=lambda d: d["step"])
    body = chosen["body"]
    fault = hijacked.get(facts["customer"]["name"], "")
    if fault:
        ending = _recorded()["hijacked"][fault]
        currency = facts["invoices"][0]["open"].split()[0] if facts["invoices"] else "EUR"
        body = body.replace(ending["after"], ending["after"] + "\n\n" + ending["text"].replace("{currency}", currency))
    cited = [{"sentence": "{statement}", "facts": [row["id"] for row in facts["invoices"]]}]
    return {"subject": chosen["subject"], "body": body, "citations": cited, "correction_notes": ""}


def _task(prompt: str) -> tuple[str, int, str, str]:
    found = TASK.search(prompt)
    if not found:
        return "", 1, "en", "routine"
    return found[1], int(found[2]), found[3], found[4]


def _preparation(prompt: str) -> dict[str, Any]:
    """A brief for people, made of the facts in the prompt, each sentence with its facts."""
    facts = _facts(prompt)
    lane = _task(prompt)[3]
    rows = facts["invoices"]
    account = facts["customer"]["id"]
    many = facts["invoices_in_all"]
    what = {0: "nothing we may write about now", 1: "one overdue invoice with us"}.get(many, f"{many} overdue invoices with us")
    summary = [{"text": f"{facts['customer']['name']} has {what}.", "facts": [account]}]
    if rows:
        oldest = max(rows, key=lambda row: row["days_overdue"])
        text = f"The oldest, {oldest['number']}, is {oldest['days_overdue']} days past due; {_grouped(oldest['open'])} of it is open."
        summary.append({"text": text, "facts": [oldest["id"]]})
    for promise in facts["promises"][:1]:
        summary.append({"text": f"A promise to pay is on record; its state is {promise['state']}.", "facts": [promise["id"]]})
    texts = [(fact_id, *text.partition("\n")[::2]) for fact_id, text in DATA.findall(prompt)]
    summary += _asked(texts)
    judged = [(fact_id, judge_dispute(body, subject)) for fact_id, subject, body in texts]
    position = [{"text": f"In the customer's words: “{v.quote}”", "facts": [fact_id]} for fact_id, v in judged if v.is_dispute and v.quote]
    first = [row["id"] for row in rows[:1]] or [account]
    plan = "The debt is settled in three months; needs finance."
    call = "A person learns what stands in the way."
    options = [
        {"kind": "payment_plan", "title": "Offer to pay in three equal parts", "effect": plan, "facts": first},
        {"kind": "next_step", "title": "Call the contact before anything is written", "effect": call, "facts": [account]},
    ]
    return {
        "summary": summary, "suggested_lane": lane, "lane_reason": "", "options": options if lane == "exception" else [],
        "memo": summary if lane == "executive_review" else [], "customer_position": position[:4],
    }


def _grouped(amount: str) -> str:
    """ "EUR 3100.00" as people write it: "EUR 3,100.00"."""
    currency, _, figure = amount.partition(" ")
    units, point, minor = figure.partition(".")
    return f"{currency} {int(units):,}{point}{minor}" if units.isdigit() else amount


def _asked(texts: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """What the customer's newest message says, in its own words."""
    newest = next(((fact_id, judge_reply(body, subject)) for fact_id, subject, body in texts if fact_id.startswith("message:")), None)
    if newest is None or not newest[1].quote:
        return []
    return [{"text": f"The customer wrote: “{newest[1].quote}”", "facts": [newest[0]]}]


def _text(prompt: str) -> str:
    found = DATA.search(prompt)
    return found[2] if found else prompt


def _dispute(prompt: str) -> dict[str, Any]:
    verdict = judge_dispute(_text(prompt))
    return {"is_dispute": verdict.is_dispute, "score": verdict.score, "category": verdict.category or "other", "quote": verdict.quote}


def _reply(prompt: str) -> dict[str, Any]:
    verdict = judge_reply(_text(prompt))
    return {"kind": verdict.kind, "score": verdict.score, "quote": verdict.quote}


def answerer(hijacked: Mapping[str, str] | None = None) -> Callable[[dict[str, Any]], str]:
    """The answer function of a ``Provider``. ``hijacked``: customer name → ``wrong_amount`` or ``obeys_ticket``."""
    faults = dict(hijacked or {})

    def answer(request: dict[str, Any]) -> str:
        prompt = str(request["messages"][-1]["content"])
        form = request.get("response_format", {}).get("json_schema", {}).get("name", "WrittenDraft")
        forms: dict[str, Callable[[], dict[str, Any]]] = {
            "WrittenDraft": lambda: _draft(prompt, faults), "Preparation": lambda: _preparation(prompt),
            "DisputeJudgement": lambda: _dispute(prompt), "ReplyJudgement": lambda: _reply(prompt),
        }
        return json.dumps(forms[form](), ensure_ascii=False)

    return answer


def obedient(output: str) -> Callable[[dict[str, Any]], str]:
    """A model that was hijacked: whatever is asked, its message body is ``output``."""
    said = {"subject": "Your account", "body": output, "citations": [], "correction_notes": ""}
    return lambda request: json.dumps(said, ensure_ascii=False)
