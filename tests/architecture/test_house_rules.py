"""The house rules that can be tested."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from drafts import states
from tests.architecture.source import ROOT, body_lines, called_name, calls, functions, imported, modules

MODULES = sorted(modules())


def offenders(found):
    """Readable failure: one offender a line."""
    return "\n".join(found)


def test_files_stay_within_300_lines():
    long = [f"{p}: {n}" for p in MODULES if (n := len((ROOT / p).read_text().splitlines())) > 300]
    assert not long, offenders(long)


def test_functions_stay_within_30_lines():
    long = [f"{p}:{f.lineno} {f.name}: {body_lines(f)}" for p, tree in modules().items() for f in functions(tree) if body_lines(f) > 30]
    assert not long, offenders(long)


def test_imports_run_one_way():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_status_of_a_follow_up_is_written_in_one_place():
    found = []
    for path, tree in modules().items():
        if not path.startswith(("drafts/", "collections_site/")) or path == "drafts/transitions.py":
            continue
        for call in calls(tree):
            names = {k.arg for k in call.keywords}
            if called_name(call) == "update" and "status" in names and "FollowUp" in ast.unparse(call):
                found.append(f"{path}:{call.lineno} update(status=…)")
            if called_name(call) == "FollowUp" and "status" in names:
                found.append(f"{path}:{call.lineno} FollowUp(status=…)")
        found += [
            f"{path}:{node.lineno} {ast.unparse(target)} = …"
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Attribute) and target.attr == "status" and re.search(r"follow", ast.unparse(target))
        ]
    assert not found, offenders(found)


def test_rights_are_asked_in_one_place():
    found = [
        f"{path}:{call.lineno} {called_name(call)}"
        for path, tree in modules().items()
        if path != "governance/rights.py"
        for call in calls(tree)
        if called_name(call) in {"has_perm", "has_perms", "get_objects_for_user", "get_perms"}
    ]
    assert not found, offenders(found)


def test_superuser_status_is_never_asked():
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "is_superuser" and isinstance(node.ctx, ast.Load)
    ]
    assert not found, offenders(found)


PURE = ("drafts/checks/", "drafts/classification", "drafts/detectors/", "drafts/brief", "drafts/fingerprint", "drafts/generation/compose",
        "accounts/facts", "accounts/ageing", "accounts/promises", "accounts/readiness", "governance/calendar", "governance/money")


def test_rules_receive_the_time_and_never_ask_for_it():
    found = [
        f"{path}:{call.lineno} {ast.unparse(call.func)}()"
        for path, tree in modules().items()
        if path.startswith(PURE)
        for call in calls(tree)
        if re.fullmatch(r"(datetime\.)?(datetime|date|timezone|clock|time)\.(now|today|utcnow|localdate|localtime|time)", ast.unparse(call.func))
    ]
    assert not found, offenders(found)


def test_the_model_provider_is_spoken_to_in_one_file():
    users = [p for p, tree in modules().items() if any(n.split(".")[0] == "openai" for n in imported(tree))]
    assert set(users) <= {"drafts/generation/client.py"}


def test_celery_is_a_doorbell_without_eta_countdown_or_chords():
    found = [
        f"{path}:{call.lineno}"
        for path, tree in modules().items()
        for call in calls(tree)
        if called_name(call) in {"chord", "chain"}
        or (called_name(call) in {"apply_async", "send_task", "delay"} and {"eta", "countdown"} & {k.arg for k in call.keywords})
    ]
    assert not found, offenders(found)


def test_business_logic_uses_no_signals():
    found = [
        f"{path}:{call.lineno}"
        for path, tree in modules().items()
        if path != "governance/apps.py"
        for call in calls(tree)
        if called_name(call) == "receiver" or (called_name(call) == "connect" and "signals" in ast.unparse(call.func))
    ]
    assert not found, offenders(found)


# A chart is markup by nature: its renderer escapes what comes from rows, its title is escaped where the two meet.
DRAWN = "collections_site/measures/drawing.py"


def test_customer_text_is_never_marked_safe():
    code = [
        f"{path}:{call.lineno}"
        for path, tree in modules().items()
        for call in calls(tree)
        if called_name(call) in {"mark_safe", "SafeString"} and str(path) != DRAWN
    ]
    pages = [
        f"{p.relative_to(ROOT)}" for p in (ROOT / "templates").rglob("*.html") if re.search(r"\|\s*safe\b|autoescape off", p.read_text())
    ]
    assert not code + pages, offenders(code + pages)


def test_pages_carry_no_inline_script_or_style():
    inline = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style\b|\sstyle=|\son[a-z]+=\"", re.IGNORECASE)
    found = [f"{p.relative_to(ROOT)}: {m.group()}" for p in (ROOT / "templates").rglob("*.html") for m in [inline.search(p.read_text())] if m]
    assert not found, offenders(found)


def test_public_names_say_what_they_mean():
    found = []
    for path, tree in modules().items():
        if not ast.get_docstring(tree) and (ROOT / path).read_text().strip():
            found.append(f"{path}: module")
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_") and not ast.get_docstring(node):
                found.append(f"{path}:{node.lineno} {node.name}")
    assert not found, offenders(found)


def test_the_transition_table_is_well_formed():
    known = {name for name, _ in states.STATUS_CHOICES}
    actions = [t.action for t in states.TRANSITIONS]
    assert len(actions) == len(set(actions))
    for transition in states.TRANSITIONS:
        assert transition.target in known and set(transition.sources) <= known and transition.meaning
    assert not any(states.APPROVED in t.sources and t.action in {"supersede", "refresh", "edit"} for t in states.TRANSITIONS)


def test_no_delivery_state_leads_back_from_the_mail_server():
    for state in (states.HANDING_OVER, states.OUTCOME_UNKNOWN):
        assert not {states.SCHEDULED, states.CLAIMED} & set(states.DELIVERY_MOVES[state])


@pytest.mark.parametrize("word", ["sess" + "ion id", "/wo" + "rk/", "pypi" + ".org", "registry" + ".npmjs"])
def test_the_project_speaks_of_itself_alone(word):
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\n")
    kinds = (".py", ".md", ".toml", ".html", ".css", ".js", ".txt", ".sh", ".yaml", ".yml")
    found = [name for name in listed if name.endswith(kinds) and (ROOT / name).exists() and word in (ROOT / name).read_text(errors="replace")]
    assert not found, offenders(found)
