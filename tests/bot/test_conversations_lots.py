"""Owners that claim, save, give back, fall asleep and come late, drawn by lot: never two turns, never a reply lost."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.store.base import Claim, ClaimLost, Conversations, Given, Kept, NotNow
from dialogs.session import Session
from tests.bot.conversing import Store
from tests.bot.servers import RedisServer

LEASE = 0.08
PEOPLE, MESSAGES = ("anna", "boris"), ("m1", "m2", "m3")
Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["take over", "save late", "claim", "save", "take over", "save late", "release", "release late"]
        ),
        st.sampled_from([0, 0, 0, 1]),
        st.integers(0, len(MESSAGES) - 1),
    ),
    min_size=6,
    max_size=12,
)


@dataclass
class Turn:
    """A claim that was granted: asked for at `asked`, granted at `granted`."""

    claim: Claim
    asked: float
    granted: float

    def surely_holds(self, now: float) -> bool:
        return now < self.asked + LEASE

    def is_surely_over(self, now: float) -> bool:
        return now > self.granted + LEASE


@dataclass
class Model:
    """What must be true of one person: the last turn granted, turns taken over since, and what was kept."""

    running: Turn | None = None
    lost: list[Turn] = field(default_factory=list)
    session: Session = field(default_factory=Session)
    replies: dict[str, str] = field(default_factory=dict)


class Play:
    """One run of steps on a store, compared with the model after each."""

    def __init__(self, conversations: Conversations) -> None:
        self.conversations = conversations
        self.models = {person: Model() for person in PEOPLE}
        self.said = 0

    async def step(self, what: str, person: str, number: int) -> None:
        model, key = self.models[person], f"{person} {MESSAGES[number]}"
        match what, model.running, model.lost:
            case "claim", _, _:
                await self._claim(model, person, key)
            case "take over", _, _:
                await asyncio.sleep(LEASE * 1.2)
                await self._claim(model, person, key)
            case "save", Turn() as turn, _:
                await self._save(model, turn)
            case "release", Turn() as turn, _:
                await self._release(model, turn)
            case "save late", _, [*_, turn]:
                await self._save_late(turn)
            case "release late", _, [*_, turn]:
                await self._release_late(turn)
        await self._compare(model, person)

    async def _claim(self, model: Model, person: str, key: str) -> None:
        asked = time.monotonic()
        found = await self.conversations.claim(person, key)
        now = time.monotonic()
        if isinstance(found, Given):
            assert model.replies[key] == found.reply
        elif isinstance(found, Claim):
            assert key not in model.replies, "a message that was handled gets its reply"
            assert model.running is None or not model.running.surely_holds(now), "two turns at once"
            assert found.session == model.session
            model.lost += [model.running] if model.running else []
            model.running = Turn(found, asked, now)
        else:
            assert found is NotNow.BUSY
            assert model.running is not None, "nobody holds the turn"
            assert not model.running.is_surely_over(asked), "a dead owner holds the turn"

    async def _save(self, model: Model, turn: Turn) -> None:
        self.said += 1
        session, reply = Session(topics=(str(self.said),)), f"第{self.said}句"
        model.running = None
        try:
            await self.conversations.save(turn.claim, Kept(session, reply))
        except ClaimLost:
            assert not turn.surely_holds(time.monotonic())
            return
        model.session = session
        model.replies[turn.claim.message_key] = reply

    async def _release(self, model: Model, turn: Turn) -> None:
        model.running = None
        await self.conversations.release(turn.claim)

    async def _save_late(self, turn: Turn) -> None:
        try:
            await self.conversations.save(turn.claim, Kept(Session(city="late"), "迟到的"))
        except ClaimLost:
            return
        raise AssertionError("what came late was kept")

    async def _release_late(self, turn: Turn) -> None:
        await self.conversations.release(turn.claim)

    async def _compare(self, model: Model, person: str) -> None:
        assert await self.conversations.load(person) == model.session
        for key, reply in model.replies.items():
            assert await self.conversations.claim(person, key) == Given(reply)


async def played(steps: list[Step], server: RedisServer | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if server is not None:
            server.empty()
        store = Store(Path(folder), server)
        play = Play(store.open(lease_seconds=LEASE, wait_seconds=0.01))
        try:
            for what, person, number in steps:
                await play.step(what, PEOPLE[person], number)
        finally:
            await store.close()


@given(STEPS)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.reuse, Phase.generate],  # steps take their time; making them fewer would take minutes
)
def test_never_two_turns_and_no_reply_lost_or_replaced(
    conversations_server: RedisServer | None, steps: list[Step]
) -> None:
    asyncio.run(played(steps, conversations_server))
