"""The platform's message encryption, AES-256-CBC around a message and an app id, and its signature.

The plaintext is 16 random bytes, the message's length (4 bytes, big-endian), the message in UTF-8, the app id, and 1 to
32 bytes of padding, each of which is their number.
"""

from __future__ import annotations

import binascii
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

PADDING_BYTES = 32  # the platform pads to 32, twice what AES needs

_AES_KEY = re.compile(r"[0-9A-Za-z+/]{43}")
_LENGTH_AT = 16
_MESSAGE_AT = 20


class Flaw(StrEnum):
    """What is wrong with a ciphertext: it is none of this key, or it is one for another account."""

    DECRYPTION = "decryption"
    APP_ID = "app_id"


class Unopened(Exception):
    """The ciphertext holds no message for this account. Says nothing of what it holds."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True)
class Codec:
    """Seals and opens the messages of one app id under one key; get it from `codec_of`. Its repr shows no key."""

    app_id: str
    _cipher: Cipher[CBC] = field(repr=False)

    def seal(self, message: str) -> str:
        """Return `message` encrypted, in Base64; never twice the same. Raises UnicodeEncodeError, lone surrogates."""
        encoded = message.encode()
        plain = b"".join(
            (secrets.token_bytes(_LENGTH_AT), len(encoded).to_bytes(4, "big"), encoded, self.app_id.encode())
        )
        padding = PADDING_BYTES - len(plain) % PADDING_BYTES
        encryptor = self._cipher.encryptor()
        blocks = encryptor.update(plain + bytes((padding,)) * padding) + encryptor.finalize()
        return binascii.b2a_base64(blocks, newline=False).decode("ascii")

    def open(self, encrypted: str) -> str:
        """Return the message in `encrypted`, Base64. Raises Unopened, and nothing else, whatever it is given.

        Verify the signature first: nothing else says that the bytes are the platform's.
        """
        try:
            decryptor = self._cipher.decryptor()
            plain = decryptor.update(_decoded(encrypted)) + decryptor.finalize()
        except ValueError as error:  # no Base64, or no whole blocks
            raise Unopened(Flaw.DECRYPTION) from error
        content = _unpadded(plain)
        end = _MESSAGE_AT + int.from_bytes(content[_LENGTH_AT:_MESSAGE_AT], "big")
        try:
            message, app_id = content[_MESSAGE_AT:end].decode(), content[end:].decode()
        except UnicodeDecodeError as error:
            raise Unopened(Flaw.DECRYPTION) from error
        if app_id != self.app_id:  # a length beyond the end leaves none, and a codec's app id is never empty
            raise Unopened(Flaw.APP_ID)
        return message


@lru_cache(maxsize=64)
def codec_of(aes_key: str, app_id: str) -> Codec:
    """Return the codec of an EncodingAESKey and an app id, decoded once. Raises ValueError for a key that is none."""
    if not is_aes_key(aes_key) or not app_id:
        raise ValueError("EncodingAESKey 应为 43 个字母或数字，AppID 不能为空，见公众平台“基本配置”页")
    key = binascii.a2b_base64(f"{aes_key}=")
    return Codec(app_id, Cipher(AES256(key), CBC(key[:16])))


def is_aes_key(text: str) -> bool:
    """Whether `text` has the shape of an EncodingAESKey: 43 characters of Base64, 32 bytes."""
    return _AES_KEY.fullmatch(text) is not None


def sign(*parts: str) -> str:
    """Return the platform's signature of `parts`, 40 hexadecimal digits; their order does not matter to it."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _decoded(encrypted: str) -> bytes:
    """Read Base64 to the letter. Raises ValueError."""
    blocks = binascii.a2b_base64(encrypted, strict_mode=True)
    if len(encrypted) != (len(blocks) + 2) // 3 * 4:  # Python passes over signs of the end behind whole groups of four
        raise ValueError("signs of the end that end nothing")
    return blocks


def _unpadded(plain: bytes) -> bytes:
    """Return `plain` without its padding, at least as long as all that stands before a message.

    Whole multiples of 32 are not asked for: a sender that pads to AES's own 16 loses nothing, its users would.
    """
    padding = plain[-1] if plain else 0
    content = plain[:-padding]
    if not 1 <= padding <= PADDING_BYTES or len(content) < _MESSAGE_AT or plain.count(padding, len(content)) != padding:
        raise Unopened(Flaw.DECRYPTION)
    return content
