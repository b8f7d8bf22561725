"""The figures of one part, and the document that all parts make."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs" / "endurance.md"


@dataclass
class Part:
    """One part: its title, what was counted (name → figure as text), and its failures (empty when it passed)."""

    title: str
    figures: dict[str, str]
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def commit() -> str:
    """Return the commit that was run, with a word when files differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    changed = [line for line in git("status", "--porcelain").splitlines() if not line.endswith("docs/endurance.md")]
    return git("rev-parse", "--short", "HEAD") + ("（另有未提交的改动）" if changed else "")


def write(parts: list[Part], seed: int, scale: float, seconds: float) -> None:
    """Write docs/endurance.md."""
    lines = [
        "# 长时间测试的最近结果",
        "",
        f"`make endurance`，{datetime.now(UTC):%Y-%m-%d %H:%M} UTC，提交 {commit()}，种子 {seed}，规模 {scale:g}，"
        f"Python {platform.python_version()}，用时 {seconds / 60:.0f} 分钟。同样的种子和提交，随机的部分完全一样。"
        "许多人同时问的那一项和其余各项同时跑，所以其余各项的快慢不作数。",
    ]
    for part in parts:
        lines += ["", f"## {part.title}", "", "| 项目 | 数字 |", "|---|---|"]
        lines += [f"| {name} | {figure} |" for name, figure in part.figures.items()]
        lines += ["", *(f"- **失败**：{failure}" for failure in part.failures)] if part.failures else []
        lines += ["", *(f"- {note}" for note in part.notes)] if part.notes else []
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
