"""The tables of the console: staff, what they write, switch off and do, and how many turns there were.

What holds of `bot.store.schema` holds here; nothing here tells of a resident.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Integer, String, Table, Text

from bot.store.schema import METADATA

staff = Table(
    "staff",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("name", String(64), nullable=False, unique=True, comment="what is typed to sign in"),
    Column("shown", String(64), nullable=False, comment="what colleagues read"),
    Column("roles", String(128), nullable=False, comment="separated by spaces"),
    Column("cities", String(255), nullable=False, comment="slugs separated by spaces; empty: all"),
    Column("password", Text, nullable=False, comment="argon2id"),
    Column("must_change", Boolean, nullable=False, comment="the password was given by another"),
    Column("totp", Text, nullable=False, comment="sealed; empty: none"),
    Column("totp_step", Integer, nullable=False, comment="the last step a code was taken of"),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("signed_in_at", Float, comment="the last time"),
    comment="Who may sign in to the console",
)

staff_try = Table(
    "staff_try",
    METADATA,
    Column("who", String(64), primary_key=True, comment="keyed hash of the name that was typed, of nobody's too"),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Float, nullable=False),
    Column("at", Float, nullable=False, index=True),
    comment="Wrong passwords and codes in a row",
)

staff_session = Table(
    "staff_session",
    METADATA,
    Column("token", String(64), primary_key=True, comment="its hash alone"),
    Column("staff", String(32), ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("is_whole", Boolean, nullable=False, comment="false while the second factor is not given"),
    Column("started_at", Float, nullable=False, index=True),
    Column("seen_at", Float, nullable=False),
    Column("pending", Text, nullable=False, comment="sealed: a second factor that is being set up; empty: none"),
    comment="Who is signed in",
)

audit = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False, index=True),
    Column("by", String(64), nullable=False, index=True),
    Column("what", String(32), nullable=False),
    Column("about", String(128), nullable=False, index=True),
    Column("detail", String(400), nullable=False),
    comment="What was done in the console; added to, never changed",
)

faq = Table(
    "faq",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("entry", String(32), nullable=False, index=True, comment="its revisions share it"),
    Column("city", String(64), nullable=False),
    Column("asks", Text, nullable=False, comment="how people ask it, JSON"),
    Column("line", Text, nullable=False, comment="the answer in plain words"),
    Column("places", Text, nullable=False, comment="the provisions that it rests on, JSON"),
    Column("state", String(16), nullable=False, index=True),
    Column("author", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Column("reviewer", String(64), nullable=False),
    Column("decided_at", Float),
    Column("reason", String(400), nullable=False),
    Column("report", Text, nullable=False, comment="what the labelled questions said, JSON; empty: not run"),
    comment="Answers written by staff",
)

faq_served = Table(
    "faq_served",
    METADATA,
    Column("entry", String(32), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
    comment="How often an answer written by staff was given",
)

switch = Table(
    "switch",
    METADATA,
    Column("city", String(64), primary_key=True, comment="slug, or * for all"),
    Column("topic", String(64), primary_key=True, comment="slug, or * for all"),
    Column("sentence", String(400), nullable=False, comment="what people get instead"),
    Column("by", String(64), nullable=False),
    Column("at", Float, nullable=False),
    comment="What is switched off",
)

set_aside = Table(
    "set_aside",
    METADATA,
    Column("text", String(64), primary_key=True, comment="hash of the normalised question"),
    Column("by", String(64), nullable=False),
    Column("at", Float, nullable=False, index=True),
    comment="Questions that staff decided not to answer",
)

daily = Table(
    "daily",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("city", String(64), primary_key=True, comment="empty: not known"),
    Column("topic", String(64), primary_key=True, comment="empty: none"),
    Column("kind", String(32), primary_key=True),
    Column("count", Integer, nullable=False),
    comment="How many turns were taken",
)

daily_time = Table(
    "daily_time",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("under", Integer, primary_key=True, comment="milliseconds; 0: more than the longest"),
    Column("count", Integer, nullable=False),
    comment="How long turns took",
)
