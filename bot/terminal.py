"""Chat in a terminal: one line in, one answer out."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterable

import click

from bot.assistant import Assistant, Place
from bot.faults import trace_of
from bot.render import as_text
from bot.telling import told_at_visit
from dialogs import words

_LEAVE = {"退出", "exit", "quit", "q"}
_PERSON = "terminal"
_log = logging.getLogger(__name__)


async def _answer(assistant: Assistant, line: str, city: str | None) -> str:
    try:
        reply = as_text(await assistant.hear(_PERSON, line, Place(city=city)))
        told = await told_at_visit(assistant, _PERSON, secrets.token_hex(16))
        return "\n".join([*told, "", reply] if told else [reply])
    except Exception as error:  # the talk goes on; the error's text may quote the person and stays out of the log
        _log.error("%s", trace_of(error))
        return words.FAULT


def chat(assistant: Assistant, lines: Iterable[str], *, city: str | None = None) -> None:
    """Answer line after line until the person leaves (退出) or the input ends, then close the assistant's stores.

    `city` is chosen beforehand.
    """
    click.echo(f"{words.WELCOME}（输入 退出 离开）\n")
    with asyncio.Runner() as runner:
        try:
            for line in lines:
                if line.strip().lower() in _LEAVE:
                    break
                click.echo(f"\n{runner.run(_answer(assistant, line, city))}\n")
                city = None
        finally:
            runner.run(assistant.close())
    click.echo(words.GOODBYE)
