"""A question without the person: known words are kept, everything else is replaced.

What could not be answered is kept so that the answers get better; what a person wrote of themselves must not be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from dialogs.redaction_vocabulary import HIDDEN, Kind, Piece, Vocabulary
from dialogs.understanding.normalise import simplify
from knowledge.library import Library
from knowledge.text import fold

MAX_CHARACTERS = 200
"""So many characters of a message are read, and at most so many returned."""

_INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufeff\u3164\U000e0000-\U000e01ef]"
)
_NAME_AT_LEAST, _NAME_AT_MOST = 2, 4
_GIVEN_NAME = 2
_NAME_OF_A_PLACE = 10
_FREE = (Kind.UNKNOWN, Kind.NUMBER, Kind.WORD)
"""Kinds of pieces that the name of a street or an employer may be made of."""

_ROAD = re.compile("(?:路|大?街|大?道|巷|胡同|弄|村|庄|屯|寨|镇|乡|苑|园|厦|楼|院|坊|里|组|湾|坪|沟|坝|小区)$")
_WORKPLACE = re.compile("(?:公司|厂|店|馆|院|校|学|行|集团|超市|商场|市场)$")

Pieces = Sequence[Piece]


def redacted(library: Library, text: str) -> str:
    """Return `text` with all that is not known replaced: 「某」, 「数」 for a number, 「地名」 for a place elsewhere.

    Of the first MAX_CHARACTERS are kept: the words of the product and function words, the names of our cities and
    counties, and durations that the regulations write. No digit and no Latin letter is kept; the result is never
    longer than MAX_CHARACTERS, and redacting it again changes nothing.

    A name made of known words is replaced behind 叫, 姓 and 姓名是; where it begins with a family name that is no
    everyday word (李明天); as family name and word before an honorific (钱明天先生); and before 路, 小区, 村, 公司,
    厂, 店 and their like. A name that is an everyday word (夏天) and stands elsewhere cannot be told from that word.
    """
    read = simplify(fold(_INVISIBLE.sub("", text[:MAX_CHARACTERS])))[:MAX_CHARACTERS]
    vocabulary = _vocabulary(_Same(library))
    before, after = read, _once(vocabulary, read)
    while after != before:
        before, after = after, _once(vocabulary, fold(after))
    return after


def known_words(library: Library) -> frozenset[str]:
    """Return all words that `redacted` may keep."""
    return _vocabulary(_Same(library)).words


class _Same:
    """A library as a key: the same one, not an equal one. Libraries cannot be hashed."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def __hash__(self) -> int:
        return id(self.library)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.library is self.library


@lru_cache(maxsize=2)
def _vocabulary(same: _Same) -> Vocabulary:
    return Vocabulary(same.library)


def _once(vocabulary: Vocabulary, text: str) -> str:
    pieces = vocabulary.pieces(text)
    hidden = {index for rule in _RULES for index in rule(vocabulary, pieces)}
    return _written([HIDDEN if index in hidden else piece for index, piece in enumerate(pieces)])


def _written(pieces: Pieces) -> str:
    """Return the pieces as text: what is replaced, one beside the other, is replaced by one mark."""
    parts: list[Piece] = []
    for piece in pieces:
        _append(parts, HIDDEN if piece.kind is Kind.UNKNOWN else piece)
    text = ""
    for part in parts:
        if len(text) + len(part.text) > MAX_CHARACTERS:
            break
        text += part.text
    return text.strip()


def _append(parts: list[Piece], piece: Piece) -> None:
    """Add a piece, or let it and the one before it become one."""
    is_mark = piece.kind in (Kind.UNKNOWN, Kind.NUMBER, Kind.PLACE)
    if is_mark and len(parts) > 1 and parts[-1].text == " " and _merged(parts[-2], piece):
        parts.pop()
    if parts and (merged := _merged(parts[-1], piece)):
        parts[-1] = merged
    else:
        parts.append(piece)


def _merged(one: Piece, other: Piece) -> Piece | None:
    """Return what two pieces become that stand side by side; None if they stay two."""
    numbers = (Kind.UNKNOWN, Kind.NUMBER)
    if one.kind is other.kind and one.kind in (*numbers, Kind.PLACE):
        return one
    if one.kind in numbers and other.kind in numbers:
        return one if one.kind is Kind.UNKNOWN else other
    if one.kind is other.kind is Kind.GAP:
        return other if one.text == " " else one
    return None


def _families(vocabulary: Vocabulary, pieces: Pieces) -> Iterator[int]:
    """Yield where a family name stands, and the two characters behind it.

    One that is an everyday word too (钱, 满) is a family name only before what is not known.
    """
    for index, piece in enumerate(pieces):
        width = _family_at(pieces, index, vocabulary.lists.surnames)
        if not width or piece.kind is Kind.GAP:
            continue
        following = _next(pieces, index + width - 1)
        before_a_name = following is not None and pieces[following].kind is Kind.UNKNOWN
        if piece.kind is Kind.UNKNOWN or (piece.kind is Kind.PLAIN and before_a_name):
            yield from range(index, index + width)
            yield from _given(vocabulary, pieces, index + width - 1)


def _family_at(pieces: Pieces, index: int, surnames: frozenset[str]) -> int:
    """Return how many pieces from `index` are a family name, or end with one that was cut together with other words.

    Two are 尉迟 that was cut in two.
    """
    text, kind = pieces[index].text, pieces[index].kind
    if index + 1 < len(pieces) and f"{text}{pieces[index + 1].text}" in surnames:
        return 2
    return int(text in surnames or (kind is Kind.UNKNOWN and text[-1] in surnames))


def _given(vocabulary: Vocabulary, pieces: Pieces, index: int) -> Iterator[int]:
    """Yield the pieces behind `index` that may be a given name, two characters at most."""
    left, step = _GIVEN_NAME, 1
    following = _next(pieces, index)
    if following is not None:
        step = following - index  # 王 建 国 has a space before each character or none
    while following is not None and len(pieces[following].text) <= left:
        if pieces[following].text in vocabulary.not_given:
            return
        yield following
        left -= len(pieces[following].text)
        previous, following = following, _next(pieces, following)
        if following != previous + step:
            return


def _next(pieces: Pieces, index: int) -> int | None:
    """Return the piece behind `index`, a space skipped; None at a mark or the end."""
    following = index + 1
    if following < len(pieces) and pieces[following].text == " ":
        following += 1
    return following if following < len(pieces) and pieces[following].kind is not Kind.GAP else None


def _called(vocabulary: Vocabulary, pieces: Pieces) -> Iterator[int]:
    """Yield what stands behind 叫, 姓 and 姓名是."""
    lists = vocabulary.lists
    for index, piece in enumerate(pieces):
        if piece.text in lists.callings:
            start = _behind_joiners(pieces, index, lists.joiners)
            if start < len(pieces) and not _is_told(vocabulary, pieces, index, start):
                yield from _name_from(vocabulary, pieces, start)
        elif piece.text in lists.labels:
            start = _behind_joiners(pieces, index, lists.joiners)
            if start > index + 1:
                yield from _name_from(vocabulary, pieces, start)


def _is_told(vocabulary: Vocabulary, pieces: Pieces, index: int, start: int) -> bool:
    """Tell whether 叫 says that somebody is told to do something: 派出所叫我去."""
    by_office = index > 0 and pieces[index - 1].text not in vocabulary.not_named
    told = pieces[start].text
    return told in vocabulary.not_named or (by_office and told in vocabulary.lists.told)


def _behind_joiners(pieces: Pieces, index: int, joiners: frozenset[str]) -> int:
    start = index + 1
    while start < len(pieces) and (pieces[start].text in joiners or pieces[start].text in " ："):
        start += 1
    return start


def _name_from(vocabulary: Vocabulary, pieces: Pieces, start: int) -> Iterator[int]:
    """Yield the pieces of a name: two characters at least, to the first word that no name goes on with."""
    name = ""
    for index in range(start, len(pieces)):
        piece = pieces[index]
        is_long = len(name) >= _NAME_AT_LEAST
        if piece.kind is Kind.GAP and (piece.text != " " or is_long):
            return
        ends = piece.kind is Kind.PLAIN or piece.text in vocabulary.ends_of_names
        if is_long and (ends or (len(name) >= _NAME_AT_MOST and piece.kind is not Kind.UNKNOWN)):
            return
        yield index
        name += piece.text.strip()


def _addressed(vocabulary: Vocabulary, pieces: Pieces) -> Iterator[int]:
    """Yield a family name and a word before an honorific: 钱明天先生, where 钱 alone may be money."""
    lists = vocabulary.lists
    for index in range(2, len(pieces)):
        family, given = pieces[index - 2], pieces[index - 1]
        is_family = family.text[-1] in lists.surnames and (len(family.text) == 1 or family.kind is Kind.UNKNOWN)
        if pieces[index].text in lists.honorifics and is_family and len(given.text) <= _GIVEN_NAME:
            yield from (index - 2, index - 1)


def _streets(vocabulary: Vocabulary, pieces: Pieces) -> Iterator[int]:
    """Yield the names of streets, estates and villages, the words 路, 小区 and the numbers behind them with them."""
    lists = vocabulary.lists
    for index, piece in enumerate(pieces):
        if piece.text in lists.streets or (piece.kind is Kind.UNKNOWN and _ROAD.search(piece.text)):
            named = _name_before(vocabulary, pieces, index, with_place=True)
            if named or piece.kind is Kind.UNKNOWN:
                yield from (*named, index, *_numbers_behind(pieces, index, lists.counters))


def _employers(vocabulary: Vocabulary, pieces: Pieces) -> Iterator[int]:
    """Yield the names before 公司, 厂, 店; what kind of employer it is stays."""
    for index, piece in enumerate(pieces):
        if piece.text in vocabulary.lists.employers or (piece.kind is Kind.UNKNOWN and _WORKPLACE.search(piece.text)):
            yield from _name_before(vocabulary, pieces, index, with_place=False)


def _name_before(vocabulary: Vocabulary, pieces: Pieces, index: int, with_place: bool) -> list[int]:
    """Return the pieces before `index` that may be a name: to a plain word, a person or a kind (物业公司)."""
    lists = vocabulary.lists
    is_named = with_place and pieces[index].text not in lists.common_places  # a street may be called after anything
    ends = frozenset[str]() if is_named else vocabulary.not_in_names
    found: list[int] = []
    size = 0
    for before in range(index - 1, -1, -1):
        piece = pieces[before]
        if piece.text == " " and before == index - 1 and len(pieces[index].text) == 1:
            continue
        if with_place and not found and piece.kind in (Kind.OURS, Kind.PLACE):
            return [before]
        size += len(piece.text)
        is_free = piece.kind in _FREE and piece.text not in ends
        if not (is_free or piece.text in lists.inside) or size > _NAME_OF_A_PLACE:
            break
        found.append(before)
    return [] if len(found) == 1 and pieces[found[0]].text in lists.inside else found


def _numbers_behind(pieces: Pieces, index: int, counters: frozenset[str]) -> Iterator[int]:
    """Yield 23号3栋2单元 behind a street."""
    for behind in range(index + 1, len(pieces)):
        if pieces[behind].kind is not Kind.NUMBER and pieces[behind].text not in counters:
            return
        yield behind


_RULES: tuple[Callable[[Vocabulary, Pieces], Iterator[int]], ...] = (
    _families,
    _called,
    _addressed,
    _streets,
    _employers,
)
