"""How Chinese characters sound, alone and in words, and how traditional ones are written simply: two tables.

`python -m tests.character_tables` makes the tables.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from operator import add
from pathlib import Path
from sys import intern

PACKAGED_SOUNDS = Path(__file__).parent / "sounds.tsv"
PACKAGED_SIMPLE = Path(__file__).parent / "simple.tsv"

UNHEARD = "$"
"""Stands for a character without a sound; a phrase that ends with it is one only where nothing more is heard."""


@dataclass(frozen=True)
class _Sounds:
    """`numbers` gives for each code point the number of its syllable; `followers` what follows a phrase's beginning."""

    syllables: tuple[str, ...]
    numbers: array[int]
    readings: Mapping[str, tuple[str, ...]]
    beginnings: frozenset[str]
    followers: Mapping[str, str]
    longest: int

    def alone(self, text: str) -> list[str]:
        """Return the syllable of each character by itself; "" for one that has none."""
        syllables, numbers, end = self.syllables, self.numbers, len(self.numbers)
        return [syllables[numbers[code]] if code < end else "" for code in map(ord, text)]

    def phrases_in(self, heard: str) -> Iterator[tuple[int, str]]:
        """Yield the phrases of a text as (start, phrase), always the longest that begins where the last one ended."""
        start = 0
        while start < len(heard):
            end = self._end_of_phrase(heard, start)
            if end > start + 1:
                yield start, heard[start:end]
            start = end

    def _end_of_phrase(self, heard: str, start: int) -> int:
        followers = self.followers.get(heard[start], "")
        if f" {heard[start + 1 : start + 2]}" in followers:
            for end in range(min(len(heard), start + self.longest), start + 1, -1):
                if f" {heard[start + 1 : end]} " in followers:
                    return end
        return start + 1


def syllables(text: str) -> tuple[str, ...]:
    """Return a syllable without tone for each character of `text`: 银行 → yin, hang, but 行人 → xing, ren.

    A character that has no sound stands for itself.
    """
    sounds = _sounds()
    alone = sounds.alone(text)
    found = [sound or character for sound, character in zip(alone, text, strict=True)]
    # Nearly every text has no phrase that is read unlike its characters, and need not be cut to know it.
    if not sounds.beginnings.isdisjoint(map(add, text, text[1:])):
        heard = "".join(character if sound else UNHEARD for sound, character in zip(alone, text, strict=True))
        for start, phrase in sounds.phrases_in(f"{heard}{UNHEARD}"):
            reading = sounds.readings.get(phrase, ())
            found[start : start + len(reading)] = reading
    return tuple(found)


@cache
def _sounds() -> _Sounds:
    alone, read, phrases = _parts(PACKAGED_SOUNDS)
    numbers = array("H", bytes(2 * (1 + max(map(ord, "".join(characters for _, characters in alone))))))
    for number, (_, characters) in enumerate(alone, start=1):
        for character in characters:
            numbers[ord(character)] = number
    readings = {phrase: tuple(map(intern, reading.split())) for phrase, reading in read}
    return _Sounds(
        syllables=("", *(syllable for syllable, _ in alone)),
        numbers=numbers,
        readings=readings,
        beginnings=frozenset(phrase[:2] for phrase in readings),
        followers={beginning: f" {followers} " for beginning, followers in phrases},
        longest=1 + max(len(follower) for _, followers in phrases for follower in followers.split()),
    )


@dataclass(frozen=True)
class _Simple:
    """`lengths` are those of the phrases that begin with a character, the longest first; 1 is the character alone."""

    forms: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]]


def simplified(text: str) -> str:
    """Return `text` with traditional characters written in simplified ones, in words as the word is written."""
    simple = _simple()
    written, start = [], 0
    while start < len(text):
        for length in simple.lengths.get(text[start], ()):
            form = simple.forms.get(text[start : start + length])
            if form is not None:
                break
        else:
            form, length = text[start], 1
        written.append(form)
        start += length
    return "".join(written)


@cache
def _simple() -> _Simple:
    forms = {written: form for part in _parts(PACKAGED_SIMPLE) for written, form in part}
    lengths: dict[str, set[int]] = defaultdict(set)
    for written in forms:
        lengths[written[0]].add(len(written))
    return _Simple(forms, {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()})


def _parts(file: Path) -> list[list[tuple[str, str]]]:
    """Return the parts of a table, which empty lines divide; each line is a key, a tab and what belongs to it."""
    written = [line for line in file.read_text(encoding="utf-8").split("\n") if not line.startswith("#")]
    parts = "\n".join(written).strip("\n").split("\n\n")
    return [[(key, value) for key, _, value in (line.partition("\t") for line in part.split("\n"))] for part in parts]
