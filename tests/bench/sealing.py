"""The platform's side of 安全 mode, fast and of its own: it shares no code with what is measured."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import struct
from dataclasses import dataclass
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

_BLOCK = 32
_PREFIX = 16
_FIELD = re.compile(r"<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</\1>", re.DOTALL)


@dataclass(frozen=True)
class Account:
    """An official account as its console shows it; `name` is the last part of the callback's address."""

    name: str = "main"
    app_id: str = "wxbenchmark0000001"
    token: str = "tokenofthebenchmark"
    aes_key: str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

    @property
    def path(self) -> str:
        """The callback's path."""
        return f"/wechat/{self.name}"

    def to_toml(self) -> str:
        """Return the accounts file that the service reads."""
        keys = f'app_id = "{self.app_id}"\ntoken = "{self.token}"\naes_key = "{self.aes_key}"\n'
        return f'[{self.name}]\n{keys}city = "luoyang"\n'


ACCOUNT = Account()


class BadReply(Exception):
    """A reply that the platform would not show to anybody; the text says why."""


class Sealer:
    """Seals pushes as the platform does and opens the replies to them."""

    def __init__(self, account: Account = ACCOUNT) -> None:
        self._account = account
        key = base64.b64decode(f"{account.aes_key}=")
        self._cipher = Cipher(AES(key), CBC(key[:_PREFIX]))

    def push(self, person: str, content: str, number: int, seconds: int) -> tuple[str, bytes]:
        """Return query string and body of a text message. `number` is its MsgId; it is signed at `seconds` of 1970."""
        inner = (
            f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{person}]]></FromUserName>"
            f"<CreateTime>{seconds}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{content}]]></Content><MsgId>{number}</MsgId></xml>"
        )
        encrypted, timestamp, nonce = self._encrypt(inner.encode()), str(seconds), f"n{number}"
        query = {
            "signature": self._sign(timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": person,
            "encrypt_type": "aes",
            "msg_signature": self._sign(timestamp, nonce, encrypted),
        }
        body = f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return urlencode(query), body.encode()

    def open(self, reply: str) -> str:
        """Return what the person would read. Raises BadReply for what is not signed, sealed or a text."""
        outer = _fields(reply)
        try:
            encrypted, signature = outer["Encrypt"], outer["MsgSignature"]
            signed = self._sign(outer["TimeStamp"], outer["Nonce"], encrypted)
        except KeyError as missing:
            raise BadReply(f"回复里没有 {missing}") from missing
        if signature != signed:
            raise BadReply("回复的签名不对")
        content = _fields(self._decrypt(encrypted)).get("Content", "")
        if not content.strip():
            raise BadReply("回复是空的")
        return content

    def _encrypt(self, plain: bytes) -> str:
        sealed = os.urandom(_PREFIX) + struct.pack(">I", len(plain)) + plain + self._account.app_id.encode()
        missing = _BLOCK - len(sealed) % _BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(sealed + bytes([missing]) * missing) + encryptor.finalize()).decode()

    def _decrypt(self, encrypted: str) -> str:
        decryptor = self._cipher.decryptor()
        try:
            sealed = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
        except ValueError as error:
            raise BadReply("回复解不开") from error
        (length,) = struct.unpack(">I", sealed[_PREFIX : _PREFIX + 4])
        inner, rest = sealed[_PREFIX + 4 :][:length], sealed[_PREFIX + 4 + length :]
        if rest[: -rest[-1]] != self._account.app_id.encode():
            raise BadReply("回复不是这个公众号的")
        return inner.decode()

    def _sign(self, *parts: str) -> str:
        signed = "".join(sorted([self._account.token, *parts])).encode()
        return hashlib.sha1(signed, usedforsecurity=False).hexdigest()


def _fields(xml: str) -> dict[str, str]:
    inside = xml.strip().removeprefix("<xml>")
    return {match[1]: match[2] if match[2] is not None else match[3] for match in _FIELD.finditer(inside)}
