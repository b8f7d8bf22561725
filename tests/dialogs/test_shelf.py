"""An answer that is the same for everyone is proven once; what differs from it in anything is proven itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dialogs.advisor import Advisor
from dialogs.compose import caveats, topic_part, verify
from dialogs.saying import Kind, Line, Part, Saying
from dialogs.session import Session
from dialogs.shelf import Shelf
from knowledge.address import Address
from knowledge.library import Library
from rules.proof import ProofError

TODAY = date(2026, 11, 21)


def said(library: Library, part: Part) -> Saying:
    return Saying(part.kind, "chifeng", part.topic, (part,), caveats(library.cities["chifeng"], TODAY))


@pytest.fixture
def shelf(library: Library) -> Shelf:
    return Shelf(library)


@pytest.fixture
def part(library: Library, shelf: Shelf) -> Part:
    return shelf.part_of(library.cities["chifeng"], "overdue", None)


def test_every_answer_is_the_composed_one_and_is_handed_out_again(library: Library, shelf: Shelf) -> None:
    for city in library.cities.values():
        for topic in library.topics:
            kept = shelf.part_of(city, topic, None)
            assert replace(kept, notes=()) == replace(topic_part(library, city, topic), notes=())
            assert shelf.part_of(city, topic, None) is kept
            assert shelf.has_proven(kept)


def test_what_is_put_beside_a_proven_answer_needs_no_proof(shelf: Shelf, part: Part) -> None:
    assert shelf.has_proven(replace(part, notes=("另外，多少钱没有写。",)))
    assert shelf.has_proven(replace(part, kind=Kind.NOT_COVERED, first_line="办法没有写：多少钱。"))


@pytest.mark.parametrize(
    "changes",
    [
        {"first_line": "90日内补签就行。"},
        {"workings": ("怎么算的：90日。",)},
        {"lines": (Line("chifeng", "要交90元", (("第二十一条", Address("21")),)),)},
        {"quotations": ()},
    ],
)
def test_an_answer_with_another_claim_is_proven_itself(
    library: Library, shelf: Shelf, part: Part, changes: dict[str, object]
) -> None:
    spoiled = replace(part, **changes)  # type: ignore[arg-type]
    assert not shelf.has_proven(spoiled)
    with pytest.raises(ProofError):
        verify(library, said(library, spoiled), shelf.has_proven)


def test_an_equal_quotation_is_not_the_one_that_was_proven(library: Library, shelf: Shelf, part: Part) -> None:
    copied = replace(part, quotations=tuple(replace(shown) for shown in part.quotations))
    assert copied == part
    assert not shelf.has_proven(copied)
    verify(library, said(library, copied), shelf.has_proven)


def test_silence_without_quotations_proves_no_answer(library: Library, shelf: Shelf) -> None:
    city = library.cities["chifeng"]
    silent = next(
        part
        for topic in library.topics
        if not (part := shelf.part_of(city, topic, None)).quotations and part.kind is Kind.NOT_COVERED
    )
    claimed = replace(silent, kind=Kind.ANSWER)
    with pytest.raises(ProofError):
        verify(library, said(library, claimed), shelf.has_proven)


def test_an_answer_that_does_not_verify_is_not_kept(library: Library) -> None:
    city = library.cities["chifeng"]
    ruling = replace(city.rulings["overdue"], says="90日内补签就行。")
    spoiled = replace(city, rulings={**city.rulings, "overdue": ruling})
    advisor = Advisor(replace(library, cities={**library.cities, "chifeng": spoiled}))
    for _ in range(2):
        with pytest.raises(ProofError):
            advisor.take_turn(Session(city="chifeng"), "签注过期了怎么办", today=TODAY)
