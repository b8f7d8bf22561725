"""The clerk's box finds what `cite` finds; an article is shown with its neighbours, its flaws and how it is cited."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from bot.batch import Citing
from dialogs.lookup import Clerk
from knowledge.address import Address
from knowledge.labelled import labelled_lookups, read_rows
from knowledge.library import Library
from knowledge.official import official_citation
from tests.bot.staff.console import Desk, Office
from tests.labels import judge_lookup
from tests.score import samples_folder

SCRIPT = '<script>alert("1")</script>'
_HIT = re.compile(
    r'<a class="hit" href="(?P<href>[^"]+)" data-citation="(?P<citation>[^"]+)".*?'
    r'<span class="words">(?P<words>.*?)</span>\s*(?:<span class="flaw">|</a>)'
    r'|hit silent"><span class="where">(?P<silent>.*?)<',
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]+>")


def rows() -> list[dict[str, Any]]:
    """Return all labelled look-ups: our own, and the samples where they are at hand."""
    samples = samples_folder()
    others = read_rows(samples / "staff.jsonl") if samples else []
    return [*labelled_lookups(), *others]


async def in_the_box(desk: Desk, library: Library, query: str) -> dict[str, Any]:
    """Look up as the page does; return what it shows in the form of `cite`."""
    shown = await desk.text(f"/staff/api/look-up?q={quote(query)}")
    kind, told = re.search(r'data-kind="(.*?)" data-told="(.*?)"', shown).groups()  # type: ignore[union-attr]
    hits = [_hit(match, library) for match in _HIT.finditer(shown)]
    return {"kind": kind, "hits": hits, "told": html.unescape(told)}


def _hit(match: re.Match[str], library: Library) -> dict[str, Any]:
    if match["silent"]:
        city = next(city for city in library.cities.values() if city.short == match["silent"])
        return {"city": city.slug, "article": None, "paragraph": None, "item": None, "text": None}
    href = urlsplit(html.unescape(match["href"]))
    *_, city, article = href.path.split("/")
    place = {key: int(values[0]) for key, values in parse_qs(href.query).items()}
    text = html.unescape(_TAG.sub("", match["words"]))
    return {"city": city, "article": article, "paragraph": place.get("p"), "item": place.get("i"), "text": text}


async def test_the_box_shows_what_cite_prints(service: Office, library: Library, clerk: Clerk) -> None:
    desk, citing = await service.desk("wang"), Citing(clerk)
    asked = rows()
    assert len(asked) >= 100
    for row in asked:
        printed, shown = citing({"query": row["query"]}), await in_the_box(desk, library, row["query"])
        assert (shown["kind"], shown["hits"]) == (printed["kind"], printed["hits"]), row["query"]
        assert (printed["message"] or "").rstrip("。") in shown["told"], row["query"]


async def test_through_the_box_nearly_all_labelled_look_ups_are_right(service: Office, library: Library) -> None:
    desk = await service.desk("wang")
    asked = rows()
    found = [(row, await in_the_box(desk, library, row["query"])) for row in asked]
    wrong = [row["query"] for row, shown in found if judge_lookup(row, {**shown, "message": shown["told"]}).reason]
    assert len(wrong) <= len(asked) * 0.08, wrong


async def test_each_hit_carries_the_citation_that_is_copied(service: Office, library: Library) -> None:
    desk = await service.desk("wang")
    shown = await desk.text(f"/staff/api/look-up?q={quote('安康9条2款4项')}")
    found = _HIT.search(shown)
    assert found
    assert html.unescape(found["citation"]) == official_citation(library.cities["ankang"], Address("9", 2, 4))
    assert "<em>草案</em>" in shown


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("洛阳第三十条", "《洛阳市居住证管理暂行办法》共24条，没有第三十条。"),
        ("巴中12条3项", "1 处。"),
        ("洛阳20-22条", "处，按原文顺序。"),
        ("“使用功能中止”", "原文里有 4 处。"),
        ("巴中 孕前检查 叶酸", "最像的在前。"),
        ("哪些城市补领收费", "4 个城市有规定。没有写丢了补领收不收钱的：洛阳。"),
        ("12条3项 巴中 开封", "1 处。《开封市居住证实施办法》第十二条没有分项，没有第（三）项。"),
        ("", "请输入条款、词语或问题。"),
    ],
)
async def test_how_much_was_found_is_told_in_a_sentence(
    service: Office, library: Library, query: str, told: str
) -> None:
    shown = await in_the_box(await service.desk("wang"), library, query)
    assert shown["told"].endswith(told)


async def test_without_scripts_the_address_holds_the_query(service: Office) -> None:
    desk = await service.desk("wang")
    shown = await desk.text(f"/staff?q={quote('开封附则')}")
    assert 'value="开封附则"' in shown
    assert shown.count('class="hit"') > 3
    assert "第二十八条至第三十一条" in shown  # all of the range as one citation
    assert 'class="hit"' not in await desk.text("/staff")


async def test_what_is_typed_is_text_wherever_it_is_shown(service: Office) -> None:
    desk = await service.desk("wang")
    for path in ("/staff?q=", "/staff/api/look-up?q=“", "/staff/compare?q=", "/staff/why?q="):
        shown = await desk.text(path + quote(SCRIPT))
        assert "<script>alert" not in shown, path
        assert "&lt;script&gt;" in shown or "look-up" in path, path


async def test_an_article_stands_between_its_neighbours_with_flaws_and_status(service: Office) -> None:
    desk = await service.desk("wang")
    for path in ("/staff/law/ankang/12?p=1", "/staff/api/law/ankang/12?p=1"):
        shown = await desk.text(path)
        for words in (
            'rel="prev" href="/staff/law/ankang/11"', 'rel="next" href="/staff/law/ankang/13"', "疑为“3个工作日”",
            "审查修改稿（草案），施行日期空着", "<mark>",
            "（草案，无文号，施行日期空着）第十二条第一款：「公安机关接到",
        ):  # fmt: skip
            assert words in shown, (path, words)


@pytest.mark.parametrize(
    ("path", "neighbours"),
    [
        ("/staff/law/kaifeng/preamble", [None, "1"]),
        ("/staff/law/kaifeng/31", ["30", "tail"]),
        ("/staff/law/kaifeng/tail", ["31", None]),
        ("/staff/law/luoyang/24", ["23", None]),
    ],
)
async def test_the_first_and_the_last_have_one_neighbour(
    service: Office, path: str, neighbours: list[str | None]
) -> None:
    shown = await (await service.desk("wang")).text(path)
    for name, number in zip(("prev", "next"), neighbours, strict=True):
        found = re.search(rf'rel="{name}" href="([^"]+)"', shown)
        assert (found[1].rsplit("/")[-1] if found else None) == number


@pytest.mark.parametrize("path", ["/law/x/1", "/law/luoyang/30", "/law/luoyang/1?p=9", "/law/luoyang/1?i=x", "/law/x"])
async def test_a_place_that_is_not_there_leads_back_into_the_console(service: Office, path: str) -> None:
    desk = await service.desk("wang")
    response = await desk.get(f"/staff{path}")
    assert response.status == 404
    assert 'href="/law' not in await response.text()
    piece = await desk.get(f"/staff/api{path}")
    assert piece.status == 404
    if path.count("/") > 2:
        assert (await piece.json())["error"]


async def test_the_contents_name_every_article(service: Office, library: Library) -> None:
    desk = await service.desk("wang")
    for city in library.cities.values():
        shown = await desk.text(f"/staff/law/{city.slug}")
        for number in city.article_numbers():
            assert f'href="/staff/law/{city.slug}/{number}"' in shown
