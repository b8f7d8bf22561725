"""`python -m tests.endurance` runs the parts and writes docs/endurance.md; --help tells of its options."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.endurance import (
    conversations,
    data_mutations,
    dialog_mutations,
    faults,
    kill,
    mutations,
    pushes,
    questions,
    report,
    soak,
)

PARTS = {
    "questions": questions,
    "conversations": conversations,
    "pushes": pushes,
    "soak": soak,
    "faults": faults,
    "kill": kill,
    "mutations": mutations,
    "dialogs": dialog_mutations,
    "data": data_mutations,
}

SOAK = "soak"


def run_part(name: str, seed: int, scale: float, **more: float) -> report.Part:
    """Run one part; one that breaks is a part that failed, and the others still run."""
    started = time.monotonic()
    try:
        part: report.Part = PARTS[name].run(seed, scale, **more)
    except Exception as error:
        traceback.print_exc()
        part = report.Part(name, {}, [f"中断了：{type(error).__name__}"])
    part.figures["用时"] = f"{time.monotonic() - started:.0f} 秒"
    return part


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
