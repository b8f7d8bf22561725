"""The pages on which number, telephone, address and photo are given: once, for a quarter of an hour, to us alone."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from bot.assistant import Assistant
from bot.photo import MAX_BYTES
from bot.store import resting
from bot.store.faults import StoreUnavailable
from bot.store.records import Records
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.asking import Client, ask, is_calm
from tests.bot.declaring import (
    HUKOU,
    KEPT_PHOTO,
    NUMBER,
    PHOTO,
    PICTURE,
    WITH_OFFICE,
    Clock,
    Say,
    label,
    readable_in,
    receipt_in,
    whole_declaration,
)
from tests.bot.fakes import HOSTILE
from tests.bot.full_site import at_the_number, at_the_photo, full_site, give, give_photo, link_in, take
from tests.bot.keeping import PHONE
from tests.bot.test_photo import SECRET, file_of, header_only

pytestmark = pytest.mark.asyncio

WRONG = "511123198805123621"
MINUTE = 60


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def site(advisor: Advisor, tmp_path: Path, clock: Clock) -> AsyncIterator[tuple[Client, Assistant]]:
    async with full_site(advisor, tmp_path, clock=clock, operators=WITH_OFFICE) as served:
        yield served


@pytest.fixture
def client(site: tuple[Client, Assistant]) -> Client:
    return site[0]


async def test_a_form_asks_for_one_thing_and_no_cache_keeps_it(client: Client, library: Library) -> None:
    response = await client.get(await at_the_number(client, library))
    page = await response.text()
    assert response.status == 200
    assert "<h1>证件号码</h1>" in page
    assert page.count("<input") == 1
    assert 'autocomplete="off"' in page
    assert response.headers["Cache-Control"] == "no-store"
    assert "form-action 'self'" in response.headers["Content-Security-Policy"]


async def test_a_wrong_number_is_told_not_sent_back_and_leaves_the_page_open(client: Client, library: Library) -> None:
    path = await at_the_number(client, library)
    response = await give(client, path, WRONG)
    page = await response.text()
    assert response.status == 422
    assert 'role="alert">号码对不上' in page
    assert WRONG not in page
    assert response.headers["Cache-Control"] == "no-store"
    assert (await give(client, path, NUMBER)).status == 303


async def test_the_right_answer_leads_to_the_next_page_and_uses_this_one_up(client: Client, library: Library) -> None:
    path = await at_the_number(client, library)
    response = await give(client, path, NUMBER)
    following = response.headers["Location"]
    assert response.status == 303
    assert following.startswith("/page/")
    assert following != path
    for again in (await give(client, path, NUMBER), await client.get(path)):
        assert again.status == 410
        assert is_calm_page(await again.text())
    assert "<h1>电话</h1>" in await (await client.get(following)).text()


async def test_the_last_page_leads_back_to_the_talk(client: Client, library: Library) -> None:
    path = await at_the_number(client, library)
    for answer in (NUMBER, PHONE):
        path = (await give(client, path, answer)).headers["Location"]
    response = await give(client, path, HUKOU)
    assert response.status == 200
    assert 'href="/#continue"' in await response.text()
    _, said = await ask(client, "继续")
    assert "哪个区、县" in said["parts"][0]["first_line"]


async def test_no_answer_given_on_a_page_is_ever_said_in_the_talk(client: Client, library: Library) -> None:
    for step in whole_declaration(library):
        said = await take(client, step) if isinstance(step, Say) else await fill_in(client, step.answer)
        for secret in (NUMBER, PHONE, HUKOU):
            assert secret not in str(said)


async def fill_in(client: Client, answer: str | bytes) -> dict[str, object]:
    _, said = await ask(client, "重复")
    path = link_in(said)
    given = await (give_photo(client, path, PHOTO) if isinstance(answer, bytes) else give(client, path, answer))
    assert given.status in {200, 303}
    return (await ask(client, "继续"))[1]


async def test_a_page_closes_after_a_quarter_of_an_hour_and_the_talk_gives_another(
    client: Client, library: Library, clock: Clock
) -> None:
    path = await at_the_number(client, library)
    clock.at += 15 * MINUTE - 1
    assert (await client.get(path)).status == 200
    clock.at += 1
    assert [(await client.get(path)).status, (await give(client, path, NUMBER)).status] == [410, 410]
    _, said = await ask(client, "重复")
    assert (await give(client, link_in(said), NUMBER)).status == 303


async def test_the_page_of_a_cancelled_draft_takes_nothing(client: Client, library: Library, tmp_path: Path) -> None:
    path = await at_the_number(client, library)
    await ask(client, "取消")
    await ask(client, label(library, "cancel", "yes"))
    assert (await give(client, path, NUMBER)).status == 410
    assert readable_in(tmp_path) == {}
    _, said = await ask(client, "继续")
    assert "没有在办" in str(said)


@pytest.mark.parametrize("token", ["x", "../../etc/passwd", "%00", "a" * 3000, "重复", "<script>"])
async def test_a_link_that_was_never_given_out_opens_nothing(client: Client, token: str) -> None:
    for response in (await client.get(f"/page/{token}"), await give(client, f"/page/{token}", NUMBER)):
        assert response.status in {404, 405, 410}
        assert "<script>" not in await response.text()


async def test_another_site_cannot_answer_in_the_visitors_name(client: Client, library: Library) -> None:
    path = await at_the_number(client, library)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert (await give(client, path, NUMBER, **headers)).status == 403
    assert (await give(client, path, NUMBER)).status == 303


async def test_markup_is_never_markup(client: Client, library: Library) -> None:
    path = await at_the_number(client, library)
    page = await (await give(client, path, HOSTILE)).text()
    assert "alert(" not in page
    await ask(client, "上一步")
    _, said = await ask(client, "继续")
    assert "alert(" not in str(said)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("text/plain", b"answer=1"),
        ("application/x-www-form-urlencoded", b"answer=" + b"1" * 40_000),
        ("application/x-www-form-urlencoded", b"%ff=%ff&" * 100),
        ("application/x-www-form-urlencoded", b""),
    ],
    ids=["json", "cut off", "no part", "text", "long", "no utf-8", "empty"],
)
async def test_a_body_that_is_no_answer_is_told_calmly(
    client: Client, library: Library, kind: str, body: bytes
) -> None:
    path = await at_the_number(client, library)
    response = await client.post(path, data=body, headers={"Content-Type": kind})
    assert 400 <= response.status < 500
    assert is_calm_page(await response.text())


async def test_while_nothing_can_be_stored_the_page_says_so_and_stays_open(
    client: Client, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object) -> None:
        raise StoreUnavailable("读写不了")

    monkeypatch.setattr(resting, "REST_SECONDS", 0.0)  # what is back is asked again at once
    path = await at_the_number(client, library)
    for broken_at in ("page", "carry_out", "open_page"):
        with monkeypatch.context() as broken:
            broken.setattr(Records, broken_at, unreachable)
            response = await give(client, path, NUMBER)
            assert response.status == 503
            assert is_calm_page(await response.text())
    assert (await give(client, path, NUMBER)).status == 303


# -------------------------------------------------------------------------------------------------------------- photo


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_a_photo_is_kept_without_where_and_with_what_it_was_taken(
    site: tuple[Client, Assistant], library: Library, tmp_path: Path, kind: str
) -> None:
    client, assistant = site
    path = await at_the_photo(client, library)
    sent = PHOTO if kind == "JPEG" else file_of(PICTURE, "PNG")
    assert (await give_photo(client, path, sent)).status == 200
    said = await take(client, Say(label(library, "truthful", "yes")))
    assert assistant.records is not None
    read = assistant.records.read_declaration(receipt_in(str(said)), "clerk", "核对")
    (image,) = [image for _, image in read.photos]
    assert image.startswith(b"\xff\xd8\xff")
    assert SECRET not in image
    assert b"Exif" not in image
    assert image == KEPT_PHOTO or kind == "PNG"
    assert readable_in(tmp_path, [image[1000:1024]]) == {}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "没有收到照片"),
        ("这不是照片".encode(), "不是JPEG或PNG照片"),
        (b"GIF89a" + b"x" * 100, "不是JPEG或PNG照片"),
        (PHOTO[:4000], "照片打不开"),
        (header_only(60_000, 60_000), "像素太多"),
        (b"\xff\xd8\xff" + b"x" * MAX_BYTES, "超过5兆"),
        (file_of(PICTURE.resize((100, 100))), "照片太小"),
    ],
    ids=["empty", "text", "gif", "cut off", "bomb", "huge", "small"],
)
async def test_what_is_no_photo_is_told_and_the_page_stays_open(
    client: Client, library: Library, data: bytes, told: str
) -> None:
    path = await at_the_photo(client, library)
    response = await give_photo(client, path, data)
    assert response.status == 422
    assert told in await response.text()
    assert (await give_photo(client, path, PHOTO)).status == 200


async def test_fields_in_place_of_a_photo_are_told_calmly(client: Client, library: Library) -> None:
    path = await at_the_photo(client, library)
    for response in (await give(client, path, "photo:abc"), await client.post(path)):
        assert response.status == 415
        assert is_calm_page(await response.text())
    assert (await give_photo(client, path, PHOTO)).status == 200


async def test_a_page_is_told_by_its_hash_alone(client: Client, library: Library, tmp_path: Path) -> None:
    token = (await at_the_number(client, library)).removeprefix("/page/")
    assert readable_in(tmp_path, [token.encode()]) == {}
    with closing(sqlite3.connect(tmp_path / "records.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM page WHERE used_at IS NULL").fetchone()[0] >= 1


def is_calm_page(page: str) -> bool:
    main = page.split("<main", 1)[1]
    sentences = [line.split(">", 1)[1].split("<")[0] for line in main.splitlines() if line.startswith("<p")]
    return any(is_calm(sentence) for sentence in sentences) and "Traceback" not in page
