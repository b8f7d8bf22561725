"""A talk in a terminal: typed lines in, answers out, until the person leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.store.sqlite import SqliteConversations
from bot.terminal import chat
from dialogs import words
from dialogs.advisor import Advisor
from tests.bot.fakes import BrokenAdvisor

Talk = Callable[..., str]


@pytest.fixture
def told(advisor: Advisor, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Talk:
    """Return a function that types lines and returns what is shown."""

    def talk(*lines: str, city: str | None = None, by: Advisor = advisor) -> str:
        chat(Assistant(by, SqliteConversations(tmp_path / "conversations.sqlite3")), iter(lines), city=city)
        return capsys.readouterr().out

    return talk


def test_the_example_of_the_first_page_is_answered(told: Talk) -> None:
    out = told("我在赤峰，签注过期二十天了还能补吗")
    assert words.WELCOME in out
    assert "第二十条第二款：「逾期未办理签注手续的，其使用功能中止。" in out
    assert out.rstrip().endswith(words.GOODBYE)


def test_the_city_is_asked_once_and_a_number_chooses(told: Talk) -> None:
    out = told("补办居住证要钱吗", "3")
    assert words.WHICH_CITY in out
    assert "《赤峰市居住证管理办法》" in out


@pytest.mark.parametrize("leave", ["退出", "exit", "Q", " quit "])
def test_a_person_leaves_with_a_word(told: Talk, leave: str) -> None:
    assert "《" not in told(leave, "签注要钱吗", city="luoyang")


def test_a_city_chosen_beforehand_holds_until_another_is_named(told: Talk) -> None:
    out = told("签注要钱吗", "那开封呢", "补办要钱吗", city="luoyang")
    assert out.index("《洛阳市") < out.index("《开封市")
    assert out.rindex("《开封市") > out.rindex("《洛阳市")
    assert "要收：换领、补领都要交工本费" in out or "第二十条第二款" in out


def test_a_fault_ends_one_answer_and_not_the_talk(told: Talk, caplog: pytest.LogCaptureFixture) -> None:
    assert words.FAULT in told("我叫张三丰", "退出", by=BrokenAdvisor())
    assert "张三丰" not in caplog.text
