"""The pages to read: permalinks, highlights, flaws of the source, silence, and addresses that do not exist."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.links import href_for, path_of
from bot.channels.reading import blocks_of, runs_of
from dialogs import words as said
from dialogs.advisor import Advisor
from dialogs.published import Published, Switch
from knowledge.address import PREAMBLE, TAIL, Address
from knowledge.city import Erratum, Stance
from knowledge.library import Library
from tests.bot.fakes import build_site

Client = TestClient[Any, Any]


@pytest_asyncio.fixture
async def client(library: Library, advisor: Advisor, tmp_path: Path) -> AsyncIterator[Client]:
    app = build_site(advisor, library, tmp_path)
    client = TestClient(TestServer(app))
    await client.start_server()
    yield client
    await client.close()


async def read(client: Client, path: str, status: int = 200) -> str:
    response = await client.get(path)
    assert response.status == status, path
    return await response.text()


def words(page: str) -> str:
    """The text of the page as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def marked(page: str) -> list[str]:
    return [words(mark) for mark in re.findall(r"<mark>.*?</mark>", page, re.DOTALL)]


def test_a_permalink_names_paragraph_and_item() -> None:
    assert path_of("chifeng", Address("20", 2)) == "/law/chifeng/20?p=2#cited"
    assert path_of("chifeng", Address("15", 2, 3)) == "/law/chifeng/15?p=2&i=3#cited"
    assert path_of("chifeng", Address("14")) == "/law/chifeng/14#cited"
    assert href_for("chifeng", Address("12-1"), "https://jzz.cn/") == "https://jzz.cn/law/chifeng/12-1#cited"


def test_without_a_public_address_a_citation_has_no_link() -> None:
    assert href_for("chifeng", Address("20", 2), None) is None


@pytest.mark.asyncio
async def test_the_cited_paragraph_is_marked_and_nothing_else(client: Client, library: Library) -> None:
    page = await read(client, "/law/chifeng/20?p=2")
    article = library.cities["chifeng"].act.article("20")
    assert article is not None
    assert marked(page) == [article.paragraphs[1].text]
    assert page.count('id="cited"') == 1
    assert "第二十条第二款" in words(page)


@pytest.mark.asyncio
async def test_the_cited_item_alone_is_marked_with_its_label(client: Client) -> None:
    assert marked(await read(client, "/law/chifeng/15?p=2&i=3")) == ["(三)居住地住址、就业、就读等证明材料。"]
    assert marked(await read(client, "/law/chifeng/15?i=3")) == ["(三)居住地住址、就业、就读等证明材料。"]


@pytest.mark.asyncio
async def test_a_cited_paragraph_is_marked_with_all_its_items(client: Client) -> None:
    page = await read(client, "/law/chifeng/15?p=2")
    assert len(marked(page)) == 4
    assert page.count('id="cited"') == 1


@pytest.mark.asyncio
async def test_every_citation_of_every_city_leads_to_a_page_that_marks_it(client: Client, library: Library) -> None:
    addresses = {
        (city.slug, cite)
        for city in library.cities.values()
        for ruling in city.rulings.values()
        for cite in ruling.cites
    }
    for slug, address in addresses:
        page = await read(client, path_of(slug, address))
        assert 'id="cited"' in page
        assert bool(marked(page)) == (address.paragraph is not None)


@pytest.mark.asyncio
async def test_every_part_of_every_text_is_shown_word_for_word(client: Client, library: Library) -> None:
    for city in library.cities.values():
        parts = {article.number: article.text for article in city.act.articles}
        parts |= {number: text for number, text in ((PREAMBLE, city.act.preamble), (TAIL, city.act.tail)) if text}
        for number, text in parts.items():
            page = words(await read(client, f"/law/{city.slug}/{number}"))
            assert all(line.strip() in page for line in text.splitlines()), f"{city.slug} {number}"


@pytest.mark.asyncio
async def test_an_article_names_its_document_and_leads_to_its_neighbours(client: Client) -> None:
    page = await read(client, "/law/chifeng/20")
    assert "赤峰市居住证管理办法" in page
    assert "赤政办发" in page
    assert "现行" in page
    assert 'rel="prev" href="/law/chifeng/19"' in page
    assert 'rel="next" href="/law/chifeng/21"' in page


@pytest.mark.asyncio
async def test_reading_on_from_the_title_block_reaches_the_colophon(client: Client, library: Library) -> None:
    number, seen = "preamble", []
    while number:
        seen.append(number)
        following = re.search(r'rel="next" href="/law/kaifeng/([^"]+)"', await read(client, f"/law/kaifeng/{number}"))
        number = following[1] if following else ""
    assert seen == ["preamble", *library.cities["kaifeng"].article_numbers(), "tail"]


@pytest.mark.asyncio
async def test_a_draft_says_so_on_each_of_its_pages(client: Client, library: Library) -> None:
    caveat = library.cities["ankang"].caveat
    assert caveat
    for path in ("/law/ankang", "/law/ankang/9", "/law/ankang/preamble", "/compare/materials"):
        assert caveat in await read(client, path)
    assert caveat not in await read(client, "/law/luoyang/9")


@pytest.mark.asyncio
async def test_a_flaw_of_the_source_is_marked_and_its_words_unchanged(client: Client) -> None:
    page = await read(client, "/law/chifeng/21?p=2")
    assert re.search(r'<a class="erratum" href="#flaw-1"[^>]*>财政部门 and 价格主管部门</a>', page)
    assert "收费标准由国家财政部门 and 价格主管部门制定。" in words(page)
    assert "原文如此" in page
    assert 'class="flaws"' not in await read(client, "/law/chifeng/20")


def test_a_flaw_is_found_although_the_source_is_spaced_otherwise() -> None:
    runs = runs_of("按照5　日工作日内办", [Erratum("1", "5日工作日", "")])
    assert [(run.text, run.note) for run in runs] == [("按照", None), ("5　日工作日", 1), ("内办", None)]


def test_blocks_joined_are_the_stored_text(library: Library) -> None:
    for city in library.cities.values():
        for article in city.act.articles:
            blocks = blocks_of(article, None, city.errata)
            shown = "\n".join(block.label + "".join(run.text for run in block.runs) for block in blocks)
            assert shown == article.text


@pytest.mark.asyncio
@pytest.mark.parametrize("number", ["0", "25", "99", "1-1", "999999999999", "abc", "第三条", "%3Cscript%3E", "tail"])
async def test_an_article_that_does_not_exist_is_a_calm_404(client: Client, number: str) -> None:
    page = await read(client, f"/law/luoyang/{number}", status=404)
    assert "没有这一条" in page
    assert number == "tail" or "洛阳市的办法共有24条" in page
    assert '<a href="/law/luoyang">' in page
    assert "<script>" not in page


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "query", ["p=9", "p=1&i=9", "i=1", "p=0", "p=-1", "p=", "p=x", "p=2&i=", "i=%00", "p=99999999999"]
)
async def test_a_place_that_does_not_exist_leads_to_the_whole_article(client: Client, query: str) -> None:
    page = await read(client, f"/law/chifeng/20?{query}", status=404)
    assert '<a href="/law/chifeng/20">看第二十条全文</a>' in page


@pytest.mark.asyncio
async def test_an_item_number_that_stands_twice_is_not_guessed(client: Client, library: Library) -> None:
    for city in library.cities.values():
        for article in city.act.articles:
            if len(article.paragraphs_with_item(1)) > 1:
                await read(client, f"/law/{city.slug}/{article.number}?i=1", status=404)


@pytest.mark.asyncio
async def test_an_unknown_city_is_a_calm_404_that_names_the_cities(client: Client, library: Library) -> None:
    for path in ("/law/beijing", "/law/beijing/3"):
        page = await read(client, path, status=404)
        assert all(city.name in page for city in library.cities.values())


@pytest.mark.asyncio
async def test_the_contents_lead_to_every_article(client: Client, library: Library) -> None:
    for city in library.cities.values():
        page = await read(client, f"/law/{city.slug}")
        assert all(f'href="/law/{city.slug}/{number}"' in page for number in city.article_numbers())
        assert f'href="/law/{city.slug}"' in await read(client, "/law")


@pytest.mark.asyncio
async def test_the_comparison_shows_every_city_with_quote_and_link_or_its_silence(
    client: Client, library: Library
) -> None:
    for topic in library.topics.values():
        page = await read(client, f"/compare/{topic.slug}")
        shown = words(page)
        rulings = [(city, city.rulings[topic.slug]) for city in library.cities.values()]
        silent = [ruling for _, ruling in rulings if ruling.stance is Stance.SILENT]
        assert shown.count("这部办法没有写") == len(silent)
        for city, ruling in rulings:
            assert city.name in shown
            assert ruling.says is None or ruling.says in shown
            for cite in ruling.cites:
                assert html.escape(path_of(city.slug, cite)) in page
                assert city.provision(cite).text.splitlines()[0] in shown


@pytest.mark.asyncio
async def test_an_item_is_compared_with_its_opening_words(client: Client, library: Library) -> None:
    found = [
        (topic, city, cite)
        for city in library.cities.values()
        for topic, ruling in city.rulings.items()
        for cite in ruling.cites
        if cite.item
    ]
    assert found
    for topic, city, cite in found:
        lead_in = city.provision(cite).lead_in
        assert lead_in
        assert lead_in in words(await read(client, f"/compare/{topic}"))


@pytest.mark.asyncio
async def test_all_topics_can_be_chosen_under_a_chinese_heading(client: Client, library: Library) -> None:
    page = await read(client, "/compare")
    assert all(f'href="/compare/{slug}"' in page for slug in library.topics)
    assert all(re.search("[一-鿿]", heading) for heading in re.findall("<h2>(.*?)</h2>", page))
    assert "全部题目" in await read(client, "/compare/nothing", status=404)


async def test_the_page_shows_how_an_official_document_cites_the_place(client: Client) -> None:
    page = words(await read(client, "/law/bazhong/12?p=1&i=3"))
    assert "《巴中市居住证管理办法》（巴中市人民政府令第42号）第十二条第（三）项：「" in page


async def test_a_comparison_withholds_what_does_not_verify(library: Library, tmp_path: Path) -> None:
    city = library.cities["luoyang"]
    ruling = replace(city.rulings["fee_endorsement"], says="签注收9999元。")
    spoiled = replace(city, rulings={**city.rulings, "fee_endorsement": ruling})
    other = replace(library, cities={**library.cities, "luoyang": spoiled})
    app = build_site(Advisor(other), other, tmp_path)
    async with TestClient(TestServer(app)) as client:
        page = words(await read(client, "/compare/fee_endorsement"))
    assert "9999" not in page
    assert said.PROOF_FAILED in page
    assert "《赤峰市居住证管理办法》" in page


async def test_a_comparison_says_what_people_get_instead_of_what_is_switched_off(
    library: Library, advisor: Advisor, tmp_path: Path
) -> None:
    sentence = "洛阳的费用正在核对，请先打办证电话问。"
    off = advisor.with_published(Published((Switch("luoyang", "fee_endorsement", sentence),)))
    async with TestClient(TestServer(build_site(off, library, tmp_path))) as client:
        page = words(await read(client, "/compare/fee_endorsement"))
        assert page.count(sentence) == 1
        assert "《赤峰市居住证管理办法》" in page
        assert "《洛阳市居住证管理暂行办法》" not in page
        assert sentence not in words(await read(client, "/compare/materials"))
