"""The overview: numbers that add up, pictures that can be read without colours, and tables behind each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.staff.charts import Chart, Shape, draw, ticks
from bot.staff.figures import FIGURES
from bot.staff.rights import Role
from bot.staff.spans import Span
from bot.staff.tallies import percents, shown_time, within
from bot.store.counting import OVER, UNDER
from tests.bot.keeping import DECLARATION
from tests.bot.staff.console import Office
from tests.bot.staff.counted import fill, rate

TOPICS = ("materials", "fee_first", "validity")
CHART_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
MARKUP = re.compile(r"(?:<[^>]+>|\s)+")


@pytest.fixture
def today(service: Office) -> date:
    return service.clock.today()


def counted(service: Office, count: int, kind: str, city: str = "luoyang", *, back: int = 0) -> None:
    """Add turns of one kind, so many days ago."""
    day = service.clock.today() - timedelta(days=back)
    service.records.add_counts({(day, "web", city, "fee_first", kind): count}, {(day, 5): count})


def plain(page: str) -> str:
    """Return the words of a page."""
    return MARKUP.sub(" ", page)


async def test_while_nobody_has_asked_each_block_says_so_kindly(service: Office) -> None:
    desk = await service.desk("wang")
    page = await desk.text("/staff/overview")
    assert "<img" not in page
    assert "<table" not in page
    assert page.count('class="none"') == len(FIGURES)
    assert "这段时间还没有人来问。" in page
    response = await desk.get("/staff/chart/days.svg")
    assert response.status == 404
    assert "还没有可画的" in await response.text()


async def test_numbers_are_told_with_what_became_of_the_messages(service: Office) -> None:
    counted(service, 6_200, "answer")
    counted(service, 1_100, "refer_national", back=1)
    counted(service, 1_000, "clarify")
    counted(service, 700, "not_covered", back=29)
    counted(service, 1_000, "refuse")  # an emergency
    counted(service, 9, "answer", back=30)  # before the thirty days
    page = await (await service.desk("wang")).text("/staff/overview")
    words = plain(page)
    assert "已回答 7,300 73%" in words
    assert "反问 1,000 10%" in words
    assert "办法没写 700 7%" in words
    assert "其他 1,000 10%" in words
    assert 'alt="每天的消息：共 10,000 条，最多的是11月2日，8,200 条。"' in page
    assert 'alt="每 100 个提问：洛阳市已回答 81 个，反问 11 个，办法没写 8 个。"' in page
    assert 'alt="回答用的时间：一半在 5 毫秒以内，95% 在 5 毫秒以内。"' in page


async def test_behind_each_chart_stands_a_table_with_heads_and_a_caption(service: Office, today: date) -> None:
    kinds = fill(service.records, TOPICS, today)
    rate(service.records, TOPICS, service.clock())
    page = await (await service.desk("li")).text("/staff/overview?days=90")
    tables = page.split("<table>")[1:]
    assert len(tables) == page.count("<img ") == 7, "nothing declared, and no answer by staff"
    for table in tables:
        assert table.lstrip().startswith("<caption")
        assert 'scope="col"' in table
        assert '<th scope="row">' in table
    daily = tables[0].partition("</table>")[0]
    told = [re.findall(r"<t[dh][^>]*>([^<]*)</t", row) for row in daily.split("<tr>")[2:]]
    assert len(told) == 90
    sums = [sum(int(row[column].replace(",", "")) for row in told) for column in range(1, 6)]
    assert sums[:3] == [kinds["answer"] + kinds["refer_national"], kinds["clarify"], kinds["not_covered"]]
    assert sums[4] == sum(sums[:4]) == sum(kinds.values())


async def test_one_city_is_told_alone_and_a_year_by_the_week(service: Office) -> None:
    counted(service, 3, "answer")
    counted(service, 4, "answer", "kaifeng", back=363)
    counted(service, 5, "answer", "kaifeng", back=364)
    desk = await service.desk("wang")
    year = await desk.text("/staff/overview?days=365")
    assert "已回答 7 100%" in plain(year)
    assert "每周的消息" in year
    alone = await desk.text("/staff/overview?days=365&city=kaifeng")
    assert "已回答 4 100%" in plain(alone)
    assert "各城市合在一起。" in alone, "how long answers took is not counted by city"


@pytest.mark.parametrize("asked", ["days=0", "days=31", "days=x", "days=99999999999", "city=<script>", "city=nowhere"])
async def test_what_is_made_up_in_the_address_is_taken_for_the_usual(service: Office, asked: str) -> None:
    counted(service, 3, "answer")
    page = await (await service.desk("wang")).text(f"/staff/overview?{asked}")
    assert "全部城市 · 2026年10月4日至2026年11月2日" in page
    assert "<script>" not in page


async def test_charts_are_still_pictures_with_a_policy_of_their_own(service: Office, today: date) -> None:
    fill(service.records, TOPICS, today, 10)
    rate(service.records, TOPICS, service.clock())
    desk = await service.desk("zhao")
    for name in FIGURES.keys() - {"declarations", "served"}:
        for width in ("", "&narrow=1"):
            response = await desk.get(f"/staff/chart/{name}.svg?days=7{width}")
            assert (response.status, response.content_type) == (200, "image/svg+xml"), name
            assert response.headers["Content-Security-Policy"] == CHART_POLICY
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            svg = await response.text()
            tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}  # noqa: S314
            assert "script" not in tags
            assert not re.search(r'href="|@import|url\((?!#)|<\?xml-stylesheet', svg)


@pytest.mark.parametrize(
    "path", ["/staff/chart/days", "/staff/chart/days.csv", "/staff/chart/x.svg", "/staff/overview/x.csv"]
)
async def test_other_names_are_no_figures(service: Office, path: str) -> None:
    counted(service, 3, "answer")
    response = await (await service.desk("wang")).get(path)
    assert response.status == 404
    assert "没有这个图表" in await response.text()


async def test_a_table_is_saved_for_a_spreadsheet_and_runs_nothing_there(service: Office, today: date) -> None:
    service.records.count_served({("=cmd|' /C calc'!A0", today): 1_234})
    desk = await service.desk("wang")
    response = await desk.get("/staff/overview/served.csv")
    assert (response.status, response.content_type) == (200, "text/csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="served.csv"'
    assert await response.read() == '\ufeff"问法","次数"\r\n"\'=cmd|\' /C calc\'!A0","1234"\r\n'.encode()
    assert "=cmd|&#39; /C calc" in await desk.text("/staff/overview")


async def test_waiting_declarations_are_told_by_city_and_age(service: Office, today: date) -> None:
    for number, (city, age) in enumerate([("luoyang", 0), ("luoyang", 2), ("luoyang", 3), ("bazhong", 45)]):
        service.records.carry_out(
            f"turn {number}",
            f"person {number}",
            [replace(DECLARATION, city=city, identity=f"number {number}")],
            today - timedelta(days=age),
            service.clock() - age * 86_400,
        )
    page = await (await service.desk("admin")).text("/staff/overview")
    assert 'alt="现在有 4 件填报待办，其中 1 件等了 30 天以上。"' in page
    rows = plain(page.partition("待办的填报，等了多久（现在），数字")[2].partition("</table>")[0])
    assert "洛阳市 2 1 0 0 0 3 巴中市 0 0 0 0 1 1" in rows


async def test_a_clerk_of_one_city_sees_the_counts_of_all(service: Office) -> None:
    """Nobody can be recognised in a count."""
    service.add("lu", Role.CLERK, cities=("luoyang",))
    counted(service, 3, "answer", "kaifeng")
    assert (
        "开封市" in plain(await (await service.desk("lu")).text("/staff/overview")).partition("各城市的消息，数字")[2]
    )


# --- laws ---


@given(counts=st.lists(st.integers(0, 10**6), min_size=1, max_size=6).filter(any))
def test_parts_of_a_hundred_make_a_hundred_and_none_is_off_by_one(counts: list[int]) -> None:
    parts = percents(counts)
    assert sum(parts) == 100
    assert all(abs(part - 100 * count / sum(counts)) < 1 for part, count in zip(parts, counts, strict=True))
    assert all(part == 0 for part, count in zip(parts, counts, strict=True) if count == 0)


@given(
    counts=st.dictionaries(st.sampled_from((*UNDER, OVER)), st.integers(1, 1000), min_size=1),
    share=st.sampled_from((0.5, 0.95)),
)
def test_at_least_that_share_was_answered_within_and_less_within_any_shorter(
    counts: dict[int, int], share: float
) -> None:
    found = within(counts, share)
    order = (*UNDER, OVER)
    upto = [sum(counts.get(under, 0) for under in order[: index + 1]) for index in range(len(order))]
    index = order.index(found)
    assert upto[index] >= share * upto[-1]
    assert index == 0 or upto[index - 1] < share * upto[-1]


@pytest.mark.parametrize("days", [7, 30, 90, 365])
def test_every_day_is_in_one_step_and_steps_are_of_one_length(days: int) -> None:
    span = Span(days, date(2026, 3, 1))
    length = 7 if days == 365 else 1
    every = [span.since + timedelta(days=day) for day in range((span.until - span.since).days + 1)]
    assert Counter(map(span.step_of, every)) == dict.fromkeys(span.steps, length)
    assert len(every) == (364 if days == 365 else days)


@given(st.floats(0, 1e7))
def test_the_marks_of_an_axis_are_few_even_and_reach_the_highest(highest: float) -> None:
    marks = ticks(highest)
    steps = {after - before for before, after in pairwise(marks)}
    assert marks[0] == 0
    assert marks[-1] >= highest
    assert 2 <= len(marks) <= 5
    assert len(steps) == 1
    assert str(int(steps.pop())).rstrip("0") in {"1", "2", "5"}


def test_times_are_told_in_words_with_their_unit() -> None:
    assert [shown_time(under) for under in (5, 700, 1500, OVER)] == [
        "5 毫秒以内",
        "700 毫秒以内",
        "1.5 秒以内",
        "10 秒以上",
    ]


def test_without_colours_areas_differ_by_pattern_and_lines_by_dashes() -> None:
    areas = draw(Chart(Shape.COLUMNS, ("一", "二"), tuple((name, (1, 2)) for name in "甲乙丙丁"))).decode()
    patterns = re.findall(r"<pattern[^>]*>(.*?)</pattern>", areas)
    assert len({re.sub(r"#[0-9a-f]{6}", "", pattern) for pattern in patterns[1:]}) == 3
    assert all(f"fill:url(#area-{index})" in areas.replace(" ", "") for index in range(4))
    lines = draw(Chart(Shape.LINES, ("一", "二"), (("甲", (1, 2)), ("乙", (2, None))))).decode()
    assert len(set(re.findall(r"stroke-dasharray:\s*([\d,none]+)", lines.partition(".serie-0")[2]))) >= 2


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("is_narrow", [False, True])
def test_whatever_is_counted_can_be_drawn(shape: Shape, *, is_narrow: bool) -> None:
    for count in (1, 2, 53, 90):
        labels = tuple(f"很长很长很长很长很长很长的事项<{number}>&" for number in range(count))
        for values in ((0,) * count, (1,) * count, (10**6,) * count):
            svg = draw(Chart(shape, labels, (("甲", values), ("乙", values), ("丙", values))), is_narrow=is_narrow)
            assert ElementTree.fromstring(svg).get("viewBox")  # noqa: S314
