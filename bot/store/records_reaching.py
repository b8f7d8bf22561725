"""What the records do for WeChat: whom to reach, and reminders on their way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.store import reaching
from bot.store.opened import Opened, at
from bot.store.reaching import LEASE_SECONDS, Due, Outcome, Reach
from bot.store.work import Moment, seconds


class ReachingRecords(Opened):
    """The part of `bot.store.records.Records` about reaching people; what holds of its methods holds of these.

    However often a reminder is claimed and whatever crashes in between, `begin_delivery` is True for it once: who
    pushes after that and only then pushes it at most once. One that was not pushed for sure, or of which nobody knows,
    is told by `reminders_to_show` until `note_shown`.
    """

    def keep_reach(self, person: str, account: str, openid: str, now: Moment) -> None:
        """Keep where the person is reached, sealed under a key of its own; the last one kept counts.

        To be called before a reminder is kept: `purge` forgets whoever waits for nothing, after an hour.
        """
        with self._writing() as connection:
            reaching.keep(connection, self._vault, person, Reach(account, openid), seconds(now))

    def reach_of(self, person: str) -> Reach | None:
        """Return where the person is reached; None when that is not kept."""
        with self._reading() as connection:
            return reaching.read(connection, self._vault, person)

    def forget_reach(self, person: str) -> None:
        """Remove where the person is reached and destroy the key to every copy of it."""
        with self._writing() as connection:
            reaching.forget(connection, person)
        self._destroy_doomed()

    def claim_due(self, today: date, now: Moment, limit: int, lease_seconds: float = LEASE_SECONDS) -> tuple[Due, ...]:
        """Take at most `limit` reminders to remind of on `today` or earlier and not yet taken, the earliest first.

        One caller gets each. One whose push does not begin within `lease_seconds` may be taken again, under another id.
        """
        # Asked every minute, and mostly nothing is: no writer has to wait for that.
        with self._reading() as connection:
            if not reaching.is_any_due(connection, today, seconds(now)):
                return ()
        with self._writing() as connection:
            return reaching.claim(connection, today, seconds(now), limit, lease_seconds)

    def begin_delivery(self, delivery_id: str, now: Moment, *, notifies: bool = False) -> bool:
        """Note that pushing begins, before anything is sent: True for one caller, once; False: send nothing.

        `notifies`: as a subscription notification, which may turn out later not to have arrived.
        """
        with self._writing() as connection:
            return reaching.begin(connection, delivery_id, seconds(now), notifies=notifies)

    def end_delivery(self, delivery_id: str, outcome: str, now: Moment) -> bool:
        """Note what became of it, a `reaching.Outcome`: "notified", "messaged", or "kept" for the next visit.

        "kept" needs no begin. False when nothing was noted: the person was told meanwhile, another has claimed it, its
        push never began or it is gone. Raises ValueError for another outcome.
        """
        known = Outcome(outcome)
        with self._writing() as connection:
            return reaching.end(connection, delivery_id, known, seconds(now))

    def note_undelivered(self, person: str, now: Moment) -> bool:
        """Note that the notification last sent to the person did not arrive: it is to tell at the next visit.

        May come before the sending has ended. False when none was sent within the last hour.
        """
        with self._writing() as connection:
            return reaching.note_undelivered(connection, person, seconds(now))

    def reminders_to_show(self, person: str, now: Moment | None = None) -> tuple[Due, ...]:
        """Return the person's due reminders to tell at this visit, the earliest day first.

        Those that were kept, and 300 seconds after their push began those that never ended.
        """
        with self._reading() as connection:
            return reaching.to_show(connection, person, at(now))

    def due_at_visit(self, person: str, today: date, now: Moment) -> tuple[Due, ...]:
        """Return what is to be told at this visit, as `reminders_to_show`, with all that is due today and not pushed.

        For channels that can push nothing: what is returned here will not be pushed.
        """
        with self._reading() as connection:
            is_any = reaching.is_any_due_of(connection, person, today, seconds(now))
        if is_any:
            with self._writing() as connection:
                reaching.keep_due(connection, person, today, seconds(now))
        return self.reminders_to_show(person, now)

    def note_shown(self, person: str, delivery_ids: Sequence[str], now: Moment | None = None) -> None:
        """Note that the person was told these (ids of `reminders_to_show`); they are not to show any more."""
        if delivery_ids:
            with self._writing() as connection:
                reaching.note_shown(connection, person, delivery_ids, at(now))

    def note_unseen(self, person: str, now: Moment) -> None:
        """Note that the person did not see what was noted as shown within the last minute: it is to show again."""
        with self._writing() as connection:
            reaching.note_unseen(connection, person, seconds(now))
