"""A question in 安全 mode over HTTP, beside the same push echoed by aiohttp with wechatpy and by WeRoBot."""

from __future__ import annotations

from functools import partial

from tests.bench.contest import QUICK, Comparison, Contestant, Sizes, compare
from tests.bench.figures import Section
from tests.bench.servers import echo, ours

OURS = "本服务"
FLOORS = {"uvloop": "aiohttp 回声，uvloop", "asyncio": "aiohttp 回声，asyncio"}
WEROBOT = "WeRoBot 回声"
MIXES = {"distinct": "问题几乎不重复", "popular": "一百个常问的问题"}

ECHOES = tuple(
    Contestant(name, partial(echo, module="echo_aiohttp", options=(loop,)), echoes=True)
    for loop, name in FLOORS.items()
)
FLOOR = ECHOES[0]
CONTESTANTS = (
    Contestant(OURS, ours),
    *ECHOES,
    Contestant(WEROBOT, partial(echo, module="echo_werobot"), echoes=True, sets_pace=False, keep_alive=False),
)


def run(rounds: int, *, quick: bool) -> list[Section]:
    """Measure both mixes of questions; quick: one."""
    mixes = list(MIXES.items())[: 1 if quick else None]
    return [section_of(compare(CONTESTANTS, mix, rounds, QUICK if quick else Sizes()), title) for mix, title in mixes]


def section_of(comparison: Comparison, title: str) -> Section:
    """Return the table; the ratio counts against the echo on the same event loop as ours."""
    floor = FLOORS[comparison.loops[OURS]]
    names = [one.name for one in CONTESTANTS]
    rows = comparison.figures.rows(names, [(OURS, floor), (OURS, WEROBOT)])
    header = ("中位数（最小–最大）", *names, f"{OURS} ÷ {floor}", f"{OURS} ÷ {WEROBOT}")
    notes = [*comparison.notes(), f"{WEROBOT}用它自己的服务器（wsgiref）：一个线程，每个请求一条新连接。"]
    return Section(f"问一句：{title}", header, rows, notes)
