"""The book of a city: everything it can say, on one page, with its hash and what changed since the last one."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.book import NoBook, book_of, changes_since, entries_of, fingerprint, read_book
from knowledge.library import Library
from tests.bot.test_batch import ROOT, run

DAY = date(2026, 11, 21)


def page_of(library: Library, city: str = "kaifeng", before: str | None = None) -> str:
    return book_of(library, library.cities[city], DAY, before)


def shown(page: str) -> str:
    return html.unescape(re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", "", page, flags=re.DOTALL))


@pytest.mark.parametrize("city", ["bazhong", "ankang", "chifeng", "kaifeng", "luoyang"])
def test_everything_a_city_can_say_is_in_its_book(library: Library, city: str) -> None:
    text = shown(page_of(library, city))
    place = library.cities[city]
    for entry in entries_of(library, place):
        assert entry.title in text
        assert entry.line in text
        assert all(quote in text for _, quote in entry.quotes)
        assert all(ask in text for ask in entry.asks)
    assert "2026年11月21日" in text
    assert fingerprint(entries_of(library, place)) in text
    assert place.caveat is None or place.caveat in text


def test_the_same_words_have_the_same_hash_and_one_changed_word_another(library: Library) -> None:
    entries = entries_of(library, library.cities["luoyang"])
    assert fingerprint(entries) == fingerprint(entries_of(library, library.cities["luoyang"]))
    changed = [replace(entries[0], line=entries[0].line + "。"), *entries[1:]]
    assert fingerprint(changed) != fingerprint(entries)


def test_the_next_book_lists_what_changed(library: Library) -> None:
    before = page_of(library)
    assert "没有变化。" in shown(page_of(library, before=before))
    entries = entries_of(library, library.cities["kaifeng"])
    changed = [replace(entries[0], line="另一句。"), *entries[2:], replace(entries[1], key="new", title="新题目")]
    assert changes_since(read_book(before), changed) == [
        "新增：新题目",
        f"删去：{entries[1].title}",
        f"改动：{entries[0].title}（白话）",
    ]


def test_a_file_that_is_no_book_is_told(library: Library) -> None:
    with pytest.raises(NoBook):
        page_of(library, before="<html></html>")


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    from subprocess import run as start
    from sys import executable

    target = tmp_path / "开封.html"
    start(
        [executable, "-m", "bot", "book", "--city", "kaifeng", "--output", str(target)],
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    assert read_book(target.read_text(encoding="utf-8"))
    assert run("book", "--city", "kaifeng", "--output", str(target), "--before", str(tmp_path / "没有"), expect=1) == []
