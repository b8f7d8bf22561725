"""A store that answers slowly: a proxy in front of a real server, which holds its answers back for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

CHUNK = 65_536


class SlowProxy:
    """Passes on what clients say at once, and what the server answers after `delay` seconds, which may change."""

    def __init__(self, port: int) -> None:
        self.delay = 0.0
        self.port = 0
        self._server_port = port

    async def serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Pass one connection on until either side ends it."""
        server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        ways = (self._passed(client, to_server, is_answer=False), self._passed(server, to_client, is_answer=True))
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            return  # the loop ends: asyncio would report it as a fault of the connection
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            to_server.close()
            to_client.close()

    async def _passed(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, is_answer: bool) -> None:
        with suppress(ConnectionError):
            while data := await source.read(CHUNK):
                if is_answer and self.delay:
                    await asyncio.sleep(self.delay)
                target.write(data)
                await target.drain()


@asynccontextmanager
async def slowed(port: int) -> AsyncIterator[SlowProxy]:
    """Serve a proxy in front of the server at `port` of this machine."""
    proxy = SlowProxy(port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
