"""What of a message the topic model looks at: runs of characters, concepts and pairs of concepts.

The same function serves fitting and answering; a feature is a short string: its weight can be shown and argued with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations
from operator import add

MAX_CHARACTERS = 160
"""So many characters, fillers left out, are looked at; of a longer message the first and the last."""

CONCEPT = "#"
"""How features that are no characters begin: #endorse, #endorse#late."""

_FILLER = re.compile(
    r"[\s#,，。.?？!！;；:：、~…“”\"'()（）《》【】\x00]|我想问[一下哈]*|请问|你好|您好|那个|这个|就是|额|俺|我|一下|一哈"
    r"|哦|嘛|呢|啊|呀|嘞|咧|滴|的|了|吗|哎|喂|嗯|老师|师傅|谢谢"
)
_NUMBER = re.compile(r"\d+")


def features_of(text: str, concepts: Iterable[str]) -> frozenset[str]:
    """Return the features of a normalised text; which number it is says nothing, that there is one does."""
    plain = _shortened(_FILLER.sub("", _NUMBER.sub("0", text)))
    found = _runs(plain)
    marked = [f"{CONCEPT}{name}" for name in sorted(concepts) if not name.startswith("_")]
    found.update(marked)
    found.update(map("".join, combinations(marked, 2)))
    return frozenset(found)


def _runs(plain: str) -> set[str]:
    """Return the runs of one, two and three characters."""
    pairs = list(map(add, plain, plain[1:]))
    return {*plain, *pairs, *map(add, pairs, plain[2:])}


def _shortened(plain: str) -> str:
    half = MAX_CHARACTERS // 2
    return plain if len(plain) <= MAX_CHARACTERS else plain[:half] + plain[-half:]
