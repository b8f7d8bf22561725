"""What staff write for residents is plain text: no markup, no address to tap, nothing that cannot be seen."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"[<>{}`\\]|&#?\w+;|\w+://|\]\(|[A-Za-z0-9-]+\.[A-Za-z]{2,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def not_plain(what: str, text: str) -> str | None:
    """Return why a text is not plain, in a sentence for who wrote it (`what` it is); None when it is."""
    if _CONTROL.search(text):
        return f"{what}里有换行或看不见的符号，请删掉。"
    if _MARKUP.search(text):
        return f"{what}里有代码符号或网址，请改成普通的文字。"
    return None
