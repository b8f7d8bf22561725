"""Declarations and what belongs to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_declarations()
    _make_photos()
    _make_what_a_person_has()
    _make_safeguards()
    _make_traces()


def _make_declarations() -> None:
    op.create_table(
        "declaration",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("receipt", sa.String(16), nullable=False, unique=True),
        sa.Column("person", sa.String(64), nullable=False, index=True),
        sa.Column("city", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("identity", sa.String(64), comment="keyed hash of the document number; none once withdrawn"),
        sa.Column("is_demonstration", sa.Boolean, nullable=False),
        sa.Column("submitted_at", sa.Float, nullable=False),
        sa.Column("submitted_on", sa.Date, nullable=False),
        sa.Column("keep_until", sa.Float, nullable=False, index=True),
        sa.Column("registered_on", sa.Date),
        sa.Column("items", sa.Text, nullable=False, comment="sealed; empty once withdrawn"),
        sa.Column("reason", sa.Text, nullable=False, comment="sealed; why it was returned"),
    )
    is_open = sa.text("status IN ('waiting', 'returned')")
    op.create_index(
        "declaration_open",
        "declaration",
        ["city", "is_demonstration", "identity", "person"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _make_photos() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False, index=True),
        sa.Column("draft", sa.String(64), nullable=False),
        sa.Column("declaration", sa.String(32), sa.ForeignKey("declaration.id", ondelete="CASCADE"), index=True),
        sa.Column("image", sa.Text, nullable=False, comment="sealed"),
        sa.Column("at", sa.Float, nullable=False, index=True),
    )


def _make_what_a_person_has() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person", sa.String(64), nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("city", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "reminder",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("city", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("what", sa.String(64), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
    )


def _make_safeguards() -> None:
    op.create_table(
        "done",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("results", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False, index=True),
        comment="Turns whose effects were carried out, with their sealed results",
    )
    op.create_table(
        "doomed_key",
        sa.Column("owner", sa.String(256), primary_key=True),
        comment="Data keys to destroy as soon as the transaction that said so is on disk",
    )
    op.create_table(
        "page",
        sa.Column("token", sa.String(64), primary_key=True, comment="its hash alone"),
        sa.Column("person", sa.String(64), nullable=False, index=True),
        sa.Column("draft", sa.String(128), nullable=False),
        sa.Column("ask", sa.String(128), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("used_at", sa.Float),
    )


def _make_traces() -> None:
    op.create_table(
        "wrong_try",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person", sa.String(64), nullable=False, index=True),
        sa.Column("receipt", sa.String(16), nullable=False, index=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "access",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("receipt", sa.String(16), nullable=False, index=True),
        sa.Column("what", sa.String(16), nullable=False, comment="read, registered or returned"),
        sa.Column("reader", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("at", sa.Float, nullable=False, index=True),
    )
