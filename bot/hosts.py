"""Several hosts must tell persons apart by the same identity key: one that does not, stops."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from aiohttp import web

from bot.identity import Identities
from bot.store.faults import KeyFileTrouble, StoreUnavailable
from bot.store.vault import Vault

_log = logging.getLogger(__name__)

_IDENTITY = "identity:"
_ASK_AGAIN_SECONDS = 2.0


def check_identities(identities: Identities, vault: Vault) -> None:
    """Raise KeyFileTrouble when other hosts that share the data keys have another identity key; StoreUnavailable.

    The fingerprint of the key stands in the name of a data key: there all hosts look.
    """
    if not vault.is_shared:
        return
    ours, others = f"{_IDENTITY}{identities.fingerprint}", vault.owners(_IDENTITY, older_than=0)
    if others and ours not in others:
        raise KeyFileTrouble(
            "这台机器的 identity.key 和别的机器不是同一个，认不出同一个人；请从别的机器抄到数据文件夹再启动"
        )
    vault.seal(ours, b"")


def agreeing(identities: Identities, vault: Vault) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what checks this host when the application starts, or as soon as the shared keys can be read.

    Raises KeyFileTrouble at the start; later the process stops, and is told so when it is started again.
    """

    async def check(_app: web.Application) -> AsyncIterator[None]:
        try:
            await asyncio.to_thread(check_identities, identities, vault)
        except StoreUnavailable:
            task = asyncio.create_task(_check_later(identities, vault))
            yield
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        else:
            yield

    return check


async def _check_later(identities: Identities, vault: Vault) -> None:
    while True:
        await asyncio.sleep(_ASK_AGAIN_SECONDS)
        try:
            await asyncio.to_thread(check_identities, identities, vault)
        except KeyFileTrouble as error:
            _log.error("%s", error)
            signal.raise_signal(signal.SIGTERM)
            return
        except StoreUnavailable:
            continue
        return
