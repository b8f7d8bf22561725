"""The benchmark at tiny size: it measures what it says, and notices a server that only seems to answer."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.parser import parse_message

from dialogs import words
from tests.bench import document
from tests.bench.__main__ import PARTS
from tests.bench.figures import Rounds, Section, written
from tests.bench.jobs import Job, Message, Outcome
from tests.bench.lines import Asking, Replies
from tests.bench.load import faults_of
from tests.bench.measuring import within
from tests.bench.mixes import CONVERSATION, PEOPLE, POPULAR, Mix, all_questions, conversations
from tests.bench.sealing import ACCOUNT, BadReply, Sealer
from tests.bench.servers import Served

CRYPTO = WeChatCrypto(ACCOUNT.token, ACCOUNT.aes_key, ACCOUNT.app_id)
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def sealed(content: str) -> str:
    """A reply as a server would seal it."""
    plain = f"<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content></xml>"
    return str(CRYPTO.encrypt_message(plain, "nonce", "1700000000"))


def judged(job: Job, *bodies: str, status: int = 200) -> list[str]:
    replies = Replies([status] * len(bodies), [body.encode() for body in bodies], [0.1] * len(bodies))
    return faults_of(job, replies)


@asynccontextmanager
async def serving(answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[int]:
    """Serve every request by `answer`; yield the port."""

    talks = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                await answer(writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*filter(None, talks))


def test_a_push_is_what_wechatpy_opens() -> None:
    query, body = Sealer().push("o1", "办居住证要带什么", 7, 1_700_000_000)
    asked = dict(part.split("=") for part in query.split("&"))
    plain = CRYPTO.decrypt_message(body, asked["msg_signature"], asked["timestamp"], asked["nonce"])
    message = parse_message(plain)
    assert (message.source, message.content, message.id) == ("o1", "办居住证要带什么", 7)


def test_a_reply_is_opened_and_a_spoiled_one_is_not() -> None:
    assert Sealer().open(sealed("带身份证")) == "带身份证"
    for spoiled in ("success", sealed("  "), sealed("带").replace("1700000000", "1700000001"), "<xml></xml>"):
        with pytest.raises(BadReply):
            Sealer().open(spoiled)


def test_a_server_that_does_not_answer_is_noticed() -> None:
    asked = Job(1, messages=(Message("o1", "要带什么"),))
    assert judged(asked, sealed("带身份证")) == []
    assert judged(asked, sealed("带身份证"), status=500) == ["HTTP 500"]
    assert judged(asked, sealed("对不起，刚才没有处理好您的消息，请过一会儿再发一次。")) == ["服务没有回答这一句"]
    assert judged(asked, sealed(words.BUSY)) == ["服务没有回答这一句"]
    assert judged(asked, "success") == ["回复里没有 'Encrypt'"]
    told = Job(1, messages=(Message("o1", "要带什么", must_say="这是预审"),))
    assert judged(told, sealed("带身份证")) == ["回复里没有该有的话"]
    echoed = Job(1, messages=(Message("o1", "要带什么"),), echoes=True)
    assert judged(echoed, sealed("要带什么")) == []
    assert judged(echoed, sealed("别的")) == ["回声不是原话"]
    assert judged(Job(1, path="/", count=1, must_say="第十五条"), "别的一页") == ["不是要的那一页"]


async def test_all_are_asked_over_a_few_lines_even_if_the_server_hangs_up_after_each() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(OK.replace(b"HTTP/1.1", b"HTTP/1.0"))
        writer.close()

    async with serving(answer) as port:
        asking = Asking(port, [GET] * 20, 3)
        await asyncio.wait_for(asking.closed_loop(), timeout=30)
        asking.close()
    assert asking.replies.body == [b"ok"] * 20


async def test_a_request_that_is_hung_up_on_is_a_failure_and_the_others_are_asked() -> None:
    count = 0

    async def answer(writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        if count == 2:
            writer.close()
        else:
            writer.write(OK)

    async with serving(answer) as port:
        asking = Asking(port, [GET] * 4, 1)
        await asyncio.wait_for(asking.closed_loop(), timeout=30)
        asking.close()
    assert asking.replies.status == [200, 0, 200, 200]
    assert faults_of(Job(port, path="/", must_say="ok"), asking.replies) == ["HTTP 0", "不是要的那一页"]


async def test_who_waits_because_the_server_stands_still_is_counted_from_when_he_came() -> None:
    first = True

    async def answer(writer: asyncio.StreamWriter) -> None:
        nonlocal first
        await asyncio.sleep(0.5 if first else 0)
        first = False
        writer.write(OK)

    async with serving(answer) as port:
        asking = Asking(port, [GET] * 20, 1)
        await asking.open()
        await asyncio.wait_for(asking.open_loop(200.0, seed=1), timeout=30)
        asking.close()
    assert sorted(asking.replies.waits)[10] > 0.2


def test_jobs_and_outcomes_survive_the_pipe() -> None:
    job = Job(80, 32, 5.5, (Message("o1", "“好”\n吗", "是"),), 9, echoes=True, keep_alive=False)
    outcome = Outcome(1.5, (0.25, 0.5), 0.001, failures=("HTTP 500",))
    assert "\n" not in job.to_json()
    assert (Job.from_json(job.to_json()), Outcome.from_json(outcome.to_json())) == (job, outcome)


def test_distinct_questions_come_once_and_popular_ones_by_rank() -> None:
    distinct = [message.text for message in Mix("distinct", 1).take(len(all_questions()))]
    assert len(set(distinct)) == len(distinct) > 900
    popular = [message.text for message in Mix("popular", 1).take(2_000)]
    assert len(set(popular)) <= POPULAR
    people = [message.person for message in Mix("popular", 1).take(2_000)]
    assert all(len(set(people[start : start + PEOPLE])) == PEOPLE == len(set(people)) for start in range(1_000))
    assert popular.count(max(popular, key=popular.count)) > 200
    assert Mix("popular", 1).take(50) == Mix("popular", 1).take(50) != Mix("popular", 2).take(50)


def test_in_a_crowd_nobody_speaks_again_before_eight_others_spoke() -> None:
    said = conversations(50, seed=1)
    assert len(said) == 50 * len(CONVERSATION)
    assert [m.text for m in said if m.person == "d1-45"] == list(CONVERSATION)
    for start in range(len(said) - 8):
        assert len({message.person for message in said[start : start + 8]}) == 8


def test_the_cpu_time_of_a_child_is_the_servers() -> None:
    child = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"
    parent = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        served = Served(process, 0, 0.0)
        assert served.cpu_seconds() >= 0.29
        assert served.resident_mib() > 8
        process.communicate(b"\n")


def test_medians_spread_and_ratios_stand_side_by_side() -> None:
    figures = Rounds()
    for value in (3.0, 1.0, 2.0):
        figures.add("CPU", "我们", value)
        figures.add("CPU", "回声", value / 4)
    figures.add("内存", "我们", 123.4)
    assert figures.rows(["我们", "回声"], [("我们", "回声")]) == [
        ("CPU", "2.00（1.00–3.00）", "0.50（0.25–0.75）", "4.00"),
        ("内存", "123（123–123）", "—", "—"),
    ]
    assert [written(value) for value in (1234.5, 12.34, 1.234, 0.0314)] == ["1,234", "12.3", "1.23", "0.031"]
    assert [within(range(1, 101), share) for share in (0.5, 0.99, 1)] == [50, 99, 100]
    assert [within([3, 1, 2], share) for share in (0.1, 0.5, 0.99)] == [1, 2, 3]


def test_the_tables_are_put_between_the_marks_and_the_words_around_them_stay(tmp_path: Path) -> None:
    target = tmp_path / "performance.md"
    target.write_text(f"前言\n\n{document.BEGIN}\n旧的\n{document.END}\n\n后记\n", encoding="utf-8")
    section = Section("问一句", ("数字", "我们"), [("CPU", "2.00")], ["说明"])
    document.put(section.as_markdown().strip(), target)
    text = target.read_text(encoding="utf-8")
    assert text.startswith("前言\n")
    assert text.endswith("后记\n")
    assert "| CPU | 2.00 |" in text
    assert "旧的" not in text
    target.write_text("没有记号", encoding="utf-8")
    with pytest.raises(ValueError, match="记号"):
        document.put("", target)


def test_the_document_has_the_marks() -> None:
    text = document.TARGET.read_text(encoding="utf-8")
    assert text.index(document.BEGIN) < text.index(document.END)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_measures_at_tiny_size(name: str) -> None:
    sections = PARTS[name](1, quick=True)
    assert sections
    for section in sections:
        assert section.rows or section.notes
        assert all(len(row) == len(section.header) and all(row) for row in section.rows)
        assert section.title in section.as_text()
