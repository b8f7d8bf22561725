"""Conversations are kept for a day, replies for ten minutes, and never what a person wrote."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.render import as_text
from bot.store.sqlite import REPLY_SECONDS, SESSION_SECONDS, SqliteConversations
from dialogs.advisor import Advisor
from dialogs.session import Session

TALK = Session(city="luoyang", topics=("overdue",), waiting=(), offered=("去哪里签注",))


class Clock:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite3"


def bytes_on_disk(file: Path) -> bytes:
    return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))


def test_a_session_is_found_again_after_a_restart(file: Path) -> None:
    store = SqliteConversations(file)
    store.save("person", TALK, message_key="message", reply="能补。")
    store.close()
    reopened = SqliteConversations(file)
    assert reopened.load("person") == TALK
    assert reopened.reply_to("message") == "能补。"


def test_a_stranger_has_an_empty_session_and_a_new_message_no_reply(file: Path) -> None:
    store = SqliteConversations(file)
    assert store.load("nobody") == Session()
    assert store.reply_to("new") is None


def test_two_processes_may_use_one_file(file: Path) -> None:
    one, other = SqliteConversations(file), SqliteConversations(file)
    one.save("a", TALK)
    other.save("b", TALK)
    assert (one.load("b"), other.load("a")) == (TALK, TALK)


def test_a_session_ends_a_day_after_the_last_turn_and_a_reply_after_ten_minutes(file: Path, clock: Clock) -> None:
    store = SqliteConversations(file, now=clock)
    store.save("person", TALK, message_key="message", reply="能补。")
    assert (SESSION_SECONDS, REPLY_SECONDS) == (86_400, 600)
    clock.time += REPLY_SECONDS - 1
    assert store.reply_to("message") == "能补。"
    clock.time += 1
    assert store.reply_to("message") is None
    clock.time += SESSION_SECONDS - REPLY_SECONDS - 1
    assert store.load("person") == TALK
    clock.time += 1
    assert store.load("person") == Session()


def test_what_has_expired_is_gone_from_the_file_when_the_service_starts_again(file: Path, clock: Clock) -> None:
    store = SqliteConversations(file, now=clock)
    store.save("person-of-yesterday", TALK, message_key="yesterday", reply="昨天的话")
    store.close()
    clock.time += SESSION_SECONDS
    SqliteConversations(file, now=clock).close()
    left = bytes_on_disk(file)
    assert b"person-of-yesterday" not in left
    assert "昨天的话".encode() not in left


def test_a_damaged_session_is_an_empty_one() -> None:
    damaged = ("", "[]", "null", '{"topics": null, "city": 5}', '{"topics": [1, null], "offered": "text"}')
    assert {Session.from_json(text) for text in damaged} == {Session()}


def test_the_first_reply_to_a_message_stays(file: Path) -> None:
    store = SqliteConversations(file)
    store.save("person", TALK, message_key="message", reply="第一次")
    store.save("person", TALK, message_key="message", reply="第二次")
    assert store.reply_to("message") == "第一次"


def test_forgetting_leaves_nothing_of_the_person_on_disk(file: Path) -> None:
    store = SqliteConversations(file)
    store.save("person-to-forget", TALK, message_key="message-key", reply="回复的话")
    store.save("another-person", TALK)
    store.forget("person-to-forget")
    assert store.load("person-to-forget") == Session()
    assert store.reply_to("message-key") is None
    left = bytes_on_disk(file)
    assert not any(part in left for part in (b"person-to-forget", b"message-key", "回复的话".encode()))
    assert b"another-person" in left


def test_only_the_owner_may_read_the_file(file: Path) -> None:
    store = SqliteConversations(file)
    store.save("person", TALK)
    modes = {part.name: stat.S_IMODE(part.stat().st_mode) for part in file.parent.glob(f"{file.name}*")}
    assert set(modes.values()) == {0o600}, modes


def test_a_persons_words_are_nowhere_in_the_file(file: Path, advisor: Advisor) -> None:
    assistant = Assistant(advisor, SqliteConversations(file))
    for number, said in enumerate(("我叫张三丰，洛阳的，签注忘了", "13912345678", "涧西区某某街5号")):
        assistant.hear_once("hash-of-person", said, message_key=f"m{number}", render=as_text)
    left = bytes_on_disk(file)
    assert not any(word.encode() in left for word in ("张三丰", "13912345678", "某某街", "签注忘了"))
