"""The cities side by side: every stance as the data have it, silence as silence; as a page and as a table to keep."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from urllib.parse import quote

import pytest

from bot.staff.comparing import divergences, lines_on
from knowledge.city import Stance
from knowledge.library import Library
from knowledge.official import official_source
from tests.bot.staff.console import Desk, Office


async def table(desk: Desk, path: str) -> list[list[str]]:
    response = await desk.get(path)
    assert response.status == 200
    assert response.content_type == "text/csv"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    body = await response.read()
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def test_every_topic_has_a_line_for_every_city_that_says_what_the_data_say(library: Library) -> None:
    for topic in library.topics:
        for line, city in zip(lines_on(library, topic), library.cities.values(), strict=True):
            ruling = city.rulings[topic]
            assert (line.city, line.stance, line.says) == (city, ruling.stance, ruling.says)
            assert (line.says is None) == (line.stance is Stance.SILENT)
            assert [row.provision.address for row in line.rows if row.provision] == list(ruling.cites)


async def test_a_silent_city_is_shown_as_silent_and_never_with_a_rule(service: Office) -> None:
    shown = await (await service.desk("wang")).text("/staff/compare/fee_reissue")
    row = re.search(r'<tr class="silent">.*?</tr>', shown, re.DOTALL)
    assert row
    assert "洛阳" in row[0]
    assert "这部办法没有写丢了补领收不收钱。" in row[0]
    assert "最近的（没有直接写）" in row[0]
    assert shown.count("<tr class=") == 5


async def test_every_document_and_the_day_stand_below_the_table(service: Office, library: Library) -> None:
    desk = await service.desk("wang")
    for path in ("/staff/compare/overdue", "/staff/map"):
        shown = await desk.text(path)
        assert all(official_source(city) in shown for city in library.cities.values())
        assert "2026年11月2日" in shown


async def test_the_table_to_keep_has_the_same_lines_with_the_law_in_full(service: Office, library: Library) -> None:
    desk = await service.desk("wang")
    title, heading, *rows = await table(desk, "/staff/compare/fee_reissue.csv")
    assert title == [library.topics["fee_reissue"].title, "2026-11-02"]
    assert heading == ["城市", "有没有规定", "怎么规定", "条款", "原文", "文件"]
    by_city = {row[0]: row[1:] for row in rows}
    assert by_city["洛阳市"] == ["没有写", "", "", "", "《洛阳市居住证管理暂行办法》（洛阳市人民政府令第125号）"]
    assert by_city["赤峰市"][2] == "第二十一条第二款"
    assert "应当缴纳工本费" in by_city["赤峰市"][3]
    assert by_city["安康市"][4].endswith("（草案，无文号，施行日期空着）")


@pytest.mark.parametrize("path", ["/staff/compare/nothing", "/staff/compare/nothing.csv"])
async def test_a_topic_that_is_not_there_leads_to_all_topics(service: Office, path: str) -> None:
    response = await (await service.desk("wang")).get(path)
    assert response.status == 404
    assert 'href="/staff/compare"' in await response.text()


async def test_topics_are_found_by_their_title_and_by_their_meaning(service: Office) -> None:
    desk = await service.desk("wang")
    assert "/staff/compare/fee_reissue" in await desk.text(f"/staff/compare?q={quote('丢了补办')}")
    shown = await desk.text(f"/staff/compare?q={quote('逾期没签注')}")
    assert "/staff/compare/overdue" in shown
    assert shown.count('class="chip"') < 12
    assert "没有和“qqqq”有关的题目" in await desk.text("/staff/compare?q=qqqq")


def test_the_map_has_every_parameter_of_every_city(library: Library) -> None:
    found = divergences(library)
    assert [one.name for one in found] == list(next(iter(library.cities.values())).parameters)
    for one in found:
        for cell, city in zip(one.cells, library.cities.values(), strict=True):
            parameter = city.parameters[one.name]
            assert cell.spoken == parameter.spoken
            assert [row.provision.address for row in cell.rows if row.provision] == list(dict.fromkeys(parameter.cites))


def test_values_are_counted_once_however_they_are_ordered_or_spaced(library: Library) -> None:
    city = library.cities["bazhong"]
    name = "registration_items"
    parameter = city.parameters[name]
    assert len(parameter.words) > 2
    turned = replace(parameter, value=tuple(f" {word}" for word in reversed(parameter.words)))
    silent = replace(parameter, value=None, evidence=())
    shorter = replace(parameter, value=parameter.words[1:])

    def counted(*values: object) -> tuple[int, int, bool]:
        cities = {str(at): replace(city, parameters={name: value}) for at, value in enumerate(values)}  # type: ignore[dict-item]
        (one,) = divergences(replace(library, cities=cities))
        return one.values, one.silent, one.differs

    assert counted(parameter, turned) == (1, 0, False)
    assert counted(parameter, shorter) == (2, 0, True)
    assert counted(parameter, silent) == (1, 1, True)
    assert counted(silent, silent) == (0, 2, False)


async def test_the_map_can_show_only_what_differs(service: Office, library: Library) -> None:
    desk = await service.desk("wang")
    found = divergences(library)
    differing = [one for one in found if one.differs]
    assert 0 < len(differing) < len(found)
    everything, only = await desk.text("/staff/map"), await desk.text("/staff/map?only=differ")
    assert everything.count('<th scope="row">') == len(found)
    assert everything.count('class="differs"') == only.count('class="differs"') == len(differing)
    assert only.count('<th scope="row">') == len(differing)


async def test_the_map_to_keep_names_the_provisions(service: Office, library: Library) -> None:
    heading, *rows = await table(await service.desk("wang"), "/staff/map.csv")
    assert heading[:5] == ["事项", "不同的写法", "没有写的城市", "安康市", "条款"]
    assert len(rows) == len(divergences(library))
    row = next(row for row in rows if row[0] == "到了以后几天内登记")
    assert row[1:5] == ["2", "3", "5个工作日", "第九条第一款"]
    assert row[heading.index("巴中市")] == "没有写"
    assert row[heading.index("巴中市") + 1] == ""
