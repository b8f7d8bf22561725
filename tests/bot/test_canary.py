"""Whole conversations on every channel, then a search of every byte that was written: nobody's data stands anywhere."""

from __future__ import annotations

import base64
import json
import logging
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from aiohttp import ClientSession
from redis import Redis

from bot.channels.web import COOKIE
from knowledge.library import Library
from tests.bot.broken_service import BREAKS
from tests.bot.canaries import CANARIES, IP, OPENID, all_forms, forms_of, found_in_bytes, found_in_folders
from tests.bot.declaring import EMPLOYER, NUMBER, PHOTO, Say, until_submission, whole_declaration
from tests.bot.full_site import take
from tests.bot.keeping import ADDRESS, NAME, PHONE, found_in
from tests.bot.process import Service, running
from tests.bot.servers import PostgresServer, RedisServer, postgres_server, redis_server
from tests.bot.visiting import Follower, connected, in_turn, sealed_push, written_settings
from tests.bot.wechat.platform import ACCOUNT
from tests.watching_logs import LogWatch

TOLD = f"我叫{NAME}，身份证{NUMBER}，电话{PHONE}，住{ADDRESS}，在{EMPLOYER}上班"
SAID = (
    f"{TOLD}，签注过期了还能补吗",
    f"{TOLD}，{OPENID}，这里能不能钓鱼",
    f"{NAME}的孩子能在{ADDRESS}上学吗",
    NUMBER,
    f"{TOLD}{BREAKS}",
)


class Browser:
    """Stands for a browser of the site where a test client is expected: posts go to the real server."""

    def __init__(self, session: ClientSession, service: Service) -> None:
        self.session, self.service = session, service

    def post(self, path: str, **given: object) -> object:
        """Post as from the canary's address, which our proxy names, with the cookie that it would send by https."""
        more = {"X-Forwarded-For": IP, "Cookie": f"{COOKIE}={'c' * 32}"}
        headers = {**given.pop("headers", {}), **more}  # type: ignore[dict-item]
        return self.session.post(f"{self.service.url}{path}", headers=headers, **given)  # type: ignore[arg-type]


async def _on_wechat(service: Service, library: Library) -> None:
    async with connected() as session:
        anna = Follower(session, OPENID)
        for text in SAID:
            await anna.say(service, text)
        await anna.walk(in_turn(service), whole_declaration(library))
        assert anna.receipt()
        for text in ("我的申报", "导出我的信息", "更正申报", "联系电话", "取消", SAID[0], SAID[-1]):
            await anna.say(service, text)
        half = Follower(session, f"{OPENID}Half")
        await half.walk(in_turn(service), until_submission(library)[:-1])
        await half.say(service, SAID[-1])


async def _on_the_web(service: Service, library: Library) -> None:
    async with connected() as session:
        browser = Browser(session, service)
        for text in SAID:
            async with browser.post("/api/say", json={"text": text}) as response:  # type: ignore[attr-defined]
                assert response.status == (500 if BREAKS in text else 200)
            async with browser.post("/say", data={"text": text}) as response:  # type: ignore[attr-defined]
                assert response.status == (500 if BREAKS in text else 200)
        said = await take(browser, *whole_declaration(library), Say("导出我的信息"))  # type: ignore[arg-type]
        assert NAME in json.dumps(said, ensure_ascii=False)


async def _that_cannot_be_read(service: Service) -> None:
    query, body = sealed_push(TOLD, 1, OPENID)
    async with connected() as session:
        for changed in ({"msg_signature": "0" * 40}, {"timestamp": "1"}, {"nonce": TOLD}, {"openid": OPENID}):
            address = f"{service.url}/wechat/{ACCOUNT.name}"
            async with session.post(address, params={**query, **changed}, data=body[:-9]) as response:
                assert response.status in (400, 413)
        for path in (f"/law/bazhong/{NUMBER}", f"/page/{NUMBER}", f"/{TOLD}", f"/wechat/{OPENID}"):
            async with session.get(f"{service.url}{path}", params={"openid": OPENID}) as response:
                assert response.status in (404, 410)
        for data in (TOLD.encode(), TOLD.encode("gb18030"), PHOTO, json.dumps({"text": {TOLD: 1}}).encode()):
            asked = {"data": data, "headers": {"Content-Type": "application/json"}}
            async with session.post(f"{service.url}/api/say", **asked) as response:
                assert response.status in (400, 413)
    for sent in (f"{TOLD}\r\n\r\n", f"GET /{OPENID} HTTP/9\r\n\r\n", f"POST /say HTTP/1.1\r\nX{NUMBER}\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
            connection.sendall(sent.encode())
            assert b" 400 " in connection.recv(4096)


def _dumped(postgres: PostgresServer, database: str) -> bytes:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    return postgres.run("pg_dump", "--inserts", database)


@contextmanager
def _stores(folder: Path, kind: str) -> Iterator[tuple[dict[str, str], RedisServer | None, PostgresServer | None]]:
    if kind == "files":
        yield {}, None, None
        return
    with redis_server(folder / "redis") as redis, postgres_server(folder / "postgres") as postgres:
        stores = {"JUZHUZHENG_REDIS_URL": redis.url, "JUZHUZHENG_DATABASE_URL": postgres.database()}
        yield stores, redis, postgres


@pytest.mark.parametrize("kind", ["files", "servers"])
async def test_no_canary_stands_in_any_file_dump_log_or_count(tmp_path: Path, library: Library, kind: str) -> None:
    forms = all_forms()
    with _stores(tmp_path, kind) as (stores, redis, postgres):
        settings = {**written_settings(tmp_path), **stores}
        with running(tmp_path / "host", module="tests.bot.broken_service", **settings) as service:
            await _on_wechat(service, library)
            await _on_the_web(service, library)
            await _that_cannot_be_read(service)
            told = service.inside("/metrics")
            # While it runs, with all journals; and once more when it has written what it had in mind.
            assert found_in_folders([tmp_path], forms) == {}
        assert b"juzhuzheng_turns_total" in told
        assert found_in_bytes(told, forms) == set()
        assert sum("failed: KeyError" in str(line) for line in service.logged()) >= 5
        folders = [tmp_path]
        if redis is not None and postgres is not None:
            with Redis.from_url(redis.url) as client:
                client.save()
            assert found_in_bytes(_dumped(postgres, stores["JUZHUZHENG_DATABASE_URL"]), forms) == set()
            folders.append(postgres.data)
        assert found_in_folders(folders, forms) == {}
        assert found_in(folders[-1], b"bazhong"), "what is no secret stands there"


@pytest.mark.parametrize("name", CANARIES)
def test_the_search_finds_a_canary_however_it_is_written(tmp_path: Path, name: str) -> None:
    text, forms = CANARIES[name], all_forms()
    written = [text.encode(), text.encode("gbk"), text.encode("utf-16"), json.dumps({"text": f"a{text}b"}).encode()]
    written += [base64.b64encode(b"x" * before + text.encode() + b"yz") for before in range(3)]
    written += [text.encode().hex().encode()]
    for number, data in enumerate(written):
        (tmp_path / str(number)).write_bytes(b"before" + data + b"after")
    assert len(found_in_folders([tmp_path], forms)) == len(written)
    assert all(name in names for names in found_in_folders([tmp_path], forms).values())
    shutil.rmtree(tmp_path)
    assert all(len(form) >= 7 for form in forms_of(text)), "shorter ones would be found by chance"


def test_the_watch_on_the_log_sees_people_and_numbers_and_lets_other_records_pass() -> None:
    watch, log = LogWatch(), logging.getLogger("bot.test_of_the_watch")
    log.propagate = False
    log.addHandler(watch)
    log.warning("turn %s", NAME)
    log.warning("turn", extra={"who": CANARIES["openid"]})
    log.warning("telephone %s", "13911112222")
    log.warning("card %s", "41031119900307451X")
    assert len(watch.taken()) == 4
    log.warning(
        "turn took 12.5 ms, turn a1b2c3d4, port 45678", extra={"turn": "13911112222a", "at": 1764000000.12345678901}
    )
    assert watch.taken() == []
    log.removeHandler(watch)
