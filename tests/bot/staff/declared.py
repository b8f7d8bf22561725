"""Declarations handed in to an office, and what a clerk does with them at a desk."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from itertools import count

from bot.operators import asks_by_item
from bot.store.records import Labels
from dialogs.effects import Submit
from dialogs.receipts import new_receipt
from knowledge.library import Library
from tests.bot.declaring import DAY
from tests.bot.keeping import ADDRESS, DECLARATION, NAME, NUMBER, PHONE
from tests.bot.staff.console import Desk, Office

LIST = "/staff/declarations"
ABSENT = new_receipt(b"12345678")
WHY = {"why": "核对材料"}
CONTENT = (NUMBER, NAME, PHONE, ADDRESS)
BAZHONG = replace(DECLARATION, city="bazhong", station="巴州区")
_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_turns = count()


def cover_as_in_service(service: Office, library: Library) -> None:
    """Have items covered as the running service does: it knows which ask each was given by."""
    service.records._labels = Labels(items=asks_by_item(library.wordings["declaration"]))


def hand_in(service: Office, person: str = "anna", *, ago: int = 0, of: Submit = BAZHONG) -> str:
    """Hand in a declaration so many days ago; return its receipt number."""
    now = service.clock() - ago * DAY
    wanted = replace(of, identity=f"{of.identity} {next(_turns)}")
    day = service.clock.today() - timedelta(days=ago)
    service.records.carry_out(f"turn {next(_turns)}", person, [wanted], day, now)
    return service.records.declarations_of(person)[-1].receipt


def done_to(service: Office, receipt: str) -> list[tuple[str, str, str]]:
    return [(one.what, one.reader, one.reason) for one in service.records.accesses_of(receipt)]


def fields(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form that posts to `action`."""
    form = page.partition(f'action="{action}')[2].partition("</form>")[0]
    assert form, action
    return {name: unescape(value) for name, value in _FIELD.findall(form)}


async def reveal(desk: Desk, receipt: str, **given: str) -> str:
    path = f"{LIST}/{receipt}"
    response = await desk.post(path, {**fields(await desk.text(path), path), **(given or WHY)})
    assert response.status == 200, response.status
    return await response.text()


async def asked_to(desk: Desk, receipt: str, act: str, **typed: str) -> dict[str, str]:
    """Type into a form of the declaration's page; return what the page that asks once more would send."""
    path = f"{LIST}/{receipt}"
    response = await desk.post(f"{path}/{act}", {**fields(await desk.text(path), f"{path}/{act}"), **typed})
    page = await response.text()
    assert response.status == 200, page
    return fields(page, f"{path}/{act}")


async def decide(desk: Desk, receipt: str, act: str, **typed: str) -> None:
    sure = await asked_to(desk, receipt, act, **typed)
    response = await desk.post(f"{LIST}/{receipt}/{act}", sure)
    assert response.status == 303, await response.text()


async def exported(desk: Desk, query: str) -> list[list[str]]:
    response = await desk.post(f"{LIST}/export?{query}", {"why": "核对", "more": "月报"})
    assert response.status == 200, await response.text()
    assert (response.content_type, response.headers["Cache-Control"]) == ("text/csv", "no-store")
    assert response.headers["Content-Disposition"].startswith("attachment;")
    return list(csv.reader(io.StringIO((await response.read()).decode("utf-8-sig"))))
