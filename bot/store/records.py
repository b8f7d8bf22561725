"""The durable store: declarations, consents, reminders, and everything done to them. Nothing else knows its tables."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from sqlalchemy import and_, delete
from sqlalchemy.exc import IntegrityError

from bot.store import belongings, carrying, declaring, pages, photos, purging
from bot.store.engines import answering, empty_journal, open_file
from bot.store.faults import StoreError
from bot.store.feedback import Feedback
from bot.store.office import Access, ReadDeclaration
from bot.store.opened import NAME, DatabaseStatus, at
from bot.store.pages import Page
from bot.store.questions import KeptQuestion
from bot.store.reaching import Due, Outcome, Reach
from bot.store.records_counting import CountingRecords
from bot.store.records_learning import LearningRecords
from bot.store.records_office import OfficeRecords
from bot.store.records_publishing import PublishingRecords
from bot.store.records_reaching import ReachingRecords
from bot.store.records_staff import StaffRecords
from bot.store.schema import photo
from bot.store.vault import Vault
from bot.store.work import DUPLICATE, REFUSED, Labels, Moment, Work, doom, draft_key, seconds
from dialogs.effects import Declared, Effect, Erase, Reminder

__all__ = [
    "DUPLICATE",
    "REFUSED",
    "Access",
    "DatabaseStatus",
    "Due",
    "Feedback",
    "KeptQuestion",
    "Labels",
    "Outcome",
    "Page",
    "Reach",
    "ReadDeclaration",
    "Records",
]

_FILE = "records.sqlite3"
_ORPHAN_SECONDS = 3600.0
"""A data key without a declaration may belong to a transaction under way; after an hour it does not."""


class Records(OfficeRecords, ReachingRecords, LearningRecords, StaffRecords, PublishingRecords, CountingRecords):
    """The records behind an engine or a database URL; the tables are brought up to date when it is opened.

    The URL is that of a SQLite file or of PostgreSQL ("postgresql://…"), which several hosts may share. The promises
    are the same; a server that is stopped, paused or restarted is noticed within some 5 seconds and used again, without
    being opened anew, when it answers.

    `person` and `key` are keyed hashes (`bot.identity`). Any thread may call any method. Every method raises
    StoreUnavailable when the database does not answer and VaultError when the keys cannot be used; then nothing was
    done. What a method has done is on disk when it returns. `now` left out is the machine's clock.
    """

    @classmethod
    def open(cls, folder: Path, vault: Vault, *, labels: Labels | None = None) -> Records:
        """Open `records.sqlite3` in `folder`, made when there is none. Raises NewerDatabase besides."""
        return cls(open_file(folder / _FILE), vault, labels=labels)

    def carry_out(self, key: str, person: str, effects: Sequence[Effect], today: date, now: Moment) -> dict[str, str]:
        """Carry out a turn's effects, all or none, once for this person and `key`; return what fills their slots.

        A second call with the same key does nothing and returns the same results (within a day; later none). Besides
        the slots of `dialogs.effects` the results may hold DUPLICATE, REFUSED and what `bot.store.lookups` adds.
        """
        self._preparation.ensure()
        with answering(self._engine, NAME):
            try:
                results = self._carry_out(key, person, effects, today, seconds(now))
            except IntegrityError:
                # Another process has done the same at the same moment; now it is found done.
                results = self._carry_out(key, person, effects, today, seconds(now))
        self._destroy_doomed()
        if any(isinstance(effect, Erase) for effect in effects):
            empty_journal(self._engine)
        return results

    def known(self, person: str) -> tuple[tuple[Declared, ...], tuple[Reminder, ...]]:
        """Return the person's declarations, the earliest first, and reminders by day, as a turn may know them."""
        with self._reading() as connection:
            declared = declaring.declarations_of(connection, self._vault, person)
            return declared, belongings.reminders_of(connection, person)

    def declarations_of(self, person: str) -> tuple[Declared, ...]:
        """Return the person's declarations, the earliest first."""
        return self.known(person)[0]

    def reminders_of(self, person: str) -> tuple[Reminder, ...]:
        """Return the person's reminders, the earliest day first."""
        return self.known(person)[1]

    def keep_photo(self, person: str, where: str, image: bytes, now: Moment | None = None) -> str:
        """Keep a photo, sealed; return its id, "photo:…", which an item may hold as its value.

        `where` is the receipt of an own open declaration (else NoSuchDeclaration), or names a draft: then the photo
        goes with the declaration whose items hold its id. It takes the place of an earlier photo at the same `where`.
        """
        with self._writing() as connection:
            return photos.keep(connection, self._vault, person, where, image, at(now))

    def photo_of(self, person: str, photo_id: str) -> bytes | None:
        """Return a photo of the person's own; None when there is none with this id."""
        with self._reading() as connection:
            return photos.read(connection, self._vault, person, photo_id)

    def forget_draft(self, person: str) -> None:
        """Remove the person's draft photos and destroy the draft key: all it has sealed, in any store, is lost."""
        with self._writing() as connection:
            connection.execute(delete(photo).where(and_(photo.c.person == person, photo.c.declaration.is_(None))))
            doom(connection, [draft_key(person)])
        self._destroy_doomed()

    def open_page(self, person: str, draft: str, ask: str, now: Moment) -> str:
        """Return a token for a link on which the person answers `ask` of `draft`: for 15 minutes, once."""
        with self._writing() as connection:
            return pages.make(connection, Page(person, draft, ask), seconds(now))

    def page(self, token: str, now: Moment) -> Page | None:
        """Return what a token was made for; None once it is used, too old or never was."""
        with self._reading() as connection:
            return pages.find(connection, token, seconds(now))

    def use_page(self, token: str, now: Moment) -> bool:
        """Use a token up. True for one caller only; False when it is used, too old or never was."""
        with self._writing() as connection:
            return pages.use(connection, token, seconds(now))

    def purge(self, now: Moment) -> None:
        """Remove what is past its time (`bot.store.purging`) and the keys to it; to be called every hour or so.

        May take a minute on PostgreSQL before it gives up.
        """
        self._preparation.ensure()
        with answering(self._engine, NAME), self._patient.begin() as connection:
            purging.purge(connection, seconds(now))
            # Under the same lock: a transaction that has just made a key has its row by now, or fails.
            left = [*self._vault.owners("declaration:", older_than=_ORPHAN_SECONDS)]
            left += self._vault.owners("done:", older_than=_ORPHAN_SECONDS)
            left += self._vault.owners("reach:", older_than=_ORPHAN_SECONDS)
            doom(connection, purging.orphans(connection, left))
        self._destroy_doomed()
        empty_journal(self._engine)

    def _carry_out(self, key: str, person: str, effects: Sequence[Effect], today: date, now: float) -> dict[str, str]:
        with self._engine.begin() as connection:
            work = Work(connection, self._vault, person, key, today, now, self._labels)
            given = carrying.results_of(work)
            if given is not None or not effects:
                return given or {}
            try:
                return carrying.carry_out(work, effects)
            except BaseException:
                # Not so when the commit fails: it may have come to pass, nor when the server has gone, that of the keys
                # too perhaps. Then `purge` finds the keys nothing uses.
                if not connection.invalidated:
                    with suppress(StoreError):
                        self._vault.destroy_many(work.made)
                raise
