"""Requests in every mode, and what a stranger or a broken sender may make of them, spoiled at every layer.

`fuzz_door(seed, count)` is the whole of it: whatever came, the door gave a Push within its bounds or a Refused.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.accounts import Mode, WechatAccount
from bot.wechat.codec import codec_of
from bot.wechat.door import Refused, SignatureMemory, open_push, seal_handoff, seal_reply, verify_echo
from bot.wechat.push import MAX_CONTENT_CHARACTERS, MAX_KEY_BYTES, MAX_LABEL_CHARACTERS, Push, PushKind
from bot.wechat.reply import SUCCESS
from bot.wechat.xml import read_fields
from tests.bot.wechat.platform import ACCOUNT, KEY, NOW, OLD_KEY, Query, encrypt, encrypt_blocks, envelope, sign

BOTH_KEYS = replace(ACCOUNT, aes_key=OLD_KEY, previous_aes_key=KEY)
ACCOUNTS = {mode: replace(BOTH_KEYS, mode=mode) for mode in Mode}
"""One account in each mode, amid a change of keys: what the tests seal is opened by the previous one."""

BESIDE = "<FromUserName>o-lie</FromUserName><MsgType>text</MsgType><Content>谎话</Content><MsgId>1</MsgId>"
"""What a 兼容 push has beside its ciphertext; nothing of it is bound to the signature, so here it lies."""

Request = tuple[Query, bytes]


def plain_request(inner: str | bytes, *, nonce: str = "nonce123") -> Request:
    """A request of 明文 mode as the platform sends it."""
    timestamp = str(NOW)
    query = {"signature": sign(ACCOUNT.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    return query | {"openid": "o-user"}, inner.encode() if isinstance(inner, str) else inner


def safe_request(inner: str | bytes, *, nonce: str = "nonce123", prefix: bytes | None = None) -> Request:
    """A request of 安全 mode; the same one each time if the 16 bytes before the message are given."""
    return envelope(encrypt(inner) if prefix is None else encrypted_behind(prefix, inner), nonce=nonce)


def encrypted_behind(prefix: bytes, inner: str | bytes) -> str:
    """The ciphertext of `inner` with a given `prefix` in place of random bytes."""
    message = inner.encode() if isinstance(inner, str) else inner
    plain = prefix + len(message).to_bytes(4, "big") + message + ACCOUNT.app_id.encode()
    missing = 32 - len(plain) % 32
    return encrypt_blocks(plain + bytes([missing]) * missing)


def with_beside(request: Request, beside: str = BESIDE) -> Request:
    """Turn a request of 安全 mode into one of 兼容 mode."""
    query, body = request
    return query, body.replace(b"</xml>", f"{beside}</xml>".encode())


def request_of(mode: Mode, inner: str | bytes, *, nonce: str = "nonce123", prefix: bytes | None = None) -> Request:
    """A correctly signed request of `mode` around `inner`."""
    if mode is Mode.PLAIN:
        return plain_request(inner, nonce=nonce)
    request = safe_request(inner, nonce=nonce, prefix=prefix)
    return with_beside(request) if mode is Mode.COMPATIBLE else request


# ------------------------------------------------------------------------------------------------------ hostile inputs

_NAMES = (
    "ToUserName FromUserName CreateTime MsgType MsgId Content MediaId Recognition Label Location_X Event EventKey"
    " Latitude Ticket PicUrl Encrypt 名"
).split()
_TYPES = [*"text image voice location event video link TEXT Event a-b _ 文本".split(), "", "x" * 65, "\n"]
_EVENTS = [*"subscribe unsubscribe SCAN CLICK VIEW LOCATION qrscene_ a.b".split(), "", "e" * 65]
_VALUES = [
    "", " ", "o-user", "gh_us", str(NOW), "0", "-1", "9" * 5000, "٣٤", "1e9", "qrscene_7", "qrscene_", "键" * 43,
    "k" * 129, "长" * 3000, "<b>1</b>", "<!-- -->", "&amp;", "&#0;", "&#xD800;", "&a;", "]]>", "]]&gt;", "\x00", "\x7f",
    "\x85", "\u2028", "\ufeff", "\uffff", "<![CDATA[]]>", "<![CDATA[x]]y]]>", "../../etc", "🏠𠮷", "\r\n\t",
]  # fmt: skip
_PIECES = [
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<a>", b"</a>", b"</xml>", b"<xml>", b"<a b='1'>", b"<!DOCTYPE x>",
    b"<!--", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"=", b"AAAA", b"&#0;", b"<Encrypt>", b"\n",
    b"<MsgId>1</MsgId>", b"<a>" * 9, b"<a/>" * 200,
]  # fmt: skip
_QUERY = ["timestamp", "nonce", "signature", "msg_signature", "encrypt_type", "echostr"]
_QUERY_VALUES = [
    "", " ", "aes", "raw", "AES", "0" * 40, "a" * 39, "é" * 40, str(NOW), str(NOW + 300), str(NOW - 301), "1" * 11,
    "٣" * 10, "\ud800", "n" * 129, "]]>", "AAAA", "A" * 44, "A" * 5000, "x\n",
]  # fmt: skip


def message_of(chance: random.Random) -> str:
    """A message as the platform writes it, or one with some fields that it would not write."""
    type_name = chance.choice(_TYPES[:8]) if chance.random() < 0.9 else chance.choice(_TYPES)
    fields = {"ToUserName": "gh_us", "FromUserName": "o-user", "CreateTime": str(NOW), "MsgType": type_name}
    fields |= {"MsgId": str(chance.randrange(1 << 63)), "Content": "要带什么", "MediaId": "m-1_", "Label": "某街"}
    fields |= {"Event": chance.choice(_EVENTS), "EventKey": chance.choice(["", "qrscene_7", "qrscene_", "键"])}
    written = [f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items()]
    for _ in range(chance.choice([0, 0, 1, 1, 2, 4])):
        name = chance.choice(_NAMES)
        value = chance.choice(_EVENTS + _TYPES + _VALUES)
        place = chance.randrange(len(written))
        written[place : place + chance.randrange(2)] = [f"<{name}>{value}</{name}>"]
    return f"<xml>{''.join(written)}</xml>"


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Cut, put in, write over, repeat or flip a few times."""
    for _ in range(chance.randint(1, 5)):
        at = chance.choice([0, len(data), *(chance.randrange(len(data) + 1) for _ in range(6))])
        piece = chance.choice(_PIECES)
        length = chance.choice([1, 1, 2, 8, 64])
        flipped = bytes(byte ^ (1 << chance.randrange(8)) for byte in data[at : at + 1])
        middle = chance.choice([b"", piece, piece, flipped, data[at : at + length] * 3])
        data = data[:at] + middle + (data[at + chance.choice([0, length]) :] if chance.random() < 0.9 else b"")
    return data


def _encodable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


def _inner_spoiled(mode: Mode, chance: random.Random) -> Request:
    inner = mutated(_encodable(message_of(chance)).encode(), chance)
    return request_of(mode, inner, prefix=chance.randbytes(16))


def _fields_spoiled(mode: Mode, chance: random.Random) -> Request:
    return request_of(mode, _encodable(message_of(chance)), prefix=chance.randbytes(16))


def _outer_spoiled(mode: Mode, chance: random.Random) -> Request:
    query, body = _fields_spoiled(mode, chance)
    return query, mutated(body, chance)


def _query_spoiled(mode: Mode, chance: random.Random) -> Request:
    query, body = _fields_spoiled(mode, chance)
    for name in chance.sample(_QUERY, chance.randint(1, 3)):
        query[name] = chance.choice(_QUERY_VALUES)
        if chance.random() < 0.3:
            del query[name]
    return query, body


def _cipher_spoiled(_mode: Mode, chance: random.Random) -> Request:
    """The ciphertext is changed and signed all the same, as only who has the token can."""
    encrypted = mutated(encrypted_behind(chance.randbytes(16), _encodable(message_of(chance))).encode(), chance)
    return envelope(encrypted.decode("utf-8", "ignore"))


def _blocks_spoiled(_mode: Mode, chance: random.Random) -> Request:
    """What is encrypted has lengths, app ids and padding that no encoder writes."""
    message = _encodable(message_of(chance)).encode()
    length = chance.choice([len(message), 0, 1, len(message) + 1, 2**31, 2**32 - 1])
    app_id = chance.choice([ACCOUNT.app_id, "", "wx", f"{ACCOUNT.app_id}\0"]).encode()
    plain = b"r" * 16 + length.to_bytes(4, "big") + message + app_id
    padding = chance.choice([32 - len(plain) % 32, 16 - len(plain) % 16, 0, 255])
    plain += bytes([padding]) * (32 - len(plain) % 32)
    return envelope(encrypt_blocks(plain if chance.random() < 0.7 else chance.randbytes(16 * chance.randrange(9))))


def _random_bytes(mode: Mode, chance: random.Random) -> Request:
    return request_of(mode, "", prefix=chance.randbytes(16))[0], chance.randbytes(chance.randrange(600))


def _of_another_mode(mode: Mode, chance: random.Random) -> Request:
    return _fields_spoiled(chance.choice([other for other in Mode if other is not mode]), chance)


LAYERS: tuple[Callable[[Mode, random.Random], Request], ...] = (
    _inner_spoiled,
    _fields_spoiled,
    _outer_spoiled,
    _query_spoiled,
    _cipher_spoiled,
    _blocks_spoiled,
    _random_bytes,
    _of_another_mode,
)

# ----------------------------------------------------------------------------------------------------------- the check


@dataclass(frozen=True)
class _Door:
    """One account's door. With a memory nearly all is refused in 明文 mode, so it is there only now and then."""

    account: WechatAccount
    memory: SignatureMemory | None

    def outcome(self, query: Query, body: bytes) -> str:
        """Return "opened" or the reason; every other exception is a fault of ours and leaves as it is."""
        try:
            push = open_push(self.account, query, body, now=NOW, memory=self.memory)
        except Refused as refused:
            return refused.reason.value
        check_bounds(push)
        check_reply(self.account, push)
        return "opened"

    def echo_outcome(self, query: Query) -> str:
        """Return "echoed" or the reason, for the same query string."""
        try:
            echo = verify_echo(self.account, query, now=NOW)
        except Refused as refused:
            return f"echo {refused.reason.value}"
        assert re.fullmatch(r"[0-9A-Za-z_-]{1,64}", echo)
        return "echoed"


def echo_query(query: Query, body: bytes, chance: random.Random) -> Query:
    """The same query string as if it tried the door: with an echo, or with the ciphertext that it was signed for."""
    ciphertext = re.search(rb"<Encrypt><!\[CDATA\[(.*?)\]\]>", body, re.DOTALL)
    if ciphertext is not None and chance.random() < 0.7:
        return query | {"echostr": ciphertext[1].decode("utf-8", "replace")}
    encrypted = encrypted_behind(chance.randbytes(16), "5894412749035375647")
    signed = {"echostr": encrypted, "msg_signature": sign(ACCOUNT.token, str(NOW), "nonce123", encrypted)}
    in_the_clear = {name: value for name, value in query.items() if name != "msg_signature"} | {"echostr": "589441"}
    return chance.choice([query, query | signed, in_the_clear, query | {"echostr": chance.choice(_VALUES)}])


def check_bounds(push: Push) -> None:
    """Whatever was pushed, a Push holds what its docstring promises, and its repr nothing of it."""
    assert (push.message_id is None) == (push.kind is PushKind.EVENT) == bool(push.event)
    assert 0 <= (push.message_id or 0) < 10**20
    assert 0 <= push.created < 10**10
    assert len(push.content) <= MAX_CONTENT_CHARACTERS
    assert len(push.recognition) <= MAX_CONTENT_CHARACTERS
    assert len(push.label) <= MAX_LABEL_CHARACTERS
    assert len(push.event_key.encode()) <= MAX_KEY_BYTES
    assert push.event_key.endswith(push.scene)
    assert bool(push.media_id) == (push.kind in (PushKind.IMAGE, PushKind.VOICE))
    belongs = {"content": PushKind.TEXT, "recognition": PushKind.VOICE, "label": PushKind.LOCATION}
    assert all(not getattr(push, name) for name, kind in belongs.items() if push.kind is not kind)
    assert not (push.event == "location" and push.event_key)


def check_reply(account: WechatAccount, push: Push) -> None:
    """What came in can be answered with its own words, and the answer is read as flat XML to the same person."""
    replies = [seal_reply(account, push, push.content[:600], now=NOW)]
    if push.kind is not PushKind.EVENT:
        replies.append(seal_handoff(account, push, now=NOW))
    for reply in replies:
        if reply != SUCCESS:
            assert read_fields(opened_reply(account, push, reply).encode())["ToUserName"] == [push.from_user]


def opened_reply(account: WechatAccount, push: Push, reply: str) -> str:
    """Return the plaintext of a reply."""
    if account.mode is Mode.PLAIN:
        return reply
    key = account.previous_aes_key if push.previous_key else account.aes_key
    return codec_of(str(key), account.app_id).open(str(read_fields(reply.encode())["Encrypt"][0]))


def fuzz_door(seed: int, count: int) -> Counter[str]:
    """Send `count` hostile requests to the door, over all modes, and count what became of them.

    Keys are a mode and "opened", "echoed" or the reason of a refusal. Raises AssertionError with the number of the
    first input at which anything but a Refused left the door; the same seed makes the same inputs.
    """
    outcomes: Counter[str] = Counter()
    memories = {mode: SignatureMemory(600) for mode in Mode}
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        mode, layer = chance.choice(list(Mode)), chance.choice(LAYERS)
        door = _Door(ACCOUNTS[mode], memories[mode] if chance.random() < 0.1 else None)
        query, body = layer(mode, chance)
        try:
            outcomes[f"{mode} {door.outcome(query, body)}"] += 1
            if chance.random() < 0.2:
                outcomes[f"{mode} {door.echo_outcome(echo_query(query, body, chance))}"] += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}, input {number}: {layer.__name__} in {mode}") from error
    return outcomes
