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

    What does not fit is left out whole, least important first: suggestions (but not the choices of a question just
    asked), then the quotes after the first of each part, the quotes beside lines that name them, the last answers. The
    question a dialog has just asked stays, an answer never loses its last quote, a quote is never cut inside, and that
    something was left out is said.
    """
    text = as_text(saying, link_to)
    if _bytes(text) <= limit:
        return text
    shorter = saying if saying.chooses else replace(saying, suggestions=())
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
    named = [index for index, part in enumerate(parts) if part.lines and part.quotations]
    if named:  # what its lines say goes before the words of a provision that they name
        parts[named[-1]] = _with_place_only(parts[named[-1]])
        return replace(saying, parts=tuple(parts))
    return _without_last_answer(saying)


def _without_last_answer(saying: Saying) -> Saying:
    """Leave out the last part that is an answer; of the only one the quote, whose place is named instead."""
    last = len(saying.parts) - (1 if saying.chooses else 0)
    answers = [index for index, part in enumerate(saying.parts[:last]) if part.quotations or part.lines]
    if not answers:
        return saying
    index = answers[-1]
    part = saying.parts[index]
    if len(answers) > 1:
        return replace(saying, parts=(*saying.parts[:index], *saying.parts[index + 1 :]))
    if not part.quotations:
        return saying
    shorter = _with_place_only(part)
    return replace(saying, parts=(*saying.parts[:index], shorter, *saying.parts[index + 1 :]))


def _with_place_only(part: Part) -> Part:
    """Name the place of a quote that is too long for the message: it is read on its page."""
    shown = part.quotations[0]
    named = words.READ_THERE.format(place=f"{shown.source}{shown.place}")
    return replace(part, quotations=(), notes=(*part.notes, named))


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
