"""The real process: it starts, answers, keeps its data to itself, and says nothing of a request it cannot read."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECRET = "oSECRETOPENID"
ACCOUNT = f'[main]\napp_id = "wx1"\ntoken = "t"\naes_key = "{"a" * 43}"\ncity = "nowhere"\n'


def environment(data: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JUZHUZHENG_")}
    return {**clean, "JUZHUZHENG_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1", **more}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, Path, Path]]:
    """Yield (port, data folder, log file) of a running service."""
    log = tmp_path / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", "0"],
            cwd=ROOT, env=environment(tmp_path / "data"), stdout=output, stderr=output,
        )  # fmt: skip
        try:
            yield _port(process, log), tmp_path / "data", log
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    for _ in range(600):
        told = re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text())
        if told:
            return int(told[1])
        assert process.poll() is None, log.read_text()
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(f"没有启动：{log.read_text()}")


def test_the_service_answers_and_keeps_its_data_to_its_owner(served: tuple[int, Path, Path]) -> None:
    port, data, log = served
    request = urllib.request.Request(  # our own loopback address
        f"http://127.0.0.1:{port}/api/say",
        data=json.dumps({"text": "我在赤峰，签注过期二十天了还能补吗"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
        said = json.load(response)
    assert said["parts"][0]["quotations"][0]["place"] == "第二十条第二款"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in data.iterdir())
    assert "签注" not in log.read_text()


@pytest.mark.parametrize(
    "bytes_sent",
    [
        f"GET /wechat/main?openid={SECRET}{'x' * 9000} HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        f"POST /api/say HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ{SECRET}\r\n".encode(),
        f"{SECRET}\r\n\r\n".encode(),
    ],
)
def test_a_request_that_cannot_be_read_leaves_no_word_in_the_log(
    served: tuple[int, Path, Path], bytes_sent: bytes
) -> None:
    port, _, log = served
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(bytes_sent)
        assert connection.recv(4096).split(b"\r\n")[0].endswith(b"400 Bad Request")
    assert SECRET not in log.read_text()


def test_a_start_that_cannot_succeed_says_what_to_change(tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.toml"
    accounts.write_text(ACCOUNT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve", "--port", "0"], cwd=ROOT, capture_output=True, timeout=60, check=False,
        env=environment(tmp_path / "data", JUZHUZHENG_WECHAT_ACCOUNTS=str(accounts)),
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.decode().startswith("Error: 公众号 [main]：没有“nowhere”这个城市；可用：")
