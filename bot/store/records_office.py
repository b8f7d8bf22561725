"""What the records do for the office: its queue, a look into a declaration, a decision on it, and taking them out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.store import masking, office, queueing
from bot.store.masking import MaskedDeclaration
from bot.store.office import Access, ReadDeclaration
from bot.store.opened import Opened, at
from bot.store.queueing import Waiting, WaitingCount
from bot.store.work import Moment
from dialogs.effects import Declared, Status


class OfficeRecords(Opened):
    """The part of `bot.store.records.Records` about the office; what holds of its methods holds of these.

    `receipt` is a receipt number as it was typed. `reader` and `by` are the names under which clerks sign in; a clerk
    sees the cities that the caller allows. What a clerk has to put right is a ValueError in words for the clerk;
    NoSuchDeclaration is raised for a declaration that was withdrawn, erased, past its time or never there, for one in a
    state that does not allow what was asked, and for one that is not in the `version` (`Waiting.version`) decided on.
    Decisions leave a row in the audit log and a notice to the person (`bot.store.notices`); demonstrations are never in
    the queue.
    """

    # --- the queue, without content ---

    def queue(
        self,
        cities: Iterable[str],
        *,
        status: str = Status.WAITING,
        station: str | None = None,
        before: date | None = None,
        after: str = "",
        limit: int = 50,
        now: Moment | None = None,
    ) -> tuple[Waiting, ...]:
        """Return at most `limit` declarations of these cities (slugs) in this state, the oldest first.

        `station`: of this station only, "" those of which it is not known. `before`: handed in before that day.
        `after`: those behind this `Waiting.mark`, for the next page; anything else begins at the start.
        """
        with self._reading() as connection:
            return queueing.queue(
                connection, cities, status=status, station=station, before=before, after=after, limit=limit, now=at(now)
            )

    def find_waiting(self, receipt: str, now: Moment | None = None) -> Waiting:
        """Return a declaration without its content, as the queue shows it, in whatever state the office may see."""
        with self._reading() as connection:
            return queueing.find(connection, receipt, at(now))

    def waiting_counts(
        self, cities: Iterable[str] | None = None, now: Moment | None = None
    ) -> tuple[WaitingCount, ...]:
        """Return how many declarations there are by city, status and age, in this order; None: of all cities."""
        with self._reading() as connection:
            return queueing.counts(connection, cities, at(now))

    def stations(self, cities: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return (city, station) of all that the office may see, in order, for a filter; "" is not among them."""
        with self._reading() as connection:
            return queueing.stations(connection, cities)

    def declared_in(self, city: str, status: str = Status.WAITING) -> tuple[Declared, ...]:
        """Return a city's declarations in this state without content, demonstrations aside, the earliest first."""
        with self._reading() as connection:
            return office.declared_in(connection, self._vault, city, status)

    # --- a look into one ---

    def masked(self, receipt: str, reader: str, now: Moment | None = None) -> MaskedDeclaration:
        """Return a declaration with everything that tells who it is covered, and note the look.

        Noted as "masked", once a day and clerk: it still is a look into what a person handed in.
        """
        with self._writing() as connection:
            return masking.look(connection, self._vault, self._labels, receipt, reader, at(now))

    def read_declaration(self, receipt: str, reader: str, reason: str, now: Moment | None = None) -> ReadDeclaration:
        """Return a declaration with its content, for the clerk `reader`, and note it.

        Raises ValueError without a reason: why the content is looked at stands in the notes for 365 days.
        """
        with self._writing() as connection:
            return office.read(connection, self._vault, receipt, reader, reason, at(now))

    def person_of(self, receipt: str) -> str:
        """Return whose a declaration is, as a keyed hash."""
        with self._reading() as connection:
            return office.person_of(connection, receipt)

    def accesses_of(self, receipt: str) -> tuple[Access, ...]:
        """Return who looked into, decided on or exported a declaration, the earliest first; kept 365 days."""
        with self._reading() as connection:
            return office.accesses_of(connection, receipt)

    # --- a decision ---

    def record_registration(
        self, receipt: str, registered_on: date, by: str, now: Moment | None = None, *, version: str | None = None
    ) -> None:
        """Record 「已登记」 on that day, which then counts in the pre-check; kept 30 days more.

        Doing it again corrects the day. Raises ValueError for a day in the future or before 1985.
        """
        with self._writing() as connection:
            office.register(connection, receipt, registered_on, by, at(now), version)

    def return_to_person(
        self,
        receipt: str,
        reason: str,
        by: str,
        now: Moment | None = None,
        *,
        note: str = "",
        version: str | None = None,
    ) -> None:
        """Give an open declaration back for a reason of `dialogs.returning.RETURN_REASONS` (its code).

        `note` is what the clerk adds, at most 100 characters, kept sealed and never pushed; OTHER needs one. Raises
        ValueError for anything else.
        """
        with self._writing() as connection:
            office.give_back(connection, self._vault, receipt, reason, note, by, at(now), version)

    def mark_duplicate(
        self, receipt: str, of_receipt: str, by: str, now: Moment | None = None, *, version: str | None = None
    ) -> None:
        """Close an open declaration as a duplicate of another one, which counts; kept 30 days more.

        The other one is of the same city and open or registered, else ValueError. The person is told the other's
        receipt number only where it is their own, or of the same document number.
        """
        with self._writing() as connection:
            office.mark_duplicate(connection, self._vault, receipt, of_receipt, by, at(now), version)

    # --- out of the house ---

    def export(
        self,
        cities: Iterable[str],
        status: str,
        reader: str,
        reason: str,
        limit: int,
        *,
        station: str | None = None,
        before: date | None = None,
        now: Moment | None = None,
    ) -> tuple[ReadDeclaration, ...]:
        """Return at most `limit` declarations with their content, the oldest first, and note each as "exported".

        `station` and `before` as in `queue`. Their photos are left out; `bot.exporting` makes a file of them. Raises
        ValueError without a reason.
        """
        with self._writing() as connection:
            return office.export(
                connection, self._vault, cities, status, station=station, before=before, reader=reader, reason=reason,
                limit=limit, now=at(now),
            )  # fmt: skip
