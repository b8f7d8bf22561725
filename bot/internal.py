"""The internal listener: health, readiness and counts, for monitoring on this machine or network alone."""

from __future__ import annotations

from aiohttp import web

from bot import metrics
from bot.health import Health

_HEALTH: web.AppKey[Health] = web.AppKey("health", Health)


def build_internal(health: Health) -> web.Application:
    """Return the internal application."""
    app = web.Application()
    app[_HEALTH] = health
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz)
    app.router.add_get("/metrics", _metrics)
    return app


async def _healthz(request: web.Request) -> web.Response:
    """Say which part is in order. 200 also while a part is out: questions are answered all the same."""
    parts = await request.app[_HEALTH].parts()
    is_whole = all(state == "ok" for state in parts.values())
    return web.json_response({"status": "ok" if is_whole else "degraded", "parts": parts})


async def _readyz(request: web.Request) -> web.Response:
    """Say whether a balancer may send anything here: not while this process is about to stop."""
    is_ready = not request.app[_HEALTH].is_draining
    return web.json_response({"ready": is_ready}, status=200 if is_ready else 503)


async def _metrics(request: web.Request) -> web.Response:
    # Whoever scrapes may never ask for the health: the counts tell of the parts as they are now.
    await request.app[_HEALTH].parts()
    return web.Response(body=metrics.exposition(), headers={"Content-Type": metrics.CONTENT_TYPE})
