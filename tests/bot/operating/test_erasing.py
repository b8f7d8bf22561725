"""An operator erases a person: gone everywhere for good, and nobody else."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import redis

from bot.store.faults import Forgotten, NoSuchDeclaration
from tests.bot.declaring import NUMBER, readable_in
from tests.bot.keeping import NAME
from tests.bot.operating.hosts import Host, real
from tests.bot.servers import redis_server

OPENID = "oANNA"
RECEIPT_OF_NOBODY = "0000-0000-0000"


def tables_with(host: Host, *wanted: str) -> set[str]:
    """Return the tables, of SQLite or of PostgreSQL, and the kinds of keys of Redis in which these words stand."""
    found = {name for name, row in rows_of(host) if any(word in row for word in wanted)}
    if host.settings.redis_url:
        with redis.Redis.from_url(host.settings.redis_url, decode_responses=True) as client:
            found |= {key.rpartition(":")[2] for key in client.scan_iter() if any(word in key for word in wanted)}
    return found


def rows_of(host: Host) -> list[tuple[str, str]]:
    """Return every row that is kept with the name of its table."""
    text = ""
    for file in sorted(host.data.glob("*.sqlite3")):
        with closing(sqlite3.connect(file)) as database:
            text += "\n".join(database.iterdump()) + "\n"
    if host.settings.database_url:
        dump = ["pg_dump", "--inserts", host.settings.database_url]
        text += subprocess.run(dump, check=True, capture_output=True, timeout=60).stdout.decode()
    return re.findall(r'^INSERT INTO (?:\w+\.)?"?(\w+)"? (.*)$', text, re.MULTILINE)


@pytest.fixture
def anna_and_berta(host: Host) -> tuple[str, str]:
    """The receipts of two people, who both have begun something else besides."""
    host.run("doctor")
    anna = host.named("wechat", "main", OPENID)
    receipt, other = host.declarations(anna, "berta")
    return receipt, other


@pytest.mark.parametrize("by", ["receipt", "wechat"])
def test_who_is_erased_is_gone_everywhere_for_good_and_nobody_else_is(
    host: Host, anna_and_berta: tuple[str, str], by: str, tmp_path: Path
) -> None:
    receipt, other = anna_and_berta
    anna = host.named("wechat", "main", OPENID)
    saved = backed_up(host, tmp_path / "before")
    assert tables_with(host, receipt, receipt.replace("-", "")), "nothing is looked for in the right place"

    who = ["--receipt", receipt] if by == "receipt" else ["--wechat", "main", OPENID]
    assert host.run("erase", *who, "--yes").startswith("删好了")

    assert tables_with(host, receipt, receipt.replace("-", "")) == set()
    # That the erasing was done stays noted for a week, so that it is not done twice.
    assert tables_with(host, anna) <= {"done", "count", "holder", "seen", "waiting"}
    assert readable_in(host.data) == {}
    with pytest.raises(NoSuchDeclaration):
        host.read(receipt)
    assert dict(host.read(other).items)["姓名"] == NAME
    with host.people(anna, "berta") as (annas, bertas):
        assert annas.receipts() == []
        assert bertas.receipts() == [other]
        assert annas.assistant.session_of(anna).flow is None
        draft = bertas.assistant.session_of("berta").flow
        assert draft is not None
        assert NAME in draft.answers.values()
    assert_lost(host, saved, receipt, other)


def backed_up(host: Host, folder: Path) -> Path:
    """Return a copy of the records as they are now; on PostgreSQL a dump without the keys."""
    folder.mkdir()
    if host.settings.database_url is None:
        host.run("backup", "--records", str(folder / "records"), "--keys", str(folder / "keys"))
        return folder / "records"
    dump = ["pg_dump", "--no-owner", "--exclude-schema=juzhuzheng_keys", host.settings.database_url]
    (folder / "records.sql").write_bytes(subprocess.run(dump, check=True, capture_output=True, timeout=60).stdout)
    return folder / "records.sql"


def assert_lost(host: Host, saved: Path, receipt: str, other: str) -> None:
    """See that with all keys that are left the earlier copy of the records opens the other's, and hers no more."""
    again = host.beside("again")
    if saved.is_dir():
        shutil.copytree(host.data, again.data)
        shutil.copy(saved / "records.sqlite3", again.data / "records.sqlite3")
        for journal in again.data.glob("records.sqlite3-*"):
            journal.unlink()
    else:
        host.give_keys(again)
        url = str(host.settings.database_url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        put_back = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(saved), url]
        subprocess.run(put_back, check=True, capture_output=True, timeout=60)
    with pytest.raises(Forgotten):
        again.read(receipt)
    assert dict(again.read(other).items)["姓名"] == NAME


def test_a_receipt_of_nobody_erases_nothing_and_says_so(small: Host) -> None:
    small.run("doctor")
    assert "没有这个回执号的填报" in small.run("erase", "--receipt", RECEIPT_OF_NOBODY, "--yes", code=1)


def test_erasing_asks_first_and_wants_one_person_named(small: Host) -> None:
    small.run("doctor")
    (receipt,) = small.declarations("anna")
    assert "真的删除吗" in small.run("erase", "--receipt", receipt, code=1)
    assert dict(small.read(receipt).items)["姓名"] == NAME
    for who in ([], ["--receipt", receipt, "--wechat", "main", OPENID]):
        assert "请说是谁" in small.run("erase", *who, "--yes", code=2)


def test_while_redis_is_away_nothing_is_erased_and_the_receipt_still_tells_who_it_is(
    large: Host, small: Host, tmp_path: Path
) -> None:
    with redis_server(tmp_path / "redis") as server:
        host = large.beside("data", REDIS_URL=server.url)
        host.run("doctor")
        (receipt,) = host.declarations("anna")
        server.stop()
        assert "Redis 读写不了" in host.run("erase", "--receipt", receipt, "--yes", code=1)
        assert dict(host.read(receipt).items)["姓名"] == NAME
        server.start()
        host.run("erase", "--receipt", receipt, "--yes")
        with pytest.raises(NoSuchDeclaration):
            host.read(receipt)


def test_a_command_as_a_process_prints_to_people_and_logs_nothing_of_anybody(small: Host) -> None:
    small.run("doctor")
    (receipt,) = small.declarations("anna")
    done = real(small.environment, "erase", "--receipt", receipt, "--yes")
    assert done.returncode == 0
    assert done.stdout.decode().startswith("删好了")
    assert not {NUMBER, receipt} & {*done.stdout.decode().split(), *done.stderr.decode().split()}
