"""What the records do for the console's people: who may sign in, who is signed in, what was done."""

from __future__ import annotations

from collections.abc import Iterable

from bot.store import staffing
from bot.store.auditing import note
from bot.store.opened import Opened
from bot.store.staffing import Officer, Signed
from bot.store.work import Moment, seconds

SEEN_EVERY_SECONDS = 60.0


class StaffRecords(Opened):
    """The part of `bot.store.records.Records` about the console's people; what holds of its methods holds of these.

    `by` is the name of whoever does it, for the audit log; `name` that of the one it is done to.
    """

    def add_officer(
        self,
        name: str,
        shown: str,
        roles: Iterable[str],
        cities: Iterable[str],
        password_hash: str,
        by: str,
        now: Moment,
    ) -> Officer:
        """Add somebody, who is to change the password at the first sign-in. Raises NameTaken."""
        with self._writing() as connection:
            officer = staffing.add(connection, name, shown, roles, cities, password_hash, seconds(now))
            note(connection, by, "staff_add", name, " ".join(sorted(officer.roles)), seconds(now))
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
        roles: Iterable[str],
        cities: Iterable[str],
        is_active: bool,
        by: str,
        now: Moment,
    ) -> None:
        """Change what somebody may do, and sign them out. Raises NoSuchOfficer."""
        roles, cities = sorted(roles), sorted(cities)
        with self._writing() as connection:
            staffing.change(connection, name, shown=shown, roles=roles, cities=cities, is_active=is_active)
            detail = f"{' '.join(roles)} | {' '.join(cities) or '*'} | {'active' if is_active else 'inactive'}"
            note(connection, by, "staff_change", name, detail, seconds(now))

    def set_password(self, name: str, password_hash: str, *, must_change: bool, by: str, now: Moment) -> None:
        """Set a password, and sign the person out everywhere. Raises NoSuchOfficer."""
        with self._writing() as connection:
            staffing.set_password(connection, name, password_hash, must_change=must_change)
            note(connection, by, "staff_password", name, "", seconds(now))

    def password_of(self, name: str) -> str | None:
        """Return the hash of a password; None when nobody active has the name."""
        with self._reading() as connection:
            return staffing.password_of(connection, name)

    def note_failure(self, name: str, what: str, now: Moment) -> float:
        """Count a wrong password or code (`what`); return until when nothing is taken, 0.0 when not locked."""
        with self._writing() as connection:
            locked = staffing.note_failure(connection, name, seconds(now))
            note(connection, name, f"wrong_{what}", name, "locked" if locked else "", seconds(now))
            return locked

    def sign_in(self, officer: Officer, *, is_whole: bool, now: Moment) -> str:
        """Begin a session and return its token; the wrong tries are forgotten once it `is_whole`."""
        with self._writing() as connection:
            if is_whole:
                staffing.forget_failures(connection, officer.id)
                note(connection, officer.name, "sign_in", officer.name, "", seconds(now))
            return staffing.sign_in(connection, officer.id, is_whole=is_whole, now=seconds(now))

    def signed(self, token: str, now: Moment) -> Signed | None:
        """Return whose session it is; None when there is none, it is over, or the person may no longer sign in."""
        with self._reading() as connection:
            return staffing.signed(connection, token, seconds(now))

    def note_seen(self, token: str, now: Moment) -> None:
        """Note that the session is in use; once in a minute is enough."""
        with self._writing() as connection:
            staffing.note_seen(connection, token, seconds(now))

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._writing() as connection:
            staffing.sign_out(connection, token)

    def set_totp(self, officer: Officer, secret: str, step: int, by: str, now: Moment) -> None:
        """Keep the secret of a second factor, sealed; "" takes it away, and signs the person out."""
        with self._writing() as connection:
            staffing.keep_totp(connection, self._vault, officer.id, secret, step)
            if not secret:
                staffing.sign_out_everywhere(connection, officer.id)
            note(connection, by, "totp_set" if secret else "totp_removed", officer.name, "", seconds(now))

    def totp_of(self, officer: Officer) -> tuple[str, int] | None:
        """Return the secret and the last step a code was taken of; None when there is no second factor."""
        with self._reading() as connection:
            return staffing.totp_of(connection, self._vault, officer.id)

    def take_step(self, officer: Officer, step: int) -> bool:
        """Take the step of a code up; False when it, or a later one, was taken before: a code is good once."""
        with self._writing() as connection:
            return staffing.take_step(connection, officer.id, step)
