"""The whole site with an official account, and the sandbox as its platform: people talk to it as they would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from bot.accounts import WechatAccount
from bot.app import build_app
from bot.assistant import Assistant
from bot.identity import Identities
from bot.sandbox.options import SandboxOptions
from bot.sandbox.sandbox import Sandbox
from bot.settings import Settings
from dialogs.advisor import Advisor
from tests.bot.asking import Client
from tests.bot.declaring import Clock, assembled

PUBLIC = "https://jzz.example.gov.cn"


@asynccontextmanager
async def site(
    advisor: Advisor, folder: Path, account: WechatAccount, clock: Clock | None = None, **options: Any
) -> AsyncIterator[tuple[Client, Sandbox, Assistant]]:
    """Serve the site with the sandbox as its platform, which pushes to it."""
    async with Sandbox(SandboxOptions("http://127.0.0.1:9/", account, **options)) as box:
        settings = Settings(public_url=PUBLIC, data_dir=folder, wechat_accounts=(account,), wechat_api=box.api_url)
        assistant = assembled(advisor, folder, clock or Clock())
        app = build_app(settings, assistant, advisor.library, Identities(bytes(32)))
        async with TestClient(TestServer(app)) as client:
            box.point_at(str(client.make_url(f"/wechat/{account.name}")))
            yield client, box, assistant
