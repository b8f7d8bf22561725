"""Raw HTTP connections that parse no more than the length of a reply, and the two ways of asking over them."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_END_OF_HEAD = b"\r\n\r\n"
_HOST = "127.0.0.1"
_NO_REPLY = (0, b"")


@dataclass
class Replies:
    """The replies by the number of their request: status, body, how long it waited in seconds."""

    status: list[int]
    body: list[bytes]
    waits: list[float]
    late: list[float] = field(default_factory=list)

    @classmethod
    def none_of(cls, count: int) -> Replies:
        """Return room for `count` replies."""
        return cls([0] * count, [b""] * count, [0.0] * count)

    @property
    def median_late(self) -> float:
        """By how much half of the requests were sent later than they were due, in seconds."""
        return statistics.median(self.late) if self.late else 0.0


class Line(asyncio.Protocol):
    """One connection: a request at a time. Where none is open yet, or the server closes each, it connects first."""

    def __init__(self, port: int, done: Callable[[Line, int, bytes], None]) -> None:
        self._port = port
        self._done = done
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Task[None] | None = None
        self._is_asked = False
        self._last_words = _NO_REPLY

    async def open(self) -> None:
        """Connect."""
        await asyncio.get_running_loop().create_connection(lambda: self, _HOST, self._port)

    def ask(self, request: bytes) -> None:
        """Send a request; its reply is given to `done`, status 0 when there is none."""
        self._is_asked = True
        if self._transport is None or self._transport.is_closing():
            self._opening = asyncio.get_running_loop().create_task(self._open_and_ask(request))
        else:
            self._transport.write(request)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    async def _open_and_ask(self, request: bytes) -> None:
        try:
            await self.open()
        except OSError:
            self._has_answer(*_NO_REPLY)
            return
        assert self._transport is not None
        self._transport.write(request)

    def connection_lost(self, error: Exception | None) -> None:
        """Report the reply that came before, or that none came."""
        last_words, self._last_words = self._last_words, _NO_REPLY
        if self._is_asked:
            self._has_answer(*last_words)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect a reply; it ends where its Content-Length says."""
        self._received += data
        end = self._received.find(_END_OF_HEAD)
        if end < 0:
            return
        head = bytes(self._received[:end])
        start = end + len(_END_OF_HEAD)
        if len(self._received) - start < _length_of(head):
            return
        reply = int(head[9:12]), bytes(self._received[start:])
        if head.startswith(b"HTTP/1.0") and self._transport is not None:
            self._last_words = reply  # reported when this connection is gone and the next may be opened
            self._transport.close()
        else:
            self._has_answer(*reply)

    def _has_answer(self, status: int, body: bytes) -> None:
        self._received.clear()
        self._is_asked = False
        self._done(self, status, body)


def _length_of(head: bytes) -> int:
    named = head.lower().partition(b"content-length:")[2]
    return int(named.partition(b"\r\n")[0]) if named else 0


class Asking:
    """Asks all requests over some connections and keeps the replies."""

    def __init__(self, port: int, requests: Sequence[bytes], connections: int) -> None:
        self.replies = Replies.none_of(len(requests))
        self._requests = requests
        self._lines = [Line(port, self._answered) for _ in range(connections)]
        self._asked: dict[Line, int] = {}
        self._since = [0.0] * len(requests)
        self._left = len(requests)
        self._all_answered = asyncio.Event()
        self._waiting: deque[int] = deque()
        self._free = list(self._lines)

    async def open(self) -> None:
        """Open all connections before anything is measured."""
        await asyncio.gather(*(line.open() for line in self._lines))

    def close(self) -> None:
        """Close all connections."""
        for line in self._lines:
            line.close()

    async def closed_loop(self) -> None:
        """Every connection asks its next request when it is answered."""
        self._waiting.extend(range(len(self._requests)))
        while self._free and self._waiting:
            self._ask(self._free.pop(), self._waiting.popleft())
        await self._all_answered.wait()

    async def open_loop(self, rate: float, seed: int) -> None:
        """Requests fall due by chance, `rate` a second on average; each one waits from when it was due."""
        chance, due = random.Random(seed), time.perf_counter()
        for number in range(len(self._requests)):
            due += chance.expovariate(rate)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self.replies.late.append(max(0.0, time.perf_counter() - due))
            if self._free:
                self._ask(self._free.pop(), number, due)
            else:
                self._since[number] = due
                self._waiting.append(number)
        await self._all_answered.wait()

    def _ask(self, line: Line, number: int, due: float = 0.0) -> None:
        self._since[number] = due or self._since[number] or time.perf_counter()
        self._asked[line] = number
        line.ask(self._requests[number])

    def _answered(self, line: Line, status: int, body: bytes) -> None:
        number = self._asked[line]
        self.replies.waits[number] = time.perf_counter() - self._since[number]
        self.replies.status[number], self.replies.body[number] = status, body
        self._left -= 1
        if self._waiting:
            self._ask(line, self._waiting.popleft())
        else:
            self._free.append(line)
        if not self._left:
            self._all_answered.set()
