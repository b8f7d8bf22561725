"""Chat in a terminal: one line in, one answer out."""

from __future__ import annotations

from collections.abc import Iterable

import click

from bot.assistant import Assistant
from bot.render import as_text
from dialogs import words

_LEAVE = {"退出", "exit", "quit", "q"}
_PERSON = "terminal"


def chat(assistant: Assistant, lines: Iterable[str], *, city: str | None = None) -> None:
    """Answer line after line until the person leaves (退出) or the input ends. `city` is chosen beforehand."""
    click.echo(f"{words.WELCOME}（输入 退出 离开）\n")
    for line in lines:
        if line.strip().lower() in _LEAVE:
            break
        click.echo(f"\n{as_text(assistant.hear(_PERSON, line, city=city))}\n")
        city = None
    click.echo(words.GOODBYE)
