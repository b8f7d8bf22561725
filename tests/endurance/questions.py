"""Long conversations of random messages with the advisor itself: every reply verifies, fits, and is of one city."""

from __future__ import annotations

import random
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
from knowledge.loading import open_library
from knowledge.text import squeeze
from tests.endurance.messages import Messages
from tests.endurance.report import Part

TODAY = date(2026, 11, 21)
MESSAGES = 30_000
LONGEST_TALK = 40


def link_to(city: str, address: Address) -> str | None:
    """Return a permalink, as long as one will be."""
    return href_for(city, address, "https://juzhuzheng.example.gov.cn")


def fault_of(advisor: Advisor, saying: Saying) -> str | None:
    """Return what is wrong with a reply, or None."""
    verify(advisor.library, saying)
    if len(as_wechat_text(saying, link_to).encode()) > WECHAT_BYTES:
        return "超过 2,047 字节"
    if not saying.parts or not all(part.first_line.strip() for part in saying.parts):
        return "有空的一行"
    if len({shown.city for shown in saying.quotations} | {saying.city} - {None}) > 1 and saying.quotations:
        return "引了别的城市"
    for shown in saying.quotations:
        city = advisor.library.cities[shown.city]
        if squeeze(shown.text) not in squeeze(
            city.act.preamble + city.act.tail + "".join(a.text for a in city.act.articles)
        ):
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
    session = Session()
    for number in range(max(1, int(MESSAGES * scale))):
        if number % LONGEST_TALK == 0:
            session = Session(city=chance.choice([None, *advisor.library.cities]))
        text = messages.one()
        started = time.perf_counter()
        try:
            turn = advisor.take_turn(Session.from_json(session.to_json()), text, today=TODAY)
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
