"""How text sounds, without tones and without the differences that many speakers do not make."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_NEAR_SOUND = (
    (re.compile("^zh"), "z"),
    (re.compile("^ch"), "c"),
    (re.compile("^sh"), "s"),
    (re.compile("(?<=[ie])ng$"), "n"),
)


def sounds_of(text: str) -> tuple[str, ...]:
    """Return the sound of each character where it stands (重 in 重新); a character without one stands for itself."""
    # A list is taken too: one sound for each character that has none of its own.
    return tuple(lazy_pinyin(text, style=Style.NORMAL, errors=list))  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def blur(sound: str) -> str:
    """Drop the differences many speakers do not make: zh/z, ch/c, sh/s, ing/in, eng/en."""
    for pattern, plain in _NEAR_SOUND:
        sound = pattern.sub(plain, sound)
    return sound
