"""The library at five, fifty and five hundred cities, each built and asked in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.cities import grow
from tests.bench.figures import Rounds, Section
from tests.bench.measuring import LoadFailed
from tests.bot.process import ROOT, without_our_settings

NUMBERS = (5, 50, 500)
QUESTIONS = 300
FIGURES = {
    "built": "读进来、准备好（秒）",
    "memory": "内存（MiB）",
    "cpu": "问一句，城市已知，CPU（毫秒）",
    "middle": "问一句，城市已知，p50（毫秒）",
    "slow": "问一句，城市已知，p99（毫秒）",
}


def run(rounds: int, *, quick: bool) -> list[Section]:
    """Measure each number of cities in turn, `rounds` times."""
    numbers = (5, 7) if quick else NUMBERS
    figures = Rounds()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folders = {number: Path(name) / str(number) for number in numbers}
        for number, folder in folders.items():
            grow(folder, number)
        for _ in range(rounds):
            for number, folder in folders.items():
                for figure, value in _measured(folder, 10 if quick else QUESTIONS).items():
                    figures.add(FIGURES[figure], f"{number} 个城市", value)
    names = [f"{number} 个城市" for number in numbers]
    rows = figures.rows(names, [(names[-1], names[0])])
    header = ("中位数（最小–最大）", *names, f"{names[-1]} ÷ {names[0]}")
    notes = ["多出来的城市是五市的办法换了名字；不经服务器，直接问，每问一个城市换一个。"]
    return [Section("城市多了以后", header, rows, notes)]


def _measured(folder: Path, questions: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.cities_asked", str(folder), str(questions)]
    done = subprocess.run(command, cwd=ROOT, env=without_our_settings(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise LoadFailed(done.stderr.strip().splitlines()[-1])
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
