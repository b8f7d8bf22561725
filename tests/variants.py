"""Hostile variants of a question: what phones, dialects and haste do to it, without changing what is asked.

Every variant is a pure function of the question and a seed. Negations and numbers (不办 for 补办 asks
the contrary) and the names of the cities are left as they are: without its city a question is another one.
"""

from __future__ import annotations

import logging
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import jieba
from opencc_purepy import OpenCC
from pypinyin import Style, lazy_pinyin

from knowledge.loading import open_library

_KEPT = "不没别未非无一二两三四五六七八九十百千万零半"
_HAN = re.compile(rf"(?![{_KEPT}])[\u4e00-\u9fff]")
_COMMON = 2500
"""Wrong homophones are taken from so many of the most frequent characters: input methods offer these first."""

_OPENERS = ("我想问哈", "请问", "那个", "哎", "老师您好", "麻烦问一下", "嗯那个就是", "喂你好")
_CLOSERS = ("谢谢", "急", "麻烦了", "咋回事嘛", "在线等", "谢谢老师", "哈")
_PAUSES = ("嗯", "那个", "就是说", "啊")
_NEAR_BEGINNINGS = {"zh": "z", "ch": "c", "sh": "s", "l": "n"}
_NEAR_ENDS = {"ing": "in", "eng": "en"}
_MARKS = r"[\s,，。.!！?？;；:：、“”\"'（）()~～…]+"


def homophone(text: str, chance: random.Random) -> str:
    """Replace one character by another that sounds the same."""
    return _sounded_again(text, chance, lambda sound: sound)


def near_sound(text: str, chance: random.Random) -> str:
    """Replace one character by one that many speakers pronounce alike: 住 and 组, 经 and 今."""

    def near(sound: str) -> str:
        for one, other in _NEAR_BEGINNINGS.items():
            if sound.startswith(one):
                return other + sound[len(one) :]
            if sound.startswith(other):
                return one + sound[len(other) :]
        for one, other in _NEAR_ENDS.items():
            if sound.endswith(one):
                return sound[: -len(one)] + other
            if sound.endswith(other):
                return sound[: -len(other)] + one
        return sound

    return _sounded_again(text, chance, near, apart=True)


def dropped(text: str, chance: random.Random) -> str:
    """Leave one character out."""
    at = _somewhere(text, chance)
    return text if at is None or len(text) < 6 else text[:at] + text[at + 1 :]


def swapped(text: str, chance: random.Random) -> str:
    """Exchange two neighbouring characters."""
    open_places = set(_open_places(text))
    places = [at for at in sorted(open_places) if at + 1 in open_places]
    if not places or len(text) < 6:
        return text
    at = chance.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def doubled(text: str, chance: random.Random) -> str:
    """Write one character twice."""
    at = _somewhere(text, chance)
    return text if at is None else text[: at + 1] + text[at:]


def with_fillers(text: str, chance: random.Random) -> str:
    """Put an opener before, a closer behind and a pause between two clauses."""
    clauses = re.split(r"([,，。 ])", text)
    if len(clauses) > 2:
        clauses[1] = f"{clauses[1]}{chance.choice(_PAUSES)} "
    return f"{chance.choice(_OPENERS)} {''.join(clauses)} {chance.choice(_CLOSERS)}"


def dictated(text: str, _: random.Random) -> str:
    """Leave out all punctuation and spaces, as dictation does."""
    return re.sub(rf"(?<!\d){_MARKS}|{_MARKS}(?!\d)", "", text)


def traditional(text: str, _: random.Random) -> str:
    """Write traditional characters."""
    return _to_traditional().convert(text)


def reordered(text: str, chance: random.Random) -> str:
    """Put the last clause first."""
    clauses = [clause for clause in re.split(r"[,，。;；!！?？\s]+", text) if clause]
    if len(clauses) < 2:
        return with_fillers(text, chance)
    return ",".join((clauses[-1], *clauses[:-1]))


VARIANTS: dict[str, Callable[[str, random.Random], str]] = {
    one.__name__: one
    for one in (
        homophone, near_sound, dropped, swapped, doubled, with_fillers, dictated, traditional, reordered,
    )
}  # fmt: skip


def variants_of(rows: Iterable[dict[str, Any]], kinds: Iterable[str] = tuple(VARIANTS)) -> Iterator[dict[str, Any]]:
    """Yield every row once for each kind, its question changed; the same row and kind always give the same text."""
    for row in rows:
        for kind in kinds:
            chance = random.Random(f"{row['id']} {kind}")
            yield {**row, "question": VARIANTS[kind](row["question"], chance), "variant": kind}


def _open_places(text: str) -> list[int]:
    """Return where the characters stand that a variant may change."""
    named = {at for match in _city_names().finditer(text) for at in range(*match.span())}
    return [match.start() for match in _HAN.finditer(text) if match.start() not in named]


@cache
def _city_names() -> re.Pattern[str]:
    names = {name for city in open_library().cities.values() for name in (*city.aliases, *city.counties)}
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


def _somewhere(text: str, chance: random.Random) -> int | None:
    places = _open_places(text)
    return chance.choice(places) if places else None


def _sounded_again(text: str, chance: random.Random, changed: Callable[[str], str], *, apart: bool = False) -> str:
    """Return the text with one character of another sound, or of the same; `apart`: only where the sound changes."""
    sounds = lazy_pinyin(text, style=Style.NORMAL, errors=list)
    places = _open_places(text)
    chance.shuffle(places)
    for at in places:
        if apart and changed(sounds[at]) == sounds[at]:
            continue
        others = [other for other in _characters_of().get(changed(sounds[at]), ()) if other != text[at]]
        if others:
            return text[:at] + chance.choice(others[:6]) + text[at + 1 :]
    return text


@cache
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")


@cache
def _characters_of() -> dict[str, list[str]]:
    """Map a sound without tone to its characters, most frequent first."""
    jieba.setLogLevel(logging.WARNING)
    own = jieba.Tokenizer()
    own.initialize()
    single = [(count, word) for word, count in own.FREQ.items() if len(word) == 1 and _HAN.match(word)]
    found: dict[str, list[str]] = defaultdict(list)
    for _, character in sorted(single, reverse=True)[:_COMMON]:
        found[lazy_pinyin(character, style=Style.NORMAL)[0]].append(character)
    return dict(found)
