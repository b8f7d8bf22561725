"""What could not be answered is kept for improvement: redacted, with nothing of who asked, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.learning import Learning
from bot.store.faults import StoreUnavailable
from bot.store.questions import KeptQuestion
from bot.store.records import Records
from bot.store.vault import Vault
from dialogs.advisor import Advisor, Turn
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from knowledge.library import Library
from tests.bot.declaring import Clock

NAME = "欧阳小麦"


def turn(kind: Kind, *, waiting: tuple[str, ...] = ()) -> Turn:
    return Turn(Session(waiting=waiting), Saying(kind, "luoyang", None, (Part(kind, "……"),)))


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records.open(tmp_path, Vault(tmp_path))


async def test_an_unanswered_question_is_kept_without_the_words_nobody_knows(
    library: Library, advisor: Advisor, records: Records
) -> None:
    learning = Learning(library, records, Clock())
    learning.note(f"我叫{NAME}，13911112222，居住证能当驾照用吗", turn(Kind.NOT_COVERED))
    assert records.questions(0, 10) == (), "off the turn"
    await learning.flush()
    (kept,) = records.questions(0, 10)
    assert (kept.city, kept.kind) == ("luoyang", "not_covered")
    assert "居住证" in kept.text
    assert not any(part in kept.text for part in (NAME, "小麦", "139", "2222"))
    records.close()


@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.FLOW, Kind.PRIVACY, Kind.REFUSE, Kind.SMALLTALK])
async def test_what_was_answered_or_is_private_is_not_kept(library: Library, records: Records, kind: Kind) -> None:
    learning = Learning(library, records, Clock())
    learning.note("补办要钱吗", turn(kind))
    learning.note("补办要钱吗", turn(Kind.CLARIFY, waiting=("fee_reissue",)))  # understood: only the city is missing
    await learning.flush()
    assert records.questions(0, 10) == ()
    records.close()


async def test_while_the_records_are_out_nothing_piles_up(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out(self: Records, rows: list[KeptQuestion]) -> None:
        raise StoreUnavailable("申报数据库 读写不了")

    learning = Learning(library, records, Clock())
    with monkeypatch.context() as broken:
        broken.setattr(Records, "keep_questions", out)
        for _ in range(1_500):
            learning.note("居住证能当驾照用吗", turn(Kind.NOT_COVERED))
        assert len(learning._asked) == 1_000
        await learning.flush()
        assert len(learning._asked) == 0
    await learning.flush()
    assert records.questions(0, 10) == (), "people's words are not kept waiting for a database"
    records.close()
