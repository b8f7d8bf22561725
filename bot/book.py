"""All that the assistant can say about a city, as one printable page to sign, with what changed since the last."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from bot.channels.law import GROUPS
from bot.channels.site import make_templates
from dialogs import words
from dialogs.compose import caveats, document_word, topic_part, verify_part
from dialogs.dates import words as date_words
from dialogs.saying import Kind
from knowledge.address import Address
from knowledge.city import City
from knowledge.library import Library
from knowledge.text import in_chinese

_KEPT = re.compile(r'<script type="application/json" id="entries">(.*?)</script>', re.DOTALL)
_CHECK = "逐项对照申领条件"
_VALUES = "拿来推算和列出的值"
_VERDICTS = (
    words.CHECK_ELIGIBLE,
    words.CHECK_NOT_YET_ON,
    words.CHECK_NOT_YET,
    words.CHECK_NOT_ELIGIBLE,
    words.CHECK_NEED_MORE,
    words.CHECK_NOT_BINDING,
)
_KIND_WORDS = {Kind.ANSWER: "写明", Kind.NOT_COVERED: "没有写", Kind.REFER_NATIONAL: "指向国家规定"}
_NAMES = {
    "title": "题目",
    "group": "归类",
    "asks": "问法",
    "stance": "态度",
    "line": "白话",
    "quotes": "引文",
    "notes": "说明",
}
_COUNTS_WORDS = {True: "算", False: "不算", None: "由办事机关定"}


class NoBook(Exception):
    """A file that is no book of ours; the text says so."""


@dataclass(frozen=True)
class Entry:
    """One thing that can be said: how people ask it, our line, and the law's words as (place, text)."""

    key: str
    group: str
    title: str
    asks: tuple[str, ...]
    stance: str
    line: str
    quotes: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


def entries_of(library: Library, city: City) -> list[Entry]:
    """Return every topic, parameter, condition of applying and sentence of ours.

    Raises ProofError when an answer does not verify.
    """
    return [*_topics(library, city), *_parameters(city), *_conditions(city), *_sentences()]


def _topics(library: Library, city: City) -> list[Entry]:
    found = []
    for topic in library.topics.values():
        part = topic_part(library, city, topic.slug)
        verify_part(library, part)
        quotes = _quotes(city, (shown.address for shown in part.quotations))
        group, stance = GROUPS.get(topic.group, topic.group), _KIND_WORDS[part.kind]
        found.append(Entry(topic.slug, group, topic.title, topic.examples, stance, part.first_line, quotes, part.notes))
    return found


def _parameters(city: City) -> list[Entry]:
    """Return every fact that is counted with or listed, its value beside its quote, and how else it can be read."""
    found = []
    for name, parameter in city.parameters.items():
        quotes = tuple((city.name_of(one.address), one.quote) for one in parameter.evidence)
        stance = _KIND_WORDS[Kind.ANSWER] if quotes else _KIND_WORDS[Kind.NOT_COVERED]
        notes = tuple(note for note in (parameter.note, parameter.readings) if note)
        title = parameter.kind.title
        found.append(Entry(f"parameter.{name}", _VALUES, title, (), stance, parameter.spoken or "—", quotes, notes))
    return found


def _sentences() -> list[Entry]:
    """Return the sentences that dates and changes are told in; {…} is filled with days and the city's own words."""
    lines = {name: line for name, line in vars(date_words).items() if name.isupper() and isinstance(line, str)}
    changes = tuple(line for pair in words.CHECK_CHANGES.values() for line in pair if line)
    asks = tuple(date_words.SAY_ANCHOR.values())
    return [
        Entry(
            "sentences.dates", _VALUES, "日期怎么说", (), "句子", "下面的 {…} 由程序填上", (), (*lines.values(), *asks)
        ),
        Entry("sentences.changes", _CHECK, "怎样才够怎么说", (), "句子", words.CHECK_REMEDIES, (), changes),
    ]


def _conditions(city: City) -> list[Entry]:
    rules = city.eligibility
    if rules is None:
        return []
    clauses = {"conditions": rules.conditions, "people": rules.people, "inside_city": rules.inside_city}
    clauses |= {"clock": rules.clock} | ({"town": rules.town} if rules.town else {})
    clauses |= {f"basis.{name}": basis.clause for name, basis in rules.bases.items()}
    clauses |= {name: presumption.clause for name, presumption in rules.exceptions.items()}
    found = []
    for name, clause in clauses.items():
        counts = rules.bases[name.removeprefix("basis.")].counts if name.startswith("basis.") else {}
        notes = tuple(f"{words.CHECK_CODES[code]}：{_COUNTS_WORDS[meaning]}" for code, meaning in counts.items())
        title = words.CHECK_CONDITIONS[name]
        found.append(Entry(f"check.{name}", _CHECK, title, (), "条件", title, _quotes(city, clause.cites), notes))
    first, *others = (
        line.format(city=city.short, document=document_word(city), day="某年某月某日") for line in _VERDICTS
    )
    return [*found, Entry("check", _CHECK, "结论怎么说", (), "结论", first, (), tuple(others))]


def _quotes(city: City, addresses: Iterable[Address]) -> tuple[tuple[str, str], ...]:
    return tuple((city.name_of(address), city.provision(address).in_full) for address in addresses)


def fingerprint(entries: list[Entry]) -> str:
    """Return the hash of everything a book says: the same words, the same 64 hexadecimal digits."""
    return hashlib.sha256(_as_json(entries).encode()).hexdigest()


def _as_json(entries: list[Entry]) -> str:
    return json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, sort_keys=True)


def read_book(page: str) -> dict[str, dict[str, Any]]:
    """Return the entries of an earlier book by key. Raises NoBook."""
    kept = _KEPT.search(page)
    if kept is None:
        raise NoBook("这个文件不是以前写出的那一本")
    rows: list[dict[str, Any]] = json.loads(kept[1])
    return {row["key"]: row for row in rows}


def changes_since(before: dict[str, dict[str, Any]], entries: list[Entry]) -> list[str]:
    """Return a sentence for each entry that is new, gone, or says something else than before."""
    now = {row["key"]: row for row in json.loads(_as_json(entries))}
    told = [f"新增：{now[key]['title']}" for key in now if key not in before]
    told += [f"删去：{row['title']}" for key, row in before.items() if key not in now]
    for key, row in now.items():
        old = before.get(key)
        if old is not None and old != row:
            changed = "、".join(shown for name, shown in _NAMES.items() if old.get(name) != row[name])
            told.append(f"改动：{row['title']}（{changed}）")
    return told


def book_of(library: Library, city: City, day: date, before: str | None = None) -> str:
    """Return the page. `before` is the page of an earlier book. Raises NoBook, ProofError."""
    entries = entries_of(library, city)
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    return (
        make_templates()
        .get_template("book.html")
        .render(
            city=city,
            source=city.source,
            caveats=caveats(city, day),
            groups=groups,
            day=in_chinese(day),
            hash=fingerprint(entries),
            kept=_as_json(entries).replace("<", "\\u003c"),
            changes=None if before is None else changes_since(read_book(before), entries),
        )
    )
