"""The parts of the endurance run, by name, and running one."""

from __future__ import annotations

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
    wechat,
)

PARTS = {
    "questions": questions,
    "conversations": conversations,
    "pushes": pushes,
    "wechat": wechat,
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
