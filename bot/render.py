"""A saying as plain text, for WeChat, the terminal and the batch commands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from dialogs import words
from dialogs.saying import Kind, Part, Quotation, Saying
from knowledge.address import Address

WECHAT_BYTES = 2047
"""WeChat refuses a longer passive text reply (UTF-8 bytes)."""

LinkTo = Callable[[str, Address], str | None]
"""Returns the permalink of a provision, or None when no public address is set."""

_MORE = "（后面还有，太长了放不下；请看原文。）"
_SAY_MORE = "（还有，回复“更多”接着看。）"
_SENTENCE = re.compile(r"[^。；！？]*[。；！？」]*")

Option = Callable[[int, str], str]
"""Returns the line of a numbered choice."""


def numbered(number: int, text: str) -> str:
    """Return a choice as everybody can take it: by its number."""
    return f"{number}. {text}"


def tappable(number: int, text: str) -> str:
    """Return a choice that WeChat lets people tap: it sends the words themselves, so an old one still means the same.

    Only where the account may (`bot.wechat.profile`); elsewhere people would see the address.
    """
    sent = _NOT_IN_AN_ADDRESS.sub("", text)
    shown = text.translate(_FULL_WIDTH)
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={sent}&msgmenuid={number}">{number}. {shown}</a>'


_FULL_WIDTH = str.maketrans("<>", "〈〉")
_NOT_IN_AN_ADDRESS = re.compile(r"[\s\"'<>&#%?=]")


def no_links(city: str, address: Address) -> str | None:
    """Return None: citations without links."""
    del city, address
    return None


def as_text(saying: Saying, link_to: LinkTo = no_links, option: Option = numbered) -> str:
    """Return the whole saying as text: first line, quotes with place and source, notes, caveats, numbered choices."""
    blocks = [_part(part, link_to) for part in saying.parts]
    blocks += ["\n".join(saying.caveats)] if saying.caveats else []
    blocks += [_choices(saying, option)] if saying.suggestions else []
    return "\n\n".join(block for block in blocks if block)


def as_wechat_text(
    saying: Saying, link_to: LinkTo = no_links, option: Option = numbered, *, limit: int = WECHAT_BYTES
) -> str:
    """Return the text in at most `limit` UTF-8 bytes.

    What does not fit is left out whole, least important first: the quotes after the first of each part, the quotes
    beside lines that name them, the last answers, by lines where they are lines. The numbered choices stay: no number
    may choose what nobody saw. The question a dialog has just asked stays too, an answer never loses its last quote, a
    quote is never cut inside, and that something was left out is said.
    """
    text = as_text(saying, link_to, option)
    if _bytes(text) <= limit:
        return text
    shorter = saying
    while _bytes(as_text(shorter, link_to, option)) + _bytes(_MORE) + 2 > limit:
        reduced = _without_least_important(shorter)
        if reduced == shorter:
            break
        shorter = reduced
    return f"{as_text(shorter, link_to, option)}\n\n{_MORE}"


def as_wechat_pieces(
    saying: Saying, link_to: LinkTo = no_links, option: Option = numbered, *, limit: int = WECHAT_BYTES
) -> tuple[str, ...]:
    """Return the messages in which the whole saying is told, each in at most `limit` UTF-8 bytes.

    The first is that of `as_wechat_text`; those that 「更多」 asks for tell what it left out, line by line: a provision
    is cut between its 款 and 项, and inside one only behind a sentence.
    """
    whole = as_text(saying, link_to, option)
    if _bytes(whole) <= limit:
        return (whole,)
    first = as_wechat_text(saying, link_to, option, limit=limit)
    if _bytes(first) > limit:  # nothing of it may be left out: all of it, in as many messages as it takes
        runs = _packed(whole.splitlines(), limit - _bytes(_SAY_MORE) - 2)
        return (*(f"{run}\n\n{_SAY_MORE}" for run in runs[:-1]), runs[-1])
    said = Counter(first.splitlines())
    left = []
    for line in whole.splitlines():
        if said[line]:
            said[line] -= 1
        else:
            left.append(line)
    further = _packed(left, limit - _bytes(_SAY_MORE) - 2)
    if not further:
        return (first,)
    begins = first.removesuffix(_MORE) + _SAY_MORE
    return (begins, *(f"{piece}\n\n{_SAY_MORE}" for piece in further[:-1]), further[-1])


def _packed(lines: Iterable[str], limit: int) -> list[str]:
    """Return the lines, empty ones at the edges left out, together as long as they fit."""
    pieces: list[str] = [""]
    for run in (run for line in lines for run in _fitting(line, limit)):
        joined = f"{pieces[-1]}\n{run}" if pieces[-1] else run
        if _bytes(joined) <= limit:
            pieces[-1] = joined
        else:
            pieces.append(run)
    return [piece.strip("\n") for piece in pieces if piece.strip()]


def _fitting(line: str, limit: int) -> Iterator[str]:
    """Yield the line, in sentences where it is too long, and a sentence that is too long in runs of characters."""
    if _bytes(line) <= limit:
        yield line
        return
    longest = limit // 4
    for sentence in _SENTENCE.findall(line):
        yield from (sentence[at : at + longest] for at in range(0, len(sentence), longest))


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
    if len(answers) > 1 and len(part.lines) > 1 and not part.quotations:  # 接下来 keeps the first things to do
        shorter = replace(part, lines=part.lines[:-1])
        return replace(saying, parts=(*saying.parts[:index], shorter, *saying.parts[index + 1 :]))
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


def _choices(saying: Saying, option: Option) -> str:
    head = words.CHOOSE if saying.kind is Kind.CLARIFY or saying.chooses else words.ASK_NEXT
    return "\n".join([head, *(option(number, text) for number, text in enumerate(saying.suggestions, start=1))])


def _bytes(text: str) -> int:
    return len(text.encode())
