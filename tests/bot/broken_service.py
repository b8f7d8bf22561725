"""The real program, but for an advisor that breaks over a message with 「出故障」: with its words in the error."""

from __future__ import annotations

from typing import Any

from bot.__main__ import main
from dialogs.advisor import Advisor

BREAKS = "出故障"
_take_turn = Advisor.take_turn


def _breaks(self: Advisor, session: Any, text: str, **given: Any) -> Any:
    if BREAKS in text:
        raise KeyError(text, session)
    return _take_turn(self, session, text, **given)


if __name__ == "__main__":
    Advisor.take_turn = _breaks  # type: ignore[method-assign]
    main()
