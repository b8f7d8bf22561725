"""Everything in one command: an account that nobody has, the service with it, and the box in front."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.accounts import WechatAccount
from bot.sandbox.options import SandboxOptions, invented_account
from bot.sandbox.serving import run_sandbox
from bot.settings import PREFIX

_STOP_SECONDS = 20.0


def try_out(port: int) -> None:
    """Serve box and service until stopped; what is said is kept in a folder that is removed then.

    Raises OSError when `port` is taken.
    """
    account, service_port = invented_account(), _free_port()
    url = f"http://127.0.0.1:{service_port}"
    with tempfile.TemporaryDirectory(prefix="juzhuzheng-sandbox-") as folder:
        service = _started(Path(folder), account, service_port, port)
        try:
            run_sandbox(SandboxOptions(f"{url}/wechat/{account.name}", account, port=port))
        finally:
            service.terminate()
            service.wait(timeout=_STOP_SECONDS)


def _started(folder: Path, account: WechatAccount, service_port: int, port: int) -> subprocess.Popen[bytes]:
    """Start the service with this account; it answers when this returns, or has ended."""
    accounts = folder / "accounts.toml"
    fields = ("app_id", "token", "aes_key", "app_secret", "type")
    lines = [f"[{account.name}]", *(f'{name} = "{getattr(account, name)}"' for name in fields), "verified = true"]
    accounts.write_text("\n".join(lines), encoding="utf-8")
    accounts.chmod(0o600)
    settings = {
        "DATA_DIR": str(folder / "data"),
        "WECHAT_ACCOUNTS": str(accounts),
        "WECHAT_API": f"http://127.0.0.1:{port}",
        "PUBLIC_URL": f"http://127.0.0.1:{service_port}",
        "INTERNAL": "127.0.0.1:0",
    }
    given = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    given |= {f"{PREFIX}{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "bot", "serve", "--port", str(service_port)]
    service = subprocess.Popen(command, env=given)  # noqa: S603  # our own program, and settings made here
    while service.poll() is None and not _answers(service_port):
        try:
            service.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
    return service


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0
