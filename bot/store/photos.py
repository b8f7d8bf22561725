"""Photos, sealed: of a draft under the person's draft key, of a declaration under the declaration's."""

from __future__ import annotations

import re
import secrets

from sqlalchemy import Connection, and_, delete, insert, select, update

from bot.store.faults import NoSuchDeclaration
from bot.store.schema import OPEN_STATES, declaration, photo
from bot.store.vault import Vault
from bot.store.work import Items, Work, declaration_key, draft_key
from dialogs.receipts import read_receipt

PHOTO = "photo:"
"""How the id of a photo starts. An item whose value is such an id stands for the photo."""
_PHOTO_ID = re.compile(PHOTO + "[0-9a-f]{32}")


def keep(connection: Connection, vault: Vault, person: str, where: str, image: bytes, now: float) -> str:
    """Keep a photo for the declaration with the receipt `where`, or else for the draft `where`; return its id.

    It takes the place of an earlier one that was kept there. Raises NoSuchDeclaration for a receipt that is not the
    person's or whose declaration the office has finished with.
    """
    receipt = read_receipt(where)
    declaration_id = _own_open_id(connection, person, receipt) if receipt else None
    draft = "" if receipt else where
    photo_id = f"{PHOTO}{secrets.token_hex(16)}"
    owner = draft_key(person) if declaration_id is None else declaration_key(declaration_id)
    row = {
        "id": photo_id,
        "person": person,
        "draft": draft,
        "declaration": declaration_id,
        "image": vault.seal(owner, image, photo_id.encode()),
        "at": now,
    }
    connection.execute(
        delete(photo).where(
            and_(
                photo.c.person == person,
                photo.c.draft == draft,
                photo.c.declaration.is_not_distinct_from(declaration_id),
            )
        )
    )
    connection.execute(insert(photo).values(row))
    return photo_id


def read(connection: Connection, vault: Vault, person: str, photo_id: str) -> bytes | None:
    """Return a photo of the person's own; None when there is none. Raises Forgotten, WrongKey."""
    if not _PHOTO_ID.fullmatch(photo_id):
        return None
    row = connection.execute(select(photo).where(and_(photo.c.id == photo_id, photo.c.person == person))).one_or_none()
    if row is None:
        return None
    owner = draft_key(person) if row.declaration is None else declaration_key(row.declaration)
    return vault.unseal(owner, row.image, photo_id.encode())


def photos_of_declaration(connection: Connection, vault: Vault, declaration_id: str) -> tuple[tuple[str, bytes], ...]:
    """Return the photos of a declaration, each with its id. Raises Forgotten, WrongKey."""
    rows = connection.execute(select(photo).where(photo.c.declaration == declaration_id).order_by(photo.c.at))
    owner = declaration_key(declaration_id)
    return tuple((row.id, vault.unseal(owner, row.image, row.id.encode())) for row in rows)


def take_in(work: Work, declaration_id: str, items: Items) -> None:
    """Move the draft photos that items stand for to the declaration: sealed anew, under its key."""
    # What somebody typed may look like an id and hold what no database takes.
    named = {value for _, value in items if _PHOTO_ID.fullmatch(value)}
    wanted = select(photo).where(
        and_(photo.c.person == work.person, photo.c.declaration.is_(None), photo.c.id.in_(named))
    )
    for row in work.connection.execute(wanted).all():
        context = row.id.encode()
        image = work.vault.unseal(draft_key(work.person), row.image, context)
        sealed = work.vault.seal(declaration_key(declaration_id), image, context)
        work.connection.execute(
            update(photo).where(photo.c.id == row.id).values(declaration=declaration_id, image=sealed)
        )


def drop_replaced(connection: Connection, declaration_id: str, before: Items | None, after: Items) -> None:
    """Remove the photos of a declaration that its items stood for `before` and no longer do; None: all of them."""
    of_it = photo.c.declaration == declaration_id
    if before is not None:
        gone = {value for _, value in before} - {value for _, value in after}
        of_it = and_(of_it, photo.c.id.in_(value for value in gone if _PHOTO_ID.fullmatch(value)))
    connection.execute(delete(photo).where(of_it))


def _own_open_id(connection: Connection, person: str, receipt: str) -> str:
    wanted = select(declaration.c.id).where(
        and_(
            declaration.c.receipt == receipt,
            declaration.c.person == person,
            declaration.c.status.in_(OPEN_STATES),
        )
    )
    found = connection.scalar(wanted.with_for_update())
    if found is None:
        raise NoSuchDeclaration("没有这个受理号的申报，或者已经办结、撤回，不能再加照片；请核对受理号")
    return str(found)
