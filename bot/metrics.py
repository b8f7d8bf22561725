"""What is counted, for Prometheus: kinds, times and faults. No label ever holds a person, a word or an address."""

from __future__ import annotations

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from bot.workers import FOLDER_VARIABLE

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

TURNS = Counter("juzhuzheng_turns", "Turns answered, by channel and by kind of the answer", ["channel", "kind"])
TURN_SECONDS = Histogram("juzhuzheng_turn_seconds", "From the claim to what is kept", ["channel"], buckets=_SECONDS)
DUPLICATES = Counter("juzhuzheng_duplicates", "Messages delivered again that got the reply they had", ["channel"])
STORE_FAULTS = Counter("juzhuzheng_store_faults", "Calls of a store that failed", ["part", "fault"])
PART_IS_OUT = Gauge(
    "juzhuzheng_part_is_out", "1 while a part does not answer", ["part"], multiprocess_mode="livemostrecent"
)
REFUSALS = Counter("juzhuzheng_wechat_refusals", "Requests to the callback that are none of the platform's", ["reason"])
LATE = Counter("juzhuzheng_wechat_late", "Messages whose answer came after the platform had to be told something")
LIMITED = Counter("juzhuzheng_limited", "Messages that got no turn", ["limit"])
UNDER_WAY = Gauge("juzhuzheng_turns_under_way", "Turns being taken", multiprocess_mode="livesum")
FAULTS = Counter("juzhuzheng_faults", "Errors of our own while answering", ["channel"])
QUESTIONS = Counter("juzhuzheng_questions", "Questions kept for improvement, or dropped", ["outcome"])
COUNTS = Counter("juzhuzheng_counts", "Turns counted for the overview, or dropped", ["outcome"])
CONTENT_TYPE = CONTENT_TYPE_LATEST


def exposition() -> bytes:
    """Return all counts in Prometheus' text form, of every process when there are several."""
    if FOLDER_VARIABLE not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def forget_process(process_id: int) -> None:
    """Take the gauges of a process that has ended out of the sums."""
    mark_process_dead(process_id)  # type: ignore[no-untyped-call]
