"""Are the people who approve trained, where the policy asks for it? Without such a rule there is no line, and none where no records exist."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from drafts.readiness.scene import Scene
from drafts.readiness.scoring import line
from governance.measured import FINE, PROBLEM, WARNING, Measured, share
from governance.roles import DECIDERS

RECORDS: str = "TrainingRecord"


def training_lines(scene: Scene) -> dict[int, list[Measured]]:
    """At most one line for every portfolio. One query where the policy asks for training."""
    subjects: tuple[str, ...] = getattr(scene.policy, "training_required_for", ())
    if not subjects:
        return {}
    records: Any = apps.get_model("governance", RECORDS)
    on = scene.at.date()
    counts = records.objects.filter(ended_at__isnull=True, trained_on__lte=on, valid_until__gte=on, subject__in=subjects)
    trained: dict[str, set[int]] = {subject: set() for subject in subjects}
    for person, subject in counts.values_list("person_id", "subject"):
        trained[subject].add(person)
    return {pk: [_line(scene, pk, trained)] for pk in scene.portfolios}


def _line(scene: Scene, pk: int, trained: dict[str, set[int]]) -> Measured:
    deciders = {person for role, people in scene.held.get(pk, {}).items() if role in DECIDERS for person in people}
    whole = {person for person in deciders if all(person in people for people in trained.values())}
    nobody = [subject.replace("_", " ") for subject, people in trained.items() if not people & deciders]
    state = PROBLEM if nobody else FINE if whole == deciders else WARNING
    value = f"nobody is trained for {', '.join(nobody)}" if nobody else f"{share(len(whole), len(deciders))} people trained for all the policy asks"
    means = "Who is not trained may not approve what the policy asks a training for."
    do = "" if state == FINE else "Record the trainings that were given."
    return line("training", "Training", state, value, "everybody who approves, for every lane and topic the policy names", means, do, "governance_user_changelist", "see_roles")
