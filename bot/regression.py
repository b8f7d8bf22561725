"""The labelled questions before and after something is published: nothing that was right may become wrong.

`run` takes about a second of one core: call it in a thread (`asyncio.to_thread`), never on the event loop.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.batch import saying_to_json
from bot.judging import Verdict, judge_question
from dialogs.advisor import Advisor
from dialogs.session import Session
from knowledge.labelled import LABELLED_ON, labelled_questions
from rules.proof import ProofError

_SHOWN = 200
"""So many characters of an answer are kept of each change."""


@dataclass(frozen=True)
class Change:
    """A labelled question that is answered otherwise: its verdict and what is said, before and after."""

    id: str
    city: str | None
    question: str
    before: Verdict
    after: Verdict
    said_before: str
    said_after: str

    @property
    def is_worse(self) -> bool:
        """True when it was right and is not any more, or is wrong and was not."""
        return self.before is not self.after and (self.before is Verdict.RIGHT or self.after is Verdict.WRONG)


@dataclass(frozen=True)
class Report:
    """How many labelled questions were asked, how many were right before and after, and what changed."""

    asked: int
    right_before: int
    right_after: int
    changes: tuple[Change, ...] = ()

    @property
    def worse(self) -> tuple[Change, ...]:
        """The changes for the worse."""
        return tuple(change for change in self.changes if change.is_worse)

    @property
    def is_accepted(self) -> bool:
        """True when questions were asked, none that was right is no longer right, and none is newly wrong."""
        return self.asked > 0 and not self.worse

    def to_json(self) -> str:
        """Return the report as it is kept with a revision (`Records.keep_report`); `is_accepted` stands in it."""
        return json.dumps({**asdict(self), "is_accepted": self.is_accepted}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Report | None:
        """Read what `to_json` wrote; None for anything else ("": not run)."""
        try:
            kept = json.loads(text)
            changes = tuple(
                Change(**{**one, "before": Verdict(one["before"]), "after": Verdict(one["after"])})
                for one in kept["changes"]
            )
            return cls(int(kept["asked"]), int(kept["right_before"]), int(kept["right_after"]), changes)
        except (ValueError, TypeError, KeyError, RecursionError):
            return None


def run(before: Advisor, after: Advisor, rows: Iterable[Mapping[str, Any]] | None = None) -> Report:
    """Ask both advisors every labelled question (left out: all that are shipped) and compare.

    The 615 that are shipped take both together about one second of one core.
    """
    asked = right_before = right_after = 0
    changes: list[Change] = []
    for row in labelled_questions() if rows is None else rows:
        was, said_before, all_before = _asked(before, row)
        now, said_after, all_after = _asked(after, row)
        asked += 1
        right_before += was is Verdict.RIGHT
        right_after += now is Verdict.RIGHT
        if all_before != all_after:
            changes.append(Change(row["id"], row["city"], row["question"], was, now, said_before, said_after))
    return Report(asked, right_before, right_after, tuple(changes))


def _asked(advisor: Advisor, row: Mapping[str, Any]) -> tuple[Verdict, str, object]:
    """Return the verdict on an answer, how it begins, and all of it."""
    city = None if row["city_in_text"] else row["city"]
    try:
        turn = advisor.take_turn(Session(), row["question"], today=LABELLED_ON, city=city)
    except ProofError as error:
        return Verdict.WRONG, f"没有通过核对：{error}"[:_SHOWN], None
    reply = saying_to_json(turn.saying)
    return judge_question(row, reply).verdict, "；".join(part.first_line for part in turn.saying.parts)[:_SHOWN], reply
