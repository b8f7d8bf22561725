"""What a person typed → text the rest of the pipeline can read: widths, traditional characters, wrong homophones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from dialogs.understanding.pinyin import from_pinyin
from dialogs.understanding.place_names import Names
from knowledge.characters import simplified, syllables
from knowledge.segment import is_word, words
from knowledge.text import fold

MAX_CHARACTERS = 400
"""A longer message is read up to here: no question of a resident is longer, and work stays bounded."""

DOMAIN_WORDS = (
    "居住证", "暂住证", "签注", "补签", "续签", "过期", "逾期", "登记", "暂住登记", "居住登记", "申领", "换领", "补领",
    "补办", "落户", "户口", "迁户口", "工本费", "派出所", "材料", "身份证", "公积金", "社保", "凭证", "房东", "物业", "中介",
    "证过期", "证到期", "办证", "换证", "收费", "罚款", "驾照", "护照", "学籍", "租房", "宿舍", "公租房",
    "领证", "复议", "投诉", "注销", "变更", "搬家", "代办", "临时救助", "低保", "公交", "叶酸", "婚检", "有效期", "年审", "受理",
)  # fmt: skip
"""Words of the domain that a wrong homophone is repaired to."""

_NOISE = re.compile(r"[\u200b-\u200f\u2060\ufeff\ufe0f]")
_REPEATED = re.compile(r"(\D)\1{3,}")
_PLACE_BEFORE = re.compile(r"(?:在|来|到|住|去|从|户口是?|老家是?)$")
_PLACE_AFTER = re.compile(r"[市县区旗]|(?:这边|那边|城里|人(?!口)|打工|上班|居住证)")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_SPACES = re.compile(r"\s+")
_NEGATION = re.compile("[不没别]")
"""不办 sounds like 补办 and says the contrary: a negation is never repaired."""

_NEAR_SOUND = (
    (re.compile("^zh"), "z"),
    (re.compile("^ch"), "c"),
    (re.compile("^sh"), "s"),
    (re.compile("(?<=[ie])ng$"), "n"),
)


@dataclass(frozen=True)
class Normalised:
    """`text` is what is read on; `repairs` are the wrong homophones that were put right, as (written, read)."""

    text: str
    repairs: tuple[tuple[str, str], ...] = ()


def normalise(message: str, names: frozenset[str] = frozenset(), small: frozenset[str] = frozenset()) -> Normalised:
    """Fold widths, simplify, drop invisible characters, read pinyin, repair homophones of domain words and of `names` of places.

    Those of `small` places are repaired only beside words that say a place stands there.

    A repair never touches a word that is right as it stands.
    """
    text = fold(_NOISE.sub("", message[: MAX_CHARACTERS * 2])).lower()[:MAX_CHARACTERS]
    text = _REPEATED.sub(r"\1\1", simplify(text))
    text = _SPACES.sub(" ", text).strip()
    return _repair(from_pinyin(text, DOMAIN_WORDS, names), names, small)


def simplify(text: str) -> str:
    """Return `text` with traditional characters written in simplified ones."""
    if not _CHINESE.search(text):
        return text
    return simplified(text)


@lru_cache(maxsize=4096)
def _blur(sound: str) -> str:
    """Drop the differences many speakers do not make: zh/z, ch/c, sh/s, ing/in, eng/en."""
    for pattern, plain in _NEAR_SOUND:
        sound = pattern.sub(plain, sound)
    return sound


@cache
def _sounds_of(names: frozenset[str]) -> dict[tuple[str, ...], str]:
    """Map the sound of each domain word and name to it; three characters and more also with near sounds."""
    sounds: dict[tuple[str, ...], str] = {}
    for word in (*DOMAIN_WORDS, *sorted(names)):
        sounds.setdefault(syllables(word), word)
        if len(word) >= 3:
            sounds.setdefault(tuple(_blur(sound) for sound in syllables(word)), word)
    return sounds


@cache
def _beginnings(names: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Return the first two sounds of each domain word and name, in their near form."""
    return frozenset((_blur(sounds[0]), _blur(sounds[1])) for sounds in _sounds_of(names) if len(sounds) > 1)


def _repair(text: str, names: frozenset[str], small: frozenset[str]) -> Normalised:
    if len(text) < 2 or not _CHINESE.search(text):
        return Normalised(text)
    sounds = syllables(text)
    alike = _words_alike(text, sounds, names)
    if not alike:
        return Normalised(text)  # most messages: they need not be cut into words
    protected = _protected(text, names)
    repairs: list[tuple[str, str]] = []
    characters = list(text)
    for start, word in alike:
        length = len(word)
        window = text[start : start + length]
        if _touches(protected, start, window, word):
            continue
        if word in small and not _stands_as_a_place(text, start, length):
            continue
        characters[start : start + length] = word
        protected[start : start + length] = [True] * length
        repairs.append((window, word))
    return Normalised("".join(characters), tuple(repairs))


def _words_alike(text: str, sounds: tuple[str, ...], names: frozenset[str]) -> list[tuple[int, str]]:
    """Return where a domain word or name sounds like what stands there, and is not it: the longest first, in order."""
    beginnings, known = _beginnings(names), _sounds_of(names)
    near = tuple(map(_blur, sounds))
    starts = [at for at, pair in enumerate(pairwise(near)) if pair in beginnings]
    found = []
    for length in (4, 3, 2):
        for start in starts:
            end = start + length
            word = known.get(sounds[start:end]) or (known.get(near[start:end]) if length > 2 else None)
            window = text[start:end]
            if word is not None and len(window) == length and word != window and not _NEGATION.search(window):
                found.append((start, word))
    return found


def _stands_as_a_place(text: str, start: int, length: int) -> bool:
    """Tell whether the words beside a name say that it is a place: 事全 in 落户这事全凭自愿 is not 石泉."""
    return bool(_PLACE_BEFORE.search(text[:start]) or _PLACE_AFTER.match(text[start + length :]))


def _touches(protected: list[bool], start: int, window: str, word: str) -> bool:
    """Tell whether the repair would change a character that is part of a right word."""
    changed = (old != new for old, new in zip(window, word, strict=True))
    return any(protected[start + index] for index, differs in enumerate(changed) if differs)


def _protected(text: str, names: frozenset[str]) -> list[bool]:
    """Mark the characters that belong to a dictionary word of two characters or more, or to a domain word."""
    marks: list[bool] = []
    for word in _cut_keeping_spaces(text):
        marks.extend([len(word) > 1 and is_word(word)] * len(word))
    for found in _known(names).every_in(text):
        marks[found.start : found.end] = [True] * (found.end - found.start)
    return marks


@cache
def _known(names: frozenset[str]) -> Names:
    return Names((*DOMAIN_WORDS, *names))


def _cut_keeping_spaces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in re.split(r"(\s+)", text):
        pieces.extend(list(piece) if not piece.strip() else words(piece))
    return pieces
