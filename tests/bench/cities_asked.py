"""A library of some cities, built and asked: `python -m tests.bench.cities_asked FOLDER QUESTIONS`.

It prints one line of JSON: seconds to build, MiB, milliseconds of a question with a known city (CPU, p50, p99).
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from datetime import date
from pathlib import Path

from dialogs.advisor import Advisor
from dialogs.session import Session
from knowledge.loading import open_library
from tests.bench.measuring import within
from tests.bench.mixes import all_texts

TODAY = date(2026, 11, 21)
WARM = 40


def ask(folder: Path, questions: int) -> dict[str, float]:
    """Return the figures of the library in `folder`, cities taken in turn."""
    started = time.perf_counter()
    advisor = Advisor(open_library(folder))
    built = time.perf_counter() - started
    cities, texts = sorted(advisor.library.cities), all_texts()
    step = max(1, len(cities) // WARM)
    for number, city in enumerate(cities[::step][:WARM]):
        advisor.take_turn(Session(), texts[number], today=TODAY, city=city)
    waits, spent = [], time.process_time()
    for number, text in enumerate(texts[WARM : WARM + questions]):
        city = cities[number * step % len(cities)]
        started = time.perf_counter()
        advisor.take_turn(Session(), text, today=TODAY, city=city)
        waits.append((time.perf_counter() - started) * 1000)
    return {
        "built": built,
        "memory": _resident_mib(),
        "cpu": (time.process_time() - spent) * 1000 / len(waits),
        "middle": statistics.median(waits),
        "slow": within(waits, 0.99),
    }


def _resident_mib() -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    print(json.dumps(ask(Path(sys.argv[1]), int(sys.argv[2]))))
