"""The words by which a message shows that it is something else than a question: an emergency, a greeting, abuse."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PARTICLES = "[啊呀哦哈了吧呢嘛哟哩的]"


@dataclass(frozen=True)
class MannerWords:
    """The words of one manner, with messages that must be `heard` by them and look-alikes that must not.

    `pattern` is found anywhere; `longest` lets it count only in a message of at most so many characters.
    `whole` is set instead of `pattern` where the message must consist of the words, particles aside.
    """

    pattern: re.Pattern[str]
    is_whole: bool
    longest: int | None
    heard: tuple[str, ...]
    not_heard: tuple[str, ...]

    def are_in(self, text: str, bare: str) -> bool:
        """Tell whether the words are in the normalised `text`; `bare` is it without punctuation."""
        if self.is_whole:
            return self.pattern.fullmatch(bare) is not None
        if self.longest is not None and len(bare) > self.longest:
            return False
        return self.pattern.search(bare if self.longest is not None else text) is not None


def any_word(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of the words. Raises re.error."""
    return re.compile("|".join(f"(?:{word})" for word in words))


def nothing_but(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for a run of the words, the longest tried first. Raises re.error.

    Possessive: a heap of words that ends in another one is given up at once and not divided in every other way.
    """
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(f"(?:(?:{'|'.join(f'(?:{word})' for word in ordered)}){_PARTICLES}{{0,2}}+)++")
