"""The floor: aiohttp and wechatpy, and nothing else. `python -m tests.bench.echo_aiohttp PORT asyncio|uvloop`.

It checks the signature, decrypts, parses, answers with the same text, encrypts.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply

from tests.bench.sealing import ACCOUNT

CRYPTO = WeChatCrypto(ACCOUNT.token, ACCOUNT.aes_key, ACCOUNT.app_id)


async def receive(request: web.Request) -> web.Response:
    """Echo one push."""
    query, body = request.query, await request.read()
    plain = CRYPTO.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    message = parse_message(plain)
    reply = TextReply(message=message, content=message.content)
    sealed = CRYPTO.encrypt_message(reply.render(), query["nonce"], query["timestamp"])
    return web.Response(text=sealed, content_type="application/xml")


async def hello(_: web.Request) -> web.Response:
    """The floor of a page: two bytes."""
    return web.Response(text="ok")


def main() -> None:
    """Serve until stopped."""
    loop = asyncio.new_event_loop()
    if sys.argv[2] == "uvloop":
        import uvloop  # the other echo does not even load it: that is how one sees which loop a server runs on

        loop = uvloop.new_event_loop()
    app = web.Application()
    app.router.add_get("/", hello)
    app.router.add_post(ACCOUNT.path, receive)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, loop=loop)


if __name__ == "__main__":
    main()
