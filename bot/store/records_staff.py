"""What the records do for the console's people: who may sign in, who is signed in, what was done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from bot.store import auditing, staff_sessions, staff_tries, staffing
from bot.store.auditing import Audited, note
from bot.store.opened import Opened
from bot.store.staff_tries import Try
from bot.store.staffing import Officer
from bot.store.work import Moment, seconds

SEEN_EVERY_SECONDS = 60.0


@dataclass(frozen=True)
class Signed:
    """Somebody who is signed in; not `is_whole` while the second factor is not given."""

    officer: Officer
    is_whole: bool
    started_at: float
    seen_at: float
    token: str = field(repr=False)


class StaffRecords(Opened):
    """The part of `bot.store.records.Records` about the console's people; what holds of its methods holds of these.

    `by` is the name of whoever does it, for the audit log; `name` that of the one it is done to; `who` the keyed hash
    of a name (`bot.identity`) under which tries are counted.
    """

    # --- people ---

    def add_officer(
        self,
        name: str,
        shown: str,
        roles: Collection[str],
        cities: Collection[str],
        password_hash: str,
        by: str,
        now: Moment,
    ) -> Officer:
        """Add somebody, who is to change the password at the first sign-in. Raises StaffTrouble."""
        with self._writing() as connection:
            officer = staffing.add(connection, name, shown, roles, cities, password_hash, seconds(now))
            note(connection, by, "staff_add", officer.name, _rights(officer), seconds(now))
            return officer

    def officers(self) -> tuple[Officer, ...]:
        """Return everybody, by name."""
        with self._reading() as connection:
            return staffing.everybody(connection)

    def officer(self, name: str) -> Officer | None:
        """Return the person of this name; None when there is nobody."""
        with self._reading() as connection:
            return staffing.find(connection, name)

    def change_officer(
        self,
        name: str,
        *,
        shown: str,
        roles: Collection[str],
        cities: Collection[str],
        is_active: bool,
        by: str,
        now: Moment,
    ) -> None:
        """Change what somebody may do; where that is something else now, they are signed out.

        Raises NoSuchOfficer, LastAdministrator.
        """
        with self._writing() as connection:
            before = staffing.change(connection, name, shown=shown, roles=roles, cities=cities, is_active=is_active)
            after = staffing.existing(connection, name)
            if after != before:
                note(connection, by, "staff_change", after.name, f"{_rights(before)} → {_rights(after)}", seconds(now))

    def switch_officer(self, name: str, *, is_active: bool, by: str, now: Moment) -> None:
        """Let somebody sign in or not, whatever their rights. Raises NoSuchOfficer, LastAdministrator."""
        with self._writing() as connection:
            found = staffing.existing(connection, name)
            staffing.change(
                connection, name, shown=found.shown, roles=found.roles, cities=found.cities, is_active=is_active
            )
            note(connection, by, "staff_on" if is_active else "staff_off", found.name, "", seconds(now))

    # --- passwords ---

    def set_password(
        self, name: str, password_hash: str, *, must_change: bool, by: str, now: Moment, who: str = ""
    ) -> None:
        """Set a password, forget the wrong tries at it, sign the person out everywhere. Raises NoSuchOfficer."""
        with self._writing() as connection:
            officer = staffing.set_password(connection, name, password_hash, must_change=must_change)
            staff_tries.forget(connection, who)
            note(connection, by, "staff_password", officer.name, "", seconds(now))

    def set_own_password(self, officer: Officer, kept: str, password_hash: str, now: Moment) -> str:
        """Set a password that the person alone knows; end their sessions, and return the token of a new one.

        Raises StaffTrouble where the old one is no longer `kept`.
        """
        with self._writing() as connection:
            staffing.check_kept(connection, officer.name, kept)
            staffing.set_password(connection, officer.name, password_hash, must_change=False)
            note(connection, officer.name, "own_password", officer.name, "", seconds(now))
            return staff_sessions.sign_in(connection, officer.id, is_whole=True, now=seconds(now))

    def password_of(self, name: str) -> str | None:
        """Return the hash of a password; None when nobody active has the name."""
        with self._reading() as connection:
            return staffing.password_of(connection, name)

    # --- tries ---

    def begin_try(self, who: str, now: Moment) -> Try:
        """Count a try of a password or code before it is looked at; refused while the name is locked."""
        with self._writing() as connection:
            return staff_tries.begin(connection, who, seconds(now))

    def note_wrong(self, tried: Try, name: str, what: str, now: Moment) -> None:
        """Note that a password or code (`what`) was wrong; a name nobody has is not kept: it may be a password."""
        with self._writing() as connection:
            staff_tries.note_wrong(connection, tried, seconds(now))
            officer = staffing.find(connection, name)
            if officer is not None:
                detail = "locked" if tried.locked_until else ""
                note(connection, officer.name, f"wrong_{what}", officer.name, detail, seconds(now))

    def undo_try(self, tried: Try) -> None:
        """Take a try back that was right."""
        with self._writing() as connection:
            staff_tries.undo(connection, tried)

    def locks(self, now: Moment) -> dict[str, float]:
        """Return until when names are locked (seconds since 1970), by `who`."""
        with self._reading() as connection:
            return staff_tries.locks(connection, seconds(now))

    # --- sessions ---

    def sign_in(
        self, officer: Officer, tried: Try, *, is_whole: bool, now: Moment, instead_of: str = "", kept: str = ""
    ) -> str:
        """Begin a session instead of that of a token, and return its own; once it `is_whole` tries are forgotten.

        Raises StaffTrouble where the password that was given is no longer `kept` (its hash).
        """
        with self._writing() as connection:
            if kept:
                staffing.check_kept(connection, officer.name, kept)
            staff_sessions.sign_out(connection, instead_of)
            if is_whole:
                staff_tries.forget(connection, tried.who)
                staffing.note_sign_in(connection, officer.id, seconds(now))
                note(connection, officer.name, "sign_in", officer.name, "", seconds(now))
            else:
                staff_tries.undo(connection, tried)
            return staff_sessions.sign_in(connection, officer.id, is_whole=is_whole, now=seconds(now))

    def signed(self, token: str, now: Moment) -> Signed | None:
        """Return whose session it is; None when there is none, it is over, or the person may no longer sign in."""
        with self._reading() as connection:
            row = staff_sessions.find(connection, token, seconds(now))
        if row is None:
            return None
        return Signed(staffing.officer_of(row), row.is_whole, row.started_at, row.seen_at, token)

    def note_seen(self, token: str, now: Moment) -> None:
        """Note that the session is in use; once in a minute is enough."""
        with self._writing() as connection:
            staff_sessions.note_seen(connection, token, seconds(now))

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._writing() as connection:
            staff_sessions.sign_out(connection, token)

    # --- the second factor ---

    def begin_totp(self, signed: Signed, secret: str) -> str:
        """Return the secret that is being set up in this session: the one begun before, else this one, sealed."""
        with self._writing() as connection:
            staff_sessions.begin(connection, self._vault, signed.officer.id, signed.token, secret)
            return staff_sessions.pending(connection, self._vault, signed.token) or secret

    def pending_totp(self, signed: Signed) -> str | None:
        """Return the secret that is being set up in this session; None when none is."""
        with self._reading() as connection:
            return staff_sessions.pending(connection, self._vault, signed.token)

    def set_totp(self, signed: Signed, step: int, now: Moment) -> str | None:
        """Keep the secret that was set up; end the person's sessions and return the token of a new one.

        `step` is that of the code just given, which is thereby used up. None when nothing was being set up, or there
        is a second factor already.
        """
        officer = signed.officer
        with self._writing() as connection:
            secret = staff_sessions.pending(connection, self._vault, signed.token)
            if secret is None or not staffing.keep_totp(connection, self._vault, officer.id, secret, step):
                return None
            staff_sessions.sign_out_everywhere(connection, officer.id)
            note(connection, officer.name, "totp_set", officer.name, "", seconds(now))
            return staff_sessions.sign_in(connection, officer.id, is_whole=True, now=seconds(now))

    def drop_totp(self, name: str, by: str, now: Moment) -> None:
        """Take the second factor away and sign the person out everywhere. Raises NoSuchOfficer."""
        with self._writing() as connection:
            officer = staffing.existing(connection, name)
            staffing.drop_totp(connection, officer.id)
            staff_sessions.sign_out_everywhere(connection, officer.id)
            note(connection, by, "totp_removed", officer.name, "", seconds(now))

    def totp_of(self, officer: Officer) -> str | None:
        """Return the secret; None when there is no second factor."""
        with self._reading() as connection:
            return staffing.totp_of(connection, self._vault, officer.id)

    def take_step(self, officer: Officer, step: int) -> bool:
        """Take the step of a code up; False when it, or a later one, was taken before: a code is good once."""
        with self._writing() as connection:
            return staffing.take_step(connection, officer.id, step)

    # --- the audit log ---

    def note_done(self, by: str, what: str, about: str, detail: str, now: Moment) -> None:
        """Note what was done that changes no row: a list taken away, for one."""
        with self._writing() as connection:
            note(connection, by, what, about, detail, seconds(now))

    def audited(self, *, before: int | None = None, limit: int, by: str = "", about: str = "") -> tuple[Audited, ...]:
        """Return at most `limit` rows of the audit log, the latest first, those before the row `before`."""
        with self._reading() as connection:
            return auditing.noted(connection, before, limit, by, about)


def _rights(officer: Officer) -> str:
    """Return what somebody may do, for the audit log."""
    roles, cities = " ".join(sorted(officer.roles)) or "-", " ".join(sorted(officer.cities)) or "*"
    return f"{roles} | {cities}{'' if officer.is_active else ' | off'}"
