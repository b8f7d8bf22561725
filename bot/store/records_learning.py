"""What the records keep for improvement, of nobody in particular: questions not answered, 有用 and 没用."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.store import feedback, questions
from bot.store.feedback import Counts, Feedback
from bot.store.opened import Opened
from bot.store.questions import KeptQuestion
from bot.store.work import Moment, seconds


class LearningRecords(Opened):
    """The part of `bot.store.records.Records` about improvement; what holds of its methods holds of these."""

    def keep_questions(self, rows: Sequence[KeptQuestion]) -> None:
        """Keep questions for improvement, all or none; for 180 days."""
        if rows:
            with self._writing() as connection:
                questions.keep(connection, rows)

    def questions(self, since: Moment, limit: int, kinds: Collection[str] = ()) -> tuple[KeptQuestion, ...]:
        """Return the latest `limit` questions kept from `since` on, the earliest of them first.

        `kinds`: of those alone, none for any.
        """
        with self._reading() as connection:
            return questions.latest(connection, seconds(since), limit, kinds)

    def keep_feedback(self, rows: Sequence[Feedback]) -> None:
        """Keep what people thought of answers, all or none; for 180 days."""
        if rows:
            with self._writing() as connection:
                feedback.keep(connection, rows)

    def feedback(self, since: Moment, limit: int) -> tuple[Feedback, ...]:
        """Return at most `limit` given from `since` on, the earliest first."""
        with self._reading() as connection:
            return feedback.kept_since(connection, seconds(since), limit)

    def feedback_counts(self, since: Moment) -> Counts:
        """Return by (city, topic) how many from `since` on found the answer useful and how many not."""
        with self._reading() as connection:
            return feedback.counts(connection, seconds(since))
