"""What the overview tells: each figure a heading, a sentence, a table, and what is drawn of it.

Counts only, and of all cities for everybody who may see the overview: a clerk's cities limit whose declarations are
read, and nobody can be recognised in a count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

from bot.staff.charts import Chart, Shape
from bot.staff.spans import Span, shown_day
from bot.staff.tallies import EVERY, QUESTIONS, Group, grouped, percents, shown_time, within
from bot.store.counting import OVER, UNDER, By, Counts
from bot.store.queueing import AGES
from bot.store.records import Records
from dialogs.effects import Status
from knowledge.library import Library

K = TypeVar("K")

MOST_DRAWN = 15
"""So many rows are drawn; the table has them all."""
_NOBODY = "这段时间还没有人来问。"
_CHANNELS = {"web": "网页", "wechat": "公众号", "page": "填写页", "terminal": "终端"}


@dataclass(frozen=True)
class Row:
    """One row of a table: of what, how much in each column, and altogether."""

    of: str
    cells: tuple[str | int, ...]
    total: int


@dataclass(frozen=True)
class Source:
    """Where figures come from; `now` in seconds since 1970."""

    records: Records
    library: Library
    span: Span
    now: float

    def turns(self, by: By) -> Counts:
        """Return the turns of the span."""
        return self.records.turns_by(by, self.span.since, self.span.until, self.span.city)

    def city(self, slug: str) -> str:
        """Return the name of a city; "" is one that was not known."""
        known = self.library.cities
        return known[slug].name if slug in known else slug or "没说城市"

    def topic(self, slug: str | None) -> str:
        """Return how a topic is offered; None is one that was not known."""
        known = self.library.topics
        if slug is None:
            return "没认出事项"
        return known[slug].title if slug in known else slug


@dataclass(frozen=True)
class Figure:
    """One block of the page. Without `chart` there is nothing to tell, and `empty` says so; else `says` is the chart.

    `columns` head the table, whose first column names the row. `note` limits what is told.
    """

    name: str
    heading: str
    empty: str
    says: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    chart: Chart | None
    note: str = ""


def days(source: Source) -> Figure:
    """Return how many messages came, by the day or week."""
    span = source.span
    found = grouped(source.turns("day"), span.step_of)
    rows = tuple(_row(shown_day(step), found.get(step, Counter()), EVERY) for step in span.steps)
    unit = "周" if span.is_weekly else "天"
    most = max(rows, key=lambda row: row.total)
    peak = f"最多的是{most.of}{'起的一周' if span.is_weekly else ''}，{most.total:,} 条"
    says = f"每{unit}的消息：共 {_sum(rows):,} 条，{peak}。"
    columns = (_day_heading(span), *_words(EVERY), "合计")
    chart = _chart(Shape.COLUMNS, rows, _words(EVERY)) if found else None
    return Figure("days", f"每{unit}的消息", _NOBODY, says, columns, rows if found else (), chart)


def shares(source: Source) -> Figure:
    """Return of a hundred questions how many were answered, asked back and not covered, by city."""
    found = grouped(source.turns("city"), source.city)
    if len(found) > 1:
        found = {"全部": sum(found.values(), Counter()), **_by_size(found)}
    counted = {name: [groups[group] for group in QUESTIONS] for name, groups in found.items()}
    parts = {name: percents(counts) for name, counts in counted.items() if sum(counts)}
    rows = tuple(Row(name, tuple(f"{part}%" for part in each), sum(counted[name])) for name, each in parts.items())
    says = "；".join(
        f"{name}已回答 {each[0]} 个，反问 {each[1]} 个，办法没写 {each[2]} 个" for name, each in parts.items()
    )
    beside = tuple(" " + "/".join(map(str, several)) for several in parts.values())
    areas = zip(_words(QUESTIONS), zip(*parts.values(), strict=True), strict=True) if parts else ()
    chart = Chart(Shape.BARS, tuple(parts), tuple(areas), beside) if parts else None
    columns = ("城市", *_words(QUESTIONS), "提问")
    return Figure("shares", "每 100 个提问答上了多少", _NOBODY, f"每 100 个提问：{says}。", columns, rows, chart)


def cities(source: Source) -> Figure:
    """Return how many messages came, by city."""
    found = grouped(source.turns("city"), source.city)
    return _ranked(("cities", "各城市的消息", "城市"), found, EVERY)


def topics(source: Source) -> Figure:
    """Return what was asked about most; questions whose topic was not known are left out."""
    turns = {key: count for key, count in source.turns("topic").items() if key[0]}
    return _ranked(("topics", "问得最多的事项", "事项"), grouped(turns, source.topic), QUESTIONS)


def channels(source: Source) -> Figure:
    """Return how many messages came, by channel."""
    found = grouped(source.turns("channel"), lambda name: _CHANNELS.get(name, name))
    return _ranked(("channels", "从哪里来问", "渠道"), found, EVERY)


def times(source: Source) -> Figure:
    """Return how fast answers were."""
    span = source.span
    found: dict[date, Counter[int]] = {}
    for (day, under), count in source.records.turn_times(span.since, span.until).items():
        found.setdefault(span.step_of(day), Counter())[under] += count
    told = {step: (within(found[step], 0.5), within(found[step], 0.95)) for step in span.steps if step in found}
    every = sum(found.values(), Counter[int]())
    half, most = (shown_time(within(every, share)) if found else "" for share in (0.5, 0.95))
    words = ("一半的回答", "95% 的回答")
    lines = [tuple(_drawn(told[step][index]) if step in told else None for step in span.steps) for index in (0, 1)]
    rows = tuple(Row(shown_day(step), tuple(map(shown_time, pair)), found[step].total()) for step, pair in told.items())
    chart = Chart(Shape.LINES, tuple(map(shown_day, span.steps)), tuple(zip(words, lines, strict=True)))
    note = "各城市合在一起。" if span.city is not None else ""
    says = f"回答用的时间：一半在 {half}，95% 在 {most}。"
    columns = (_day_heading(span), *words, "回答了")
    return Figure("times", "回答用多少毫秒", _NOBODY, says, columns, rows, chart if rows else None, note)


def feedback(source: Source) -> Figure:
    """Return what people thought of answers, by topic."""
    span = source.span
    found: dict[str, Counter[str]] = {}
    for (city, topic), (good, bad) in source.records.feedback_counts(span.begins).items():
        if span.city in (None, city):
            found.setdefault(source.topic(topic), Counter()).update({"有用": good, "没用": bad})
    rows = tuple(Row(name, (each["有用"], each["没用"]), each.total()) for name, each in _by_size(found).items())
    every = sum(found.values(), Counter[str]())
    note = "有用、没用只留 180 天。" if span.is_weekly else ""
    columns = ("事项", "有用", "没用", "合计")
    says, empty = f"有用 {every['有用']:,} 个，没用 {every['没用']:,} 个。", "这段时间还没有人点有用或没用。"
    return Figure("feedback", "有用还是没用", empty, says, columns, rows, _bars(rows, columns[1:-1]), note)


def declarations(source: Source) -> Figure:
    """Return how many declarations wait now, by city and age."""
    wanted = None if source.span.city is None else (source.span.city,)
    found: dict[str, Counter[int]] = {}
    for one in source.records.waiting_counts(wanted, source.now):
        if one.status == Status.WAITING:
            found.setdefault(source.city(one.city), Counter())[one.from_days] += one.count
    rows = tuple(Row(name, tuple(ages[age] for age in AGES), ages.total()) for name, ages in _by_size(found).items())
    words = (*(f"{age}～{later - 1} 天" for age, later in pairwise(AGES)), f"{AGES[-1]} 天以上")
    late = sum(ages[AGES[-1]] for ages in found.values())
    says = f"现在有 {_sum(rows):,} 件填报待办，其中 {late:,} 件等了 {AGES[-1]} 天以上。"
    columns = ("城市", *words, "合计")
    heading = "待办的填报，等了多久（现在）"
    return Figure("declarations", heading, "没有待办的填报。", says, columns, rows, _bars(rows, words))


def served(source: Source) -> Figure:
    """Return how often answers written by staff were given."""
    counts = source.records.served_by_entry(source.span.since)
    # The latest revision first: the one that stays.
    texts = {one.faq.id: one.faq for one in reversed(source.records.entries())} if counts else {}
    if source.span.city is not None:
        counts = {
            entry: many for entry, many in counts.items() if entry in texts and texts[entry].city == source.span.city
        }
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    rows = tuple(Row(texts[entry].asks[0] if entry in texts else entry, (), many) for entry, many in ranked)
    says = f"补充回答用了 {_sum(rows):,} 次。"
    empty = "这段时间没有用上补充回答。"
    drawn = tuple(Row(row.of, (row.total,), row.total) for row in rows)
    columns = ("问法", "次数")
    return Figure("served", "补充回答用了几次", empty, says, columns, rows, _bars(drawn, columns[1:]))


FIGURES: Mapping[str, Callable[[Source], Figure]] = {
    made.__name__: made for made in (days, times, shares, cities, topics, feedback, channels, declarations, served)
}
"""Each figure by its name, in the order of the page. All raise StoreError."""


def _ranked(about: tuple[str, str, str], found: Mapping[str, Counter[Group]], groups: tuple[Group, ...]) -> Figure:
    """Return a figure (name, heading, what a row is) of the most first."""
    name, heading, of = about
    rows = tuple(_row(label, counts, groups) for label, counts in found.items())
    rows = tuple(sorted((row for row in rows if row.total), key=lambda row: -row.total))
    first = "，".join(f"{row.of} {row.total:,} 条" for row in rows[:3])
    columns = (of, *_words(groups), "合计")
    return Figure(name, heading, _NOBODY, f"{heading}：{first}。", columns, rows, _bars(rows, _words(groups)))


def _bars(rows: tuple[Row, ...], words: tuple[str, ...]) -> Chart | None:
    """Return the chart of the first rows, their sums beside them; None when there is nothing."""
    shown = rows[:MOST_DRAWN]
    return _chart(Shape.BARS, shown, words, tuple(f" {row.total:,}" for row in shown)) if rows else None


def _chart(shape: Shape, rows: tuple[Row, ...], words: tuple[str, ...], beside: tuple[str, ...] = ()) -> Chart:
    values = (tuple(int(row.cells[index]) for row in rows) for index in range(len(words)))
    return Chart(shape, tuple(row.of for row in rows), tuple(zip(words, values, strict=True)), beside)


def _row(of: str, counts: Counter[Group], groups: tuple[Group, ...]) -> Row:
    cells = tuple(counts[group] for group in groups)
    return Row(of, cells, sum(cells))


def _words(groups: tuple[Group, ...]) -> tuple[str, ...]:
    return tuple(group.value for group in groups)


def _by_size(found: Mapping[str, Counter[K]]) -> dict[str, Counter[K]]:
    return dict(sorted(found.items(), key=lambda item: -item[1].total()))


def _sum(rows: tuple[Row, ...]) -> int:
    return sum(row.total for row in rows)


def _day_heading(span: Span) -> str:
    return "从这天起的一周" if span.is_weekly else "日期"


def _drawn(under: int) -> float:
    """Return the height of a time: more than the longest is drawn as the longest."""
    return float(UNDER[-1] if under == OVER else under)
