"""The page on which a person allows one reminder, and the files by which the platform knows that the site is ours."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.channels.site import Trouble, content_policy, page
from bot.wechat.api_errors import ApiError
from bot.wechat.desk import Desk

_log = logging.getLogger(__name__)

SCRIPTS = "https://res.wx.qq.com"
"""Where the platform's own script lies: the only thing of others that any page of ours loads, and only this one."""

_POLICY = content_policy(scripts=f"'self' {SCRIPTS}", styles="'self' 'unsafe-inline'")
_NOT_NOW = Trouble(404, "没有这一页", "这个公众号不能到时候发消息。请把日子存进手机日历，或到日子再来问“我的提醒”。")
_OUT = Trouble(503, "现在打不开", "微信那边没有答应，请过一会儿再打开，或把日子存进手机日历。")


def setup_routes(app: web.Application, desks: Mapping[str, Desk], public_url: str | None) -> None:
    """Serve `/wechat/<account>/remind` for accounts that may notify, and `/MP_verify_….txt` of all accounts."""
    granting = _Granting(desks, public_url)
    app.router.add_get("/wechat/{account}/remind", granting.show)
    app.router.add_get("/MP_verify_{code:[0-9A-Za-z]{1,64}}.txt", granting.verify)


@dataclass(frozen=True)
class _Granting:
    desks: Mapping[str, Desk]
    public_url: str | None

    async def show(self, request: web.Request) -> web.Response:
        """Return the page, signed for its own address."""
        desk = self.desks.get(request.match_info["account"])
        if desk is None or desk.api is None or not desk.profile.notifies or self.public_url is None:
            raise _NOT_NOW
        try:
            ticket = await desk.api.jsapi_ticket()
        except ApiError as error:
            _log.error("no ticket for the page of reminders: %s", error)
            raise _OUT from None
        nonce, timestamp = secrets.token_hex(8), str(int(time.time()))
        signature = signature_of(ticket, nonce, timestamp, f"{self.public_url}{request.path_qs}")
        account = desk.account
        signed: dict[str, Any] = {
            "app_id": account.app_id,
            "timestamp": timestamp,
            "nonce": nonce,
            "signature": signature,
        }
        shown = page(request, "wechat_remind.html", template_id=account.reminder_template, **signed)
        shown.headers["Content-Security-Policy"] = _POLICY
        return shown

    async def verify(self, request: web.Request) -> web.Response:
        """Return what the platform wants to find in its file."""
        code = request.match_info["code"]
        if not any(f"MP_verify_{code}.txt" in desk.account.verify_files for desk in self.desks.values()):
            raise web.HTTPNotFound
        return web.Response(text=code)


def signature_of(ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """Return the signature that lets the page of this address use the platform's script."""
    signed = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
