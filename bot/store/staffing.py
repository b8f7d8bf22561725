"""The console's people and who is signed in. Passwords come here only as hashes, tokens are kept only as theirs."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.store.faults import StoreError
from bot.store.schema_staff import staff, staff_session
from bot.store.vault import Vault

IDLE_SECONDS = 30 * 60.0
LONGEST_SECONDS = 10 * 3600.0
"""A session ends when nothing was done for half an hour, and after ten hours whatever was done."""
FREE_FAILURES = 4
FIRST_LOCK_SECONDS = 30.0
LONGEST_LOCK_SECONDS = 15 * 60.0
"""The fifth wrong password in a row locks for 30 seconds, each further one twice as long, at most 15 minutes."""


class NameTaken(StoreError):
    """There is somebody of that name already."""


class NoSuchOfficer(StoreError):
    """There is nobody of that name."""


@dataclass(frozen=True)
class Officer:
    """Somebody of the staff. `roles` are those of `bot.staff.rights`; `cities` slugs, none: all.

    `locked_until` in seconds since 1970; `has_totp`: a code is asked for besides the password.
    """

    id: str
    name: str
    shown: str
    roles: frozenset[str]
    cities: frozenset[str] = frozenset()
    must_change: bool = False
    has_totp: bool = False
    is_active: bool = True
    failures: int = 0
    locked_until: float = 0.0
    created_at: float = 0.0


@dataclass(frozen=True)
class Signed:
    """Somebody who is signed in; not `is_whole` while the second factor is not given."""

    officer: Officer
    is_whole: bool
    started_at: float
    seen_at: float
    token: str = field(repr=False)


def add(
    connection: Connection,
    name: str,
    shown: str,
    roles: Iterable[str],
    cities: Iterable[str],
    password_hash: str,
    now: float,
) -> Officer:
    """Add somebody whose password was given by another. Raises NameTaken."""
    if find(connection, name) is not None:
        raise NameTaken(f"已经有“{name}”了，请换一个登录名")
    row = {
        "id": secrets.token_hex(16),
        "name": name,
        "shown": shown,
        "roles": " ".join(sorted(roles)),
        "cities": " ".join(sorted(cities)),
        "password": password_hash,
        "must_change": True,
        "totp": "",
        "totp_step": 0,
        "failures": 0,
        "locked_until": 0.0,
        "is_active": True,
        "created_at": now,
    }
    connection.execute(insert(staff).values(row))
    return existing(connection, name)


def find(connection: Connection, name: str) -> Officer | None:
    """Return the person who signs in by this name; None when there is nobody."""
    row = connection.execute(select(staff).where(staff.c.name == name)).one_or_none()
    return None if row is None else _officer(row)


def existing(connection: Connection, name: str) -> Officer:
    """Return the person of this name. Raises NoSuchOfficer."""
    found = find(connection, name)
    if found is None:
        raise NoSuchOfficer(f"没有“{name}”这个人，请核对登录名")
    return found


def everybody(connection: Connection) -> tuple[Officer, ...]:
    """Return all, by name."""
    return tuple(map(_officer, connection.execute(select(staff).order_by(staff.c.name))))


def password_of(connection: Connection, name: str) -> str | None:
    """Return the hash of a password; None when nobody active has the name."""
    wanted = select(staff.c.password).where(staff.c.name == name, staff.c.is_active)
    found: str | None = connection.scalar(wanted)
    return found


def set_password(connection: Connection, name: str, password_hash: str, *, must_change: bool) -> None:
    """Set a password; everybody signed in by that name is signed out. Raises NoSuchOfficer."""
    officer = existing(connection, name)
    values = {"password": password_hash, "must_change": must_change, "failures": 0, "locked_until": 0.0}
    connection.execute(update(staff).where(staff.c.id == officer.id).values(values))
    sign_out_everywhere(connection, officer.id)


def change(
    connection: Connection, name: str, *, shown: str, roles: Iterable[str], cities: Iterable[str], is_active: bool
) -> None:
    """Change what somebody may do; everybody signed in by that name is signed out. Raises NoSuchOfficer."""
    officer = existing(connection, name)
    values = {
        "shown": shown,
        "roles": " ".join(sorted(roles)),
        "cities": " ".join(sorted(cities)),
        "is_active": is_active,
    }
    connection.execute(update(staff).where(staff.c.id == officer.id).values(values))
    sign_out_everywhere(connection, officer.id)


def note_failure(connection: Connection, name: str, now: float) -> float:
    """Count a wrong password or code; return until when nothing is taken (0.0: not locked)."""
    row = connection.execute(select(staff).where(staff.c.name == name).with_for_update()).one_or_none()
    if row is None:
        return 0.0
    failures = row.failures + 1
    over = failures - FREE_FAILURES
    locked = 0.0 if over <= 0 else now + min(FIRST_LOCK_SECONDS * 2 ** min(over - 1, 20), LONGEST_LOCK_SECONDS)
    connection.execute(update(staff).where(staff.c.id == row.id).values(failures=failures, locked_until=locked))
    return locked


def forget_failures(connection: Connection, officer: str) -> None:
    """Count anew: the person (by id) has given what was asked."""
    connection.execute(update(staff).where(staff.c.id == officer).values(failures=0, locked_until=0.0))


# --- the second factor ---


def keep_totp(connection: Connection, vault: Vault, officer: str, secret: str, step: int) -> None:
    """Keep the secret of somebody's second factor, sealed; "" takes it away. `step` is that of the code just given."""
    sealed = vault.seal(_owner(officer), secret.encode(), b"totp") if secret else ""
    connection.execute(update(staff).where(staff.c.id == officer).values(totp=sealed, totp_step=step))


def totp_of(connection: Connection, vault: Vault, officer: str) -> tuple[str, int] | None:
    """Return the secret and the last step a code was taken of; None when there is no second factor."""
    row = connection.execute(select(staff.c.totp, staff.c.totp_step).where(staff.c.id == officer)).one_or_none()
    if row is None or not row.totp:
        return None
    return vault.unseal(_owner(officer), row.totp, b"totp").decode(), row.totp_step


def take_step(connection: Connection, officer: str, step: int) -> bool:
    """Take a step up; False when it, or a later one, was taken before: a code is good once."""
    later = update(staff).where(staff.c.id == officer, staff.c.totp_step < step)
    return connection.execute(later.values(totp_step=step)).rowcount == 1


# --- who is signed in ---


def sign_in(connection: Connection, officer: str, *, is_whole: bool, now: float) -> str:
    """Begin a session under a new token, which is returned and kept only as its hash."""
    token = secrets.token_urlsafe(32)
    row = {"token": _hash(token), "staff": officer, "is_whole": is_whole, "started_at": now, "seen_at": now}
    connection.execute(insert(staff_session).values(row))
    return token


def signed(connection: Connection, token: str, now: float) -> Signed | None:
    """Return whose session it is; None when there is none, it is over, or the person may no longer sign in."""
    columns = (staff_session.c.is_whole, staff_session.c.started_at, staff_session.c.seen_at)
    wanted = select(staff, *columns).join_from(staff_session, staff)
    row = connection.execute(
        wanted.where(
            staff_session.c.token == _hash(token),
            staff_session.c.seen_at > now - IDLE_SECONDS,
            staff_session.c.started_at > now - LONGEST_SECONDS,
            staff.c.is_active,
        )
    ).one_or_none()
    return None if row is None else Signed(_officer(row), row.is_whole, row.started_at, row.seen_at, token)


def note_seen(connection: Connection, token: str, now: float) -> None:
    """Note that the session is in use."""
    connection.execute(update(staff_session).where(staff_session.c.token == _hash(token)).values(seen_at=now))


def sign_out(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(staff_session).where(staff_session.c.token == _hash(token)))


def sign_out_everywhere(connection: Connection, officer: str) -> None:
    """End all sessions of a person (by id)."""
    connection.execute(delete(staff_session).where(staff_session.c.staff == officer))


def purge(connection: Connection, now: float) -> None:
    """Remove the sessions that are over."""
    connection.execute(delete(staff_session).where(staff_session.c.started_at <= now - LONGEST_SECONDS))
    connection.execute(delete(staff_session).where(staff_session.c.seen_at <= now - IDLE_SECONDS))


def _officer(row: Row[Any]) -> Officer:
    return Officer(
        id=row.id,
        name=row.name,
        shown=row.shown,
        roles=frozenset(row.roles.split()),
        cities=frozenset(row.cities.split()),
        must_change=row.must_change,
        has_totp=bool(row.totp),
        is_active=row.is_active,
        failures=row.failures,
        locked_until=row.locked_until,
        created_at=row.created_at,
    )


def _owner(officer: str) -> str:
    return f"staff:{officer}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
