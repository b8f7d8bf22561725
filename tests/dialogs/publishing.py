"""What the tests of published answers and of switches share: two cities, three answers, and a short way to ask."""

from __future__ import annotations

from datetime import date

from dialogs.advisor import Advisor, Turn
from dialogs.effects import NOTHING_KNOWN, Known
from dialogs.published import FaqEntry, Published, Switch
from dialogs.session import Session
from knowledge.address import Address
from knowledge.labelled import labelled_questions

TODAY = date(2026, 11, 21)
HERE, THERE = "luoyang", "kaifeng"
"""Two cities, and nothing else is asked of them here."""

DOG = FaqEntry("dog", HERE, ("居住证能不能刷地铁", "坐地铁可以刷居住证吗"), "办法里没有写地铁。", (Address("16"),))
REISSUE = FaqEntry("reissue", HERE, ("补办居住证要收多少钱",), "办法没有写补领的价钱，请问窗口。", (Address("16"),))
FIRST = FaqEntry("first", HERE, ("首次办证收不收钱",), "头回办，不用交钱。", (Address("16"),))
OFF = "这里的办法正在修订，请先打 12345。"
ROWS = labelled_questions()
EMERGENCIES = ("着火了快来救命", "我不想活了", "有人拿刀追我")


def with_entries(advisor: Advisor, *entries: FaqEntry) -> Advisor:
    return advisor.with_published(Published((), entries))


def with_off(advisor: Advisor, *off: tuple[str | None, str | None]) -> Advisor:
    return advisor.with_published(Published(tuple(Switch(city, topic, OFF) for city, topic in off)))


def said(advisor: Advisor, text: str, city: str | None = HERE, known: Known = NOTHING_KNOWN) -> Turn:
    return advisor.take_turn(Session(city=city), text, today=TODAY, known=known)


def after(advisor: Advisor, session: Session, *messages: str, known: Known = NOTHING_KNOWN) -> Turn:
    for message in messages:
        turn = advisor.take_turn(session, message, today=TODAY, known=known)
        session = turn.session
    return turn


def lines(turn: Turn) -> list[str]:
    return [part.first_line for part in turn.saying.parts]


def cities_quoted(turn: Turn) -> set[str]:
    parts = turn.saying.parts
    return {one.city for one in turn.saying.quotations} | {line.city for part in parts for line in part.lines}
