"""The guarded door of the WeChat callback: a stranger's bytes become a `Push` or a `Refused`, and nothing else.

Each check stands before the next dearer one, and nothing is decrypted before its signature is right. Only 安全 mode is
understood: it alone binds the body to the signature.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.settings import SettingsError, WechatAccount
from bot.wechat.codec import Flaw, Unopened, codec_of, is_aes_key, sign
from bot.wechat.xml import Unreadable, read_fields

MAX_BODY_BYTES = 64 * 1024
MAX_REPLY_BYTES = 2047
MAX_CONTENT_CHARACTERS = 2000
WINDOW_SECONDS = 300
"""Twice this is how long a signature can be valid: a reply is kept as long, so that a replay only gets it again."""
SUCCESS = "success"  # the platform's word for "no reply"

_TIMESTAMP = re.compile(r"[0-9]{10}")
_NONCE = re.compile(r"[!-~]{1,128}")
_SIGNATURE = re.compile(r"[0-9a-f]{40}")
_BASE64 = re.compile(r"[0-9A-Za-z+/]+={0,2}")
_PLAIN_ECHO = re.compile(r"[0-9A-Za-z_-]{1,64}")
_USER = re.compile(r"[0-9A-Za-z_@.-]{1,64}")
_NAME = re.compile(r"[0-9A-Za-z_]{1,64}")
_MESSAGE_ID = re.compile(r"[0-9]{1,20}")
_SECONDS = re.compile(r"[0-9]{1,10}")
_OWN_NONCE = re.compile(r"[0-9A-Za-z]{1,32}")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_Fields = dict[str, list[str | None]]


class Reason(StrEnum):
    """Why a request was refused. `outer_` is what anyone can send; `inner_` carried the account's own signature."""

    BODY_TOO_LARGE = "body_too_large"
    BODY_COMPRESSED = "body_compressed"
    BODY_SLOW = "body_slow"
    BODY_BROKEN = "body_broken"
    NOT_AES = "not_aes"
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
    DECRYPTION = "decryption"
    APP_ID = "app_id"
    INNER_DOCTYPE = "inner_doctype"
    INNER_BOUNDS = "inner_bounds"
    INNER_XML = "inner_xml"
    INNER_FIELD = "inner_field"


class Refused(Exception):
    """The request is not a message of this account. `reason` may be counted and logged; it holds nothing they sent."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class PushKind(StrEnum):
    """What kind of message was pushed; `OTHER` is everything that is neither typed text nor an event."""

    TEXT = "text"
    EVENT = "event"
    OTHER = "other"


_KINDS = {"text": PushKind.TEXT, "event": PushKind.EVENT}


@dataclass(frozen=True)
class Push:
    """One message or event, converted once. Its repr shows neither the person nor their words.

    `created` is in seconds since 1970; `message_id` is None for events; `type_name` is the platform's own name of the
    type; `event` is in lower case; `content` holds the first 2,000 characters; what was not sent is "".
    `previous_key` says that the previous AES key opened it, so that the answer is sealed with that one.
    """

    message_id: int | None
    to_user: str
    from_user: str = field(repr=False)
    created: int
    kind: PushKind
    type_name: str
    content: str = field(repr=False)
    event: str
    event_key: str = field(repr=False)
    previous_key: bool


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


def check_query(query: Mapping[str, str], *, now: float, window: int = WINDOW_SECONDS) -> Stamp:
    """Return the query string's stamp, `now` and `window` in seconds. Costs microseconds. Raises Refused."""
    if query.get("encrypt_type") != "aes":
        raise Refused(Reason.NOT_AES)
    return _stamp(query, "msg_signature", now, window)


def open_push(
    account: WechatAccount, query: Mapping[str, str], body: bytes, *, now: float, window: int = WINDOW_SECONDS
) -> Push:
    """Return the message in `body`, or raise Refused; never another error, whatever the bytes.

    `now` and `window` are in seconds. Neither AES nor a user's text is touched before the signature.
    """
    if len(body) > MAX_BODY_BYTES:
        raise Refused(Reason.BODY_TOO_LARGE)
    stamp = check_query(query, now=now, window=window)
    encrypted = _encrypted_part(body)
    _check_signature(account, stamp, encrypted)
    text, previous_key = _decrypt(account, encrypted)
    return _convert(_read("inner", text.encode()), previous_key)


def verify_echo(account: WechatAccount, query: Mapping[str, str], *, now: float, window: int = WINDOW_SECONDS) -> str:
    """Return the text the platform wants to see again when an operator saves the callback URL. Raises Refused.

    An encrypted `echostr` comes with `msg_signature`. Consoles that send it in the clear, in 安全 mode too, sign only
    timestamp and nonce: nothing but a short run of letters and digits is then given back.
    """
    echo = query.get("echostr", "")
    if "msg_signature" not in query:
        stamp = _stamp(query, "signature", now, window)
        _check_signature(account, stamp)
        if not _PLAIN_ECHO.fullmatch(echo):
            raise Refused(Reason.ECHO)
        return echo
    stamp = _stamp(query, "msg_signature", now, window)
    echo = echo.replace(" ", "+")  # a "+" that was not percent-encoded arrives as a space
    if len(echo) > MAX_REPLY_BYTES or not _BASE64.fullmatch(echo):
        raise Refused(Reason.ECHO)
    _check_signature(account, stamp, echo)
    return _decrypt(account, echo)[0]


def sanitise(text: str) -> str:
    """Return `text` as it can stand in a CDATA section: never longer, no control characters, no lone surrogates."""
    return _UNWRITABLE.sub("", text).replace("]]>", "]] ")


def seal_reply(account: WechatAccount, push: Push, text: str, *, now: float, nonce: str | None = None) -> str:
    """Return the body that answers `push` with `text`, sealed with the key that opened it; `success` for no text.

    The same push and text give the same plaintext. Raises ValueError for more than 2,047 UTF-8 bytes or for a nonce
    that is not 1 to 32 letters and digits.
    """
    content = sanitise(text)
    if not content.strip():
        return SUCCESS
    if len(content.encode()) > MAX_REPLY_BYTES:
        raise ValueError(f"回复有 {len(content.encode())} 字节，超过微信的上限 {MAX_REPLY_BYTES} 字节")
    nonce = secrets.token_hex(8) if nonce is None else nonce
    if not _OWN_NONCE.fullmatch(nonce):
        raise ValueError("nonce 应为 1 到 32 个字母或数字")
    plain = (
        f"<xml><ToUserName><![CDATA[{push.from_user}]]></ToUserName>"
        f"<FromUserName><![CDATA[{push.to_user}]]></FromUserName><CreateTime>{push.created}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content></xml>"
    )
    key = account.previous_aes_key if push.previous_key and account.previous_aes_key else account.aes_key
    encrypted = codec_of(key, account.app_id).seal(plain)
    timestamp = str(int(now))
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{sign(account.token, timestamp, nonce, encrypted)}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )


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


def _read(layer: str, xml: bytes) -> _Fields:
    try:
        return read_fields(xml)
    except Unreadable as error:
        raise Refused(Reason(f"{layer}_{error.flaw}")) from error


def _encrypted_part(body: bytes) -> str:
    encrypted = _read("outer", body).get("Encrypt", [])
    if len(encrypted) != 1 or encrypted[0] is None or not _BASE64.fullmatch(encrypted[0]):
        raise Refused(Reason.ENCRYPT_FIELD)
    return encrypted[0]


def _convert(fields: _Fields, previous_key: bool) -> Push:
    type_name = _required(fields, "MsgType", _NAME)
    kind = _KINDS.get(type_name.lower(), PushKind.OTHER)
    is_event = kind is PushKind.EVENT
    return Push(
        message_id=None if is_event else int(_required(fields, "MsgId", _MESSAGE_ID)),
        to_user=_required(fields, "ToUserName", _USER),
        from_user=_required(fields, "FromUserName", _USER),
        created=int(_required(fields, "CreateTime", _SECONDS)),
        kind=kind,
        type_name=type_name,
        content=_optional(fields, "Content")[:MAX_CONTENT_CHARACTERS] if kind is PushKind.TEXT else "",
        event=_required(fields, "Event", _NAME).lower() if is_event else "",
        event_key=_optional(fields, "EventKey") if is_event else "",
        previous_key=previous_key,
    )


def _optional(fields: _Fields, name: str) -> str:
    """Return the field's text, "" when it was not sent; twice, or with children, it has no meaning and is refused."""
    texts = fields.get(name)
    if texts is None:
        return ""
    if len(texts) != 1 or texts[0] is None:
        raise Refused(Reason.INNER_FIELD)
    return texts[0]


def _required(fields: _Fields, name: str, shape: re.Pattern[str]) -> str:
    text = _optional(fields, name)
    if not shape.fullmatch(text):
        raise Refused(Reason.INNER_FIELD)
    return text
