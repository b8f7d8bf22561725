"""Long conversations of random messages with the advisor itself: every reply verifies, fits, and is of one city."""

from __future__ import annotations

import functools
import random
import re
import statistics
import time
from datetime import date

from bot.channels.links import href_for
from bot.render import WECHAT_BYTES, as_wechat_text
from dialogs.advisor import Advisor
from dialogs.compose import verify
from dialogs.saying import Saying
from dialogs.session import Session
from knowledge.address import Address
from knowledge.loading import PACKAGED_CITIES, open_library
from knowledge.text import squeeze
from tests.endurance.messages import Messages
from tests.endurance.report import Part

TODAY = date(2026, 11, 21)
MESSAGES = 12_000
LONGEST_TALK = 40
LIST_DASH = re.compile(r"^\s*-\s*(?=[（(])", re.MULTILINE)
"""What stands before an 项 in the published page and is no part of the text."""

CHANNEL_SWITCHES = 0.05
"""How often the channel names another city with a message."""


def link_to(city: str, address: Address) -> str | None:
    """Return a permalink, as long as one will be."""
    return href_for(city, address, "https://juzhuzheng.example.gov.cn")


@functools.cache
def source_of(slug: str) -> str:
    """Return the city's text as it was published, not as we parsed it."""
    text = (PACKAGED_CITIES / slug / "source.txt").read_text(encoding="utf-8-sig")
    return squeeze(LIST_DASH.sub("", text))


def fault_of(advisor: Advisor, saying: Saying) -> str | None:
    """Return what is wrong with a reply, or None."""
    verify(advisor.library, saying)
    if len(as_wechat_text(saying, link_to).encode()) > WECHAT_BYTES:
        return "超过 2,047 字节"
    if not saying.parts or not all(part.first_line.strip() for part in saying.parts):
        return "有空的一行"
    if not {shown.city for shown in saying.quotations} <= {saying.city}:
        return "引了别的城市"
    for shown in saying.quotations:
        if not squeeze(shown.text) or squeeze(shown.text) not in source_of(shown.city):
            return "引文不在原文里"
    return None


def run(seed: int, scale: float) -> Part:
    """Hold conversations; stop nothing, count everything."""
    chance = random.Random(seed)
    advisor = Advisor(open_library())
    messages = Messages(chance, advisor)
    kinds: dict[str, int] = {}
    failures: list[str] = []
    seconds: list[float] = []
    for number in range(max(1, int(MESSAGES * scale))):
        if number % LONGEST_TALK == 0:
            session = Session(city=chance.choice([None, *advisor.library.cities]))
        text = messages.one()
        city = chance.choice([*advisor.library.cities]) if chance.random() < CHANNEL_SWITCHES else None
        started = time.perf_counter()
        try:
            turn = advisor.take_turn(Session.from_json(session.to_json()), text, today=TODAY, city=city)
            fault = fault_of(advisor, turn.saying)
        except Exception as error:  # whatever it is, the run goes on and tells
            failures.append(f"{type(error).__name__}：{text[:60]!r}")
            continue
        seconds.append(time.perf_counter() - started)
        session = turn.session
        kinds[turn.saying.kind.value] = kinds.get(turn.saying.kind.value, 0) + 1
        failures += [f"{fault}：{text[:60]!r}"] if fault else []
    figures = {"消息": f"{sum(kinds.values()):,}", "失败": str(len(failures))}
    figures |= {f"其中 {kind}": f"{count:,}" for kind, count in sorted(kinds.items())}
    figures["一条消息（含核对），中位数"] = f"{statistics.median(seconds) * 1000:.1f} 毫秒"
    figures["最慢的一条"] = f"{max(seconds) * 1000:.0f} 毫秒"
    return Part("随机的对话", figures, failures[:20])
