"""The guarded door of the WeChat callback: a stranger's bytes become a `Push` or a `Refused`, and nothing else.

Each check stands before the next dearer one, and nothing is decrypted or read before its signature is right. An account
has one mode, and a request of another is refused, never taken in that other mode:

- 安全 (`safe`): only what is encrypted. Anything plain beside the ciphertext is refused too, for then people's words
  travel in the clear, and the console has another mode than the account.
- 兼容 (`compatible`): only the encrypted part of what comes; the plain fields beside it are not bound to the signature
  and never read. A message of 安全 mode is taken as well, so that an operator can change over.
- 明文 (`plain`): the signature covers the time and the nonce, *not the body*. Whoever sees one query string can put any
  message behind it while the clock window lasts, but for the memory of signatures (`bot.wechat.replay`). It is for
  trying things out; with people's declarations behind it an operator takes 安全.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.accounts import Mode, SettingsError, WechatAccount
from bot.wechat.codec import Flaw, Unopened, codec_of, is_aes_key, sign
from bot.wechat.push import MAX_CONTENT_CHARACTERS, Fields, Misshapen, Push, PushKind, convert
from bot.wechat.replay import SignatureMemory
from bot.wechat.reply import MAX_REPLY_BYTES, SUCCESS, Article, sanitise, seal_article, seal_handoff, seal_reply
from bot.wechat.xml import Unreadable, read_fields

__all__ = [
    "MAX_BODY_BYTES",
    "MAX_CONTENT_CHARACTERS",
    "MAX_REPLY_BYTES",
    "SUCCESS",
    "WINDOW_SECONDS",
    "WRONG_KEY_REASONS",
    "Article",
    "Mode",
    "Push",
    "PushKind",
    "Reason",
    "Refused",
    "SignatureMemory",
    "Stamp",
    "check_account",
    "check_query",
    "open_push",
    "sanitise",
    "seal_article",
    "seal_handoff",
    "seal_reply",
    "verify_echo",
]

MAX_BODY_BYTES = 64 * 1024
WINDOW_SECONDS = 300
"""Twice this is how long a signature can be valid: a reply is kept as long, so that a replay only gets it again."""

_TIMESTAMP = re.compile(r"[0-9]{10}")
_NONCE = re.compile(r"[!-~]{1,128}")
_SIGNATURE = re.compile(r"[0-9a-f]{40}")
_BASE64 = re.compile(r"[0-9A-Za-z+/]+={0,2}")
_PLAIN_ECHO = re.compile(r"[0-9A-Za-z_-]{1,64}")
_PLAIN_FIELDS = {"FromUserName", "MsgType"}
"""Every message and event has them, and none that is encrypted has them outside."""


class Reason(StrEnum):
    """Why a request was refused. `outer_` is what anyone can send; `inner_` came with the account's own signature."""

    BODY_TOO_LARGE = "body_too_large"
    BODY_COMPRESSED = "body_compressed"
    BODY_SLOW = "body_slow"
    BODY_BROKEN = "body_broken"
    NOT_AES = "not_aes"
    NOT_PLAIN = "not_plain"
    TIMESTAMP = "timestamp"
    NONCE = "nonce"
    MSG_SIGNATURE = "msg_signature"
    CLOCK = "clock"
    ECHO = "echo"
    OUTER_DOCTYPE = "outer_doctype"
    OUTER_BOUNDS = "outer_bounds"
    OUTER_XML = "outer_xml"
    ENCRYPT_FIELD = "encrypt_field"
    WRONG_SIGNATURE = "wrong_signature"
    REPLAYED = "replayed"
    PLAIN_BESIDE = "plain_beside"
    DECRYPTION = "decryption"
    APP_ID = "app_id"
    INNER_DOCTYPE = "inner_doctype"
    INNER_BOUNDS = "inner_bounds"
    INNER_XML = "inner_xml"
    INNER_FIELD = "inner_field"


WRONG_KEY_REASONS: frozenset[Reason] = frozenset({Reason.DECRYPTION, Reason.APP_ID})
"""The signature was right and no key opened the message: the operator's EncodingAESKey or app id is wrong."""


class Refused(Exception):
    """The request is not a message of this account. `reason` may be counted and logged; it holds nothing they sent."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Stamp:
    """The checked query string of a message: when it was signed (ten digits), its nonce, its signature."""

    timestamp: str
    nonce: str
    signature: str


def check_account(account: WechatAccount) -> None:
    """Refuse keys that would leave the door open. Raises SettingsError, naming the account and the key."""
    if not account.token or not account.app_id:
        raise SettingsError(f"公众号 [{account.name}]：token 和 app_id 不能为空；空 token 等于不验签名")
    for key in (account.aes_key, account.previous_aes_key):
        if key is not None and not is_aes_key(key):
            raise SettingsError(f"公众号 [{account.name}]：EncodingAESKey 应为 43 个字母或数字，见公众平台“基本配置”页")


def check_query(query: Mapping[str, str], *, now: float, window: int = WINDOW_SECONDS, mode: Mode = Mode.SAFE) -> Stamp:
    """Return the query string's stamp, `now` and `window` in seconds. Costs microseconds. Raises Refused."""
    if mode is Mode.PLAIN:
        if query.get("encrypt_type", "raw") != "raw":
            raise Refused(Reason.NOT_PLAIN)
        return _stamp(query, "signature", now, window)
    if query.get("encrypt_type") != "aes":
        raise Refused(Reason.NOT_AES)
    return _stamp(query, "msg_signature", now, window)


def open_push(
    account: WechatAccount,
    query: Mapping[str, str],
    body: bytes,
    *,
    now: float,
    window: int = WINDOW_SECONDS,
    memory: SignatureMemory | None = None,
) -> Push:
    """Return the message in `body`, or raise Refused; never another error, whatever the bytes.

    `now` and `window` are in seconds. Neither AES nor a user's text is touched before the signature. In 明文 mode the
    signature does not cover `body`: give a `memory`, one for all accounts of the process, so that at least no second
    body comes behind the same signature. A request that comes again unchanged is let through in every mode.
    """
    if len(body) > MAX_BODY_BYTES:
        raise Refused(Reason.BODY_TOO_LARGE)
    stamp = check_query(query, now=now, window=window, mode=account.mode)
    if account.mode is Mode.PLAIN:
        _check_signature(account, stamp)
        _check_memory(memory, account, stamp, body, now)
        return _converted(body)
    outer = _read("outer", body)
    encrypted = _encrypted_part(outer)
    _check_signature(account, stamp, encrypted)
    _check_memory(memory, account, stamp, encrypted.encode(), now)
    if account.mode is Mode.SAFE and not _PLAIN_FIELDS.isdisjoint(outer):
        raise Refused(Reason.PLAIN_BESIDE)
    text, previous_key = _decrypt(account, encrypted)
    return _converted(text.encode(), previous_key=previous_key)


def verify_echo(account: WechatAccount, query: Mapping[str, str], *, now: float, window: int = WINDOW_SECONDS) -> str:
    """Return the text the platform wants to see again when an operator saves the callback URL. Raises Refused.

    An encrypted `echostr` comes with `msg_signature`. Consoles that send it in the clear, in 安全 mode too, sign only
    timestamp and nonce. Either way nothing but a short run of letters and digits is given back: who captured a message
    and sends it as an echo does not get it decrypted. No message comes this way, so it is the same in every mode.
    """
    echo = query.get("echostr", "")
    if "msg_signature" in query:
        stamp = _stamp(query, "msg_signature", now, window)
        echo = echo.replace(" ", "+")  # a "+" that was not percent-encoded arrives as a space
        if len(echo) > MAX_REPLY_BYTES or not _BASE64.fullmatch(echo):
            raise Refused(Reason.ECHO)
        _check_signature(account, stamp, echo)
        echo = _decrypt(account, echo)[0]
    else:
        _check_signature(account, _stamp(query, "signature", now, window))
    if not _PLAIN_ECHO.fullmatch(echo):
        raise Refused(Reason.ECHO)
    return echo


def _stamp(query: Mapping[str, str], signature_name: str, now: float, window: int) -> Stamp:
    """Fixed shapes, because the signature runs its fields together: moving digits between them must not pass."""
    shapes = (("timestamp", _TIMESTAMP), ("nonce", _NONCE), (signature_name, _SIGNATURE))
    for name, shape in shapes:
        if not shape.fullmatch(query.get(name, "")):
            raise Refused(Reason.MSG_SIGNATURE if name == signature_name else Reason(name))
    if abs(now - int(query["timestamp"])) > window:
        raise Refused(Reason.CLOCK)
    return Stamp(query["timestamp"], query["nonce"], query[signature_name])


def _check_signature(account: WechatAccount, stamp: Stamp, *signed: str) -> None:
    expected = sign(account.token, stamp.timestamp, stamp.nonce, *signed)
    if not hmac.compare_digest(expected, stamp.signature):
        raise Refused(Reason.WRONG_SIGNATURE)


def _decrypt(account: WechatAccount, encrypted: str) -> tuple[str, bool]:
    """Return the plaintext and whether it took the previous key, which the platform uses for a while after a change."""
    flaw = Flaw.DECRYPTION
    keys = (account.aes_key,) if account.previous_aes_key is None else (account.aes_key, account.previous_aes_key)
    for index, key in enumerate(keys):
        try:
            return codec_of(key, account.app_id).open(encrypted), index == 1
        except Unopened as error:
            if error.flaw is Flaw.APP_ID:
                flaw = error.flaw
    raise Refused(Reason(flaw.value))


def _check_memory(
    memory: SignatureMemory | None, account: WechatAccount, stamp: Stamp, signed: bytes, now: float
) -> None:
    if memory is not None and not memory.admits(account.name, stamp.signature, signed, now=now):
        raise Refused(Reason.REPLAYED)


def _read(layer: str, xml: bytes) -> Fields:
    try:
        return read_fields(xml)
    except Unreadable as error:
        raise Refused(Reason(f"{layer}_{error.flaw}")) from error


def _encrypted_part(outer: Fields) -> str:
    encrypted = outer.get("Encrypt", [])
    if len(encrypted) != 1 or encrypted[0] is None or not _BASE64.fullmatch(encrypted[0]):
        raise Refused(Reason.ENCRYPT_FIELD)
    return encrypted[0]


def _converted(message: bytes, *, previous_key: bool = False) -> Push:
    try:
        return convert(_read("inner", message), previous_key=previous_key)
    except Misshapen as error:
        raise Refused(Reason.INNER_FIELD) from error
