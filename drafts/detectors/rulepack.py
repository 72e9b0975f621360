"""Rule packs: regular expressions kept as data, one text file per language and purpose.

The format, line by line: `# remark`; `@name = expression` defines a word group, used as {name};
`rule_name code weight` begins a rule; each indented line below it is one alternative of its pattern.
Patterns are matched against folded text (text.fold: lower case, no accents, "don't" as "do not").
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("rulepacks")


@dataclass(frozen=True)
class Rule:
    """One wording that speaks for a code (weight > 0) or takes it back (weight < 0)."""

    name: str
    code: str
    weight: int
    pattern: re.Pattern[str]


@lru_cache(maxsize=16)
def load(purpose: str, language: str) -> tuple[Rule, ...]:
    """The compiled rules of `purpose` ("disputes", "replies") in a language, read once on first use.

    Raises ValueError naming the file and the line when the pack is malformed.
    """
    path = _FOLDER / f"{purpose}.{language}.txt"
    words: dict[str, str] = {}
    heads: list[tuple[str, str, int]] = []
    alternatives: list[list[str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            if line.startswith("@"):
                name, value = line[1:].split(" = ", 1)
                words[name] = _fill(value.strip(), words)
            elif line[0].isspace():
                alternatives[-1].append(_checked(_fill(line.strip(), words)))
            else:
                name, code, weight = line.split()
                heads.append((name, code, int(weight)))
                alternatives.append([])
        except (ValueError, IndexError, re.error) as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from error
    joined = ("|".join(choices) for choices in alternatives)
    return tuple(Rule(*head, re.compile(source)) for head, source in zip(heads, joined, strict=True))


def _fill(source: str, words: dict[str, str]) -> str:
    for name, value in words.items():
        source = source.replace("{" + name + "}", value)
    return source


def _checked(source: str) -> str:
    re.compile(source)
    return source
