"""Advisors that misbehave, and the public site around any advisor."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from aiohttp import web

from bot.app import build_app
from bot.assistant import Assistant
from bot.identity import Identities
from bot.settings import Settings, WechatAccount
from bot.store.sqlite import SqliteConversations
from dialogs.advisor import Advisor, Turn
from dialogs.effects import NOTHING_KNOWN, Known
from dialogs.saying import Kind, Part, Quotation, Saying
from dialogs.session import Session
from knowledge.address import Address
from knowledge.library import Library

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(2)>'


class HostileAdvisor(Advisor):
    """Says markup wherever something can be said."""

    def __init__(self) -> None:
        pass

    def take_turn(
        self, session: Session, text: str, *, today: date, city: str | None = None, known: Known = NOTHING_KNOWN
    ) -> Turn:
        quote = Quotation("chifeng", Address("20", 2), HOSTILE, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,))
        part = Part(Kind.ANSWER, HOSTILE, HOSTILE, (quote,), (HOSTILE,))
        return Turn(session, Saying(Kind.ANSWER, None, None, (part,), (HOSTILE,), (HOSTILE,)))


class BrokenAdvisor(Advisor):
    """Fails with the person's words in its message, as a careless exception might."""

    def __init__(self) -> None:
        pass

    def take_turn(
        self, session: Session, text: str, *, today: date, city: str | None = None, known: Known = NOTHING_KNOWN
    ) -> Turn:
        raise KeyError(text)


def build_site(
    advisor: Advisor,
    library: Library,
    folder: Path,
    *,
    public_url: str | None = None,
    accounts: tuple[WechatAccount, ...] = (),
) -> web.Application:
    """Return the public application with its own store in `folder`."""
    assistant = Assistant(advisor, SqliteConversations(folder / "conversations.sqlite"))
    settings = Settings(public_url=public_url, data_dir=folder, wechat_accounts=accounts)
    return build_app(settings, assistant, library, Identities(bytes(32)))
