"""A vault and records in a folder, a person who declares, and a search of every byte kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.store.records import Labels, Records
from bot.store.vault import Vault
from dialogs.effects import RECEIPT, Effect, Submit

TODAY = date(2026, 7, 1)
NOW = datetime(2026, 7, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
DAY = 86_400.0

NUMBER, NAME, PHONE, ADDRESS = "410311199003074518", "欧阳小麦", "13800138000", "梧桐里七号院三单元"
PHOTO_BYTES = b"\xff\xd8\xffa face nobody else may see\xff\xd9"
CANARIES = (*(text.encode() for text in (NUMBER, NAME, PHONE, ADDRESS)), PHOTO_BYTES)

DECLARATION = Submit(
    city="kuajing",
    items=(("姓名", NAME), ("证件号码", NUMBER), ("手机", PHONE), ("住址", ADDRESS)),
    identity=NUMBER,
    keep_days=90,
)
DEMONSTRATION = replace(DECLARATION, is_demonstration=True)
_TURNS = count()
LABELS = Labels({"kuajing": "跨境市"}, {"endorsement": "签注到期"})


@contextmanager
def keeping(folder: Path) -> Iterator[tuple[Records, Vault]]:
    """Open the vault and the records in `folder` and close them afterwards."""
    vault = Vault.open(folder)
    try:
        records = Records.open(folder, vault, labels=LABELS)
        try:
            yield records, vault
        finally:
            records.close()
    finally:
        vault.close()


def carry_out(records: Records, person: str, *effects: Effect, key: str = "", now: float = NOW) -> dict[str, str]:
    """Carry out a turn's effects at `now`; without a key each call is a turn of its own."""
    return records.carry_out(key or f"turn {next(_TURNS)}", person, effects, TODAY, now)


def submit(records: Records, person: str = "anna", declaration: Submit = DECLARATION) -> str:
    """Hand in a declaration and return its receipt number."""
    return carry_out(records, person, declaration)[RECEIPT]


def found_in(folder: Path, wanted: bytes) -> list[str]:
    """Return the files below `folder` in which these bytes stand."""
    return [file.name for file in sorted(folder.rglob("*")) if file.is_file() and wanted in file.read_bytes()]
