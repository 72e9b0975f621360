"""The sentences in the Python of the desk, read from its syntax: plain ones, and those with values as ``%(name)s``.

Nothing in the Python is marked for translation, because nothing in it is translated: sentences are found again where they are shown
(``governance.language``). So what is collected here is everything that is made of words and stands in a module that speaks to people.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from django.conf import settings

ROOT = settings.BASE_DIR
APPS = ("collections_site", "drafts", "accounts", "governance")
# Modules that do not speak to people on pages: what customers read, what machines read, what commands and logs say.
SILENT = re.compile(
    r"/(migrations|benchmarks|synthetic|provider|management|lexicon|learned|detectors|guard_sql|seed_\w+|meanings|catalogue|packing|checkpoints)/"
    r"|^drafts/checks/(name_patterns|names|amount_words|bank_words|denied|denied_words|months|calendar_words|denials|innocent|anchors|number_words"
    r"|spoken_figures|scan_patterns|scan|credit_words|clauses|languages|confusables|fold|segments|shapes|late|settled|speaking|tone_rules|words"
    r"|greeting|signature|refusals|uncharted|readings|forecast|idle_days|text|sums|numbers|currencies|amounts|pack_files|packs)\.py"
    r"|^drafts/generation/(phrases|statement|formats|prompts|compose|filling|schema|grounding|client|model_detector)\.py"
    r"|^accounts/importing/(canonical|staging|sql|copying|writing|extras|pages)\.py|^collections_site/(checks|celery|wsgi|urls|settings|embedded|beat|cash|letters)\.py"
    r"|^collections_site/demo/(?!(tour|people|broken|chain)\.py)"
    r"|^governance/(guards|database_role|seed|seed_texts|sql|merkle|signing|canonical|bytewise|heads|ledger_stream|ledger_rows|synthetic|models/__init__)\.py"
    r"|^governance/packs/verify\.py|^drafts/simulation/cli\.py|^drafts/delivery/(mime|anatomy|transports)\.py|^governance/(language|language_formats|admin/names)\.py|^drafts/detection/reading\.py|^drafts/models/elements\.py"
)
# Errors for whoever writes code, never for whoever reads a page.
FOR_PROGRAMMERS = {"RuntimeError", "KeyError", "TypeError", "AssertionError", "NotImplementedError", "ImproperlyConfigured", "LookupError", "AttributeError"}
NOT_WORDS = re.compile(
    r"^\s*(SELECT|INSERT|DELETE|UPDATE|WHERE|LEFT|JOIN|AND |FROM|CREATE|COALESCE|WITH |ORDER|GROUP|PRAGMA|attachment;|text/|application/|image/|http|--)"
    r"|</?\w|\\[bwsdBWSD]|\(\?|__|\bSELECT\b|\bIS NULL\b|^[\w.]+\.\w+$|^[A-Z]{2,}[\w ]*=|^\w+=|^[#/.]|\[[^\]]*\]\*|^\s*[a-z_]+\(|::|\$\d"
)
WORD = re.compile(r"[A-Za-z]{2,}")
# Words that are put together at run time and that no syntax shows to be words.
APART = (
    "morning", "afternoon", "evening", "and", "or", "days", "hours", "minutes", "seconds", "rose", "fell", "first", "decided since", "wrote", "called", "you",
    "not configured", "critically", "finance", "sampled", "verified", "bounced", "posted", "allowed", "transfer", "in grace", "call", "normal", "direct debit",
    "new", "co-sign", "both", "own", "oversight", "comma", "semicolon", "tab", "bar", "wrong entity", "set off", "warnings", "problems", "not edited", "deleted", "inserted", "the approved template", "audit", "Decision asked",
    "complete approvals", "last looks", "random samples", "blind answers", "finds", "dated grants",
    "kept in the demo outbox; nothing left this machine", "The default policy, delivered with the product.", "Set LEDGER_DIR to a disk of its own.",
)
APART_WITH_VALUES = (
    "%(source)s is stale%(age)s", "%(source)s did not answer%(age)s", "%(source)s may not be read%(age)s", "%(source)s is not connected%(age)s",
    "we wrote %(age)s ago", "customer wrote %(age)s ago", "phone call %(age)s ago",
    "week of %(day)s", "promise with a date %(n)s of %(all)s", "%(lane)s, edited", "%(lane)s, unedited",
    "Attempt %(attempt)s of a model at “%(kind)s” %(words)s", "does not answer since %(age)s; %(coverage)s",
    "Open dispute %(parts)s, since %(day)s", "Open dispute %(parts)s and %(n)s more, since %(day)s",
    "Promised to pay%(amount)s by %(day)s%(until)s", "Promised to pay%(amount)s without a date%(until)s",
    "Credit %(reference)s promised by %(quote)s on %(day)s and not posted (%(amount)s)",
    "%(quote)s: stale (%(detail)s)", "%(quote)s: unavailable (%(detail)s)", "%(quote)s: not permitted (%(detail)s)", "%(quote)s: not configured (%(detail)s)",
    "Check %(check)s: %(quote)s: not permitted (%(detail)s)",
    "%(quote)s: stale", "%(quote)s: unavailable", "%(quote)s: not permitted",
    "%(encoding)s, separated by %(sign)s, decimal point, dates %(order)s", "%(encoding)s, separated by %(sign)s, decimal comma, dates %(order)s",
    "%(ref)s: net %(days)s, late fee allowed", "%(ref)s: net %(days)s, no late fee", "%(ref)s: net %(days)s, late fee unknown",
)
TABLES = re.compile(r"WORDS|LABEL|NAMES|CHOICES|TITLES|KINDS|SAID|MEANS|REASONS|OPTIONS|TABS|COLUMNS|GROUPS|UNITS|PERIODS|MEANING|^[A-Z_]+$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as the catalogue keeps it. ``values``: it has places for values."""

    msgid: str
    values: bool
    where: str


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Path and syntax of every module that speaks to people."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if not SILENT.search(f"/{name}") and not SILENT.search(name):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def sentences() -> list[Sentence]:
    """Every sentence once, in the order of the modules."""
    found = {(text, False): Sentence(text, False, "collections_site/catalogue/sentences.py") for text in APART}
    found |= {(text, True): Sentence(text, True, "collections_site/catalogue/sentences.py") for text in APART_WITH_VALUES}
    for name, tree in modules():
        for sentence in Reader(name, tree).read():
            found.setdefault((sentence.msgid, sentence.values), sentence)
    return list(found.values())


class Reader:
    """Reads one module."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name = name
        self.tree = tree
        self.skip: set[int] = set()

    def read(self) -> Iterator[Sentence]:
        """Every sentence of the module."""
        self._leave_out()
        labels = set(self._labels())
        for node in ast.walk(self.tree):
            if id(node) in self.skip:
                continue
            for text, values in self._texts(node):
                text = text.strip()
                if is_words(text) or (id(node) in labels and WORD.search(text) and not NOT_WORDS.search(text) and "_" not in text):
                    yield Sentence(text, values, self.name)

    def _leave_out(self) -> None:
        """Documentation, annotations, keys of lookups, and what only programmers read."""
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False) is not None:
                self._skip(node.body[0])
            elif isinstance(node, (ast.arg, ast.AnnAssign)):
                self._skip(node.annotation)
            elif isinstance(node, ast.Call) and _called(node) in FOR_PROGRAMMERS | {"getLogger", "compile", "warning", "exception", "debug", "execute", "getattr", "cast"}:
                if not ast.unparse(node.func).startswith("messages."):
                    self._skip(node)
            elif isinstance(node, ast.JoinedStr):
                for value in node.values:
                    if isinstance(value, ast.Constant):
                        self._skip(value)
                    elif isinstance(value, ast.FormattedValue) and value.format_spec is not None:
                        self._skip(value.format_spec)
            elif isinstance(node, ast.Subscript):
                self._skip(node.slice)

    def _skip(self, node: ast.AST | None) -> None:
        self.skip.update(id(part) for part in ast.walk(node)) if node is not None else None

    def _labels(self) -> Iterator[int]:
        """Constants that stand where words stand, even single small ones: values of tables of words, and the words of choices."""
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and TABLES.search(target.id):
                    yield from _values(node.value)
            elif isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(base) for base in node.bases):
                for line in node.body:
                    if isinstance(line, ast.Assign):
                        yield from _values(line.value)
            elif isinstance(node, ast.Call) and _called(node) == "display":
                yield from (id(k.value) for k in node.keywords if k.arg == "description")

    def _texts(self, node: ast.AST) -> Iterator[tuple[str, bool]]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(" | ") >= 3:
            yield from ((cell.strip(), False) for cell in node.value.split(" | "))  # the cells of a row of the role matrix
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield (_formatted(node.value), True) if "{" in node.value and "}" in node.value else (node.value, False)
        elif isinstance(node, ast.JoinedStr):
            for text, values in joined(node.values):
                yield from ((cell.strip(), False) for cell in text.split(" | ")[1:]) if text.count(" | ") >= 3 else ((text, values),)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = list(_added(node))
            if any(isinstance(part, (ast.Constant, ast.JoinedStr)) for part in parts):
                yield from joined(parts)


def _formatted(text: str) -> str:
    """The places of ``str.format`` as places of the catalogue."""
    count = iter(range(1, 20))
    return re.sub(r"\{(\w*)[^}]*\}", lambda place: f"%({place[1] or f'value{next(count)}'})s", text.replace("%", "%%"))


def _added(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _added(node.left)
        yield from _added(node.right)
    else:
        yield node


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _values(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _values(value)
    elif isinstance(node, (ast.Tuple, ast.List)):
        pairs = len(node.elts) >= 2 and all(isinstance(one, ast.Constant) for one in node.elts[:2])
        for element in node.elts[1:] if pairs else node.elts:
            yield from _values(element)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield id(node)


def joined(parts: Iterable[ast.AST]) -> Iterator[tuple[str, bool]]:
    """The sentence of an f-string or a sum of texts; one for each branch of what is said in two ways."""
    choices = [list(_choices(part)) for part in parts]
    used: dict[str, str] = {}
    for pieces in list(product(*choices))[:16]:
        text, values = "", False
        for kind, piece in pieces:
            if kind == "words":
                text += piece.replace("%", "%%")
            else:
                text, values = text + f"%({_place(piece, used)})s", True
        if WORD.search(re.sub(r"%\(\w+\)s", "", text)):
            yield (text, True) if values else (text.replace("%%", "%"), False)


def _choices(part: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(part, ast.FormattedValue):
        yield from _choices(part.value)
    elif isinstance(part, ast.Constant):
        yield "words", str(part.value)
    elif isinstance(part, ast.IfExp):
        yield from dict.fromkeys([*_choices(part.body), *_choices(part.orelse)])
    elif isinstance(part, ast.JoinedStr) and all(isinstance(value, ast.Constant) for value in part.values):
        yield "words", "".join(str(value.value) for value in part.values if isinstance(value, ast.Constant))
    else:
        yield "value", ast.unparse(part)


def _place(expression: str, used: dict[str, str]) -> str:
    """A name for a value: the last name of its expression, numbered when two differ."""
    names = [name for name in re.findall(r"[A-Za-z_]\w*", re.sub(r"(['\"]).*?\1", "", expression)) if name not in ("str", "join", "len", "f", "if", "else", "for", "in", "self", "get", "lower", "strip", "localtime", "timezone")]
    base = (names[-1] if names and "(" not in expression else names[0] if names else "value").strip("_") or "value"
    name, number = base, 2
    while used.setdefault(name, expression) != expression:
        name, number = f"{base}_{number}", number + 1
    return name


def is_words(text: str) -> bool:
    """Made of words: several of them, or one with a capital."""
    plain = re.sub(r"%\(\w+\)s", " ", text)
    if NOT_WORDS.search(plain) or not WORD.search(plain) or "_" in plain:
        return False
    return " " in text.strip() or bool(re.fullmatch(r"[A-Z][a-z]+(-[a-z]+)*[.?!:]?", text.strip()))
