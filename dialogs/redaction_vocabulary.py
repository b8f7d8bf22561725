"""A message cut into pieces, each a word that is known, or one that is not: what redaction works on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from dialogs.understanding.place_names import NOT_A_PLACE, elsewhere
from knowledge.divisions import province_names
from knowledge.library import Library
from knowledge.redaction_words import RedactionWords, redaction_words
from knowledge.segment import words
from knowledge.text import to_chinese, to_int

SOMETHING, NUMBER, PLACE = "「某」", "「数」", "「地名」"
"""What stands for whatever is not known, for numbers, and for a place of China that is none of our cities'."""

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_NUMERALS = "零〇一二三四五六七八九十百千万亿两廿卅幺壹贰叁肆伍陆柒捌玖拾佰仟"
_NUMERAL = re.compile(rf"[{_NUMERALS}]")
_PIECE = re.compile(
    rf"(?P<mark>「(?:某|数|地名)」)"
    rf"|(?P<number>[\d{_NUMERALS}](?:[^\w「」]{{0,3}}[\d{_NUMERALS}])*)"
    rf"|(?P<han>(?:(?![{_NUMERALS}])[{_HAN}])+)|(?P<gap>[^\w「」]+)|(?P<other>.)",
    re.DOTALL,
)
_SHORT_NUMBER = 2
_DURATION = re.compile(rf"(?<![\d{_NUMERALS}年月第.])(\d{{1,2}}|[{_NUMERALS}]{{1,3}})(个?工作日|个月|[天日年])")
_AFTER_A_DURATION = {"日": re.compile("[以之]?内"), "年": re.compile("(?!级|[出生代份])")}
_PATTERN_HAN = re.compile(rf"[{_HAN}]+")
_LONGEST_PLACE, _SHORTEST_PLACE = 11, 2
_PUNCTUATION = {",": "，", "?": "？", "!": "！", ":": "：", ";": "；", "(": "（", ")": "）", "。": "。", "、": "、"}


class Kind(Enum):
    """What a piece is.

    At PLAIN words, function words and everyday verbs, the name of a street or an employer ends; OURS are our cities and
    counties, PLACE any other place of China, GAP is punctuation.
    """

    PLAIN = auto()
    WORD = auto()
    OURS = auto()
    UNKNOWN = auto()
    NUMBER = auto()
    PLACE = auto()
    GAP = auto()


@dataclass(frozen=True)
class Piece:
    """A piece of a message; a gap's `text` is a full-width mark or a space."""

    text: str
    kind: Kind


HIDDEN = Piece(SOMETHING, Kind.UNKNOWN)
"""What a piece becomes that is to be replaced."""

_A_NUMBER, _A_PLACE = Piece(NUMBER, Kind.NUMBER), Piece(PLACE, Kind.PLACE)
_MARKS = {SOMETHING: HIDDEN, NUMBER: _A_NUMBER, PLACE: _A_PLACE}


class Vocabulary:
    """The words that are known. Built once for a library; every method is a pure function."""

    def __init__(self, library: Library) -> None:
        lists = redaction_words()
        self.lists = lists
        self._durations = frozenset(_durations(library))
        self._ours = frozenset(
            name
            for city in library.cities.values()
            for name in (*city.aliases, *city.counties)
            if _PATTERN_HAN.fullmatch(name) and name not in NOT_A_PLACE
        )
        self._outside = frozenset({*elsewhere()[0], *elsewhere()[1], *province_names()} - self._ours)
        self._place_heads = frozenset(name[:_SHORTEST_PLACE] for name in self._outside | self._ours)
        self._closed = _closed(lists) - lists.never
        self._elsewhere = self._outside - self._closed - lists.surnames
        self._known = self._closed | self._of_our_texts(library)
        self._pieces = {word: Piece(word, Kind.PLAIN if word in lists.plain else Kind.WORD) for word in self._known}
        self.not_given = lists.particles | lists.employers | lists.honorifics | lists.people
        self.not_named = lists.not_named | lists.people
        self.ends_of_names = lists.stops | lists.people
        self.not_in_names = lists.kinds | self.ends_of_names

    @property
    def words(self) -> frozenset[str]:
        """All that may be kept: words, names of our cities and counties, durations of the regulations."""
        spoken = {"日": ("日", "天"), "工作日": ("工作日", "个工作日")}
        lengths = {
            f"{to_chinese(n)}{unit}" for n, counted in self._durations for unit in spoken.get(counted, (counted,))
        }
        return self._known | self.lists.measure | self._ours | lengths

    def pieces(self, text: str) -> list[Piece]:
        """Cut `text`, which is folded and simplified."""
        found: list[Piece] = []
        position = 0
        while match := _PIECE.match(text, position):
            piece, position = self._piece_at(text, match)
            if piece is None:
                end = self._end_of_words(text, position)
                found.extend(self._of_words(text[position:end], found))
                position = end
            else:
                found.append(piece)
        return found

    def _piece_at(self, text: str, match: re.Match[str]) -> tuple[Piece | None, int]:
        """Return the piece that `match` begins and where it ends; None where words begin."""
        written, start = match.group(), match.start()
        if match["mark"]:
            return _MARKS[written], match.end()
        if match["gap"]:
            return Piece(_gap(written), Kind.GAP), match.end()
        if match["other"]:
            return _A_NUMBER if written.isnumeric() else HIDDEN, match.end()
        length = self._duration_at(text, start) if match["number"] else None
        if length is not None:
            return length
        if match["number"] and not _is_part_of_a_word(written):
            return _A_NUMBER, match.end()
        return None, start

    def _end_of_words(self, text: str, start: int) -> int:
        """Return where the run of Han that begins at `start` ends: at a number, a duration or another sign."""
        position = start
        while match := _PIECE.match(text, position):
            is_short = match["number"] and _is_part_of_a_word(match.group()) and not self._duration_at(text, position)
            if not (match["han"] or is_short):
                break
            position = match.end()
        return position

    def _duration_at(self, text: str, start: int) -> tuple[Piece, int] | None:
        match = _DURATION.match(text, start)
        if match is None or match[1].startswith("0"):
            return None
        number, unit = to_int(match[1]), match[2]
        after = _AFTER_A_DURATION.get(unit)
        if number is None or (number, _counted(unit)) not in self._durations:
            return None
        if after and not after.match(text, match.end()):
            return None
        return Piece(f"{to_chinese(number)}{unit}", Kind.WORD), match.end()

    def _of_words(self, run: str, before: list[Piece]) -> Iterator[Piece]:
        cut = [part for word in words(run) for part in self._without_calling(word)]
        index = 0
        previous = before[-1] if before else Piece(" ", Kind.GAP)
        while index < len(cut):
            count, previous = self._place_in(cut, index) or (1, self._word(cut[index], previous))
            index += count
            yield previous

    def _without_calling(self, word: str) -> tuple[str, ...]:
        """Return 姓 and 王 for 姓王: a name behind 叫 and 姓 may be cut together with it."""
        if len(word) < _SHORTEST_PLACE or word in self._known or word[0] not in self.lists.callings:
            return (word,)
        return word[0], word[1:]

    def _place_in(self, cut: list[str], index: int) -> tuple[int, Piece] | None:
        """Return the longest place that begins with this word, and how many words it is."""
        head = cut[index]
        if len(head) < _SHORTEST_PLACE and index + 1 < len(cut):
            head += cut[index + 1]
        if head[:_SHORTEST_PLACE] not in self._place_heads:
            return None
        joined, found = "", None
        for count, word in enumerate(cut[index:], start=1):
            joined += word
            if len(joined) > _LONGEST_PLACE:
                break
            if joined in self._ours:
                found = count, Piece(joined, Kind.OURS)
            elif joined in self._elsewhere and (count == 1 or len(joined) > _SHORTEST_PLACE):
                found = count, _A_PLACE
        return found

    def _word(self, word: str, previous: Piece) -> Piece:
        lists = self.lists
        known = self._pieces.get(word)
        if known is not None:
            return known
        if word in lists.measure and (previous.kind is Kind.NUMBER or previous.text[-1] in lists.counting):
            return Piece(word, Kind.PLAIN)
        is_number = _NUMERAL.match(word.removeprefix("第")) and word not in lists.surnames
        return _A_NUMBER if is_number else Piece(word, Kind.UNKNOWN)

    def _of_our_texts(self, library: Library) -> frozenset[str]:
        """Return the words of what we wrote ourselves and of the regulations, without those a name may be made of."""
        lists = self.lists
        found = {word for text in _our_texts(library) for run in _PATTERN_HAN.findall(text) for word in words(run)}
        return frozenset(
            word
            for word in found - lists.never - self._outside
            if len(word) > 1
            and not _NUMERAL.search(word)
            and (word in lists.reviewed or word[0] not in lists.surnames)
            and word[-1] not in lists.streets
        )


def _closed(lists: RedactionWords) -> frozenset[str]:
    """Return the words of the closed lists; of endings of names (路, 厂) only those of two characters are words."""
    titles = lists.honorifics | lists.labels
    endings = {word for word in lists.streets | lists.employers | lists.kinds | titles if len(word) > 1}
    return lists.plain | lists.times | lists.people | lists.words | lists.reviewed | lists.stops | endings


def _our_texts(library: Library) -> Iterator[str]:
    """Yield every text of ours, patterns too."""
    for pattern in (*library.concepts.values(), *library.story.values()):
        yield pattern.pattern
    for topic in library.topics.values():
        yield from (topic.title, topic.subject, *topic.examples)
    for city in library.cities.values():
        yield from (article.text for article in city.act.articles)
        yield from (ruling.says or "" for ruling in city.rulings.values())
    for manner in library.manners.values():
        yield manner.pattern.pattern
    for happening in library.happenings.values():
        for pattern in (happening.before, happening.after, happening.lasting, happening.ago):
            yield pattern.pattern
    for wording in library.wordings.values():
        yield from (*wording.sentences.values(), wording.starts.pattern)
        for options in wording.options.values():
            yield from (part for option in options.values() for part in (option.label, option.heard.pattern))


def _durations(library: Library) -> Iterator[tuple[int, str]]:
    """Yield the durations that the regulations write, as (30, 日)."""
    for city in library.cities.values():
        for article in city.act.articles:
            for written, unit in _DURATION.findall(article.text):
                number = to_int(written)
                if number is not None:
                    yield number, _counted(unit)


def _counted(unit: str) -> str:
    return {"天": "日", "个工作日": "工作日"}.get(unit, unit)


def _gap(written: str) -> str:
    """Return the first mark of a gap in full width, or a space."""
    return next((_PUNCTUATION[mark] for mark in written if mark in _PUNCTUATION), " ")


def _is_part_of_a_word(numeral: str) -> bool:
    """Tell whether a numeral may be part of a word: 一 of 一般. A longer one, digits and a row of them are numbers."""
    return len(numeral) <= _SHORT_NUMBER and not re.search(r"\d|\W", numeral)
