"""The box and our own service, as an operator runs them: every message answered once, whatever the platform does."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.ledger import Fate, Outcome
from bot.sandbox.options import Clocks, SandboxOptions
from bot.sandbox.replies import Flaw
from bot.sandbox.sandbox import Sandbox
from tests.bot.process import ROOT, Service, running
from tests.bot.sandbox.accounts import ACCOUNT
from tests.bot.visiting import written_settings

QUESTION, ANSWER = "巴中补办居住证要钱吗", "不收钱"
BRISK = Clocks(speed=3)
"""Fast enough for a test; slow enough for a service on a busy machine to answer in 4.5 seconds of it."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    with running(folder, **written_settings(folder)) as started:
        yield started


@asynccontextmanager
async def box_for(service: Service, **options: Any) -> AsyncIterator[Sandbox]:
    url = f"{service.url}/wechat/{ACCOUNT.name}"
    given = {"callback_url": url, "account": ACCOUNT, "clocks": BRISK} | options
    async with Sandbox(SandboxOptions(**given)) as box:
        yield box


async def test_the_address_is_verified_a_follower_welcomed_and_a_question_answered(service: Service) -> None:
    async with box_for(service) as box:
        assert await box.verify()
        person = box.person()
        await person.unfollows()
        assert (await person.follows("station")).fate is Fate.REPLIED
        delivery = await person.says(QUESTION)
        assert ANSWER in delivery.text
        assert delivery.pushes == 1


async def test_every_kind_of_message_and_event_is_borne(service: Service) -> None:
    async with box_for(service) as box:
        person = box.person()
        for written in (
            person.sends_image(b"no photo"), person.speaks("怎么办居住证"), person.speaks(None), person.sends_video(),
            person.sends_location("某市某区某路1号"), person.sends_link("题", "https://example.com/"),
        ):  # fmt: skip
            assert (await written).fate is Fate.REPLIED
        for done in (
            person.follows("station"), person.clicks("NO_SUCH_KEY"), person.views("https://example.com/"),
            person.reports_position(34.6, 112.4), person.answers_popup("T", True), person.changes_grant("T", False),
            person.unfollows(),
        ):  # fmt: skip
            assert (await done).fate in (Fate.REPLIED, Fate.SILENT)
        assert box.ledger.tally().invalid == 0


async def test_whatever_the_platform_does_each_message_is_answered_once(service: Service) -> None:
    faults = (Fault.DUPLICATE, Fault.REORDER, Fault.DELAY, Fault.SAME_ID, Fault.DROP)
    async with box_for(service, faults=dict.fromkeys(faults, 0.3), seed=7) as box:

        async def talk() -> None:
            person = box.person()
            for question in (QUESTION, "要带什么", "多久能拿到"):
                await person.says(question)

        await asyncio.gather(*(talk() for _ in range(6)))
        await box.settled()
        tally = box.ledger.tally()
        assert (tally.messages, tally.replied) == (18, 18)
        assert (tally.lost, tally.doubled, tally.invalid, tally.late) == (0, 0, 0, 0)
        assert all(box.faults.happened[fault] for fault in faults), "every fault had its turn"


async def test_another_key_or_token_is_refused_and_the_person_sees_the_banner(service: Service) -> None:
    for wrong in ({"token": "another-token"}, {"aes_key": "x" * 43}, {"app_id": "wxanother"}):
        async with box_for(service, account=replace(ACCOUNT, **wrong)) as box:
            assert not await box.verify()
            delivery = await box.person().says(QUESTION)
            assert [(one.outcome, one.flaw, one.status) for one in delivery.attempts] == [
                (Outcome.INVALID, Flaw.STATUS, 400)
            ]


async def test_a_service_that_stands_still_answers_the_second_push(service: Service) -> None:
    async with box_for(service) as box:
        person = box.person()
        service.pause()
        try:
            asking = asyncio.create_task(person.says(QUESTION))
            await box.clock.sleep(6)
        finally:
            service.resume()
        delivery = await asking
        assert ANSWER in delivery.text
        assert delivery.attempts[0].outcome is Outcome.TIMEOUT


SERVE = """
from bot.sandbox.options import SandboxOptions, invented_account
from bot.sandbox.serving import run_sandbox
run_sandbox(SandboxOptions("http://127.0.0.1:1/wechat/main", invented_account()))
"""


def test_the_box_serves_until_it_is_told_to_stop_and_says_what_is_wrong(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen([sys.executable, "-c", SERVE], cwd=ROOT, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        said = "".join(process.stdout.readline().decode() for _ in range(4))
        url = re.findall(r"http://127\.0\.0\.1:\d{2,}", said)[0]
        with urlopen(url, timeout=5) as page:  # noqa: S310  # our own address
            assert "微信沙箱" in page.read().decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert "没有通过验证" in said
