"""The real process: it starts, answers, keeps its data to itself, and says nothing of a request it cannot read."""

from __future__ import annotations

import asyncio
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.bot.process import ROOT, Service, environment, refusal, running

SECRET = "oSECRETOPENID"
ACCOUNT = f'[main]\napp_id = "wx1"\ntoken = "t"\naes_key = "{"a" * 43}"\ncity = "nowhere"\n'


async def asked(url: str, text: str) -> dict[str, Any]:
    async with ClientSession() as visitor, visitor.post(f"{url}/api/say", json={"text": text}) as response:
        said: dict[str, Any] = await response.json()
        return said


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Service]:
    with running(tmp_path) as service:
        yield service


def test_the_service_answers_and_keeps_its_data_to_its_owner(served: Service) -> None:
    said = asyncio.run(asked(served.url, "我在赤峰，签注过期二十天了还能补吗"))
    assert said["parts"][0]["quotations"][0]["place"] == "第二十条第二款"
    assert stat.S_IMODE(served.data.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in served.data.iterdir())
    assert "签注" not in served.log.read_text()


def test_a_second_service_on_the_same_data_is_refused_and_the_first_goes_on(tmp_path: Path, served: Service) -> None:
    said = refusal(tmp_path)
    assert "正被另一个 juzhuzheng serve 用着" in said
    assert "JUZHUZHENG_DATA_DIR" in said
    assert asyncio.run(asked(served.url, "洛阳补办要钱吗"))["parts"]


def test_what_a_killed_service_leaves_keeps_no_other_out(tmp_path: Path, served: Service) -> None:
    served.kill()
    with running(tmp_path) as next_one:
        assert asyncio.run(asked(next_one.url, "洛阳补办要钱吗"))["parts"]


@pytest.mark.parametrize(
    "bytes_sent",
    [
        f"GET /wechat/main?openid={SECRET}{'x' * 9000} HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        f"POST /api/say HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ{SECRET}\r\n".encode(),
        f"{SECRET}\r\n\r\n".encode(),
    ],
)
def test_a_request_that_cannot_be_read_leaves_no_word_in_the_log(served: Service, bytes_sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(bytes_sent)
        assert connection.recv(4096).split(b"\r\n")[0].endswith(b"400 Bad Request")
    assert SECRET not in served.log.read_text()


def test_a_well_formed_request_leaves_no_openid_in_the_log(served: Service) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(f"GET /wechat/main?openid={SECRET} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert connection.recv(4096)
    assert SECRET not in served.log.read_text()


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("identity.key", b"short", "请从备份取回 identity.key"),
        ("conversations.sqlite3", b"no database" * 99, "会话库打不开"),
    ],
)
def test_damaged_data_is_told_with_what_to_do(tmp_path: Path, file: str, content: bytes, told: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / file).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve", "--port", "0"], cwd=ROOT, capture_output=True, timeout=60, check=False,
        env=environment(tmp_path / "data"),
    )  # fmt: skip
    assert done.returncode == 1
    assert told in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_a_start_that_cannot_succeed_says_what_to_change(tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.toml"
    accounts.write_text(ACCOUNT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve", "--port", "0"], cwd=ROOT, capture_output=True, timeout=60, check=False,
        env=environment(tmp_path / "data", JUZHUZHENG_WECHAT_ACCOUNTS=str(accounts)),
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.decode().startswith("Error: 公众号 [main]：没有“nowhere”这个城市；可用：")
