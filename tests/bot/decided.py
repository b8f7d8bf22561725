"""What is left of a decision of the office: in the audit log, and for the person to be told."""

from __future__ import annotations

from bot.store.notices import Notice, notice_of
from bot.store.records import Records
from tests.bot.keeping import NOW, TODAY, Place


def audited(place: Place) -> list[tuple[str, str, str, str]]:
    """Return what the audit log holds, the earliest first."""
    return [tuple(row) for row in place.run('SELECT "by", what, about, detail FROM audit ORDER BY id')]  # type: ignore[misc]


def due(records: Records, now: float = NOW) -> list[Notice | None]:
    """Return what is due to be told, and leave it to somebody else."""
    return [notice_of(one.what) for one in records.claim_due(TODAY, now, 10, lease_seconds=0)]
