"""Numbers as people write them in dates and durations."""

from __future__ import annotations

import re

from knowledge.text import to_int


def read_number(written: str) -> int | None:
    """Return the number; None for 三五 (three to five), which is none."""
    return None if re.fullmatch("[一二三四五六七八九两]{2}", written) else to_int(written)
