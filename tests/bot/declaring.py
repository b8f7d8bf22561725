"""Somebody who fills in a declaration, by messages and on pages, with the real stores in a folder."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from bot.assistant import Assistant, Place
from bot.page_answers import PageAnswer
from bot.photo import clean_photo
from bot.render import as_text
from bot.store.base import Claim, Conversations, Given, Limits
from bot.store.records import Records
from bot.store.redis import RedisConversations
from bot.store.sqlite import SqliteConversations
from bot.store.vault import Vault
from dialogs.advisor import Advisor
from dialogs.effects import Operator
from knowledge.library import Library
from tests.bot.blocking import Blocking, Loop
from tests.bot.keeping import ADDRESS, LABELS, NAME, PHONE, found_in
from tests.bot.test_photo import SECRET, exif, file_of

START = datetime(2026, 11, 2, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
HOUR, DAY = 3600.0, 86_400.0
NUMBER = "511123198805123620"
HUKOU, EMPLOYER = "四川省渠县天星镇红旗村2组15号", "长乐未央造纸坊"
PICTURE = Image.effect_noise((300, 400), 60).convert("RGB")
PHOTO = file_of(PICTURE, exif=exif(1), comment=SECRET)
"""A portrait as a telephone takes it: with the place and the device in it."""

KEPT_PHOTO = clean_photo(PHOTO).data
ON_A_PAGE = Place(links="")
OFFICE = Operator("巴中市公安局巴州分局", "0827-5555555", "《四川省流动人口信息登记办法》", keep_days=30)
Operators = tuple[tuple[str, Operator], ...]
PATIENT = Limits(turns_a_minute=10_000)
"""The stories are told faster than anybody types."""
WITH_OFFICE: Operators = (("bazhong", OFFICE),)

_LINK = re.compile(r"/page/([\w-]+)")
_RECEIPT = re.compile(r"\d{4}-\d{4}-\d{4}")
_message_numbers = count()


class Clock:
    """The time, as far as the stores know it."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> float:
        return self.at

    def today(self) -> date:
        return datetime.fromtimestamp(self.at, ZoneInfo("Asia/Shanghai")).date()


def assembled(
    advisor: Advisor, folder: Path, clock: Clock, operators: Operators = (), redis_url: str | None = None
) -> Assistant:
    """Open the stores in `folder`, or in that Redis, as a start of the service does; the assistant closes them."""
    folder.mkdir(exist_ok=True)
    vault = Vault(folder, now=clock)
    records = Records.open(folder, vault, labels=LABELS)
    conversations: Conversations
    if redis_url is None:
        conversations = SqliteConversations(folder / "conversations.sqlite3", vault, limits=PATIENT, now=clock)
    else:
        conversations = RedisConversations(redis_url, vault, limits=PATIENT)
    return Assistant(
        advisor, conversations, records, operators=operators, also_close=(vault.close,), today=clock.today, now=clock
    )


@contextmanager
def opened(
    advisor: Advisor, folder: Path, clock: Clock, operators: Operators = (), redis_url: str | None = None
) -> Iterator[Blocking]:
    """Open the stores (see `assembled`), for steps that wait, and close them."""
    assistant = Blocking(assembled(advisor, folder, clock, operators, redis_url))
    try:
        yield assistant
    finally:
        assistant.close()


@dataclass(frozen=True)
class Say:
    """A message in the talk."""

    text: str


@dataclass(frozen=True)
class Write:
    """An answer on the page that the talk has just offered."""

    answer: str | bytes = field(repr=False)


Step = Say | Write


@dataclass
class Person:
    """Somebody in the talk: `link` is the page last offered, `heard` the last reply."""

    assistant: Blocking
    name: str = "anna"
    place: Place = ON_A_PAGE
    link: str = ""
    heard: str = ""

    def say(self, text: str, key: str = "") -> str:
        key = key or f"message {next(_message_numbers)}"
        self.heard = self.assistant.hear_once(self.name, text, message_key=key, render=as_text, place=self.place)
        links = _LINK.findall(self.heard)
        self.link = links[-1] if links else ""
        return self.heard

    def write(self, answer: str | bytes) -> PageAnswer | None:
        """Answer on the page; go to the next one, or back to the talk."""
        assert self.link, f"no page was offered: {self.heard}"
        answered = self.assistant.answer_page(self.link, answer, ON_A_PAGE)
        if answered is None or answered.problem:
            return answered
        if answered.next_page:
            self.link = answered.next_page.removeprefix("/page/")
        elif answered.saying is not None:
            self.heard, self.link = as_text(answered.saying), ""
        else:
            self.say("继续")
        return answered

    def do(self, *steps: Step) -> str:
        """Take the steps and return the last reply."""
        for step in steps:
            if isinstance(step, Say):
                self.say(step.text)
            else:
                answered = self.write(step.answer)
                assert answered is not None, f"the link was not taken after: {self.heard}"
                assert not answered.problem, answered.problem
        return self.heard

    def receipts(self) -> list[str]:
        records = self.assistant.records
        assert records is not None
        return [declared.receipt for declared in records.declarations_of(self.name)]


def label(library: Library, ask: str, option: str, flow: str = "declaration") -> str:
    """Return what a button of a dialog says."""
    return dict(library.wordings[flow].all_options(ask))[option].label


def until_submission(library: Library) -> tuple[Step, ...]:
    """Return what somebody in 巴中 says and writes until everything is filled in."""
    return (
        Say("我要申报"),
        Say("巴中"),
        Say(label(library, "consent", "yes")),
        Say(label(library, "for_whom", "self")),
        Say(label(library, "consent_sensitive", "yes")),
        Say(NAME),
        Say("汉族"),
        Say(label(library, "document", "id_card")),
        Write(NUMBER),
        Write(PHONE),
        Write(HUKOU),
        Say("巴州区"),
        Say("江北街道"),
        Write(ADDRESS),
        Say(EMPLOYER),
        Say("2025年3月1日"),
        Write(KEPT_PHOTO),
    )


BEFORE_THE_PAGES = 8


def whole_declaration(library: Library) -> tuple[Step, ...]:
    """Return everything that is said and written, the last yes included."""
    return (*until_submission(library), Say(label(library, "truthful", "yes")))


def declared(person: Person, library: Library) -> str:
    """Fill in and hand in a declaration; return its receipt number."""
    person.do(*whole_declaration(library))
    return receipt_in(person.heard)


def receipt_in(text: str) -> str:
    found = _RECEIPT.search(text)
    assert found, f"no receipt in: {text}"
    return found[0]


def _forms(text: str) -> tuple[bytes, ...]:
    """Return a text as it could stand in a file: plain, as a JSON escape, in the encoding of Windows."""
    return text.encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le")


SECRETS: tuple[bytes, ...] = (
    *(form for text in (NUMBER, PHONE, NAME, ADDRESS, HUKOU, EMPLOYER) for form in _forms(text)),
    KEPT_PHOTO[1000:1024],
    PHOTO[1000:1024],
    SECRET,
)


def readable_in(folder: Path, secrets: Sequence[bytes] = SECRETS) -> dict[bytes, list[str]]:
    """Return which of the secrets stand readable in which files of the folder, journals included."""
    found = {secret: found_in(folder, secret) for secret in secrets}
    return {secret: files for secret, files in found.items() if files}


def with_todays_keys(folder: Path, copy: Path, person: str = "anna") -> dict[str, Any]:
    """Return what a copy of the conversations tells whoever also has all keys that are left: session and replies."""
    for name in ("vault.key", "keys.sqlite3"):
        shutil.copy(folder / name, copy / name)
    vault = Vault(copy)
    conversations = SqliteConversations(copy / "conversations.sqlite3", vault, limits=PATIENT, now=Clock())
    loop = Loop()
    try:
        with closing(sqlite3.connect(copy / "conversations.sqlite3")) as database:
            keys = [row[0] for row in database.execute("SELECT message FROM reply")]
        replies = [loop.run(_reply_of(conversations, person, key)) for key in keys]
        return {"flow": loop.run(conversations.load(person)).flow, "replies": "\n".join(filter(None, replies))}
    finally:
        loop.run(conversations.close())
        loop.close()
        vault.close()


async def _reply_of(conversations: SqliteConversations, person: str, message_key: str) -> str:
    """Return the reply that can still be read; "" for none."""
    found = await conversations.claim(person, message_key)
    if isinstance(found, Claim):
        await conversations.release(found)
    return found.reply if isinstance(found, Given) else ""
