"""The console's people: who they are, what they may do, their password's hash and their second factor, sealed."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.store.faults import StoreError
from bot.store.questions import storable
from bot.store.schema_staff import staff
from bot.store.staff_sessions import sign_out_everywhere
from bot.store.vault import Vault

KEEPER = "administrator"
"""The role that is never without somebody active once somebody has it."""
LONGEST_SHOWN = 32
_NAME = re.compile(r"[a-z0-9\u3400-\u4dbf\u4e00-\u9fff][a-z0-9._\-\u3400-\u4dbf\u4e00-\u9fff]{1,31}")


class StaffTrouble(StoreError):
    """What was asked of the list of people cannot be; the text says what to do. Nothing was done."""


class NameTaken(StaffTrouble):
    """There is somebody of that name already."""


class NoSuchOfficer(StaffTrouble):
    """There is nobody of that name."""


class LastAdministrator(StaffTrouble):
    """Nobody active would be left who may change the list of people."""


@dataclass(frozen=True)
class Officer:
    """Somebody of the staff. `roles` are those of `bot.staff.rights`; `cities` slugs, none: all.

    `has_totp`: a code is asked for besides the password. `signed_in_at`: the last time, in seconds since 1970.
    """

    id: str
    name: str = field(repr=False)
    shown: str = field(repr=False)
    roles: frozenset[str]
    cities: frozenset[str] = frozenset()
    must_change: bool = False
    has_totp: bool = False
    is_active: bool = True
    created_at: float = 0.0
    signed_in_at: float | None = None


def folded(name: str) -> str:
    """Return a name as it is kept and compared: widths, ligatures and capitals do not make two of one."""
    # What no database takes becomes what no name holds: asked for, it is nobody's, and it cannot be given.
    asked = storable(name.replace("\0", "\N{REPLACEMENT CHARACTER}"))
    return unicodedata.normalize("NFKC", asked.strip()).casefold()


def is_name(name: str) -> bool:
    """Tell whether a folded name may be given: 2 to 32 letters, digits, Chinese, and ._- behind the first."""
    return _NAME.fullmatch(name) is not None


def add(
    connection: Connection,
    name: str,
    shown: str,
    roles: Iterable[str],
    cities: Iterable[str],
    password_hash: str,
    now: float,
) -> Officer:
    """Add somebody whose password was given by another. Raises StaffTrouble."""
    name = folded(name)
    if not is_name(name):
        raise StaffTrouble("登录名要 2 到 32 个字：字母、数字、汉字，中间可以有点、下划线、连字符")
    if find(connection, name) is not None:
        raise NameTaken("这个登录名已经有了，请换一个")
    row = {
        "id": secrets.token_hex(16),
        "name": name,
        "shown": _shown(shown) or name,
        "roles": " ".join(sorted(roles)),
        "cities": " ".join(sorted(cities)),
        "password": password_hash,
        "must_change": True,
        "totp": "",
        "totp_step": 0,
        "is_active": True,
        "created_at": now,
    }
    connection.execute(insert(staff).values(row))
    return existing(connection, name)


def find(connection: Connection, name: str) -> Officer | None:
    """Return the person who signs in by this name; None when there is nobody."""
    row = connection.execute(select(staff).where(staff.c.name == folded(name))).one_or_none()
    return None if row is None else officer_of(row)


def existing(connection: Connection, name: str) -> Officer:
    """Return the person of this name. Raises NoSuchOfficer."""
    found = find(connection, name)
    if found is None:
        raise NoSuchOfficer("没有这个登录名，请核对")
    return found


def everybody(connection: Connection) -> tuple[Officer, ...]:
    """Return all, by name."""
    return tuple(map(officer_of, connection.execute(select(staff).order_by(staff.c.name))))


def password_of(connection: Connection, name: str) -> str | None:
    """Return the hash of a password; None when nobody active has the name."""
    wanted = select(staff.c.password).where(staff.c.name == folded(name), staff.c.is_active)
    found: str | None = connection.scalar(wanted)
    return found


def check_kept(connection: Connection, name: str, kept: str) -> None:
    """Raise StaffTrouble where the password that somebody gave has been changed since it was looked at."""
    if password_of(connection, name) != kept:
        raise StaffTrouble("密码刚刚换过，请用新的重新登录")


def set_password(connection: Connection, name: str, password_hash: str, *, must_change: bool) -> Officer:
    """Set a password; everybody signed in by that name is signed out. Raises NoSuchOfficer."""
    officer = existing(connection, name)
    values = {"password": password_hash, "must_change": must_change}
    connection.execute(update(staff).where(staff.c.id == officer.id).values(values))
    sign_out_everywhere(connection, officer.id)
    return officer


def change(
    connection: Connection,
    name: str,
    *,
    shown: str,
    roles: Collection[str],
    cities: Collection[str],
    is_active: bool,
) -> Officer:
    """Change what somebody may do, and return what they were; who may do other things now is signed out.

    Raises NoSuchOfficer, LastAdministrator.
    """
    officer = existing(connection, name)
    if KEEPER in officer.roles and officer.is_active and not (is_active and KEEPER in roles):
        _check_another_keeper(connection, officer)
    values = {
        "shown": _shown(shown) or officer.name,
        "roles": " ".join(sorted(roles)),
        "cities": " ".join(sorted(cities)),
        "is_active": is_active,
    }
    connection.execute(update(staff).where(staff.c.id == officer.id).values(values))
    if (officer.roles, officer.cities, officer.is_active) != (frozenset(roles), frozenset(cities), is_active):
        sign_out_everywhere(connection, officer.id)
    return officer


def note_sign_in(connection: Connection, officer: str, now: float) -> None:
    """Note that the person (by id) signed in."""
    connection.execute(update(staff).where(staff.c.id == officer).values(signed_in_at=now))


def keep_totp(connection: Connection, vault: Vault, officer: str, secret: str, step: int) -> bool:
    """Keep the secret of a second factor, sealed; False when there is one: it is taken away first.

    `step` is that of the code just given.
    """
    sealed = vault.seal(_owner(officer), secret.encode(), b"totp")
    fresh = update(staff).where(staff.c.id == officer, staff.c.totp == "")
    return connection.execute(fresh.values(totp=sealed, totp_step=step)).rowcount == 1


def drop_totp(connection: Connection, officer: str) -> None:
    """Take the second factor away."""
    connection.execute(update(staff).where(staff.c.id == officer).values(totp="", totp_step=0))


def totp_of(connection: Connection, vault: Vault, officer: str) -> str | None:
    """Return the secret; None when there is no second factor."""
    sealed: str | None = connection.scalar(select(staff.c.totp).where(staff.c.id == officer))
    return vault.unseal(_owner(officer), sealed, b"totp").decode() if sealed else None


def take_step(connection: Connection, officer: str, step: int) -> bool:
    """Take a step up; False when it, or a later one, was taken before: a code is good once."""
    later = update(staff).where(staff.c.id == officer, staff.c.totp_step < step)
    return connection.execute(later.values(totp_step=step)).rowcount == 1


def officer_of(row: Row[Any]) -> Officer:
    """Return the person of a row of `staff`."""
    return Officer(
        id=row.id,
        name=row.name,
        shown=row.shown,
        roles=frozenset(row.roles.split()),
        cities=frozenset(row.cities.split()),
        must_change=row.must_change,
        has_totp=bool(row.totp),
        is_active=row.is_active,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
    )


def _check_another_keeper(connection: Connection, officer: Officer) -> None:
    others = (one for one in everybody(connection) if one.id != officer.id)
    if not any(one.is_active and KEEPER in one.roles for one in others):
        raise LastAdministrator("这是最后一位管理员，不能停用，也不能去掉管理员；请先加一位")


def _shown(text: str) -> str:
    """Return a name to read: one line, without what hides or turns letters around."""
    letters = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(letters.split())[:LONGEST_SHOWN]


def _owner(officer: str) -> str:
    return f"staff:{officer}"
