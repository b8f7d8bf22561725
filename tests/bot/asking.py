"""A visitor of the site: how a test opens it and asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

Client = TestClient[Any, Any]
Open = Callable[..., Awaitable[Client]]


async def ask(client: Client, text: object, **more: object) -> tuple[ClientResponse, dict[str, Any]]:
    response = await client.post("/api/say", json={"text": text, **more})
    return response, await response.json()


def is_calm(text: str) -> bool:
    """Chinese, a whole sentence, and nothing of the machine in it."""
    return text.endswith("。") and not any(word in text for word in ("Error", "error", "Traceback", "None", "JSON"))
