"""Whom to reach, reminders on their way, and what people thought of answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_REMINDER = ["person", "city", "day", "what"]


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reach",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False, comment="sealed; the official account and the openid there"),
        sa.Column("at", sa.Float, nullable=False),
        comment="Whom to reach",
    )
    _make_deliveries()
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False, index=True),
        sa.Column("is_useful", sa.Boolean, nullable=False),
        sa.Column("city", sa.String(64)),
        sa.Column("topic", sa.String(64)),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("comment", sa.Text, nullable=False, comment="redacted; whose it was stands nowhere"),
        comment="What people thought of answers",
    )


def _make_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("city", sa.String(64), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("until", sa.Float, nullable=False, comment="when the claim or the push is over"),
        sa.ForeignKeyConstraint(_REMINDER, [f"reminder.{name}" for name in _REMINDER], ondelete="CASCADE"),
        comment="Reminders on their way",
    )
    op.create_index("delivery_reminder", "delivery", _REMINDER, unique=True)
