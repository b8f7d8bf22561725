"""Choose the real parts and serve until stopped: in this process, or in several that share the listening sockets."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import signal
import socket
from collections.abc import Sequence
from contextlib import closing

import uvloop
from aiohttp import web

from bot.app import build_app
from bot.channels.site import SITE
from bot.clock import today_in_shanghai
from bot.faults import trace_of
from bot.health import Health, Look
from bot.hosts import agreeing
from bot.identity import Identities
from bot.internal import build_internal
from bot.opening import make_assistant, open_stores
from bot.settings import Settings, SettingsError, WechatAccount
from bot.staff.app import add_console
from dialogs.advisor import Advisor
from dialogs.session import Session
from knowledge.library import Library

_log = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0
"""How long a stop waits for the answers that are under way."""
_BACKLOG = 512


def check_accounts(settings: Settings, library: Library) -> None:
    """Raise SettingsError when an account names a city that is not served, or has keys that leave the door open."""
    for account in settings.wechat_accounts:
        _check_keys(account)
        named = [*account.cities, *filter(None, [account.city])]
        unknown = [city for city in named if city not in library.cities]
        if unknown:
            known = "、".join(library.cities)
            raise SettingsError(f"公众号 [{account.name}]：没有“{unknown[0]}”这个城市；可用：{known}")


def _check_keys(account: WechatAccount) -> None:
    # Only here: a site without accounts needs none of its libraries. Before any process is started: one that found it
    # out would be replaced, and find it out again.
    from bot.wechat.door import check_account

    check_account(account)


def make_apps(settings: Settings, advisor: Advisor) -> tuple[web.Application, web.Application, Health]:
    """Return the public application and the internal one, with their real parts. Raises StoreError, SettingsError."""
    library = advisor.library
    identities = Identities.from_file(settings.data_dir / "identity.key")
    stores = open_stores(settings, library)
    assistant = make_assistant(settings, advisor, stores)

    async def look_at_records() -> None:
        await assistant.turns.of_records(stores.records.ping)

    async def look_at_keys() -> None:
        await asyncio.to_thread(stores.vault.ping)

    looks: dict[str, Look] = {
        "conversations": stores.conversations.ping,
        "records": look_at_records,
        "keys": look_at_keys,
    }
    health = Health(looks)
    app = build_app(settings, assistant, library, identities)
    app.cleanup_ctx.append(agreeing(identities, stores.vault))
    internal = build_internal(health)
    add_console(internal, app[SITE], stores.records, is_beyond=not is_loopback(settings.internal_host))
    return app, internal, health


class _WithoutWords(logging.Filter):
    """Takes the text out of what the web server logs of a request it cannot read: it quotes the query and the body."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record with the kind and the place of the error alone."""
        error = record.exc_info[1] if record.exc_info else None
        record.msg, record.args = "request failed: %s", (trace_of(error),)
        record.exc_info = record.exc_text = None
        return True


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    listener.setblocking(False)
    return listener


def serve(settings: Settings, library: Library) -> None:
    """Serve on the public and the internal address until told to stop, with as many processes as the settings say.

    Raises StoreError, SettingsError, OSError, DamagedKey before anything is served.
    """
    check_accounts(settings, library)
    advisor = _warm(library)
    with (
        closing(bound(settings.host, settings.port)) as public,
        closing(bound(settings.internal_host, settings.internal_port)) as internal,
    ):
        _log.info("serving on %s", _address_of(public))
        _log.info("the console, health and counts on %s", _address_of(internal))
        if settings.workers == 1:
            serve_here(settings, advisor, public, internal)
            return
        from bot.workers import serve_with_workers

        serve_with_workers(settings, advisor, public, internal)


def _address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _warm(library: Library) -> Advisor:
    """Return an advisor that has answered once: what is loaded at the first question is loaded before anybody waits.

    What was made until now stays as long as the process: the collector leaves it alone, and processes that are forked
    go on sharing it.
    """
    advisor = Advisor(library)
    for topic in list(library.topics.values())[:1]:
        advisor.take_turn(Session(), topic.title, today=today_in_shanghai())
    gc.collect()
    gc.freeze()
    gc.enable()
    return advisor


def serve_here(settings: Settings, advisor: Advisor, public: socket.socket, internal: socket.socket) -> None:
    """Serve in this process until it is told to stop (SIGTERM, SIGINT); what is under way is answered first."""
    # No access log: the platform puts the openid into the query string. No decompression: no request is large enough to
    # need it, and a bomb would cost CPU before it is refused.
    logging.getLogger("aiohttp.server").addFilter(_WithoutWords())
    uvloop.run(_serve(settings, advisor, public, internal))


async def _serve(settings: Settings, advisor: Advisor, public: socket.socket, internal: socket.socket) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    app, internal_app, health = make_apps(settings, advisor)
    runners = [await _started(app, public), await _started(internal_app, internal)]
    await stop.wait()
    health.is_draining = True
    _log.info("stopping")
    await _cleaned_up(runners)


async def _started(app: web.Application, listener: socket.socket) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=DRAIN_SECONDS)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    return runner


async def _cleaned_up(runners: Sequence[web.AppRunner]) -> None:
    # The public one first: its readiness can be asked until the last answer is given.
    for runner in runners:
        await runner.cleanup()
