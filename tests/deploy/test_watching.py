"""What monitoring sees of the real service: parts, counts, and a log of JSON lines whose fields are documented."""

from __future__ import annotations

import http.client
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot.logs import FIELDS, set_up_logs, turn_id
from tests.architecture.sizes import ROOT
from tests.bot.process import Service, running
from tests.bot.servers import redis_server
from tests.deploy.proxy import free_port

SECRET = "511123198805123620"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
_FIELDS = OPERATIONS[OPERATIONS.index("| 字段 |") :].partition("\n## ")[0]
EXPLAINED = {
    name for row in re.findall(r"^\| ([^|]+) \|", _FIELDS, re.MULTILINE) for name in re.findall("`([a-z]+)`", row)
}
"""The fields of the table in docs/operations.md."""
LOOKS_ANEW_SECONDS = 2.2


def got(port: int, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Ask a port of this machine; return status and body."""
    method, headers = ("GET", {}) if body is None else ("POST", {"Content-Type": "application/json"})
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()


def said(port: int, text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(got(port, "/api/say", json.dumps({"text": text}).encode())[1])
    return found


def value_of(port: int, series: str) -> float:
    """Return the value of a series, its labels in the order of the text form; 0 when there is none."""
    text = got(port, "/metrics")[1].decode()
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[StringIO], None]]:
    """What sets up the logs of the service; afterwards logging is as before."""
    for name in ("_srcfile", "logThreads", "logProcesses", "logMultiprocessing"):
        monkeypatch.setattr(logging, name, getattr(logging, name))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield set_up_logs
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def logs(set_up: Callable[[StringIO], None]) -> StringIO:
    """What is logged, as the service writes it."""
    stream = StringIO()
    set_up(stream)
    return stream


def test_a_part_that_is_out_is_named_to_monitoring_while_people_are_answered(tmp_path: Path) -> None:
    internal = free_port()
    with redis_server(tmp_path / "redis") as server:
        settings = {"JUZHUZHENG_REDIS_URL": server.url, "JUZHUZHENG_INTERNAL": f"127.0.0.1:{internal}"}
        with running(tmp_path, **settings) as service:
            assert json.loads(got(internal, "/healthz")[1]) == {
                "status": "ok",
                "parts": {"conversations": "ok", "records": "ok", "keys": "ok"},
            }
            server.stop()
            time.sleep(LOOKS_ANEW_SECONDS)
            # Asked for the counts alone: whoever scrapes them need not ask for the health too.
            assert value_of(internal, 'juzhuzheng_part_is_out{part="conversations"}') == 1
            status, health = got(internal, "/healthz")
            assert (status, json.loads(health)["status"]) == (200, "degraded")
            assert json.loads(health)["parts"] == {"conversations": "out", "records": "ok", "keys": "ok"}
            assert got(internal, "/readyz") == (200, b'{"ready": true}')
            assert said(service.port, "我在赤峰，签注过期二十天了还能补吗")["kind"] == "answer"
            assert (
                value_of(internal, 'juzhuzheng_store_faults_total{fault="StoreUnavailable",part="conversations"}') > 0
            )
            server.start()
            time.sleep(LOOKS_ANEW_SECONDS)
            assert value_of(internal, 'juzhuzheng_part_is_out{part="conversations"}') == 0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, int]]:
    internal = free_port()
    with running(tmp_path_factory.mktemp("watched"), JUZHUZHENG_INTERNAL=f"127.0.0.1:{internal}") as service:
        yield service, internal


def test_turns_are_counted_by_kind_and_timed(served: tuple[Service, int]) -> None:
    service, internal = served
    for _ in range(3):
        said(service.port, "我在赤峰，签注过期二十天了还能补吗")
    assert value_of(internal, 'juzhuzheng_turns_total{channel="web",kind="answer"}') >= 3
    assert value_of(internal, 'juzhuzheng_turn_seconds_count{channel="web"}') >= 3
    assert value_of(internal, "juzhuzheng_turns_under_way") == 0


def test_the_log_is_json_with_documented_fields_and_no_word_of_anybody(served: tuple[Service, int]) -> None:
    service, _ = served
    said(service.port, f"我叫欧阳小麦，身份证号{SECRET}，能办吗")
    written = service.log.read_text(encoding="utf-8")
    # What stands before the first line is told to an operator by the command, not logged.
    lines = [json.loads(line) for line in written.splitlines()]
    turns = [line for line in lines if line["event"] == "turn"]
    assert turns
    assert {"timestamp", "level", "logger", "turn", "channel", "kind", "city", "ms"} <= set(turns[-1])
    assert {name for line in lines for name in line} <= EXPLAINED
    assert SECRET not in written
    assert "欧阳小麦" not in written


def test_every_field_documented_is_one_the_program_writes(logs: StringIO) -> None:
    log = logging.getLogger("bot.test")
    try:
        raise ValueError(SECRET)
    except ValueError:
        with turn_id("a"):
            log.exception("event", extra=dict.fromkeys(FIELDS, "x"))
    (line,) = logs.getvalue().splitlines()
    written = json.loads(line)
    assert set(written) == EXPLAINED


def test_the_text_of_an_exception_never_reaches_the_log(logs: StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("bot.test").exception("failed")
    written = json.loads(logs.getvalue())
    assert written["event"] == "failed"
    assert written["trace"].startswith("ValueError\n")
    assert "test_watching.py" in written["trace"]
    assert SECRET not in logs.getvalue()


def test_nor_does_what_the_event_loop_tells_of_a_task_that_broke(logs: StringIO) -> None:
    # As asyncio does: the exception stands in the text of the message, below its first line.
    text = f"Task exception was never retrieved\nfuture: <Task finished exception=ValueError('{SECRET}')>"
    logging.getLogger("asyncio").error(text, exc_info=ValueError(SECRET))
    written = json.loads(logs.getvalue())
    assert written["event"] == "Task exception was never retrieved"
    assert SECRET not in logs.getvalue()


def test_at_a_terminal_people_read_lines_of_words(set_up: Callable[[StringIO], None]) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    set_up(stream)
    logging.getLogger("bot.test").info("serving on %s", "http://127.0.0.1:8080")
    assert "serving on http://127.0.0.1:8080" in stream.getvalue()
    assert "{" not in stream.getvalue()
