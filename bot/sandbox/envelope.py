"""The sealed envelope on its way out, and on its way back."""

from __future__ import annotations

import hmac
import secrets

from bot.accounts import Mode
from bot.sandbox.options import SandboxOptions
from bot.sandbox.replies import Flaw, NotAReply
from bot.wechat.codec import Unopened, codec_of, sign
from bot.wechat.xml import Unreadable, read_fields


def sealed_push(options: SandboxOptions, xml: str, *, openid: str, key: str, now: float) -> tuple[dict[str, str], str]:
    """Return the query string and the body of a push of `xml`; `now` is in seconds since 1970."""
    timestamp, nonce = str(int(now)), str(secrets.randbelow(10**10))
    token = options.account.token
    query = {
        "signature": sign(token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": openid,
    }
    if options.account.mode is Mode.PLAIN:
        return query, xml
    encrypted = codec_of(key, options.account.app_id).seal(xml)
    query |= {"encrypt_type": "aes", "msg_signature": sign(token, timestamp, nonce, encrypted)}
    outer = f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    if options.account.mode is Mode.COMPATIBLE:
        return query, xml.removesuffix("</xml>") + outer
    return query, f"<xml><ToUserName><![CDATA[{options.original_id}]]></ToUserName>{outer}"


def sealed_echo(options: SandboxOptions, echo: str, *, now: float) -> dict[str, str]:
    """Return the query string by which the console looks whether the address answers; `now` as in `sealed_push`."""
    timestamp, nonce, token = str(int(now)), str(secrets.randbelow(10**10)), options.account.token
    query = {"signature": sign(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "echostr": echo}
    if options.account.mode is Mode.SAFE:
        sealed = codec_of(options.account.aes_key, options.account.app_id).seal(echo)
        query |= {"echostr": sealed, "msg_signature": sign(token, timestamp, nonce, sealed)}
    return query


def opened_reply(options: SandboxOptions, body: str, *, key: str) -> str:
    """Return the plain XML of a reply; `key` is that of the push. Raises NotAReply."""
    try:
        fields = read_fields(body.encode())
    except (Unreadable, UnicodeEncodeError) as error:
        raise NotAReply(Flaw.NOT_XML) from error
    if "Encrypt" not in fields:
        if options.account.mode is Mode.SAFE:
            raise NotAReply(Flaw.NOT_SEALED)
        return body
    if options.account.mode is Mode.PLAIN:
        raise NotAReply(Flaw.SEALED)
    values = [fields.get(name, [None])[0] or "" for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")]
    encrypted, signature, timestamp, nonce = (value.strip() for value in values)
    expected = sign(options.account.token, timestamp, nonce, encrypted)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise NotAReply(Flaw.SIGNATURE)
    try:
        return codec_of(key, options.account.app_id).open(encrypted)
    except Unopened as error:
        raise NotAReply(Flaw.KEY) from error
