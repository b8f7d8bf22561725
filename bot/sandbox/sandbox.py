"""The box on an address of its own, with its API and its page."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sandbox import page
from bot.sandbox.box import Box
from bot.sandbox.options import SandboxOptions

_DRAIN_SECONDS = 2.0


class Sandbox(Box):
    """WeChat for one account, from entering to leaving it as an asynchronous context manager.

    Entering raises OSError when the address is taken.
    """

    def __init__(self, options: SandboxOptions) -> None:
        super().__init__(options)
        self._url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=page.MAX_BYTES)
        self.api.setup_routes(app)
        page.setup_routes(app, self)
        # No access log: tokens and openids stand in the query strings.
        runner = self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_DRAIN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.options.host, self.options.port).start()
        except OSError:
            await runner.cleanup()
            raise
        self.pushing.open()
        host, port = runner.addresses[0][:2]
        self._url = self.media.base_url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.pushing.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The address of the page."""
        return self._url

    @property
    def api_url(self) -> str:
        """What stands in place of https://api.weixin.qq.com."""
        return self._url
