"""The door and its replies beside two implementations that are not ours: the npm package wechat-crypto, and wechatpy.

安全 and 兼容 mode, the current key and the previous one, both directions.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from wechatpy.crypto import WeChatCrypto

from bot.accounts import Mode, WechatAccount
from bot.wechat.door import Push, open_push, sanitise, seal_reply
from bot.wechat.xml import read_fields
from tests.bot.wechat.fuzzing import BESIDE
from tests.bot.wechat.platform import ACCOUNT, KEY, NOW, OLD_KEY, opened, read, text
from tests.npm_package import installed

PEER = Path(__file__).parent / "peer"
STAMP = {"timestamp": str(NOW), "nonce": "peer42"}

Peer = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def peer() -> Peer:
    """The npm package wechat-crypto."""
    home = installed("wechat-crypto", PEER, "作第二种实现来对照")

    def ask(**request: str) -> dict[str, str]:
        keys = {"token": ACCOUNT.token, "aesKey": ACCOUNT.aes_key, "appId": ACCOUNT.app_id}
        done = subprocess.run(
            ["node", "peer.js"], cwd=home, input=json.dumps(keys | request), capture_output=True, text=True, check=True
        )
        answer: dict[str, str] = json.loads(done.stdout)
        return answer

    return ask


@dataclass(frozen=True)
class Case:
    """An account in one mode, and the key that the platform uses: the account's current or its previous one."""

    account: WechatAccount
    key: str
    is_previous: bool

    def __str__(self) -> str:
        return f"{self.account.mode} {'previous' if self.is_previous else 'current'} key"

    def push(self, encrypted: str, signature: str) -> Push:
        """Open a request around the ciphertext as the platform posts it in the account's mode."""
        beside = BESIDE if self.account.mode is Mode.COMPATIBLE else ""
        body = f"<xml><ToUserName>gh_us</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt>{beside}</xml>"
        query = STAMP | {"encrypt_type": "aes", "msg_signature": signature}
        return open_push(self.account, query, body.encode(), now=NOW)


def cases() -> list[Case]:
    accounts = [replace(ACCOUNT, mode=mode) for mode in (Mode.SAFE, Mode.COMPATIBLE)]
    changing = [replace(account, aes_key=OLD_KEY, previous_aes_key=KEY) for account in accounts]
    return [
        *(Case(account, KEY, is_previous=False) for account in accounts),
        *(Case(account, OLD_KEY, is_previous=False) for account in changing),
        *(Case(account, KEY, is_previous=True) for account in changing),
    ]


in_every_case = pytest.mark.parametrize("case", cases(), ids=str)


@in_every_case
def test_a_second_implementation_and_our_door_understand_each_other(peer: Peer, case: Case) -> None:
    made = peer(do="seal", message=text("住满半年能办吗"), aesKey=case.key, **STAMP)
    push = case.push(made["encrypted"], made["signature"])
    assert (push.content, push.from_user, push.previous_key) == ("住满半年能办吗", "o-user", case.is_previous)
    outer = outer_of(seal_reply(case.account, push, "可以申领。", now=NOW))
    answer = peer(
        do="open", aesKey=case.key, encrypted=outer["Encrypt"], timestamp=outer["TimeStamp"], nonce=outer["Nonce"]
    )
    assert (answer["signature"], answer["id"]) == (outer["MsgSignature"], ACCOUNT.app_id)
    assert read_fields(answer["message"].encode())["Content"] == ["可以申领。"]


@in_every_case
def test_wechatpy_and_our_door_understand_each_other(case: Case) -> None:
    crypto = WeChatCrypto(case.account.token, case.key, case.account.app_id)
    made = outer_of(crypto.encrypt_message(text("住满半年能办吗"), STAMP["nonce"], STAMP["timestamp"]))
    push = case.push(made["Encrypt"], made["MsgSignature"])
    assert (push.content, push.from_user, push.previous_key) == ("住满半年能办吗", "o-user", case.is_previous)
    reply = seal_reply(case.account, push, "可以申领。", now=NOW)
    assert read(reply, case.account, key=case.key)["Content"] == "可以申领。"


@pytest.mark.parametrize("content", ["🏠𠮷 & <b>", "长" * 700])
def test_our_door_opens_what_a_second_implementation_sealed(peer: Peer, content: str) -> None:
    made = peer(do="seal", message=text(content), **STAMP)
    assert Case(ACCOUNT, KEY, is_previous=False).push(made["encrypted"], made["signature"]).content == content


@pytest.mark.parametrize("content", ["🏠]]></Content>", "证" * 682])
def test_a_second_implementation_opens_what_we_sealed(peer: Peer, content: str) -> None:
    outer = outer_of(seal_reply(ACCOUNT, opened(text()), content, now=NOW))
    answer = peer(do="open", encrypted=outer["Encrypt"], timestamp=outer["TimeStamp"], nonce=outer["Nonce"])
    assert (answer["signature"], answer["id"]) == (outer["MsgSignature"], ACCOUNT.app_id)
    assert read_fields(answer["message"].encode())["Content"] == [sanitise(content)]


def test_the_peers_lock_file_names_no_registry() -> None:
    assert not re.search(r"https?://", (PEER / "package-lock.json").read_text())


def outer_of(xml: str) -> dict[str, str]:
    """The fields around a ciphertext."""
    return {name: str(values[0]) for name, values in read_fields(xml.strip().encode()).items()}
