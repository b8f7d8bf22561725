"""What goes back to the platform: a text, one article, or the hand-over to a person of the account's staff.

In 安全 and 兼容 mode a reply is sealed with the key that opened the push; in 明文 mode it is plain XML.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from bot.accounts import Mode, WechatAccount
from bot.wechat.codec import codec_of, sign
from bot.wechat.push import Push, PushKind

MAX_REPLY_BYTES = 2047
MAX_TITLE_CHARACTERS = 64
MAX_DESCRIPTION_CHARACTERS = 120
SUCCESS = "success"  # the platform's word for "no reply"

_OWN_NONCE = re.compile(r"[0-9A-Za-z]{1,32}")
# Without < and > an address cannot end the section that it stands in; without spaces it is one address.
_ADDRESS = re.compile(r"https?://(?=[0-9A-Za-z\[])[0-9A-Za-z._~:/?#\[\]@!$&'()*+,;=%-]{1,1000}")
_CLERK = re.compile(r"[0-9A-Za-z_-]{1,32}@[0-9A-Za-z_-]{1,32}")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Article:
    """What a person sees as one block to tap: title, a few words below it, the page it opens, a picture or "" for none.

    Both addresses are `http://` or `https://`, in ASCII, at most 1,000 characters after that. A title is shown on one
    line and cut after 64 characters, a description after 120. Raises ValueError for an address of another kind or a
    title in which nothing can be written. The repr shows nothing of it.
    """

    title: str = field(repr=False)
    description: str = field(repr=False)
    url: str = field(repr=False)
    picture_url: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not sanitise(self.title).strip():
            raise ValueError("图文的标题是空的，请写上标题")
        if not _ADDRESS.fullmatch(self.url):
            raise ValueError("图文的链接应以 http:// 或 https:// 开头，只用英文字符，中文请先转成 %XX")
        if self.picture_url and not _ADDRESS.fullmatch(self.picture_url):
            raise ValueError("图文的图片链接应以 http:// 或 https:// 开头，只用英文字符；没有图片就留空")


def sanitise(text: str) -> str:
    """Return `text` as it can stand in a CDATA section: never longer, no control characters, no lone surrogates."""
    return _UNWRITABLE.sub("", text).replace("]]>", "]] ")


def seal_reply(account: WechatAccount, push: Push, text: str, *, now: float, nonce: str | None = None) -> str:
    """Return the body that answers `push` with `text`; `success` for no text. `now` is in seconds since 1970.

    The same push and text give the same plaintext. Raises ValueError for more than 2,047 UTF-8 bytes or for a nonce
    that is not 1 to 32 letters and digits.
    """
    content = sanitise(text)
    if not content.strip():
        return SUCCESS
    if len(content.encode()) > MAX_REPLY_BYTES:
        raise ValueError(f"回复有 {len(content.encode())} 字节，超过微信的上限 {MAX_REPLY_BYTES} 字节")
    return _sealed(account, push, "text", f"<Content><![CDATA[{content}]]></Content>", now, nonce)


def seal_article(account: WechatAccount, push: Push, article: Article, now: float, *, nonce: str | None = None) -> str:
    """Return the body that answers `push` with one article. `now` is in seconds since 1970.

    The same push and article give the same plaintext. Raises ValueError for a nonce that `seal_reply` would refuse.
    """
    title = _cut(" ".join(sanitise(article.title).split()), MAX_TITLE_CHARACTERS)
    description = _cut(sanitise(article.description).strip(), MAX_DESCRIPTION_CHARACTERS)
    item = (
        f"<Title><![CDATA[{title}]]></Title><Description><![CDATA[{description}]]></Description>"
        f"<PicUrl><![CDATA[{article.picture_url}]]></PicUrl><Url><![CDATA[{article.url}]]></Url>"
    )
    fields = f"<ArticleCount>1</ArticleCount><Articles><item>{item}</item></Articles>"
    return _sealed(account, push, "news", fields, now, nonce)


def seal_handoff(account: WechatAccount, push: Push, now: float, clerk: str = "", *, nonce: str | None = None) -> str:
    """Return the body that hands the message `push` to the account's staff, to `clerk` (name@account) if one is named.

    `now` is in seconds since 1970. Raises ValueError for an event, which nobody can answer, for a clerk whose name has
    another shape, and for a nonce that `seal_reply` would refuse.
    """
    if push.kind is PushKind.EVENT:
        raise ValueError("事件不能转给人工客服，只有消息可以")
    if clerk and not _CLERK.fullmatch(clerk):
        raise ValueError("客服账号应写成“账号前缀@公众号微信号”，例如 wang@juzhuzheng")
    fields = f"<TransInfo><KfAccount><![CDATA[{clerk}]]></KfAccount></TransInfo>" if clerk else ""
    return _sealed(account, push, "transfer_customer_service", fields, now, nonce)


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"


def _sealed(account: WechatAccount, push: Push, type_name: str, fields: str, now: float, nonce: str | None) -> str:
    """Address `fields` to the person. The time is the push's own, so that a second push gets the same reply."""
    nonce = secrets.token_hex(8) if nonce is None else nonce
    if not _OWN_NONCE.fullmatch(nonce):
        raise ValueError("nonce 应为 1 到 32 个字母或数字")
    plain = (
        f"<xml><ToUserName><![CDATA[{push.from_user}]]></ToUserName>"
        f"<FromUserName><![CDATA[{push.to_user}]]></FromUserName><CreateTime>{push.created}</CreateTime>"
        f"<MsgType><![CDATA[{type_name}]]></MsgType>{fields}</xml>"
    )
    return plain if account.mode is Mode.PLAIN else _encrypted(account, push, plain, str(int(now)), nonce)


def _encrypted(account: WechatAccount, push: Push, plain: str, timestamp: str, nonce: str) -> str:
    key = account.previous_aes_key if push.previous_key and account.previous_aes_key else account.aes_key
    encrypted = codec_of(key, account.app_id).seal(plain)
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{sign(account.token, timestamp, nonce, encrypted)}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )
