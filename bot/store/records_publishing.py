"""What the records do for what staff publish: their own answers, and what is switched off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from bot.store import publishing
from bot.store.auditing import note
from bot.store.opened import Opened
from bot.store.publishing import Revision, State, Switched
from bot.store.work import Moment, seconds
from dialogs.published import Published
from knowledge.address import Address


class PublishingRecords(Opened):
    """The part of `bot.store.records.Records` about what staff publish; what holds of its methods holds of these.

    `by` is the name of whoever does it, for the audit log. A revision is one text of an entry, and never changes once
    it is handed in. Besides StoreError every change raises NoSuchRevision and WrongState (`bot.store.publishing`).
    """

    # --- answers ---

    def draft(
        self,
        entry: str | None,
        city: str,
        asks: Collection[str],
        line: str,
        places: Collection[Address],
        by: str,
        now: Moment,
    ) -> int:
        """Keep a draft and return the id of the revision: a new entry (None), or of one there is.

        An entry has one draft: it is written over, `by` becomes its author, and its report is lost. What is kept is not
        verified: `dialogs.published.problem_of` tells whether it may be handed in.
        """
        raise NotImplementedError

    def hand_in(self, revision: int, by: str, now: Moment) -> None:
        """Give a draft to a second person: draft → waiting."""
        raise NotImplementedError

    def keep_report(self, revision: int, report: str, by: str, now: Moment) -> None:
        """Keep what the labelled questions said of a draft or waiting revision (`bot.regression.Report.to_json`)."""
        raise NotImplementedError

    def approve(self, revision: int, by: str, now: Moment) -> None:
        """Put a waiting revision into force; the one of its entry that was is replaced.

        Raises SecondPersonNeeded for its author, NotAccepted without a report of this revision that is accepted.
        """
        raise NotImplementedError

    def refuse(self, revision: int, by: str, reason: str, now: Moment) -> None:
        """Refuse a waiting revision; its author reads the reason (at most 400 characters, longer is cut)."""
        raise NotImplementedError

    def roll_back(self, entry: str, by: str, now: Moment) -> int | None:
        """Take the live revision of an entry back; return the one that is live again, the last replaced, or None."""
        raise NotImplementedError

    def entries(self, state: State | None = None, limit: int = 200) -> tuple[Revision, ...]:
        """Return at most `limit` revisions in this state, or in any, the latest first."""
        raise NotImplementedError

    def revision(self, revision: int) -> Revision:
        """Return one revision. Raises NoSuchRevision."""
        raise NotImplementedError

    def revisions_of(self, entry: str) -> tuple[Revision, ...]:
        """Return all revisions of an entry, the latest first."""
        raise NotImplementedError

    def count_served(self, counts: Mapping[tuple[str, date], int]) -> None:
        """Add to how often entries were served: (entry, day in Shanghai) → how many times more. All or none."""
        raise NotImplementedError

    def served(self, entry: str, since: date) -> int:
        """Return how often an entry was served from that day on."""
        raise NotImplementedError

    def served_by_entry(self, since: date) -> dict[str, int]:
        """Return how often each entry was served from that day on; those never served are left out."""
        raise NotImplementedError

    # --- switches ---

    def switch_off(self, city: str | None, topic: str | None, sentence: str, by: str, now: Moment) -> None:
        """Switch a topic or dialog (None: everything) of a city (slug; None: all) off, or change its sentence.

        Raises ValueError for a sentence that is empty or has more than 400 characters; `dialogs.published.problem_with`
        says more.
        """
        raise NotImplementedError

    def switch_on(self, city: str | None, topic: str | None, by: str, now: Moment) -> bool:
        """Switch on again; False when it was not off."""
        raise NotImplementedError

    def switches(self) -> tuple[Switched, ...]:
        """Return what is off, by whom and since when; by city and topic."""
        raise NotImplementedError

    # --- questions that are not to be answered ---

    def set_aside(self, text_hash: str, by: str, now: Moment) -> None:
        """Note that a question, told by the hash of its normalised text (at most 64 characters), is set aside."""
        raise NotImplementedError

    def bring_back(self, text_hash: str, by: str, now: Moment) -> None:
        """Undo `set_aside`."""
        raise NotImplementedError

    def aside(self) -> frozenset[str]:
        """Return the hashes of the questions that are set aside."""
        raise NotImplementedError

    # --- what is in force ---

    def published_version(self) -> str:
        """Return a short text that is another one whenever anything that is in force is; cheap to ask."""
        raise NotImplementedError

    def published(self) -> tuple[str, Published]:
        """Return what is in force with its version, both of one moment. Entries are not verified here."""
        raise NotImplementedError
