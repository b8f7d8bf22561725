"""`python -m tests.endurance` runs the parts and writes docs/endurance.md; --help tells of its options."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.endurance import report, soak
from tests.endurance.parts import PARTS, SOAK, run_part


def main() -> int:
    """Run and write; 1 when a part failed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=20261121)
    arguments.add_argument("--scale", type=float, default=1.0, help="1 is some hours; 0.02 is a trial")
    arguments.add_argument("--hours", type=float, default=soak.HOURS, help="how long the soak is at scale 1")
    arguments.add_argument("--only", choices=PARTS, help="run one part and only print it")
    given = arguments.parse_args()
    started = time.monotonic()
    asked = [name for name in PARTS if given.only in (None, name)]
    done: dict[str, report.Part] = {}
    # An hour of its own: the others run beside it, as people use a service while other things happen on the machine.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        soaked = beside.submit(run_part, SOAK, given.seed, given.scale, hours=given.hours) if SOAK in asked else None
        for name in asked:
            if name != SOAK:
                done[name] = told(name, run_part(name, given.seed, given.scale))
        if soaked is not None:
            done[SOAK] = told(SOAK, soaked.result())
    parts = [done[name] for name in asked]
    if given.only is None:
        report.write(parts, given.seed, given.scale, time.monotonic() - started)
    return 1 if any(part.failures for part in parts) else 0


def told(name: str, part: report.Part) -> report.Part:
    """Print what came of a part as soon as it is known, and return it."""
    print(f"{name}: {part.figures} {part.failures}", flush=True)
    return part


if __name__ == "__main__":
    sys.exit(main())
