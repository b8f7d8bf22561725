"""What the load generator is told and what it reports: one line of JSON each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """One text message of a person. A reply that lacks `must_say` is a failure."""

    person: str
    text: str
    must_say: str = ""


@dataclass(frozen=True)
class Job:
    """Load for one server. With `rate` (requests a second) it is offered whatever the server does; else `connections`
    ask as fast as they are answered.

    `messages` are pushed with ids from `first_number` on. Without messages `path` is fetched `count` times and must
    hold `must_say`. `echoes`: the reply is the text that was sent. Without `keep_alive` each request connects anew.
    """

    port: int
    connections: int = 1
    rate: float | None = None
    messages: tuple[Message, ...] = ()
    first_number: int = 1
    echoes: bool = False
    keep_alive: bool = True
    path: str = ""
    count: int = 0
    must_say: str = ""
    seed: int = 1

    def to_json(self) -> str:
        """Return one line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Job:
        """Return what `to_json` wrote."""
        given: dict[str, Any] = json.loads(line)
        messages = tuple(Message(**one) for one in given.pop("messages"))
        return cls(**given, messages=messages)


@dataclass(frozen=True)
class Outcome:
    """What came of a job: how long all of it took, how long each request waited (in seconds, in the order asked),
    what was wrong with the replies.

    `late` is by how much the generator itself was late with half of the requests, in seconds; it is in the waits.
    """

    seconds: float
    waits: tuple[float, ...]
    late: float = 0.0
    failures: tuple[str, ...] = field(default=())

    def to_json(self) -> str:
        """Return one line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Outcome:
        """Return what `to_json` wrote."""
        given = json.loads(line)
        return cls(**given | {"waits": tuple(given["waits"]), "failures": tuple(given["failures"])})
