"""Serve the box until told to stop."""

from __future__ import annotations

import asyncio
import signal

import click

from bot.sandbox.options import SandboxOptions
from bot.sandbox.sandbox import Sandbox


def run_sandbox(options: SandboxOptions) -> None:
    """Serve the box, its page and its API until SIGINT or SIGTERM. Raises OSError when the address is taken."""
    asyncio.run(_serve(options))


async def _serve(options: SandboxOptions) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Sandbox(options) as sandbox:
        sandbox.person()
        click.echo(f"微信沙箱：{sandbox.url} （用浏览器打开，就能像在微信里一样聊）")
        click.echo(f"接口地址：{sandbox.api_url} （代替 https://api.weixin.qq.com）")
        click.echo(f"消息推到：{options.callback_url}")
        if await sandbox.verify():
            click.echo("回调地址验证通过。")
        else:
            click.echo("回调地址没有通过验证：请看服务开了没有，token、EncodingAESKey、AppID 和加密方式是否两边一样。")
        await stop.wait()
