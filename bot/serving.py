"""Choose the real parts and serve until stopped."""

from __future__ import annotations

from aiohttp import web

from bot.app import build_app
from bot.assistant import Assistant
from bot.channels.links import href_for
from bot.identity import Identities
from bot.render import as_wechat_text
from bot.settings import Settings
from bot.store.sqlite import SqliteConversations
from dialogs.advisor import Advisor
from dialogs.saying import Saying
from knowledge.address import Address
from knowledge.library import Library


def make_app(settings: Settings, library: Library) -> web.Application:
    """Return the application with its real parts: SQLite in the data folder, the key file beside it."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    identities = Identities.from_file(settings.data_dir / "identity.key")
    assistant = Assistant(Advisor(library), SqliteConversations(settings.data_dir / "conversations.sqlite3"))

    def link_to(city: str, address: Address) -> str | None:
        return href_for(city, address, settings.public_url)

    def render(saying: Saying) -> str:
        return as_wechat_text(saying, link_to)

    return build_app(settings, assistant, library, identities, render=render)


def serve(settings: Settings, library: Library, host: str, port: int) -> None:
    """Serve on `host`:`port` until the process is told to stop."""
    # No access log: the platform puts the openid into the query string. No decompression: no request is large enough to
    # need it, and a bomb would cost CPU before it is refused.
    web.run_app(make_app(settings, library), host=host, port=port, access_log=None, auto_decompress=False)
