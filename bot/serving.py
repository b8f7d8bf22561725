"""Choose the real parts and serve until stopped."""

from __future__ import annotations

import logging

from aiohttp import web

from bot.app import build_app
from bot.channels.links import href_for
from bot.faults import trace_of
from bot.identity import Identities
from bot.opening import make_assistant
from bot.render import as_wechat_text
from bot.settings import Settings, SettingsError
from dialogs.saying import Saying
from knowledge.address import Address
from knowledge.library import Library


def make_app(settings: Settings, library: Library) -> web.Application:
    """Return the application with its real parts: SQLite in the data folder, the key file beside it."""
    for account in settings.wechat_accounts:
        if account.city is not None and account.city not in library.cities:
            known = "、".join(library.cities)
            raise SettingsError(f"公众号 [{account.name}]：没有“{account.city}”这个城市；可用：{known}")
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    identities = Identities.from_file(settings.data_dir / "identity.key")
    assistant = make_assistant(settings, library)

    def link_to(city: str, address: Address) -> str | None:
        return href_for(city, address, settings.public_url)

    def render(saying: Saying) -> str:
        return as_wechat_text(saying, link_to)

    return build_app(settings, assistant, library, identities, render=render)


class _WithoutWords(logging.Filter):
    """Takes the text out of what the web server logs of a request it cannot read: it quotes the query and the body."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record with the kind and the place of the error alone."""
        error = record.exc_info[1] if record.exc_info else None
        record.msg, record.args = "request failed: %s", (trace_of(error),)
        record.exc_info = record.exc_text = None
        return True


def serve(settings: Settings, library: Library, host: str, port: int) -> None:
    """Serve on `host`:`port` until the process is told to stop."""
    # No access log: the platform puts the openid into the query string. No decompression: no request is large enough to
    # need it, and a bomb would cost CPU before it is refused.
    logging.getLogger("aiohttp.server").addFilter(_WithoutWords())
    web.run_app(make_app(settings, library), host=host, port=port, access_log=None, auto_decompress=False)
