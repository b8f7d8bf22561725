"""Details a message asks for that no provision of the answer tells: said first, or beside what is told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from dialogs import words
from dialogs.compose import document_word
from dialogs.saying import Kind, Part, Quotation
from dialogs.understanding.sieve import Sieve
from knowledge.city import City
from knowledge.detail import Detail

_ASKS_ELSE = re.compile(
    r"能不能|可不可以|收不收|要不要|行不行|中不中|得不得|是不是|有没有|算不算|用不用|归我?管|[不吗没么][嘛呢啊哦呀]?(?=[\s,，。?？!！]|$)"
    r"|怎|咋|哪|为啥|为什么|啥|什么|谁"
)
"""What is left of a message asks for something else when it has one of these."""

_SEVERAL = 3
"""An item of so many services is looked through service by service."""

_PARTICLES = "[了的得呢啊呀哦嘛吗么不没]*"
"""What may follow a question for a detail without asking for more."""

_HANDED_OVER = re.compile(r"(?:按照?|依照|根据|依据|由)[^。；]{0,12}(?:国家|《居住证暂行条例》|法律|法规)")
"""The provision hands what it does not say to the national rules."""


class Details:
    """Finds the details that a message asks for. Built once; its methods are pure functions."""

    def __init__(self, details: Iterable[Detail]) -> None:
        self._details = tuple(details)
        self._sieve = Sieve(detail.asked for detail in self._details)
        self._questions = {one.asked: re.compile(f"(?:{one.asked.pattern}){_PARTICLES}") for one in self._details}

    def asked_in(self, text: str) -> list[Detail]:
        """Return the details that a normalised text asks for."""
        left = (self._details[place] for place in self._sieve.left_for(text))
        return [detail for detail in left if detail.asked.search(text)]

    def ask_else(self, text: str, asked: Iterable[Detail]) -> bool:
        """Tell whether a normalised text asks for something beside the details `asked`."""
        for detail in asked:
            text = self._questions[detail.asked].sub(" ", text)
        return _ASKS_ELSE.search(text) is not None


def with_unsaid_details(details: Details, city: City, text: str, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the parts with what they do not tell of the details that the message asks for.

    When it asks for nothing else, the parts that would answer do not: they say what is not written and what is.
    """
    stated = [part for part in parts if part.kind is Kind.ANSWER]
    asked = details.asked_in(text) if stated else []
    if not asked or any(part.dates for part in stated):
        return parts
    asks_else = details.ask_else(text, asked)
    if parts[0].kind is Kind.NOT_COVERED and not asks_else:
        return parts[:1]
    unsaid = [detail for detail in asked if not _tells(detail, text, stated)]
    if not unsaid:
        return parts
    what = "、".join(detail.what for detail in unsaid)
    if asks_else or len(unsaid) < len(asked):
        return _with_note(parts, stated[0], words.UNSAID_TOO.format(what=what))
    return tuple(_unanswered(city, part, what) if part.kind is Kind.ANSWER else part for part in parts)


def _tells(detail: Detail, text: str, parts: Iterable[Part]) -> bool:
    if any(detail.unsaid.search(part.first_line) for part in parts):
        return False
    quotes = (shown for part in parts for shown in part.quotations)
    return any(detail.told.search(f"{shown.lead_in or ''}。{_nearest(text, shown)}") for shown in quotes)


def _nearest(text: str, shown: Quotation) -> str:
    """Return of an item that lists several services the one most like the message: 一次检测 tells nothing of 叶酸."""
    services = re.split("[；;]", shown.text)
    if shown.address.item is None or len(services) < _SEVERAL:
        return shown.text
    asked = {text[at : at + 2] for at in range(len(text) - 1)}
    return max(services, key=lambda one: len(asked & {one[at : at + 2] for at in range(len(one) - 1)}))


def _with_note(parts: tuple[Part, ...], answering: Part, note: str) -> tuple[Part, ...]:
    return tuple(replace(part, notes=(note, *part.notes)) if part is answering else part for part in parts)


def _unanswered(city: City, part: Part, what: str) -> Part:
    """Return the part as one that does not answer: what is not written first, then what is."""
    is_handed_over = any(_HANDED_OVER.search(f"{shown.lead_in or ''}{shown.text}") for shown in part.quotations)
    sentence = words.UNSAID_NATIONAL if is_handed_over else words.UNSAID
    first_line = sentence.format(city=city.short, document=document_word(city), what=what)
    kind = Kind.REFER_NATIONAL if is_handed_over else Kind.NOT_COVERED
    after = words.NATIONAL_TEXT if is_handed_over else words.ASK_ELSEWHERE
    return replace(
        part, kind=kind, first_line=first_line, notes=(words.WRITTEN.format(says=part.first_line), *part.notes, after)
    )
