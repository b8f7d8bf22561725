"""`python -m tests.endurance` runs the parts and writes docs/endurance.md; --help tells of its options."""

from __future__ import annotations

import argparse
import sys
import time
import traceback

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
    done = []
    for name in PARTS:
        if given.only in (None, name):
            more = {"hours": given.hours} if name == "soak" else {}
            done.append(run_part(name, given.seed, given.scale, **more))
            print(f"{name}: {done[-1].figures} {done[-1].failures}", flush=True)
    if given.only is None:
        report.write(done, given.seed, given.scale, time.monotonic() - started)
    return 1 if any(part.failures for part in done) else 0


if __name__ == "__main__":
    sys.exit(main())
