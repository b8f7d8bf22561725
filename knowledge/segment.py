"""Chinese words: one jieba tokenizer of our own, so that nothing else in the process can change how we cut."""

from __future__ import annotations

import logging
import os
from functools import cache
from itertools import accumulate
from pathlib import Path

import jieba

MAX_CHARACTERS = 2000
"""Longer text is cut off before segmentation: 8 KB would cost 200 ms."""


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "juzhuzheng"


@cache
def tokenizer() -> jieba.Tokenizer:
    """Return the tokenizer, loaded on first use (about half a second; its cache file is in a folder of our own)."""
    jieba.setLogLevel(logging.WARNING)
    own = jieba.Tokenizer()
    folder = _cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return own
    own.tmp_dir = str(folder)
    return own


def words(text: str) -> list[str]:
    """Cut `text` (at most MAX_CHARACTERS of it) into words; the same text is always cut the same way."""
    return [word for word in tokenizer().cut(text[:MAX_CHARACTERS], HMM=False) if word.strip()]


def boundaries(text: str) -> frozenset[int]:
    """Return where words of `text` (at most MAX_CHARACTERS of it) begin and end; white space is a word too."""
    lengths = (len(word) for word in tokenizer().cut(text[:MAX_CHARACTERS], HMM=False))
    return frozenset(accumulate(lengths, initial=0))


def is_word(text: str) -> bool:
    """Tell whether `text` stands in the dictionary as a word."""
    own = tokenizer()
    if not own.initialized:
        own.initialize()
    return bool(own.FREQ.get(text))
