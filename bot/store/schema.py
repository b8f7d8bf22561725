"""The tables of the records. What a person entered stands in them only sealed (`bot.store.vault`).

Times are seconds since 1970; `person` is a keyed hash. A change here needs a revision in `migrations/versions`.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

METADATA = MetaData()

OPEN_STATES = ("waiting", "returned")
_IS_OPEN = text("status IN ('waiting', 'returned')")

done = Table(
    "done",
    METADATA,
    Column("person", String(64), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("results", Text, nullable=False),
    Column("at", Float, nullable=False, index=True),
    comment="Turns whose effects were carried out, with their sealed results",
)

consent = Table(
    "consent",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("version", String(64), nullable=False),
    Column("city", String(64), nullable=False),
    Column("at", Float, nullable=False),
)

declaration = Table(
    "declaration",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("receipt", String(16), nullable=False, unique=True),
    Column("person", String(64), nullable=False, index=True),
    Column("city", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("identity", String(64), comment="keyed hash of the document number; none once withdrawn"),
    Column("is_demonstration", Boolean, nullable=False),
    Column("submitted_at", Float, nullable=False),
    Column("submitted_on", Date, nullable=False),
    Column("keep_until", Float, nullable=False, index=True),
    Column("registered_on", Date),
    Column("items", Text, nullable=False, comment="sealed; empty once withdrawn"),
    Column("reason", Text, nullable=False, comment="sealed; why it was returned"),
    Column("station", String(64), comment="the county or district whose office takes it, from a list"),
    Column("returned_for", String(32), comment="why it was returned, from a list"),
    Column("duplicate_of", String(16), comment="receipt of the one that counts"),
)

Index(
    "declaration_open",
    declaration.c.city,
    declaration.c.is_demonstration,
    declaration.c.identity,
    declaration.c.person,
    unique=True,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)

Index("declaration_queue", declaration.c.status, declaration.c.submitted_at)

photo = Table(
    "photo",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("draft", String(64), nullable=False),
    Column("declaration", String(32), ForeignKey("declaration.id", ondelete="CASCADE"), index=True),
    Column("image", Text, nullable=False, comment="sealed"),
    Column("at", Float, nullable=False, index=True),
)

reminder = Table(
    "reminder",
    METADATA,
    Column("person", String(64), primary_key=True),
    Column("city", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("what", String(64), primary_key=True),
    Column("at", Float, nullable=False),
)

wrong_try = Table(
    "wrong_try",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("receipt", String(16), nullable=False, index=True),
    Column("day", Date, nullable=False),
    Column("at", Float, nullable=False),
)

access = Table(
    "access",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("receipt", String(16), nullable=False, index=True),
    Column("what", String(16), nullable=False, comment="read, registered or returned"),
    Column("reader", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("at", Float, nullable=False, index=True),
)

page = Table(
    "page",
    METADATA,
    Column("token", String(64), primary_key=True, comment="its hash alone"),
    Column("person", String(64), nullable=False, index=True),
    Column("draft", String(128), nullable=False),
    Column("ask", String(128), nullable=False),
    Column("at", Float, nullable=False),
    Column("used_at", Float),
)

doomed_key = Table(
    "doomed_key",
    METADATA,
    Column("owner", String(256), primary_key=True),
    comment="Data keys to destroy as soon as the transaction that said so is on disk",
)

question = Table(
    "question",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False, index=True),
    Column("day", Date, nullable=False),
    Column("city", String(64)),
    Column("kind", String(32), nullable=False),
    Column("topic", String(64)),
    Column("text", Text, nullable=False, comment="redacted; whose it was stands nowhere"),
    comment="Questions kept for improvement",
)

reach = Table(
    "reach",
    METADATA,
    Column("person", String(64), primary_key=True),
    Column("sealed", Text, nullable=False, comment="sealed; the official account and the openid there"),
    Column("at", Float, nullable=False),
    comment="Whom to reach",
)

_REMINDER = [column.name for column in reminder.primary_key]

delivery = Table(
    "delivery",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("city", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("what", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("until", Float, nullable=False, comment="when the claim or the push is over"),
    ForeignKeyConstraint(_REMINDER, [f"reminder.{name}" for name in _REMINDER], ondelete="CASCADE"),
    comment="Reminders on their way",
)

Index("delivery_reminder", *(delivery.c[name] for name in _REMINDER), unique=True)

feedback = Table(
    "feedback",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False, index=True),
    Column("is_useful", Boolean, nullable=False),
    Column("city", String(64)),
    Column("topic", String(64)),
    Column("kind", String(32), nullable=False),
    Column("comment", Text, nullable=False, comment="redacted; whose it was stands nowhere"),
    comment="What people thought of answers",
)
