"""The platform's API over HTTP: every call passes the faults, its token and the rights of the account first."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.sandbox import api_call as numbers
from bot.sandbox.api_call import Call, FileAnswer, Handler, Json, Refusal
from bot.sandbox.codes import Codes
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.media import Media
from bot.sandbox.menu import answered_menu, check_menu
from bot.sandbox.options import AccountKind, Clock, SandboxOptions
from bot.sandbox.sending import Sending
from bot.sandbox.tokens import Tokens

TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105  # a path
SEND_PATH = "/cgi-bin/message/custom/send"
_MAX_BYTES = 1024 * 1024
_ALL = frozenset(AccountKind)
_CODES = frozenset({AccountKind.SERVICE, AccountKind.TEST})
_RIGHTS: Mapping[str, tuple[frozenset[AccountKind], bool]] = {
    SEND_PATH: (_ALL, True),
    "/cgi-bin/message/custom/typing": (_ALL, True),
    "/cgi-bin/message/subscribe/bizsend": (frozenset({AccountKind.SERVICE, AccountKind.SUBSCRIPTION}), True),
    "/cgi-bin/media/get": (_ALL, True),
    "/cgi-bin/qrcode/create": (_CODES, True),
    "/cgi-bin/ticket/getticket": (_ALL, False),
    "/cgi-bin/getcallbackip": (_ALL, False),
}
"""Which kinds of account may call, and whether they have to be verified; the menu is a case of its own."""


class Api:
    """The calls of one account. `calls` counts them by path, `errors` what they were answered by number."""

    def __init__(
        self, options: SandboxOptions, clock: Clock, faults: Faults, tokens: Tokens, media: Media, sending: Sending
    ) -> None:
        self.menu: Json | None = None
        self.codes = Codes()
        self.calls: dict[str, int] = {}
        self.errors: dict[int, int] = {}
        self._options = options
        self._clock = clock
        self._faults = faults
        self._tokens = tokens
        self._media = media
        self._handlers: dict[tuple[str, str], Handler] = {
            ("POST", SEND_PATH): sending.send,
            ("POST", "/cgi-bin/message/custom/typing"): sending.type,
            ("POST", "/cgi-bin/message/subscribe/bizsend"): sending.notify,
            ("POST", "/cgi-bin/menu/create"): self._create_menu,
            ("GET", "/cgi-bin/menu/get"): self._read_menu,
            ("GET", "/cgi-bin/menu/delete"): self._delete_menu,
            ("GET", "/cgi-bin/media/get"): self._download,
            ("POST", "/cgi-bin/qrcode/create"): self._create_code,
            ("GET", "/cgi-bin/ticket/getticket"): self._ticket,
            ("GET", "/cgi-bin/getcallbackip"): self._addresses,
        }

    def setup_routes(self, app: web.Application) -> None:
        """Serve the calls."""
        app.router.add_post(TOKEN_PATH, self._answer)
        for method, path in self._handlers:
            app.router.add_route(method, path, self._answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.calls[request.path] = self.calls.get(request.path, 0) + 1
        if self._faults.happens(Fault.API_SLOW):
            await self._clock.sleep(self._options.clocks.api_slowness)
        if self._faults.happens(Fault.API_BROKEN):
            return self._broken()
        try:
            answer = await self._outcome(request)
        except ConnectionResetError:
            return web.Response()  # who called has given up, and hears nothing any more
        if self._faults.happens(Fault.API_UNHEARD) and request.transport is not None:
            request.transport.abort()
        if isinstance(answer, FileAnswer):
            headers = {"Content-Disposition": 'attachment; filename="media"'}
            return web.Response(body=answer.content, content_type=answer.content_type, headers=headers)
        code = answer.get("errcode", 0)
        self.errors[code] = self.errors.get(code, 0) + 1
        # The platform says text/plain for the errors of its downloads, and escapes nothing.
        kind = "text/plain" if request.path == "/cgi-bin/media/get" else "application/json"
        return web.Response(text=json.dumps(answer, ensure_ascii=False), content_type=kind, charset="utf-8")

    def _broken(self) -> web.Response:
        if self._faults.between(Fault.API_BROKEN, 1.0) < 0.5:
            return web.Response(status=500, text="<html><body>Internal Server Error</body></html>")
        return web.Response(text='{"errcode":0,"errm', content_type="application/json")

    async def _outcome(self, request: web.Request) -> Json | FileAnswer:
        try:
            if self._faults.happens(Fault.API_BUSY):
                raise Refusal(numbers.BUSY)
            call = Call(dict(request.query), await _body_of(request))
            if request.path == TOKEN_PATH:
                return self._token(call, request.remote or "")
            self._check_token(call)
            self._check_right(request.path)
            if self._faults.happens(Fault.QUOTA):
                raise Refusal(numbers.WINDOW_USED_UP if request.path == SEND_PATH else numbers.DAILY_QUOTA)
            done = await self._handlers[request.method, request.path](call)
        except Refusal as refusal:
            return {"errcode": refusal.code, "errmsg": refusal.words}
        changes = request.method == "POST" or request.path.endswith(("delete", "getticket"))
        return {"errcode": 0, "errmsg": "ok", **done} if changes and isinstance(done, dict) else done

    def _token(self, call: Call, address: str) -> Json:
        if call.body.get("grant_type") != "client_credential":
            raise Refusal(numbers.NO_GRANT_TYPE)
        if call.body.get("appid") != self._options.account.app_id:
            raise Refusal(numbers.WRONG_APP_ID)
        secret = call.text("secret", numbers.WRONG_SECRET)
        if not hmac.compare_digest(secret.encode(errors="replace"), self._options.secret.encode()):
            raise Refusal(numbers.WRONG_SECRET)
        if self._options.whitelist is not None and address not in self._options.whitelist:
            words = f"invalid ip {address} ipv6 ::ffff:{address}, not in whitelist"
            raise Refusal(numbers.NOT_WHITELISTED, words)
        fetched = self._tokens.fetch(by_force=call.body.get("force_refresh") is True)
        if fetched is None:
            raise Refusal(numbers.DAILY_QUOTA)
        return {"access_token": fetched[0], "expires_in": fetched[1]}

    def _check_token(self, call: Call) -> None:
        if self._faults.happens(Fault.TOKEN_REVOKED):
            self._tokens.revoke()
        if self._faults.happens(Fault.TOKEN_EXPIRED):
            self._tokens.expire()
        token = call.query.get("access_token", "")
        if not token:
            raise Refusal(numbers.NO_TOKEN)
        error = self._tokens.error_of(token)
        if error:
            raise Refusal(error)

    def _check_right(self, path: str) -> None:
        kind, is_verified = self._options.kind_held, self._options.is_held_verified
        if path.startswith("/cgi-bin/menu/"):
            may = is_verified or kind is AccountKind.SERVICE
        else:
            kinds, must_be_verified = _RIGHTS[path]
            may = kind in kinds and (is_verified or not must_be_verified)
        if not may:
            raise Refusal(numbers.NOT_AUTHORISED)

    async def _create_menu(self, call: Call) -> Json:
        check_menu(call.body)
        self.menu = {"button": call.body["button"]}
        return {}

    async def _read_menu(self, call: Call) -> Json:
        del call
        if self.menu is None:
            raise Refusal(numbers.NO_MENU)
        return answered_menu(self.menu)

    async def _delete_menu(self, call: Call) -> Json:
        del call
        self.menu = None
        return {}

    async def _download(self, call: Call) -> FileAnswer:
        found = self._media.find(call.query.get("media_id", ""))
        if found is None:
            raise Refusal(numbers.WRONG_MEDIA_ID)
        return FileAnswer(found.content, found.content_type)

    async def _create_code(self, call: Call) -> Json:
        return self.codes.create(call)

    async def _ticket(self, call: Call) -> Json:
        if call.query.get("type") != "jsapi":
            raise Refusal(numbers.WRONG_ARGUMENT)
        return {"ticket": self.codes.jsapi_ticket, "expires_in": int(self._options.clocks.token)}

    async def _addresses(self, call: Call) -> Json:
        del call
        return {"ip_list": ["127.0.0.1"]}


async def _body_of(request: web.Request) -> dict[str, Any]:
    if request.method != "POST":
        return {}
    raw = await request.content.read(_MAX_BYTES + 1)
    while len(raw) <= _MAX_BYTES and (more := await request.content.read(_MAX_BYTES)):
        raw += more
    try:
        body = json.loads(raw) if len(raw) <= _MAX_BYTES else None
    except (ValueError, RecursionError) as error:
        raise Refusal(numbers.NOT_JSON) from error
    if not isinstance(body, dict):
        raise Refusal(numbers.NOT_JSON)
    return body
