"""What staff publish reaches every process and is counted; what is off stays off while the database is out."""

from __future__ import annotations

import asyncio
import json
import stat
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot import chores
from bot.app import build_app
from bot.assistant import Assistant
from bot.identity import Identities
from bot.opening import make_assistant
from bot.publishing import SWITCHES, Publishing
from bot.regression import Report
from bot.settings import Settings
from bot.store.records import Records
from bot.store.sqlite import SqliteConversations
from bot.store.vault import Vault
from dialogs.advisor import Advisor
from dialogs.published import FaqEntry, Published
from dialogs.saying import Saying
from knowledge.address import Address
from knowledge.library import Library
from tests.bot.asking import ask
from tests.bot.declaring import Clock
from tests.bot.keeping import DAY, Place

HERE, QUESTION, DOG = "luoyang", "首次办证收不收钱", "居住证能不能刷地铁"
LINE, OFF = "办法里没有写地铁。", "这里的办法正在修订，请先打 12345。"
GOOD = Report(1, 1, 1).to_json()


def publish(records: Records, asks: tuple[str, ...] = (DOG,), line: str = LINE) -> str:
    """Bring an answer through both hands and return its entry."""
    revision = records.draft(None, HERE, asks, line, (Address("16"),), "anna", 0)
    records.hand_in(revision, "anna", 0)
    records.keep_report(revision, GOOD, "anna", 0)
    records.approve(revision, "boris", 0)
    return records.revision(revision).faq.id


class Host:
    """One process: an assistant with its own stores in a folder, and the records of a place."""

    def __init__(self, advisor: Advisor, folder: Path, records: Records, clock: Clock) -> None:
        folder.mkdir(exist_ok=True)
        self.publishing = Publishing(records, folder, clock)
        conversations = SqliteConversations(folder / "conversations.sqlite3", Vault(folder))
        started = self.publishing.at_start(advisor)
        self.assistant = Assistant(started, conversations, records, publishing=self.publishing, now=clock)
        self._persons = 0

    async def said(self, text: str) -> Saying:
        """Return what somebody new in the city is told."""
        self._persons += 1
        return await self.assistant.hear(f"person {self._persons}", f"洛阳，{text}")

    async def line(self, text: str) -> str:
        return (await self.said(text)).parts[0].first_line

    async def refresh(self) -> None:
        await self.publishing.refresh(self.assistant)

    async def refresh_after_the_outage(self) -> None:
        """Look again once the records are asked again: after a second."""
        before = self.assistant.advisor
        async with asyncio.timeout(10):
            while self.assistant.advisor is before:
                await asyncio.sleep(0.1)
                await self.refresh()


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


@pytest.fixture
def host(advisor: Advisor, tmp_path: Path, records: Records, clock: Clock) -> Host:
    return Host(advisor, tmp_path / "here", records, clock)


async def test_what_one_process_publishes_the_others_say_from_their_next_look_on(
    advisor: Advisor, tmp_path: Path, place: Place, host: Host, clock: Clock
) -> None:
    with place.opened() as (others, _):
        other = Host(advisor, tmp_path / "there", others, clock)
        usual = [await one.said(text) for one in (host, other) for text in (DOG, QUESTION)]
        entry = publish(others)
        others.switch_off(HERE, "fee_first", OFF, "anna", 0)
        for one in (host, other):
            await one.refresh()
            assert await one.line(DOG) == LINE
            assert await one.line(QUESTION) == OFF
        others.roll_back(entry, "boris", 0)
        others.switch_on(HERE, "fee_first", "anna", 0)
        for one in (host, other):
            await one.refresh()
        assert [await one.said(text) for one in (host, other) for text in (DOG, QUESTION)] == usual


async def test_an_answer_that_many_have_heard_is_not_repeated_from_memory(host: Host, records: Records) -> None:
    usual = {await host.line(QUESTION) for _ in range(5)}
    records.switch_off(HERE, None, OFF, "anna", 0)
    assert {await host.line(QUESTION)} == usual
    await host.refresh()
    assert {await host.line(QUESTION) for _ in range(5)} == {OFF}
    records.switch_on(HERE, None, "anna", 0)
    await host.refresh()
    assert {await host.line(QUESTION) for _ in range(5)} == usual


async def test_where_nothing_changed_nothing_is_prepared_anew(host: Host, records: Records) -> None:
    publish(records)
    await host.refresh()
    before = host.assistant.advisor
    await host.refresh()
    assert host.assistant.advisor is before
    assert host.assistant.turns.advisor is before


@pytest.mark.parametrize(
    "broken", ["UPDATE faq SET line = '要交50元。'", "UPDATE faq SET places = '[]'", "UPDATE faq SET asks = 'x'"]
)
async def test_an_answer_that_does_not_verify_is_left_out_and_told_by_its_number_and_the_rest_is_said(
    host: Host, records: Records, place: Place, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    bad = publish(records)
    place.run(broken)
    publish(records, ("养狗要办狗证吗",), "办法没有写养狗。")
    records.switch_off(None, "fee_first", OFF, "anna", 0)
    usual = await host.line(DOG)
    await host.refresh()
    assert await host.line(DOG) == usual
    assert await host.line("养狗要办狗证吗") == "办法没有写养狗。"
    assert await host.line(QUESTION) == OFF
    told = [record.getMessage() for record in caplog.records if "does not verify" in record.getMessage()]
    assert len(told) == 1
    assert bad in told[0]
    assert "50" not in told[0].replace(bad, "")


# --- counting ---


async def test_how_often_an_answer_was_given_is_counted_by_day_and_kept_while_the_records_are_out(
    host: Host, records: Records, place: Place, clock: Clock
) -> None:
    entry = publish(records)
    await host.refresh()
    for text in (DOG, DOG, QUESTION, "居住证可以刷地铁吗"):
        await host.said(text)
    today = clock.today()
    assert records.served(entry, today) == 0, "off the turn"
    await host.publishing.flush()
    assert records.served(entry, today) == 3
    clock.at += DAY
    await host.said(DOG)
    place.run("ALTER TABLE faq_served RENAME TO faq_serving")
    await host.publishing.flush()
    await host.said(DOG)
    place.run("ALTER TABLE faq_serving RENAME TO faq_served")
    await host.publishing.flush()
    await host.publishing.flush()
    assert records.served(entry, today) == 5
    assert records.served(entry, today + timedelta(days=1)) == 2


async def test_a_message_delivered_again_is_counted_once(host: Host, records: Records, clock: Clock) -> None:
    entry = publish(records)
    await host.refresh()
    for _ in range(3):
        await host.assistant.hear_once(
            "anna", f"洛阳，{DOG}", message_key="k", render=lambda one: one.parts[0].first_line
        )
    await host.publishing.flush()
    assert records.served(entry, clock.today()) == 1


# --- while the database is out ---


async def test_what_is_off_stays_off_when_a_host_starts_while_the_records_are_out(
    advisor: Advisor,
    tmp_path: Path,
    place: Place,
    host: Host,
    records: Records,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish(records)
    records.switch_off(HERE, "fee_first", OFF, "anna", 0)
    await host.refresh()
    file = tmp_path / "here" / SWITCHES
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text(encoding="utf-8")) == [{"city": HERE, "topic": "fee_first", "sentence": OFF}]
    place.run("ALTER TABLE switch RENAME TO switched")
    again = Host(advisor, tmp_path / "here", records, clock)
    assert await again.line(QUESTION) == OFF
    assert await again.line(DOG) != LINE, "that one needs the records"
    for _ in range(3):
        await again.refresh()
    assert await again.line(QUESTION) == OFF
    told = [record for record in caplog.records if "nothing of it changes" in record.getMessage()]
    assert len(told) == 1, "an outage is told once"
    place.run("ALTER TABLE switched RENAME TO switch")
    await again.refresh_after_the_outage()
    assert (await again.line(QUESTION), await again.line(DOG)) == (OFF, LINE)


async def test_what_is_on_again_is_gone_from_the_file(tmp_path: Path, host: Host, records: Records) -> None:
    records.switch_off(HERE, "fee_first", OFF, "anna", 0)
    await host.refresh()
    records.switch_on(HERE, "fee_first", "anna", 0)
    await host.refresh()
    file = tmp_path / "here" / SWITCHES
    assert json.loads(file.read_text(encoding="utf-8")) == []
    assert [one.name for one in file.parent.glob("switches*")] == [SWITCHES]


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '[{"city": 1, "topic": null, "sentence": "x"}]', '[{"city": "a"}]', "\ud800"]
)
async def test_a_damaged_file_is_told_and_stops_nothing(
    advisor: Advisor,
    tmp_path: Path,
    place: Place,
    records: Records,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    text: str,
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / SWITCHES).write_bytes(text.encode("utf-8", "surrogatepass"))
    place.run("ALTER TABLE switch RENAME TO switched")
    again = Host(advisor, folder, records, clock)
    assert OFF not in await again.line(QUESTION)
    assert f"{SWITCHES} cannot be read" in caplog.text
    place.run("ALTER TABLE switched RENAME TO switch")
    records.switch_off(HERE, None, OFF, "anna", 0)
    await again.refresh()
    assert await again.line(QUESTION) == OFF
    assert json.loads((folder / SWITCHES).read_text(encoding="utf-8")) != []


async def test_a_folder_that_takes_no_file_is_told_and_the_switch_holds_all_the_same(
    tmp_path: Path, host: Host, records: Records, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "here" / SWITCHES).unlink(missing_ok=True)
    (tmp_path / "here" / SWITCHES).mkdir()
    records.switch_off(HERE, None, OFF, "anna", 0)
    await host.refresh()
    assert await host.line(QUESTION) == OFF
    assert "cannot be kept" in caplog.text


# --- the service ---


async def test_a_service_says_what_was_published_from_its_first_answer_on_and_what_is_published_later_soon(
    advisor: Advisor, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "PUBLISHED_SECONDS", 0.05)
    vault = Vault(tmp_path)
    records = Records.open(tmp_path, vault)
    records.switch_off(HERE, "fee_first", OFF, "anna", 0)
    settings = Settings(data_dir=tmp_path, turns_a_minute=10_000, posts_a_minute=10_000)
    app = build_app(settings, make_assistant(settings, advisor), library, Identities(bytes(32)))
    async with TestClient(TestServer(app)) as client:
        _, said = await ask(client, f"洛阳，{QUESTION}")
        assert said["parts"][0]["first_line"] == OFF
        publish(records)
        lines = []
        for _ in range(40):
            await asyncio.sleep(0.02)
            lines.append((await ask(client, f"洛阳，{DOG}"))[1]["parts"][0]["first_line"])
        assert LINE in lines
    records.close()
    vault.close()


def test_hundreds_of_answers_are_prepared_within_the_time_of_a_turn(advisor: Advisor) -> None:
    entries = tuple(
        FaqEntry(f"e{at}", HERE, (f"第{at}号地铁站能不能刷证", f"{at}路能刷吗啊"), LINE, (Address("16"),))
        for at in range(300)
    )
    started = time.process_time()
    advisor.with_published(Published((), entries))
    assert time.process_time() - started < 5
