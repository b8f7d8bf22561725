"""The load generator, a process of its own: `python -m tests.bench.load` is told a job and reports what came of it.

It reads the job, seals all pushes, connects, writes `ready`, waits for a line, asks, checks the replies, reports.
"""

from __future__ import annotations

import asyncio
import selectors
import sys
import time

from dialogs import words
from tests.bench.jobs import Job, Message, Outcome
from tests.bench.lines import Asking, Replies
from tests.bench.sealing import ACCOUNT, BadReply, Sealer

READY = "ready"
LONGEST_SECONDS = 300
NO_ANSWERS = (words.BUSY, words.TOO_MANY, words.CROWDED, words.PAUSED, "对不起，刚才没有处理好")
"""How a reply begins that is none: it costs the service little and may not count."""


def requests_of(job: Job) -> list[bytes]:
    """Return the bytes of every request, sealed now."""
    if not job.messages:
        request = f"GET {job.path} HTTP/1.1\r\nHost: 127.0.0.1:{job.port}\r\n\r\n".encode()
        return [request] * job.count
    sealer, now = Sealer(), int(time.time())
    made = []
    for number, message in enumerate(job.messages, start=job.first_number):
        query, body = sealer.push(message.person, message.text, number, now)
        head = (
            f"POST {ACCOUNT.path}?{query} HTTP/1.1\r\nHost: 127.0.0.1:{job.port}\r\n"
            f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def faults_of(job: Job, replies: Replies) -> list[str]:
    """Return what is wrong with the replies; every one of them is opened and read."""
    faults = [f"HTTP {status}" for status in replies.status if status != 200]
    if not job.messages:
        return faults + ["不是要的那一页" for body in replies.body if job.must_say not in body.decode()]
    sealer = Sealer()
    for message, body in zip(job.messages, replies.body, strict=True):
        try:
            faults += _faults_of(message, sealer.open(body.decode()), is_echo=job.echoes)
        except BadReply as error:
            faults.append(str(error))
    return faults


def _faults_of(message: Message, said: str, *, is_echo: bool) -> list[str]:
    if is_echo:
        return [] if said == message.text else ["回声不是原话"]
    if said.startswith(NO_ANSWERS):
        return ["服务没有回答这一句"]
    return [] if message.must_say in said else ["回复里没有该有的话"]


async def carry_out(job: Job) -> Outcome:
    """Do the job; the word `ready` and the waiting for a line stand between preparing and asking."""
    asking = Asking(job.port, requests_of(job), job.connections)
    if job.keep_alive:
        await asking.open()
    print(READY, flush=True)
    sys.stdin.readline()
    started = time.perf_counter()
    async with asyncio.timeout(LONGEST_SECONDS):
        await (asking.closed_loop() if job.rate is None else asking.open_loop(job.rate, job.seed))
    seconds = time.perf_counter() - started
    asking.close()
    faults = faults_of(job, asking.replies)
    return Outcome(seconds, tuple(asking.replies.waits), asking.replies.median_late, tuple(faults[:20]))


def main() -> None:
    """Read a job, do it, report."""
    job = Job.from_json(sys.stdin.readline())
    # select() waits to the microsecond; epoll rounds up to whole milliseconds, as long as some replies take.
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        print(runner.run(carry_out(job)).to_json(), flush=True)


if __name__ == "__main__":
    main()
