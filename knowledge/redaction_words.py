"""The words that redaction keeps, and those it is wary of (`redaction.toml`)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from knowledge.datafile import CityError, expect_text, read_toml

REDACTION_FILE = Path(__file__).with_name("redaction.toml")


@dataclass(frozen=True)
class RedactionWords:
    """The lists of the file, each a set of words; what each is for stands there.

    `plain`, `times`, `people` and `words` are known. `reviewed` are those words of our own texts that begin with a
    character of `surnames` and are known all the same; `never` are words that a name may be made of, and not known.
    """

    plain: frozenset[str]
    particles: frozenset[str]
    times: frozenset[str]
    people: frozenset[str]
    callings: frozenset[str]
    labels: frozenset[str]
    joiners: frozenset[str]
    not_named: frozenset[str]
    told: frozenset[str]
    honorifics: frozenset[str]
    measure: frozenset[str]
    counting: frozenset[str]
    stops: frozenset[str]
    streets: frozenset[str]
    common_places: frozenset[str]
    counters: frozenset[str]
    inside: frozenset[str]
    employers: frozenset[str]
    kinds: frozenset[str]
    words: frozenset[str]
    reviewed: frozenset[str]
    never: frozenset[str]
    surnames: frozenset[str]


@cache
def redaction_words(file: Path = REDACTION_FILE) -> RedactionWords:
    """Read the lists, once for each file. Raises CityError when one is missing, empty or unknown."""
    tables = read_toml(file)
    names = {field.name for field in fields(RedactionWords)}
    for name in sorted(names ^ set(tables)):
        problem = "缺这一组词" if name in names else "没有这一组词"
        raise CityError(file, name, problem, f"要有的是：{'、'.join(sorted(names))}")
    return RedactionWords(**{name: frozenset(expect_text(file, name, tables[name]).split()) for name in names})
