"""Names of places are found as one pattern of all of them would find them, the longest first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding.place_names import Found, Names

NAMES = ("洛阳", "洛阳市", "阳", "洛龙", "龙门", "市洛", "luoyang", "luo", "阳洛阳")
TWO = tuple(name for name in NAMES if len(name) > 1)


def by_pattern(names: Iterable[str], text: str, start: int, end: int) -> list[Found]:
    """Return what a pattern of all names finds: the longest first, Latin ones only as whole words."""
    ordered = sorted(names, key=lambda name: (-len(name), name))
    written = "|".join(rf"(?<![a-z]){name}(?![a-z])" if name.isascii() else name for name in ordered)
    return [Found(*match.span(), match.group()) for match in re.compile(written).finditer(text, start, end)]


TEXTS = st.lists(st.sampled_from((*NAMES, "在", "x", " ", "龙", "l")), max_size=8).map("".join)


@given(st.sampled_from((NAMES, TWO)), TEXTS, st.integers(0, 6), st.integers(0, 9))
def test_names_are_found_as_a_pattern_finds_them(names: tuple[str, ...], text: str, start: int, cut: int) -> None:
    end = max(start, len(text) - cut)
    assert list(Names(names).find_in(text, start, end)) == by_pattern(names, text, start, end)
    assert list(Names(names).find_in(text)) == by_pattern(names, text, 0, len(text))


def test_without_names_nothing_is_found() -> None:
    assert list(Names(()).find_in("在洛阳")) == []
