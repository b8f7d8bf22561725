"""docs/performance.md: its tables stand between two marks; the words around them are written by hand and stay."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import Section
from tests.endurance.report import ROOT, commit

TARGET = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


def written_by(sections: Sequence[Section], rounds: int, seconds: float) -> str:
    """Return what the run has to say: date, commit, machine, and all tables."""
    disk = file_system_of(Path(tempfile.gettempdir()))
    head = (
        f"`make bench`，{datetime.now(UTC):%Y-%m-%d %H:%M} UTC，提交 {commit()}，{os.cpu_count()} 核，数据在 {disk}，"
        f"Python {platform.python_version()}，{rounds} 轮，用时 {seconds / 60:.0f} 分钟。"
    )
    return "\n\n".join([head, *(section.as_markdown().strip() for section in sections)])


def file_system_of(folder: Path) -> str:
    """Return the kind of file system that `folder` is on, as ext4: what it costs to have something on disk."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    holding = [(Path(point), kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(reversed(holding), key=lambda mount: len(mount[0].parts))[1]


def put(tables: str, target: Path = TARGET) -> None:
    """Put `tables` between the marks of the document. Raises ValueError when the marks are not there."""
    text = target.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{target.name} 里没有 {BEGIN} 和 {END} 这两个记号，请补上再跑")
    target.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}", encoding="utf-8")
