"""The channel put together from the settings: desks with their interfaces, and the callback on the public listener."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import ClientSession, DummyCookieJar, web

from bot.accounts import WechatAccount
from bot.assistant import Assistant
from bot.channels.links import href_for
from bot.chores import chore
from bot.clock import now_in_shanghai
from bot.identity import Identities
from bot.render import as_wechat_pieces, numbered, tappable
from bot.store.base import Conversations
from bot.store.cipher import bound_to, decrypt, encrypt, from_text, in_text
from bot.wechat import granting
from bot.wechat.answering import Answers
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import BASE
from bot.wechat.callback import setup_routes
from bot.wechat.desk import FOR_A_CLERK, PIECES_APART, Desk, Render, desk_of
from bot.wechat.news import with_news
from bot.wechat.profile import Profile
from bot.wechat.reminding import LOOK_SECONDS, Reminding
from bot.wechat.tokens import Tokens
from dialogs.greeting import welcome
from dialogs.saying import Saying


@dataclass(frozen=True)
class AccountNotes:
    """The shared notes of one account, as its tokens need them."""

    conversations: Conversations
    app_id: str

    async def note(self, name: str, value: str | None, seconds: float) -> None:
        """Keep a text under `name`; None removes it."""
        await self.conversations.note(self.app_id, name, value, seconds)

    async def noted(self, name: str) -> str | None:
        """Return the text kept."""
        return await self.conversations.noted(self.app_id, name)

    async def take(self, name: str, limit: int, seconds: float) -> bool:
        """Count one more of `name`."""
        return await self.conversations.take(f"{self.app_id}:{name}", limit, seconds)


def api_of(
    account: WechatAccount,
    session: ClientSession,
    conversations: Conversations,
    identities: Identities,
    base: str = BASE,
) -> WechatApi | None:
    """Return the interfaces of an account; None without a secret. Tokens lie in the shared notes, sealed."""
    if account.app_secret is None:
        return None
    key, bound = identities.key_for("wechat tokens"), bound_to(account.app_id, "token")

    def seal(text: str) -> str:
        return in_text(encrypt(key, text.encode(), bound))

    def unseal(sealed: str) -> str:
        return decrypt(key, from_text(sealed), bound).decode()

    notes = AccountNotes(conversations, account.app_id)
    tokens = Tokens(account.app_id, account.app_secret, session, notes, seal=seal, unseal=unseal, base=base)
    return WechatApi(account.app_id, session, tokens, base=base)


def renderer(public_url: str | None) -> Callable[[Profile], Render]:
    """Return what gives each account its way of rendering."""

    def render_for(profile: Profile) -> Render:
        option = tappable if profile.taps_options else numbered

        def render(saying: Saying) -> str:
            pieces = as_wechat_pieces(saying, lambda city, address: href_for(city, address, public_url), option)
            pieces = with_news(pieces, saying, public_url)
            return (FOR_A_CLERK if saying.asks_for_clerk else "") + PIECES_APART.join(pieces)

        return render

    return render_for


def add_wechat(
    app: web.Application,
    accounts: Iterable[WechatAccount],
    assistant: Assistant,
    identities: Identities,
    *,
    public_url: str | None,
    api_base: str = BASE,
) -> None:
    """Serve the callbacks of `accounts`. Raises SettingsError for keys that would leave the door open."""
    greet = partial(welcome, assistant.advisor.library)
    answers = Answers(assistant, identities, greet, public_url, now_in_shanghai)
    render_for = renderer(public_url)
    desks: dict[str, Desk] = {account.name: desk_of(account, render_for) for account in accounts}

    async def with_interfaces(_app: web.Application) -> AsyncIterator[None]:
        # Cookies of one account would go with the calls of another.
        async with ClientSession(cookie_jar=DummyCookieJar()) as session:
            for name, desk in desks.items():
                api = api_of(desk.account, session, assistant.conversations, identities, api_base)
                desks[name] = replace(desk, api=api)
            yield

    app.cleanup_ctx.append(with_interfaces)
    setup_routes(app, desks, answers)
    granting.setup_routes(app, desks, public_url)
    if assistant.records is not None:
        reminding = Reminding(assistant, assistant.records, desks, answers.ledger, now_in_shanghai)
        app.cleanup_ctx.append(chore(LOOK_SECONDS, reminding.deliver))
