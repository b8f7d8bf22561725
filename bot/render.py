"""A saying as plain text, for WeChat, the terminal and the batch commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dialogs import words
from dialogs.saying import Kind, Part, Quotation, Saying
from knowledge.address import Address

WECHAT_BYTES = 2047
"""WeChat refuses a longer passive text reply (UTF-8 bytes)."""

LinkTo = Callable[[str, Address], str | None]
"""Returns the permalink of a provision, or None when no public address is set."""

_MORE = "（后面还有，太长了放不下；请看原文。）"


def no_links(city: str, address: Address) -> str | None:
    """Return None: citations without links."""
    del city, address
    return None


def as_text(saying: Saying, link_to: LinkTo = no_links) -> str:
    """Return the whole saying as text: first line, quotes with place and source, notes, caveats, numbered choices."""
    blocks = [_part(part, link_to) for part in saying.parts]
    blocks += ["\n".join(saying.caveats)] if saying.caveats else []
    blocks += [_choices(saying)] if saying.suggestions else []
    return "\n\n".join(block for block in blocks if block)


def as_wechat_text(saying: Saying, link_to: LinkTo = no_links, *, limit: int = WECHAT_BYTES) -> str:
    """Return the text in at most `limit` UTF-8 bytes.

    What does not fit is left out whole, least important first: suggestions, then the quotes after the first of each
    part, then the last parts. An answer never loses its last quote, a quote is never cut inside, and that something
    was left out is said.
    """
    text = as_text(saying, link_to)
    if _bytes(text) <= limit:
        return text
    shorter = replace(saying, suggestions=())
    while _bytes(as_text(shorter, link_to)) + _bytes(_MORE) + 2 > limit:
        reduced = _without_least_important(shorter)
        if reduced == shorter:
            break
        shorter = reduced
    return f"{as_text(shorter, link_to)}\n\n{_MORE}"


def _without_least_important(saying: Saying) -> Saying:
    parts = list(saying.parts)
    for index in range(len(parts) - 1, -1, -1):
        if len(parts[index].quotations) > 1:
            parts[index] = replace(parts[index], quotations=parts[index].quotations[:-1])
            return replace(saying, parts=tuple(parts))
    return replace(saying, parts=saying.parts[:-1]) if len(parts) > 1 else _with_place_only(saying)


def _with_place_only(saying: Saying) -> Saying:
    """Name the place of a quote that is too long for any message: a list of many 项 is read on its page."""
    (part,) = saying.parts
    if not part.quotations:
        return saying
    shown = part.quotations[0]
    named = f"{shown.source}{shown.place}"
    return replace(
        saying, parts=(replace(part, quotations=(), notes=(*part.notes, words.READ_THERE.format(place=named))),)
    )


def _part(part: Part, link_to: LinkTo) -> str:
    lines = [part.first_line, *part.workings, *(line.shown for line in part.lines)]
    source = None
    for shown in part.quotations:
        if shown.source != source:
            lines.append(shown.source)
            source = shown.source
        lines.append(_quotation(shown))
        lines += [f"（注：{mark}）" for mark in shown.marks]
        link = link_to(shown.city, shown.address)
        lines += [link] if link else []
    links = (f"{link.label}：{link.href}" for link in part.links)
    return "\n".join([*lines, *part.notes, *links])


def _quotation(shown: Quotation) -> str:
    if shown.lead_in:
        return f"{shown.place}：「{shown.lead_in}…{shown.text}」"
    return f"{shown.place}：「{shown.text}」"


def _choices(saying: Saying) -> str:
    head = words.CHOOSE if saying.kind is Kind.CLARIFY or saying.chooses else words.ASK_NEXT
    return "\n".join([head, *(f"{number}. {text}" for number, text in enumerate(saying.suggestions, start=1))])


def _bytes(text: str) -> int:
    return len(text.encode())
