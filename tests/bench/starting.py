"""From starting the process to its first answers, and the memory it holds."""

from __future__ import annotations

import http.client
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from tests.bench.figures import Rounds, Section
from tests.bench.jobs import Job
from tests.bench.measuring import LoadFailed, measure
from tests.bench.mixes import Mix
from tests.bench.sealing import ACCOUNT, Sealer
from tests.bench.servers import Served, echo, ours

OURS, FLOOR = "本服务", "aiohttp 回声，uvloop"
QUESTIONS = 500
_QUESTION, _MUST_SAY = "洛阳办居住证要带什么", "《洛阳市居住证管理暂行办法》"


def run(rounds: int, *, quick: bool) -> list[Section]:
    """Start each server `rounds` times, one after the other."""
    figures = Rounds()
    questions = 20 if quick else QUESTIONS
    for number in range(rounds):
        _start(OURS, ours, _MUST_SAY, figures, number, questions)
        floor = partial(echo, module="echo_aiohttp", options=("uvloop",))
        _start(FLOOR, floor, _QUESTION, figures, number, questions)
    rows = figures.rows([OURS, FLOOR], [(OURS, FLOOR)])
    notes = ["到第一句：启动进程，/healthz 答好，再推一句，读出正确的回复。数据文件夹是新的。"]
    return [Section("启动和内存", ("中位数（最小–最大）", OURS, FLOOR, f"{OURS} ÷ 回声"), rows, notes)]


def _start(
    who: str,
    start: Callable[[Path], AbstractContextManager[Served]],
    must_say: str,
    figures: Rounds,
    number: int,
    questions: int,
) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        started = time.perf_counter()
        with start(Path(folder)) as served:
            said = _ask(served.port, number + 1)
            figures.add("到第一句正确的回复（秒）", who, time.perf_counter() - started)
            if must_say not in said:
                raise LoadFailed("第一句答得不对")
            figures.add("其中到端口答话（秒）", who, served.seconds_to_answer)
            figures.add("到那时用的 CPU（秒）", who, served.cpu_seconds())
            figures.add("启动后的内存（MiB）", who, served.resident_mib())
            messages = Mix("distinct", number).take(questions)
            measure(served, Job(served.port, 8, None, messages, 1000, echoes=who == FLOOR))
            figures.add(f"答过 {questions} 句后的内存（MiB）", who, served.resident_mib())


def _ask(port: int, number: int) -> str:
    sealer = Sealer()
    query, body = sealer.push("o-first", _QUESTION, number, int(time.time()))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", f"{ACCOUNT.path}?{query}", body, {"Content-Type": "text/xml"})
        return sealer.open(connection.getresponse().read().decode())
    finally:
        connection.close()
