"""A store that cannot be reached: questions are answered, dialogs wait, nothing is lost, and afterwards it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from bot.store import resting
from bot.store.faults import StoreError, StoreUnavailable
from bot.store.records import Records
from bot.store.sqlite import SqliteConversations
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.blocking import Blocking
from tests.bot.declaring import (
    BEFORE_THE_PAGES,
    HUKOU,
    KEPT_PHOTO,
    NUMBER,
    WITH_OFFICE,
    Clock,
    Person,
    label,
    opened,
    receipt_in,
    until_submission,
    whole_declaration,
)
from tests.bot.keeping import PHONE

Outage = Callable[[], AbstractContextManager[None]]
QUESTION, ANSWER = "补办居住证要钱吗", "免收"


def unreachable(*_: object, **__: object) -> None:
    raise StoreUnavailable("申报数据库 读写不了")


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is back is asked again at once, not after a second."""
    monkeypatch.setattr(resting, "REST_SECONDS", 0.0)


@pytest.fixture
def assistant(advisor: Advisor, tmp_path: Path) -> Iterator[Blocking]:
    with opened(advisor, tmp_path, Clock(), WITH_OFFICE) as started:
        yield started


@pytest.fixture(params=["records", "key file"])
def outage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outage:
    """Return what takes a store away for a while: the database of the records, or the key file."""

    @contextmanager
    def without_records() -> Iterator[None]:
        with monkeypatch.context() as broken:
            for name in ("known", "carry_out", "open_page", "page", "use_page", "keep_photo", "forget_draft", "purge"):
                broken.setattr(Records, name, unreachable)
            yield

    @contextmanager
    def without_key_file() -> Iterator[None]:
        key, aside = tmp_path / "vault.key", tmp_path / "aside"
        key.rename(aside)
        yield
        aside.rename(key)

    return without_records if request.param == "records" else without_key_file


def test_questions_are_answered_meanwhile(anna: Person, outage: Outage, library: Library) -> None:
    anna.do(*until_submission(library)[:BEFORE_THE_PAGES])
    with outage():
        assert ANSWER in anna.say(f"巴中{QUESTION}")
        assert ANSWER in Person(anna.assistant, "boris").say(f"巴中{QUESTION}")


def test_a_dialog_waits_says_so_and_goes_on_where_it_was(anna: Person, outage: Outage, library: Library) -> None:
    steps = whole_declaration(library)
    for step in steps[:7]:
        anna.do(step)
    before = anna.assistant.session_of("anna").flow
    with outage():
        for text in (label(library, "document", "id_card"), "我要申报", "我要申报吗", QUESTION, "同意", "取消", "继续"):
            anna.say(text)
            if text not in (QUESTION, "我要申报吗"):
                assert "现在存不下" in anna.heard, text
    after = anna.assistant.session_of("anna").flow
    assert before is not None
    assert after is not None
    assert after.answers == before.answers
    anna.do(*steps[7:])
    assert anna.receipts() == [receipt_in(anna.heard)]


def test_a_dialog_that_cannot_be_kept_is_not_begun(anna: Person, outage: Outage) -> None:
    anna.say("我住在巴中")
    with outage():
        assert "现在存不下" in anna.say("我要申报")
        assert "同意" not in anna.heard
    assert "同意" in anna.say("我要申报")


def test_an_answer_on_a_page_that_cannot_be_stored_is_not_confirmed_and_can_be_given_again(
    anna: Person, outage: Outage, library: Library
) -> None:
    anna.do(*until_submission(library)[:BEFORE_THE_PAGES])
    with outage(), pytest.raises(StoreError):
        anna.assistant.answer_page(anna.link, NUMBER, anna.place)
    answered = anna.write(NUMBER)
    assert answered is not None
    assert answered.next_page
    anna.write(PHONE)
    anna.write(HUKOU)
    flow = anna.assistant.session_of("anna").flow
    assert flow is not None
    assert flow.answers["number"] == NUMBER


@pytest.mark.parametrize("broken_at", [(SqliteConversations, "save"), (Records, "carry_out"), (Records, "open_page")])
def test_wherever_a_page_fails_its_link_stays_open(
    anna: Person, library: Library, monkeypatch: pytest.MonkeyPatch, broken_at: tuple[type, str]
) -> None:
    anna.do(*until_submission(library)[:BEFORE_THE_PAGES])
    with monkeypatch.context() as broken:
        broken.setattr(*broken_at, unreachable)
        with pytest.raises(StoreError):
            anna.assistant.answer_page(anna.link, NUMBER, anna.place)
    answered = anna.write(NUMBER)
    assert answered is not None
    assert answered.next_page


def test_a_correction_given_again_after_a_fault_is_the_one_that_counts(
    anna: Person, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna.do(*whole_declaration(library))
    receipt = receipt_in(anna.heard)
    anna.say("更正申报")
    anna.say("联系电话")
    with monkeypatch.context() as broken:
        broken.setattr(SqliteConversations, "save", unreachable)
        with pytest.raises(StoreError):
            anna.assistant.answer_page(anna.link, "13911112222", anna.place)
    anna.write("13933334444")
    assert "改好了" in anna.heard
    assert anna.assistant.records is not None
    assert dict(anna.assistant.records.read_declaration(receipt, "clerk", "核对").items)["联系电话"] == "13933334444"


def test_a_photo_sent_again_after_a_fault_takes_the_place_of_the_first(
    anna: Person, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = whole_declaration(library)
    anna.do(*steps[:-2])
    with monkeypatch.context() as broken:
        broken.setattr(SqliteConversations, "save", unreachable)
        with pytest.raises(StoreError):
            anna.assistant.answer_page(anna.link, KEPT_PHOTO, anna.place)
    anna.do(*steps[-2:])
    assert anna.assistant.records is not None
    read = anna.assistant.records.read_declaration(receipt_in(anna.heard), "clerk", "核对")
    assert [image for _, image in read.photos] == [KEPT_PHOTO]


def test_handing_in_while_the_records_are_away_is_not_confirmed(
    anna: Person, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = label(library, "truthful", "yes")
    anna.do(*until_submission(library))
    with monkeypatch.context() as broken:
        broken.setattr(Records, "carry_out", unreachable)
        assert "现在存不下" in anna.say(submission, key="once")
        assert "回执号" not in anna.heard
    assert anna.receipts() == []
    assert [receipt_in(anna.say(submission, key="again"))] == anna.receipts()


def test_the_end_of_a_conversation_is_not_confirmed_while_it_cannot_be_forgotten(
    anna: Person, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna.do(*until_submission(library)[:BEFORE_THE_PAGES])
    with monkeypatch.context() as broken:
        broken.setattr(Records, "carry_out", unreachable)
        anna.say("删除我的信息")
        assert "都删了" not in anna.say(label(library, "sure", "yes", "erase"))
