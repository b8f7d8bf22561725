"""What an account says to a person, and the strict reading of its passive replies."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.wechat.xml import Unreadable, read_fields

MAX_TEXT_BYTES = 2047
_ITEM = "Articles/item/"


class SaidKind(StrEnum):
    """The kinds of what a person can be shown."""

    TEXT = "text"
    NEWS = "news"
    HANDOFF = "handoff"
    OPTIONS = "options"
    NOTIFICATION = "notification"


@dataclass(frozen=True)
class Said:
    """What an account said, by reply or through the API; equal ones look the same. Its repr shows no words.

    `text` is the text, the head of options, or the description of an article; `tail` stands below options;
    `options` are (id, content) pairs.
    """

    kind: SaidKind
    text: str = field(default="", repr=False)
    title: str = field(default="", repr=False)
    url: str = field(default="", repr=False)
    picture_url: str = field(default="", repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tail: str = field(default="", repr=False)


class Flaw(StrEnum):
    """Why what came back is no reply."""

    STATUS = "status"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    NOT_XML = "not_xml"
    NOT_SEALED = "not_sealed"
    SEALED = "sealed"
    SIGNATURE = "signature"
    KEY = "key"
    ADDRESSEE = "addressee"
    FIELD = "field"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    KIND = "kind"
    ARTICLES = "articles"
    EVENT_HANDOFF = "event_handoff"


FLAW_LABELS = {
    Flaw.STATUS: "状态码不是 200",
    Flaw.TOO_LARGE: "回复太大",
    Flaw.NOT_TEXT: "回复不是 UTF-8 文字",
    Flaw.NOT_XML: "回复既不是 success，也不是微信的 XML（例如 JSON）",
    Flaw.NOT_SEALED: "安全模式下回复没有加密",
    Flaw.SEALED: "明文模式下回复却加密了",
    Flaw.SIGNATURE: "MsgSignature 不对，请核对 token",
    Flaw.KEY: "解不开，请核对 EncodingAESKey 和 AppID；换钥期间要用推送时的那一个",
    Flaw.ADDRESSEE: "ToUserName 或 FromUserName 写反了，或不是这个人",
    Flaw.FIELD: "缺 CreateTime，或有一项写了两遍",
    Flaw.EMPTY: "内容是空的",
    Flaw.TOO_LONG: f"文字超过 {MAX_TEXT_BYTES} 字节",
    Flaw.KIND: "不认识的 MsgType",
    Flaw.ARTICLES: "图文只能有一条，并且要有标题和网址",
    Flaw.EVENT_HANDOFF: "事件不能转人工",
}
"""What each flaw is called on the page."""


class NotAReply(Exception):
    """What came back is no reply to this push. Says nothing of what it holds."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def read_reply(plain: str, *, to_user: str, from_user: str, is_event: bool) -> Said:
    """Return what the plain XML of a passive reply says. Raises NotAReply for all that the platform would not show."""
    try:
        fields = read_fields(plain.encode())
    except (Unreadable, UnicodeEncodeError) as error:
        raise NotAReply(Flaw.NOT_XML) from error
    is_twice = any(len(values) != 1 for name, values in fields.items() if not name.startswith(_ITEM))
    if is_twice or not _one(fields, "CreateTime").isdigit():
        raise NotAReply(Flaw.FIELD)
    if _one(fields, "ToUserName") != to_user or _one(fields, "FromUserName") != from_user:
        raise NotAReply(Flaw.ADDRESSEE)
    kind = _one(fields, "MsgType")
    if kind == "text":
        return _text(_one(fields, "Content"))
    if kind == "news":
        return _article(fields)
    if kind == "transfer_customer_service":
        if is_event:
            raise NotAReply(Flaw.EVENT_HANDOFF)
        return Said(SaidKind.HANDOFF)
    raise NotAReply(Flaw.KIND)


def _one(fields: dict[str, list[str | None]], name: str) -> str:
    return fields.get(name, [None])[0] or ""


def _text(content: str) -> Said:
    if not content.strip():
        raise NotAReply(Flaw.EMPTY)
    if len(content.encode()) > MAX_TEXT_BYTES:
        raise NotAReply(Flaw.TOO_LONG)
    return Said(SaidKind.TEXT, content)


def _article(fields: dict[str, list[str | None]]) -> Said:
    """Return the one article; the texts of `Articles/item` stand under their path."""
    of_items = {name.removeprefix(_ITEM): values for name, values in fields.items() if name.startswith(_ITEM)}
    is_one = _one(fields, "ArticleCount") == "1" and all(len(values) == 1 for values in of_items.values())
    item = {name: values[0] or "" for name, values in of_items.items()}
    if not is_one or not item.get("Title") or not item.get("Url"):
        raise NotAReply(Flaw.ARTICLES)
    return Said(SaidKind.NEWS, item.get("Description", ""), item["Title"], item["Url"], item.get("PicUrl", ""))
