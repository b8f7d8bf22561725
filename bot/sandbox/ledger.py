"""The ledger of truth: for every message a person sent, how often it was pushed and what they were shown."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox.messages import Message
from bot.sandbox.replies import Flaw, Said

_REMEMBERED = 20


class Outcome(StrEnum):
    """What became of one push."""

    REPLY = "reply"
    SILENCE = "silence"
    """`success` or an empty body: there is no reply."""
    INVALID = "invalid"
    TIMEOUT = "timeout"
    UNREACHED = "unreached"
    """No connection, or one that the account's server broke off."""
    DROPPED = "dropped"
    """A fault of ours dropped the connection before the reply was read."""


class Fate(StrEnum):
    """What a person saw of one message."""

    PENDING = "pending"
    REPLIED = "replied"
    SILENT = "silent"
    BANNER = "banner"
    """「该公众号暂时无法提供服务，请稍后再试」 after pushes that failed."""
    WITHHELD = "withheld"
    """The same banner without a push: after too many failures nothing is pushed for a minute."""
    WITH_HUMAN = "with_human"
    """A human has it: while they talk, nothing is pushed."""


@dataclass
class Attempt:
    """One push: `seconds` in the platform's own; `status` 0: there was no answer. Its repr shows no words.

    `request` and `response` are the bodies as they went over the wire, `plain` the reply after decryption.
    """

    started: float
    is_repeat: bool = False
    seconds: float = 0.0
    outcome: Outcome = Outcome.UNREACHED
    flaw: Flaw | None = None
    status: int = 0
    said: Said | None = field(default=None, repr=False)
    request: str = field(default="", repr=False)
    response: str = field(default="", repr=False)
    plain: str = field(default="", repr=False)


@dataclass
class Delivery:
    """One message or event of a person, `number` counted over the whole box. Its repr shows neither person nor words.

    `attempts` are all pushes of it, those after the reply too (`is_repeat`); `said` is the reply the person was shown;
    `also_said` what came through the API and is taken to answer it.
    """

    number: int
    openid: str = field(repr=False)
    message: Message
    message_id: int | None = None
    xml: str = field(default="", repr=False)
    fate: Fate = Fate.PENDING
    said: Said | None = field(default=None, repr=False)
    attempts: list[Attempt] = field(default_factory=list)
    also_said: list[Said] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words of the reply; "" when there was none."""
        return self.said.text if self.said else ""

    @property
    def pushes(self) -> int:
        """How often it was pushed."""
        return len(self.attempts)

    @property
    def replies(self) -> list[Said]:
        """Every valid reply that was given to any of its pushes, also those that the person did not see."""
        return [attempt.said for attempt in self.attempts if attempt.said is not None]

    @property
    def is_lost(self) -> bool:
        """Whether a person wrote, it was pushed, and nothing was said, neither in reply nor through the API."""
        answered = (Fate.REPLIED, Fate.WITH_HUMAN, Fate.PENDING)
        return bool(self.attempts) and not (self.message.is_event or self.fate in answered or self.also_said)

    @property
    def is_doubled(self) -> bool:
        """Whether it was handled twice: two pushes got different replies, or the same words were shown twice."""
        shown = ([self.said] if self.said else []) + self.also_said
        return len(set(self.replies)) > 1 or len(set(shown)) < len(shown)

    @property
    def is_invalid(self) -> bool:
        """Whether anything came back that is no reply."""
        return any(attempt.outcome is Outcome.INVALID for attempt in self.attempts)

    def is_late(self, seconds: float) -> bool:
        """Whether a push took longer than this, in the platform's seconds; those a fault of ours cut short aside."""
        return any(one.seconds > seconds and one.outcome is not Outcome.DROPPED for one in self.attempts)


@dataclass(frozen=True)
class Tally:
    """The ledger in numbers of messages and events; `pushes` counts single pushes, `api_messages` those of the API."""

    messages: int
    events: int
    pushes: int
    replied: int
    silent: int
    banners: int
    withheld: int
    api_messages: int
    lost: int
    doubled: int
    invalid: int
    late: int
    pending: int


class Ledger:
    """Keeps every delivery, in the order in which people acted."""

    def __init__(self, late_seconds: float) -> None:
        self.deliveries: list[Delivery] = []
        self._late_seconds = late_seconds
        self._latest: defaultdict[str, deque[Delivery]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        self.api_messages = 0

    def open(self, openid: str, message: Message) -> Delivery:
        """Note that a person acted; the engine fills in the rest."""
        delivery = Delivery(len(self.deliveries) + 1, openid, message)
        self.deliveries.append(delivery)
        self._latest[openid].append(delivery)
        return delivery

    def note_api_message(self, openid: str, said: Said) -> Delivery | None:
        """Note what the API brought to a person; return the message of theirs that it is taken to answer, if any.

        That is their earliest of late that nobody has answered, else their latest.
        """
        self.api_messages += 1
        latest = self._latest[openid]
        waiting = (one for one in latest if not (one.message.is_event or one.said or one.also_said))
        answered = next(waiting, latest[-1] if latest else None)
        if answered is not None:
            answered.also_said.append(said)
        return answered

    def of(self, openid: str) -> Iterator[Delivery]:
        """Yield the deliveries of one person."""
        return (delivery for delivery in self.deliveries if delivery.openid == openid)

    def tally(self) -> Tally:
        """Count. Deliveries that are still under way count as pending alone; settle the box first."""
        done = self.deliveries
        fates = [delivery.fate for delivery in done]
        return Tally(
            messages=sum(not delivery.message.is_event for delivery in done),
            events=sum(delivery.message.is_event for delivery in done),
            pushes=sum(delivery.pushes for delivery in done),
            replied=fates.count(Fate.REPLIED),
            silent=fates.count(Fate.SILENT),
            banners=fates.count(Fate.BANNER),
            withheld=fates.count(Fate.WITHHELD),
            api_messages=self.api_messages,
            lost=sum(delivery.is_lost for delivery in done),
            doubled=sum(delivery.is_doubled for delivery in done),
            invalid=sum(delivery.is_invalid for delivery in done),
            late=sum(delivery.is_late(self._late_seconds) for delivery in done),
            pending=fates.count(Fate.PENDING),
        )
