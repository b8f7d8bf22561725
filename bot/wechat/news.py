"""A long answer as one article that leads to the provision: a text among the pieces of a reply, until it is sealed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.channels.links import href_for
from bot.wechat.reply import MAX_DESCRIPTION_CHARACTERS, MAX_TITLE_CHARACTERS, Article, sanitise
from dialogs.saying import Quotation, Saying

HERE_TOO = "…回复“更多”也能在这里接着看"

_NEWS, _FIELD = "\x1d", "\x1f"
"""Signs that no message can hold, as in `bot.wechat.desk`."""

_MOST_WITHOUT = 2
"""Up to so many messages a reply is told in without one."""
_TAPPABLE = re.compile(r"<a [^>]*>([^<]*)</a>")
_LINK = re.compile(r"^(?:[^「」]{0,20}：)?https?://\S+$", re.MULTILINE)


def in_text(article: Article) -> str:
    """Return an article without picture as a piece of a reply; `news_in` reads it."""
    told = (" ".join(sanitise(one).split()) for one in (article.title, article.description, article.url))
    return _NEWS + _FIELD.join(told)


def news_in(piece: str) -> Article | None:
    """Return the article that a piece of a reply is; None for a text."""
    if not piece.startswith(_NEWS):
        return None
    title, description, url = piece.removeprefix(_NEWS).split(_FIELD)
    return Article(title, description, url)


def with_news(pieces: Sequence[str], saying: Saying, public_url: str | None) -> tuple[str, ...]:
    """Return the pieces of a saying, behind the first an article, where it is long and quotes what has a page.

    The first stays a text: a plain answer does not hide behind a tap.
    """
    if len(pieces) <= _MOST_WITHOUT or not saying.quotations:
        return tuple(pieces)
    shown = next((one for one in saying.quotations if one.text not in pieces[0]), saying.quotations[0])
    url = href_for(shown.city, shown.address, public_url)
    if url is None:
        return tuple(pieces)
    return (pieces[0], in_text(Article(_title(shown), _beginning(pieces[1]), url)), *pieces[1:])


def _title(shown: Quotation) -> str:
    whole = f"{shown.source}{shown.place}"
    # Without the document's number, where the place would be cut off.
    return whole if len(whole) <= MAX_TITLE_CHARACTERS else f"{shown.source.partition('》')[0]}》{shown.place}"


def _beginning(piece: str) -> str:
    words = " ".join(_LINK.sub("", _TAPPABLE.sub(r"\1", piece)).split())
    return words[: MAX_DESCRIPTION_CHARACTERS - len(HERE_TOO)] + HERE_TOO
