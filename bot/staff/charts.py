"""Charts of the overview, drawn on the server: still pictures, legible without colours, without scripts.

Each area has a pattern of its own, each line its own dashes; figures stand beside the bars as text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a chart may do when it is opened alone: bring its own style."""
_FONTS = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'
_FONT, _GAP = 18, 10
"""In units of the drawing. On A4 the 800 units of a wide one are some 500 points: 18 are printed with 11."""
_WIDE, _NARROW = 800, 480
_TALL, _BAR, _LINE, _AROUND = 340, 34, 27, 36
_COLOURS = ("#066233", "#c25e00", "#1b4f9c", "#bdbdbd", "#6b2d73", "#191919")
_DASHES = ("none", "10,5", "2,4")
_TICKS = 4
_STRIPES = "M-3 3 L3 -3 M-2 9 L9 -2 M-2 16 L16 -2 M5 16 L16 5 M11 17 L17 11"


class Shape(Enum):
    """COLUMNS: stacked and standing, for days. BARS: stacked and lying, each with its name. LINES: for days."""

    COLUMNS = auto()
    BARS = auto()
    LINES = auto()


@dataclass(frozen=True)
class Chart:
    """What is drawn: for every label a value in every series, None for a gap in a line.

    `beside` are the figures that stand behind the labels of BARS.
    """

    shape: Shape
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    beside: tuple[str, ...] = ()


def draw(chart: Chart, *, is_narrow: bool = False) -> bytes:
    """Return the chart as SVG; `is_narrow`: for a telephone, with the same letters. Takes some 20 milliseconds."""
    import pygal  # type: ignore[import-untyped]  # only whoever looks at charts needs it

    width = _NARROW if is_narrow else _WIDE
    config = _config(chart, width) | (_lying(chart, width) if chart.shape is Shape.BARS else _standing(chart, width))
    kinds = {Shape.COLUMNS: pygal.StackedBar, Shape.BARS: pygal.HorizontalStackedBar, Shape.LINES: pygal.Line}
    drawing = kinds[chart.shape](**config)
    # Lying bars are drawn from below.
    order = slice(None, None, -1) if chart.shape is Shape.BARS else slice(None)
    for index, (name, values) in enumerate(chart.series):
        stroke = {"width": 3, "dasharray": _DASHES[index % len(_DASHES)]}
        drawing.add(name, list(values)[order], stroke_style=stroke)
    drawing.add_xml_filter(_without_scripts)
    svg: bytes = drawing.render()
    return svg


def _style(count: int) -> object:
    from pygal.style import Style  # type: ignore[import-untyped]

    return Style(
        font_family=_FONTS,
        background="#fff",
        plot_background="#fff",
        foreground="#000",
        foreground_strong="#000",
        foreground_subtle="#8a8a8a",
        opacity="1",
        stroke_opacity="1",
        stroke_width="3",
        transition="0s",
        colors=_COLOURS[:count],
        **{f"{part}_font_size": _FONT for part in ("label", "major_label", "legend", "value", "title")},
    )


def _config(chart: Chart, width: int) -> dict[str, Any]:
    count = len(chart.series)
    is_area = chart.shape is not Shape.LINES
    columns = _columns(chart, width)
    # The library leaves no room for a row of names that is not full.
    forgotten = max(0, _rows(chart, width) - count // columns)
    return {
        "width": width,
        "style": _style(count),
        "js": (),
        "no_prefix": True,
        "disable_xml_declaration": False,
        "css": ["file://style.css", "file://graph.css", f"inline:{_patterned(count) if is_area else _dashed(count)}"],
        "defs": [_pattern(index) for index in range(count)] if is_area else [],
        "show_legend": count > 1,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": columns,
        "legend_box_size": _FONT,
        "truncate_legend": -1,
        "truncate_label": -1,
        "margin": _GAP,
        "margin_right": 2 * _FONT,
        "margin_bottom": _GAP + _LINE * forgotten,
        "value_formatter": lambda value: f"{value:,.0f}",
        "dots_size": 3,
        "allow_interruptions": True,
    }


def _standing(chart: Chart, width: int) -> dict[str, Any]:
    # As many labels as have room, the last one always among them.
    most = max(1, int((width - 100) / (1.25 * max(map(_width_of, chart.labels)))))
    every = -(-len(chart.labels) // most)
    highest = max((value or 0 for value in _heights(chart)), default=0)
    return {
        "height": _TALL,
        "x_labels": chart.labels,
        "x_labels_major": chart.labels[::-1][::every],
        "show_minor_x_labels": False,
        "y_labels": ticks(highest),
        "range": (0, ticks(highest)[-1]),
    }


def _labels(chart: Chart, width: int) -> list[str]:
    """Return what stands beside lying bars: the label, cut where there is no room for it, and its figures."""
    beside = chart.beside or ("",) * len(chart.labels)
    room = width * 0.55
    return [f"{_cut(label, room - _width_of(more))}{more}" for label, more in zip(chart.labels, beside, strict=True)]


def _lying(chart: Chart, width: int) -> dict[str, Any]:
    labels = _labels(chart, width)
    # Chinese is wider than the library reckons.
    missing = max(map(_width_of, labels)) - 0.6 * _FONT * max(map(len, labels))
    # A label is known by its words alone: two of the same would lie upon each other.
    named = [f"{label}{chr(0x200B) * labels[:index].count(label)}" for index, label in enumerate(labels)]
    return {
        "height": _AROUND + _LINE * _rows(chart, width) + _BAR * len(labels),
        "x_labels": named[::-1],
        "margin_left": _GAP + max(0, missing),
        "show_x_labels": False,
        "show_y_guides": False,
    }


def _columns(chart: Chart, width: int) -> int:
    """Return how many names of series stand in a row below the chart."""
    names = [_width_of(name) + 2 * _FONT for name, _ in chart.series]
    beside = max(map(_width_of, _labels(chart, width))) if chart.shape is Shape.BARS else 4 * _FONT
    return max(1, min(len(names), int((width - beside - 4 * _FONT) / max(names))))


def _rows(chart: Chart, width: int) -> int:
    return -(-len(chart.series) // _columns(chart, width)) if len(chart.series) > 1 else 0


def ticks(highest: float) -> list[float]:
    """Return the marks of an axis from 0 to at least `highest`: whole, round, and about four."""
    step = 1
    while highest > step * _TICKS:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return [float(step * index) for index in range(max(1, -int(-highest // step)) + 1)]


def _heights(chart: Chart) -> Sequence[float | None]:
    if chart.shape is Shape.LINES:
        return [value for _, values in chart.series for value in values]
    return [sum(value or 0 for value in column) for column in zip(*(values for _, values in chart.series), strict=True)]


def _width_of(text: str) -> float:
    wide = sum(letter == "%" or unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return _FONT * (wide + 0.62 * (len(text) - wide))


def _cut(text: str, room: float) -> str:
    if _width_of(text) <= room:
        return text
    while text and _width_of(f"{text}…") > room:
        text = text[:-1]
    return f"{text}…"


def _patterned(count: int) -> str:
    rules = (
        f".color-{index}.reactive, .color-{index} .reactive {{ fill: url(#area-{index}) !important; "
        f"stroke: {_COLOURS[index]} !important; stroke-width: 1; }}"
        for index in range(count)
    )
    return " ".join(rules)


def _dashed(count: int) -> str:
    rules = (
        f".legends .color-{index}.reactive {{ fill: #fff !important; stroke-dasharray: {_DASHES[index]}; }}"
        for index in range(count)
    )
    return " ".join(rules)


def _pattern(index: int) -> str:
    """Return how an area is filled: plain, striped, white, pale, striped across, dotted."""
    colour = _COLOURS[index]
    ground, marks = (
        (colour, ""),
        ("#fff", f'<path d="{_STRIPES}" stroke="{colour}" stroke-width="2.6"/>'),
        ("#fff", f'<circle cx="3" cy="3" r="2" fill="{colour}"/><circle cx="10" cy="10" r="2" fill="{colour}"/>'),
        ("#e4e4e4", ""),
        ("#fff", f'<path d="M0 7 H14" stroke="{colour}" stroke-width="5"/>'),
        ("#fff", f'<path d="M7 0 V14" stroke="{colour}" stroke-width="5"/>'),
    )[index]
    return (
        f'<pattern id="area-{index}" width="14" height="14" patternUnits="userSpaceOnUse">'
        f'<rect width="14" height="14" fill="{ground}"/>{marks}</pattern>'
    )


def _without_scripts(root: Element) -> Element:
    """Take out what the library would tell its scripts: a picture runs none."""
    for parent in list(root.iter()):
        for child in [*parent]:
            if child.tag == "script":
                parent.remove(child)
    return root
