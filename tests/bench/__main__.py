"""`python -m tests.bench [--only NAME] [--rounds N] [--quick] [--output FILE]`: measure, write docs/performance.md."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tests.bench import document, growth, keeping, other, starting, turn
from tests.bench.figures import Section


class Part(Protocol):
    """One part of the benchmark: `rounds` rounds, tiny ones when `quick`."""

    def __call__(self, rounds: int, *, quick: bool) -> list[Section]:
        """Measure and return the tables."""


PARTS: dict[str, Part] = {
    "turn": turn.run,
    "stores": keeping.run_stores,
    "workers": keeping.run_workers,
    "other": other.run,
    "start": starting.run,
    "cities": growth.run,
}


def measured(names: list[str], rounds: int, *, quick: bool, tell: Callable[[str], None]) -> list[Section]:
    """Run the parts and tell each table as soon as it is there."""
    sections = []
    for name in names:
        for section in PARTS[name](rounds, quick=quick):
            tell(section.as_text())
            sections.append(section)
    return sections


def main() -> int:
    """Run; a whole run writes the document, a part of one or a quick one does not."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", choices=PARTS, action="append", help="run this part (may be given again)")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--quick", action="store_true", help="tiny: shows that it works, measures nothing")
    arguments.add_argument("--output", type=Path, help="write the tables to this file instead")
    given = arguments.parse_args()
    started = time.monotonic()
    rounds = 1 if given.quick else given.rounds
    sections = measured(
        given.only or list(PARTS), rounds, quick=given.quick, tell=lambda table: print(table, flush=True)
    )
    tables = document.written_by(sections, rounds, time.monotonic() - started)
    if given.output:
        given.output.write_text(tables + "\n", encoding="utf-8")
    elif not given.only and not given.quick:
        document.put(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
