"""Chinese words: jieba's dictionary and most likely cut, without guessing words that the dictionary lacks."""

from __future__ import annotations

from itertools import accumulate

MAX_CHARACTERS = 2000
"""Longer text is cut off before segmentation, so that work stays bounded."""


def words(text: str) -> list[str]:
    """Cut `text` (at most MAX_CHARACTERS of it) into words; the same text is always cut the same way."""
    return [word for word in _cut(text) if word.strip()]


def boundaries(text: str) -> frozenset[int]:
    """Return where words of `text` (at most MAX_CHARACTERS of it) begin and end; white space is a word too."""
    return frozenset(accumulate(map(len, _cut(text)), initial=0))


def is_word(text: str) -> bool:
    """Tell whether `text` stands in the dictionary as a word."""
    # Its own instance is made with the module; one more of ours would cost 24 MiB, and nothing else here changes it.
    import rjieba

    return rjieba.has_word(text)


def _cut(text: str) -> list[str]:
    import rjieba  # it reads its dictionary: a command that cuts nothing does not wait for that

    return rjieba.cut(text[:MAX_CHARACTERS], False)
