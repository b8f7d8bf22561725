"""Names that overlap are each found, and names are left out of a text, as by a pattern of thousands of alternatives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding.place_names import Names

KNOWN = ("开封", "开封市", "封丘", "丘", "洛阳", "阳江市", "kf", "kaifeng", "luo")
TEXTS = st.text(st.sampled_from("开封市丘洛阳江kfaieng luo,"), max_size=14)
ONE = re.compile("|".join(rf"(?<![a-z]){n}(?![a-z])" if n.isascii() else n for n in sorted(KNOWN, key=len)[::-1]))


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(KNOWN)


@given(text=TEXTS)
def test_names_are_left_out_as_by_a_pattern(names: Names, text: str) -> None:
    assert names.left_out_of(text) == ONE.sub(" ", text)


@given(text=TEXTS)
def test_at_every_place_the_longest_name_that_begins_there_is_found(names: Names, text: str) -> None:
    every = (ONE.match(text, start) for start in range(len(text)))
    assert [tuple(found) for found in names.every_in(text)] == [(*m.span(), m.group()) for m in every if m]


def test_overlapping_names_are_each_found() -> None:
    found = Names(("开封", "封丘", "封丘县")).every_in("在开封丘县")
    assert [(one.start, one.end, one.name) for one in found] == [(1, 3, "开封"), (2, 5, "封丘县")]


@pytest.mark.parametrize(
    ("text", "left"),
    [("开封市办证", " 办证"), ("kaifengs", "kaifengs"), ("在kf办", "在 办"), ("开封洛阳", "  "), ("", "")],
)
def test_a_name_leaves_a_space(names: Names, text: str, left: str) -> None:
    assert names.left_out_of(text) == left


def test_where_there_are_no_names_none_is_found() -> None:
    nothing = Names(())
    assert (list(nothing.every_in("开封")), nothing.left_out_of("开封")) == ([], "开封")
