"""Questions kept for improvement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "question",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False, index=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("city", sa.String(64)),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(64)),
        sa.Column("text", sa.Text, nullable=False, comment="redacted; whose it was stands nowhere"),
        comment="Questions kept for improvement",
    )
