"""Faults of `dialog_faults.toml` put into a copy of the dialogs, one at a time: their tests must notice each."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.endurance.mutations import WORKERS, copy_to
from tests.endurance.report import Part

FLOWS = "dialogs/flows"
TESTS = (
    "tests/dialogs/test_commands.py",
    "tests/dialogs/test_flow_fields.py",
    "tests/dialogs/test_flow_days.py",
    "tests/dialogs/test_flow_personal_fields.py",
    "tests/dialogs/test_dialog_transcripts.py",
    "tests/dialogs/test_dialog_laws.py",
)
"""The fast ones first: most faults never get to the long one."""

SECONDS = 900
_FAILED = re.compile(r"^(?:FAILED|ERROR) (tests/\S+?\.py(?:::[^\s\[]+(?:\[.*\])?)?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and the text that is replaced: it stands once in one of the files of `dialogs/flows`."""

    told: str
    old: str
    new: str


def all_faults() -> list[Fault]:
    """Read the faults."""
    text = (Path(__file__).parent / "dialog_faults.toml").read_text(encoding="utf-8")
    return [Fault(**table) for table in tomllib.loads(text)["fault"]]


@dataclass(frozen=True)
class Outcome:
    """What became of a fault; `places` is how often its text stands there, where that is not once."""

    fault: Fault
    is_noticed: bool
    places: int = 1


def tests_in(workplace: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of dialogs in a copy; hypothesis looks for no shorter example, one that fails is enough."""
    present = [test for test in TESTS if (workplace / test).exists()]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", *options, *present],
        cwd=workplace, capture_output=True, text=True, timeout=SECONDS, check=False,
        env={**os.environ, "PYTHONPATH": str(workplace), "PYTHONDONTWRITEBYTECODE": "1", "NO_SHRINKING": "1"},
    )  # fmt: skip


def failing_untouched(workplace: Path) -> list[str]:
    """Return the tests that do not pass on the code as it is: of them nothing could be learned."""
    return _FAILED.findall(tests_in(workplace).stdout)


def try_out(fault: Fault, workplace: Path, but_not: list[str]) -> Outcome:
    """Put a fault into a copy, run the tests, take it out again."""
    sources = {place: place.read_text(encoding="utf-8") for place in (workplace / FLOWS).glob("*.py")}
    places = sum(source.count(fault.old) for source in sources.values())
    if places != 1:
        return Outcome(fault, is_noticed=False, places=places)
    place, source = next((place, source) for place, source in sources.items() if fault.old in source)
    place.write_text(source.replace(fault.old, fault.new), encoding="utf-8")
    try:
        passed = tests_in(workplace, "-x", *(f"--deselect={test}" for test in but_not)).returncode == 0
    except subprocess.TimeoutExpired:
        passed = False
    finally:
        place.write_text(source, encoding="utf-8")
    return Outcome(fault, is_noticed=not passed)


def _share_of(faults: list[Fault], workplace: Path, but_not: list[str]) -> list[Outcome]:
    return [try_out(fault, workplace, but_not) for fault in faults]


def run(seed: int, scale: float) -> Part:
    """Try the faults, all of them at scale 1; nothing is drawn by lot."""
    del seed
    faults = all_faults()
    faults = faults[: max(1, round(len(faults) * min(scale, 1)))]
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(WORKERS) as pool:
        folders = [Path(name) / str(number) for number in range(WORKERS)]
        for folder in folders:
            folder.mkdir()
            copy_to(folder)
        but_not = failing_untouched(folders[0])
        shares = [faults[number::WORKERS] for number in range(WORKERS)]
        outcomes = [one for share in pool.map(_share_of, shares, folders, [but_not] * WORKERS) for one in share]
    misfits = [one for one in outcomes if one.places != 1]
    survivors = [one for one in outcomes if not one.is_noticed and one.places == 1]
    put_in = len(faults) - len(misfits)
    figures = {"放了": str(put_in), "测试发现": str(put_in - len(survivors)), "没有发现": str(len(survivors))}
    failures = [f"没放错时就不过，没有用上：`{_readable(test)}`" for test in but_not]
    failures += [f"放不进去，原来的字有 {one.places} 处：{one.fault.told}" for one in misfits]
    notes = [f"没有发现：{one.fault.told}" for one in survivors]
    return Part("往对话引擎里放错", figures, failures, notes)


def _readable(test: str) -> str:
    """Return the name of a test with its characters, which pytest writes by their numbers."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), test)
