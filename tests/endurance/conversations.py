"""Whole conversations drawn by lot, held with the advisor itself: the laws of dialogs hold at every turn."""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from dialogs.advisor import Advisor, Turn
from dialogs.effects import Declared, Effect, Known, OpenPage, Operator, Reminder
from dialogs.saying import Saying
from dialogs.session import Session
from knowledge.loading import open_library
from tests.endurance.dialog_laws import Happened, faults_of
from tests.endurance.dialog_messages import Message, Speaker, real_questions
from tests.endurance.report import Part

TODAY = date(2026, 11, 21)
CONVERSATIONS = 2_000
LONGEST = 40

_OPERATOR = Operator("江北街道居民服务站", "0827-5261234", "巴中市居住证实施办法", 30, ("姓名", "公民身份号码"), "本站")
_MINE = tuple(
    Declared(receipt, "bazhong", status, date(2026, 11, day))
    for receipt, status, day in (("1231-8447-1098", "waiting", 3), ("2231-8447-1071", "returned", 9))
)
KNOWN = (
    Known(),
    Known(can_open_page=True),
    Known(operators=(("bazhong", _OPERATOR), ("kaifeng", _OPERATOR)), can_open_page=True),
    Known(declarations=_MINE[:1], reminders=(Reminder("kaifeng", date(2027, 1, 1), "endorse"),)),
    Known(declarations=_MINE, can_open_page=True),
    Known(keeps=False),
)
"""What the channel may know of a person: nothing, a link, an operator, declarations of one's own, or a full disk."""


@dataclass
class Conversation:
    """One conversation, with all its turns and what was wrong with them."""

    advisor: Advisor
    chance: random.Random
    session: Session = field(default_factory=Session)
    today: date = TODAY
    known: Known = KNOWN[0]
    saying: Saying | None = None
    said: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)

    def hear(self, message: Message) -> Turn:
        """Take one message, twice: the second time from the stored session."""
        before = Session.from_json(self.session.to_json())
        self.said.append(f"{self.today}: {message.text[:80]!r}")
        turn = self.advisor.take_turn(self.session, message.text, today=self.today, known=self.known)
        if self.advisor.take_turn(before, message.text, today=self.today, known=self.known) != turn:
            self.faults.append("not the same turn twice")
        happened = Happened(before, message, turn, self.today, self.known.keeps)
        self.faults += faults_of(self.advisor.library, happened)
        self._after(turn)
        return turn

    def _after(self, turn: Turn) -> None:
        self.session, self.saying = turn.session, turn.saying
        self.ended.update(type(effect).__name__ for effect in turn.effects)

    def days_pass(self) -> None:
        """Let some days go by, and sometimes the records out of reach or back."""
        if self.chance.randint(0, 9) == 9:
            self.today += timedelta(days=self.chance.randint(1, 400))
        if self.chance.randint(0, 19) == 19:
            self.known = replace(self.known, keeps=not self.known.keeps)

    def answer_pages(self, effects: tuple[Effect, ...], text: str) -> None:
        """Answer on the page that was opened, if one was."""
        page = next((effect for effect in effects if isinstance(effect, OpenPage)), None)
        if page is None or self.chance.randint(0, 1) == 0:
            return
        taken = self.advisor.take_answer(self.session, page.ask, text, today=self.today, known=self.known)
        if isinstance(taken, Turn):
            self.said.append(f"page {page.ask}: {text[:80]!r}")
            self._after(taken)


def hold(advisor: Advisor, chance: random.Random, speaker: Speaker, longest: int = LONGEST) -> Conversation:
    """Hold one conversation; it stops at the first fault."""
    conversation = Conversation(advisor, chance, known=KNOWN[chance.randint(0, len(KNOWN) - 1)])
    for _ in range(longest):
        conversation.days_pass()
        turn = conversation.hear(speaker.next(conversation.session, conversation.saying))
        conversation.answer_pages(turn.effects, speaker.next(conversation.session, None).text)
        if conversation.faults:
            break
    return conversation


def _held(seed: int, count: int) -> Iterator[tuple[Conversation | None, str, float]]:
    advisor = Advisor(open_library())
    questions = real_questions()
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")
        speaker = Speaker(chance, advisor.library, questions)
        started = time.perf_counter()
        try:
            conversation = hold(advisor, chance, speaker)
            fault = "；".join(conversation.faults)
            told = f"{fault}：第 {number} 场，{' / '.join(conversation.said[-4:])}" if fault else ""
        except Exception as error:  # whatever it is, the run goes on and tells
            conversation, told = None, f"{type(error).__name__} {error}：第 {number} 场"
        yield conversation, told, time.perf_counter() - started


def run(seed: int, scale: float) -> Part:
    """Hold conversations; stop nothing, count everything."""
    failures: list[str] = []
    done: Counter[str] = Counter()
    seconds: list[float] = []
    messages = 0
    for conversation, told, took in _held(seed, max(2, int(CONVERSATIONS * scale))):
        failures += [told] if told else []
        seconds.append(took)
        if conversation is not None:
            messages += len(conversation.said)
            done.update(conversation.ended)
    figures = {"对话": f"{len(seconds):,}", "消息": f"{messages:,}", "违反一条规律的对话": str(len(failures))}
    figures |= {f"办成的事：{name}": f"{count:,}" for name, count in sorted(done.items())}
    figures["一场对话（每句答两遍），中位数"] = f"{statistics.median(seconds) * 1000:.0f} 毫秒"
    return Part("多轮的对话", figures, failures[:20])
