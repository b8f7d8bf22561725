"""Staff and what they do: people, sessions, the audit log, answers, switches, counts of turns, declarations decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEPT_SECONDS = 365 * 86_400
"""What `bot.store.auditing` keeps the log for. The clock is the database's own."""
_REFUSED = "the audit log is added to, never changed"
_GUARDS = {
    "sqlite": (
        f"CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
        "CREATE TRIGGER audit_kept BEFORE DELETE ON audit"
        f" WHEN OLD.at > CAST(strftime('%s', 'now') AS REAL) - {_KEPT_SECONDS}"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$",
        "CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        "CREATE TRIGGER audit_kept BEFORE DELETE ON audit FOR EACH ROW"
        f" WHEN (OLD.at > extract(epoch FROM now()) - {_KEPT_SECONDS}) EXECUTE FUNCTION audit_refuse()",
    ),
}
"""A row is changed by nobody, and removed only after its time; whatever a program with a fault may try."""


def upgrade() -> None:
    """Make the tables."""
    _make_staff()
    _make_signing_in()
    _make_audit()
    _make_published()
    _make_switches()
    _make_counts()
    _extend_declarations()


def _make_staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True, comment="what is typed to sign in"),
        sa.Column("shown", sa.String(64), nullable=False, comment="what colleagues read"),
        sa.Column("roles", sa.String(128), nullable=False, comment="separated by spaces"),
        sa.Column("cities", sa.String(255), nullable=False, comment="slugs separated by spaces; empty: all"),
        sa.Column("password", sa.Text, nullable=False, comment="argon2id"),
        sa.Column("must_change", sa.Boolean, nullable=False, comment="the password was given by another"),
        sa.Column("totp", sa.Text, nullable=False, comment="sealed; empty: none"),
        sa.Column("totp_step", sa.Integer, nullable=False, comment="the last step a code was taken of"),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("signed_in_at", sa.Float, comment="the last time"),
        comment="Who may sign in to the console",
    )


def _make_signing_in() -> None:
    op.create_table(
        "staff_try",
        sa.Column(
            "who", sa.String(64), primary_key=True, comment="keyed hash of the name that was typed, of nobody's too"
        ),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.Float, nullable=False),
        sa.Column("at", sa.Float, nullable=False, index=True),
        comment="Wrong passwords and codes in a row",
    )
    op.create_table(
        "staff_session",
        sa.Column("token", sa.String(64), primary_key=True, comment="its hash alone"),
        sa.Column("staff", sa.String(32), sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("is_whole", sa.Boolean, nullable=False, comment="false while the second factor is not given"),
        sa.Column("started_at", sa.Float, nullable=False, index=True),
        sa.Column("seen_at", sa.Float, nullable=False),
        sa.Column(
            "pending", sa.Text, nullable=False, comment="sealed: a second factor that is being set up; empty: none"
        ),
        comment="Who is signed in",
    )


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False, index=True),
        sa.Column("by", sa.String(64), nullable=False, index=True),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("about", sa.String(128), nullable=False, index=True),
        sa.Column("detail", sa.String(400), nullable=False),
        comment="What was done in the console; added to, never changed",
    )
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def _make_published() -> None:
    op.create_table(
        "faq",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry", sa.String(32), nullable=False, index=True, comment="its revisions share it"),
        sa.Column("city", sa.String(64), nullable=False),
        sa.Column("asks", sa.Text, nullable=False, comment="how people ask it, JSON"),
        sa.Column("line", sa.Text, nullable=False, comment="the answer in plain words"),
        sa.Column("places", sa.Text, nullable=False, comment="the provisions that it rests on, JSON"),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("reviewer", sa.String(64), nullable=False),
        sa.Column("decided_at", sa.Float),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("report", sa.Text, nullable=False, comment="what the labelled questions said, JSON; empty: not run"),
        comment="Answers written by staff",
    )
    op.create_table(
        "faq_served",
        sa.Column("entry", sa.String(32), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        comment="How often an answer written by staff was given",
    )


def _make_switches() -> None:
    op.create_table(
        "switch",
        sa.Column("city", sa.String(64), primary_key=True, comment="slug, or * for all"),
        sa.Column("topic", sa.String(64), primary_key=True, comment="slug, or * for all"),
        sa.Column("sentence", sa.String(400), nullable=False, comment="what people get instead"),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        comment="What is switched off",
    )
    op.create_table(
        "set_aside",
        sa.Column("text", sa.String(64), primary_key=True, comment="hash of the normalised question"),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False, index=True),
        comment="Questions that staff decided not to answer",
    )


def _make_counts() -> None:
    op.create_table(
        "daily",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("city", sa.String(64), primary_key=True, comment="empty: not known"),
        sa.Column("topic", sa.String(64), primary_key=True, comment="empty: none"),
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        comment="How many turns were taken",
    )
    op.create_table(
        "daily_time",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("under", sa.Integer, primary_key=True, comment="milliseconds; 0: more than the longest"),
        sa.Column("count", sa.Integer, nullable=False),
        comment="How long turns took",
    )


def _extend_declarations() -> None:
    station = sa.Column("station", sa.String(64), comment="the county or district whose office takes it, from a list")
    op.add_column("declaration", station)
    op.add_column("declaration", sa.Column("returned_for", sa.String(32), comment="why it was returned, from a list"))
    op.add_column("declaration", sa.Column("duplicate_of", sa.String(16), comment="receipt of the one that counts"))
    op.create_index("declaration_queue", "declaration", ["status", "submitted_at"])
