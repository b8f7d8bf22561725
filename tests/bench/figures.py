"""Figures of several rounds: their medians and spread, a table of them side by side, and plain text for a terminal."""

from __future__ import annotations

import statistics
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Section:
    """One table of the document: its title, its header, its rows, and what must be known to read it."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_markdown(self) -> str:
        """Return the section for the document."""
        lines = [f"### {self.title}", ""]
        if self.rows:
            table = [self.header, ("---",) * len(self.header), *self.rows]
            lines += [*(f"| {' | '.join(row)} |" for row in table), ""]
        return "\n".join(lines + [f"- {note}" for note in self.notes] + ([""] if self.notes else []))

    def as_text(self) -> str:
        """Return the section with its columns one below the other."""
        table = [self.header, *self.rows] if self.rows else []
        widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
        lines = ["  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) for row in table]
        return "\n".join([self.title, *(line.rstrip() for line in lines), *self.notes, ""])


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in cell)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


class Rounds:
    """The values of every figure, by who was measured, one value a round."""

    def __init__(self) -> None:
        self._values: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, figure: str, who: str, value: float) -> None:
        """Keep the value of one round."""
        self._values[figure, who].append(value)

    def median(self, figure: str, who: str) -> float:
        """Return the median over the rounds. Raises KeyError when it was not measured."""
        if (figure, who) not in self._values:
            raise KeyError(figure, who)
        return statistics.median(self._values[figure, who])

    def rows(self, who: Sequence[str], ratios: Sequence[tuple[str, str]] = ()) -> list[tuple[str, ...]]:
        """Return a row for each figure: median (least–most) of each of `who`, then the ratio of each pair's medians."""
        figures = dict.fromkeys(figure for figure, _ in self._values)
        return [
            (figure, *(self._cell(figure, one) for one in who), *(self._ratio(figure, *pair) for pair in ratios))
            for figure in figures
        ]

    def _cell(self, figure: str, who: str) -> str:
        values = self._values.get((figure, who))
        if not values:
            return "—"
        return f"{written(statistics.median(values))}（{written(min(values))}–{written(max(values))}）"

    def _ratio(self, figure: str, who: str, floor: str) -> str:
        if not (self._values.get((figure, who)) and self._values.get((figure, floor))):
            return "—"
        below = self.median(figure, floor)
        return written(self.median(figure, who) / below) if below else "—"


def written(value: float) -> str:
    """Return a figure with two or three digits that count."""
    digits = next((count for least, count in ((100, 0), (10, 1), (0.1, 2)) if abs(value) >= least), 3)
    return f"{value:,.{digits}f}"
