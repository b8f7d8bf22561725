"""What the records do for what staff publish: their own answers, and what is switched off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from bot.store import in_force, publishing
from bot.store.auditing import note
from bot.store.in_force import Switched
from bot.store.opened import Opened
from bot.store.publishing import Revision, State
from bot.store.work import Moment, seconds
from dialogs.published import FaqEntry, Published, Switch
from knowledge.address import Address

MOST_REVISIONS = 1000
"""So many of the latest revisions are listed."""


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
        given = FaqEntry(entry or "", city, tuple(asks), line, tuple(places))
        with self._writing() as connection:
            revision, about = publishing.draft(connection, given, by, seconds(now))
            note(connection, by, "faq_draft", about, _numbered(revision), seconds(now))
            return revision

    def hand_in(self, revision: int, by: str, now: Moment) -> None:
        """Give a draft to a second person: draft → waiting."""
        with self._writing() as connection:
            found = publishing.hand_in(connection, revision)
            note(connection, by, "faq_hand_in", found.faq.id, _numbered(revision), seconds(now))

    def keep_report(self, revision: int, report: str, by: str, now: Moment) -> None:
        """Keep what the labelled questions said of a draft or waiting revision (`bot.regression.Report.to_json`)."""
        with self._writing() as connection:
            found = publishing.keep_report(connection, revision, report)
            note(connection, by, "faq_report", found.faq.id, _numbered(revision), seconds(now))

    def approve(self, revision: int, by: str, now: Moment) -> None:
        """Put a waiting revision into force; the one of its entry that was is replaced.

        Raises SecondPersonNeeded for its author, NotAccepted without a report of this revision that is accepted.
        """
        with self._writing() as connection:
            found = publishing.approve(connection, revision, by, seconds(now))
            note(connection, by, "faq_approve", found.faq.id, _numbered(revision), seconds(now))

    def refuse(self, revision: int, by: str, reason: str, now: Moment) -> None:
        """Refuse a waiting revision; its author reads the reason (at most 400 characters, longer is cut)."""
        with self._writing() as connection:
            found = publishing.refuse(connection, revision, by, reason, seconds(now))
            note(connection, by, "faq_refuse", found.faq.id, f"{_numbered(revision)} {reason}", seconds(now))

    def roll_back(self, entry: str, by: str, now: Moment) -> int | None:
        """Take the live revision of an entry back; return the one that is live again, the last replaced, or None."""
        with self._writing() as connection:
            taken_back, live = publishing.roll_back(connection, entry)
            after = _numbered(live) if live is not None else "-"
            note(connection, by, "faq_roll_back", entry, f"{_numbered(taken_back)} → {after}", seconds(now))
            return live

    def entries(self, state: State | None = None, limit: int = MOST_REVISIONS) -> tuple[Revision, ...]:
        """Return at most `limit` revisions in this state, or in any, the latest first."""
        with self._reading() as connection:
            return publishing.listed(connection, state, limit)

    def revision(self, revision: int) -> Revision:
        """Return one revision. Raises NoSuchRevision."""
        with self._reading() as connection:
            return publishing.find(connection, revision)

    def revisions_of(self, entry: str) -> tuple[Revision, ...]:
        """Return all revisions of an entry, the latest first."""
        with self._reading() as connection:
            return publishing.revisions_of(connection, entry)

    def count_served(self, counts: Mapping[tuple[str, date], int]) -> None:
        """Add to how often entries were served: (entry, day in Shanghai) → how many times more. All or none."""
        if counts:
            with self._writing() as connection:
                in_force.count_served(connection, counts)

    def served(self, entry: str, since: date) -> int:
        """Return how often an entry was served from that day on."""
        with self._reading() as connection:
            return in_force.served(connection, since, entry).get(entry, 0)

    def served_by_entry(self, since: date) -> dict[str, int]:
        """Return how often each entry was served from that day on; those never served are left out."""
        with self._reading() as connection:
            return in_force.served(connection, since)

    # --- switches ---

    def switch_off(self, city: str | None, topic: str | None, sentence: str, by: str, now: Moment) -> None:
        """Switch a topic or dialog (None: everything) of a city (slug; None: all) off, or change its sentence.

        Raises ValueError for a sentence that is empty or has more than 400 characters; `dialogs.published.problem_with`
        says more.
        """
        with self._writing() as connection:
            in_force.switch_off(connection, Switch(city, topic, sentence), by, seconds(now))
            note(connection, by, "switch_off", _about(city, topic), sentence, seconds(now))

    def switch_on(self, city: str | None, topic: str | None, by: str, now: Moment) -> bool:
        """Switch on again; False when it was not off."""
        with self._writing() as connection:
            was_off = in_force.switch_on(connection, city, topic)
            if was_off:
                note(connection, by, "switch_on", _about(city, topic), "", seconds(now))
            return was_off

    def switches(self) -> tuple[Switched, ...]:
        """Return what is off, by whom and since when; by city and topic."""
        with self._reading() as connection:
            return in_force.switches(connection)

    # --- questions that are not to be answered ---

    def set_aside(self, text_hash: str, by: str, now: Moment) -> None:
        """Note that a question, told by the hash of its normalised text (at most 64 characters), is set aside."""
        with self._writing() as connection:
            in_force.put_aside(connection, text_hash, by, seconds(now))
            note(connection, by, "set_aside", text_hash, "", seconds(now))

    def bring_back(self, text_hash: str, by: str, now: Moment) -> None:
        """Undo `set_aside`."""
        with self._writing() as connection:
            in_force.bring_back(connection, text_hash)
            note(connection, by, "bring_back", text_hash, "", seconds(now))

    def aside(self) -> frozenset[str]:
        """Return the hashes of the questions that are set aside."""
        with self._reading() as connection:
            return in_force.aside(connection)

    # --- what is in force ---

    def published_version(self) -> str:
        """Return a short text that is another one whenever anything that is in force is; cheap to ask."""
        with self._reading() as connection:
            return in_force.version(connection)

    def published(self) -> tuple[str, Published]:
        """Return what is in force with its version, both of one moment. Entries are not verified here."""
        with self._reading() as connection:
            return in_force.version(connection), in_force.published(connection)


def _numbered(revision: int) -> str:
    return f"#{revision}"


def _about(city: str | None, topic: str | None) -> str:
    return f"{city or '*'}/{topic or '*'}"
