"""A dialog on the public site: by script, by plain forms, sent twice, ended."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from bot.assistant import Assistant
from bot.channels.web import COOKIE
from bot.identity import Identities
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.asking import Client, ask
from tests.bot.declaring import (
    BEFORE_THE_PAGES,
    DAY,
    NUMBER,
    PHOTO,
    WITH_OFFICE,
    Clock,
    Say,
    label,
    readable_in,
    until_submission,
    whole_declaration,
    with_todays_keys,
)
from tests.bot.fakes import HOSTILE
from tests.bot.full_site import at_the_number, full_site, give, give_photo, path_in, take

pytestmark = pytest.mark.asyncio

ID = "0123456789abcdef"


@pytest_asyncio.fixture
async def site(advisor: Advisor, tmp_path: Path) -> AsyncIterator[tuple[Client, Assistant]]:
    async with full_site(advisor, tmp_path / "data", operators=WITH_OFFICE) as served:
        yield served


@pytest.fixture
def client(site: tuple[Client, Assistant]) -> Client:
    return site[0]


def person(client: Client) -> str:
    """Return under which name the stores know this browser."""
    (cookie,) = [cookie.value for cookie in client.session.cookie_jar if cookie.key == COOKIE]
    return Identities(bytes(32)).of("web", cookie)


async def say_by_form(client: Client, text: str, *, tap: bool = False) -> str:
    """Send the form of the page as a browser without scripts does; return the new page."""
    response = await client.post("/say", data={"tap": text} if tap else {"text": text})
    page = await response.text()
    assert response.status == 200, page
    return unescape(page)


async def test_a_message_sent_twice_under_one_id_is_one_turn_and_one_answer(
    site: tuple[Client, Assistant], library: Library
) -> None:
    client, assistant = site
    steps = whole_declaration(library)
    await take(client, *steps[:-1])
    bodies = []
    for _ in range(3):
        response = await client.post("/api/say", json={"text": label(library, "truthful", "yes"), "id": ID})
        assert response.headers["Cache-Control"] == "no-store"
        bodies.append(await response.text())
    assert len(set(bodies)) == 1
    assert "回执号" in bodies[0]
    assert assistant.records is not None
    assert len(assistant.records.declarations_of(person(client))) == 1


async def test_the_same_id_of_another_visitor_is_another_message(
    site: tuple[Client, Assistant], advisor: Advisor, tmp_path: Path
) -> None:
    client, _ = site
    await ask(client, "我要申报", id=ID)
    client.session.cookie_jar.clear()
    _, said = await ask(client, "办居住证要带什么", id=ID, city="chifeng")
    assert said["kind"] == "answer"


@pytest.mark.parametrize("forged", ["", "short", "x" * 65, 7, None, ["a"], {"a": 1}, "ÄÖÜ-ÄÖÜ-ÄÖÜ", "0123456789abcde;"])
async def test_an_id_we_would_not_make_is_none_and_each_message_a_turn(client: Client, forged: object) -> None:
    await ask(client, "我要申报", id=forged)
    response, said = await ask(client, "巴中", id=forged)
    assert response.status == 200
    assert said["suggestions"][0] == "同意"


async def test_the_choices_the_page_and_the_lines_of_the_law_are_in_the_answer(
    client: Client, library: Library
) -> None:
    _, said = await ask(client, "我要申报")
    assert said["suggestions"] == [city.short for city in library.cities.values()]
    steps = whole_declaration(library)
    said = await take(client, *steps[1:BEFORE_THE_PAGES])
    (link,) = [link for part in said["parts"] for link in part["links"]]
    assert link["href"].startswith("/page/")
    assert link["label"]
    said = await take(client, Say("重复"), *steps[BEFORE_THE_PAGES:])
    lines = [line for part in said["parts"] for line in part["lines"]]
    assert any("不是居住登记" in line["text"] for line in lines)
    for place in (place for line in lines for place in line["places"]):
        assert place["href"].startswith("/law/bazhong/")
        path = place["href"].split("#")[0]
        assert (await client.get(path)).status == 200


async def test_a_whole_declaration_needs_no_script(site: tuple[Client, Assistant], library: Library) -> None:
    client, assistant = site
    page = ""
    path = ""
    for step in whole_declaration(library):
        if isinstance(step, Say):
            is_offered = f'name="tap" value="{step.text}"' in page
            page = await say_by_form(client, step.text, tap=is_offered)
            path = ""
            continue
        path = path or path_in(page)
        is_photo = isinstance(step.answer, bytes)
        response = await (give_photo(client, path, PHOTO) if is_photo else give(client, path, str(step.answer)))
        path = response.headers.get("Location", "")
        if not path:
            page = await say_by_form(client, "继续")
    assert re.search(r"回执号：\d{4}-\d{4}-\d{4}", page)
    assert 'href="/law/bazhong/' in page
    assert assistant.records is not None
    (kept,) = assistant.records.declarations_of(person(client))
    assert dict(assistant.records.read_declaration(kept.receipt, "clerk", "核对").items)["公民身份号码"] == NUMBER


async def test_what_was_filled_in_is_never_markup(client: Client, library: Library) -> None:
    steps = until_submission(library)
    await take(client, *steps[:-1])
    page = await (await client.post("/say", data={"text": "改单位"})).text()
    page += await (await client.post("/say", data={"text": HOSTILE})).text()
    page += await (await client.post("/say", data={"text": "进度"})).text()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize("way", ["/api/clear", "/clear"])
async def test_ending_forgets_the_draft_its_page_and_its_key(
    site: tuple[Client, Assistant], library: Library, tmp_path: Path, way: str
) -> None:
    client, assistant = site
    path = await at_the_number(client, library)
    name = person(client)
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    assert with_todays_keys(tmp_path / "data", tmp_path / "copy", name)["flow"] is not None
    response = await client.post(way, allow_redirects=False)
    assert response.status in {200, 303}
    assert (await assistant.session_of(name)).flow is None
    assert with_todays_keys(tmp_path / "data", tmp_path / "copy", name) == {"flow": None, "replies": ""}
    assert (await give(client, path, NUMBER)).status == 410
    assert not [cookie for cookie in client.session.cookie_jar if cookie.value]
    assert readable_in(tmp_path) == {}


async def test_who_filled_in_half_finds_it_again_as_long_as_it_is_kept(
    advisor: Advisor, tmp_path: Path, library: Library
) -> None:
    clock = Clock()
    async with full_site(advisor, tmp_path, clock=clock, operators=WITH_OFFICE) as (client, _):
        await at_the_number(client, library)
        ages = [int(cookie["max-age"]) for cookie in client.session.cookie_jar if cookie.key == COOKIE]
        assert min(ages) >= 7 * DAY
        clock.at += 6 * DAY
        _, said = await ask(client, "继续")
        assert "接着上次（11月2日）" in said["parts"][0]["first_line"]


async def test_who_only_asks_is_forgotten_after_a_day(client: Client) -> None:
    response, _ = await ask(client, "办居住证要带什么", city="chifeng")
    assert response.cookies[COOKIE]["max-age"] == str(int(DAY))


async def test_two_browsers_fill_in_two_drafts(client: Client, library: Library) -> None:
    await take(client, *until_submission(library)[:6])
    mine = {cookie.key: cookie.value for cookie in client.session.cookie_jar}
    client.session.cookie_jar.clear()
    _, other = await ask(client, "进度")
    assert "欧阳小麦" not in str(other)
    client.session.cookie_jar.clear()
    client.session.cookie_jar.update_cookies(mine, client.make_url("/"))
    _, said = await ask(client, "进度")
    assert "欧阳小麦" in str(said)
