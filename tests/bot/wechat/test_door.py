"""The door of the WeChat callback: what comes in is a Push or a Refused with its reason, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from bot.wechat import door
from bot.wechat.door import MAX_BODY_BYTES, WINDOW_SECONDS, Push, PushKind, Reason, Refused, open_push
from bot.wechat.xml import Flaw, Unreadable, read_fields
from tests.bot.wechat.platform import ACCOUNT, NOW, OLD_KEY, Query, encrypt_blocks, envelope, opened, sealed


def text_xml(content: str = "住满半年能办吗", **changed: str) -> str:
    fields = {
        "ToUserName": "<![CDATA[gh_us]]>",
        "FromUserName": "<![CDATA[o-user]]>",
        "CreateTime": str(NOW),
        "MsgType": "<![CDATA[text]]>",
        "Content": f"<![CDATA[{content}]]>",
        "MsgId": "23456789012345678",
    } | changed
    return "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value != "-") + "</xml>"


# ---------------------------------------------------------------------------------------------- what comes in well


def test_a_text_message_is_converted_once_into_a_frozen_push() -> None:
    assert opened(text_xml()) == Push(
        message_id=23456789012345678,
        to_user="gh_us",
        from_user="o-user",
        created=NOW,
        kind=PushKind.TEXT,
        type_name="text",
        content="住满半年能办吗",
        event="",
        event_key="",
        previous_key=False,
    )


def test_an_event_has_no_message_id_but_its_name_in_lower_case_and_its_key() -> None:
    push = opened(text_xml(MsgType="event", Event="SCAN", EventKey="<![CDATA[station_7]]>", MsgId="-", Content="-"))
    assert (push.kind, push.event, push.event_key, push.message_id) == (PushKind.EVENT, "scan", "station_7", None)


@pytest.mark.parametrize("type_name", ["video", "shortvideo", "link", "a_type_of_next_year"])
def test_every_other_type_is_other_and_keeps_its_name(type_name: str) -> None:
    push = opened(text_xml(MsgType=type_name, Content="-", PicUrl="<![CDATA[http://x/y]]>"))
    assert (push.kind, push.type_name, push.content) == (PushKind.OTHER, type_name, "")


@pytest.mark.parametrize(
    "content",
    ["", "<!DOCTYPE html>", "<xml><Encrypt>1</Encrypt></xml>", "a & b", "🏠𠮷", "a]]]]><![CDATA[>b"],
)
def test_what_a_user_may_type_is_taken_whatever_it_looks_like(content: str) -> None:
    assert opened(text_xml(content)).content == content.replace("]]]]><![CDATA[>", "]]>")


def test_a_missing_content_is_an_empty_text_and_a_long_one_is_cut() -> None:
    assert opened(text_xml(Content="-")).content == ""
    assert opened(text_xml("长" * 9000)).content == "长" * 2000


def test_nested_fields_of_an_event_do_no_harm() -> None:
    scan = "<ScanType>qrcode</ScanType><ScanResult>1</ScanResult>"
    assert opened(text_xml(MsgType="event", Event="scancode_push", ScanCodeInfo=scan)).event == "scancode_push"


def test_the_repr_of_a_push_shows_neither_the_person_nor_their_words() -> None:
    shown = repr(opened(text_xml()))
    assert "o-user" not in shown
    assert "住满半年" not in shown


@pytest.mark.parametrize("drift", [-WINDOW_SECONDS, 0, WINDOW_SECONDS])
def test_a_clock_that_is_off_by_the_whole_window_is_still_accepted(drift: int) -> None:
    query, body = sealed(text_xml())
    assert open_push(ACCOUNT, query, body, now=NOW + drift).content


# ------------------------------------------------------------------------------------------- what is refused and why


def query_with(**changed: str | None) -> tuple[Query, bytes]:
    query, body = sealed(text_xml())
    query.update({name: value for name, value in changed.items() if value is not None})
    for name in [name for name, value in changed.items() if value is None]:
        del query[name]
    return query, body


def body_is(body: bytes) -> tuple[Query, bytes]:
    return sealed(text_xml())[0], body


def body_with(old: bytes, new: bytes) -> tuple[Query, bytes]:
    query, body = sealed(text_xml())
    assert old in body
    return query, body.replace(old, new, 1)


def tampered_cipher() -> tuple[Query, bytes]:
    query, body = sealed(text_xml())
    at = body.index(b"<Encrypt><![CDATA[") + 100
    return query, body[:at] + (b"A" if body[at : at + 1] != b"A" else b"B") + body[at + 1 :]


def shifted_digit() -> tuple[Query, bytes]:
    """The signature is right: the digit only moved from the timestamp to the nonce."""
    query, body = sealed(text_xml())
    return query | {"timestamp": query["timestamp"][:-1], "nonce": query["timestamp"][-1] + query["nonce"]}, body


OTHER_DIGITS = {ord("0") + digit: 0x0660 + digit for digit in range(10)}  # int() reads them, the platform sends none
BILLION_LAUGHS = (
    b'<!DOCTYPE xml [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;">' % (98 + n, 97 + n, 97 + n) for n in range(20))
    + b"]><xml><Encrypt>&u;</Encrypt></xml>"
)

HOSTILE: list[tuple[str, Callable[[], tuple[Query, bytes]], Reason]] = [
    ("a body over 64 KiB", lambda: body_is(b"<xml>" + b" " * MAX_BODY_BYTES), Reason.BODY_TOO_LARGE),
    ("ten megabytes of elements", lambda: body_is(b"<xml>" + b"<a></a>" * 1_500_000), Reason.BODY_TOO_LARGE),
    ("plaintext mode", lambda: query_with(encrypt_type=None), Reason.NOT_AES),
    ("encrypt_type raw", lambda: query_with(encrypt_type="raw"), Reason.NOT_AES),
    ("no timestamp", lambda: query_with(timestamp=None), Reason.TIMESTAMP),
    ("a timestamp of eleven digits", lambda: query_with(timestamp=f"{NOW}2"), Reason.TIMESTAMP),
    ("a timestamp in other digits", lambda: query_with(timestamp=str(NOW).translate(OTHER_DIGITS)), Reason.TIMESTAMP),
    ("a signed timestamp", lambda: query_with(timestamp="-170000000"), Reason.TIMESTAMP),
    ("a timestamp with a line end", lambda: query_with(timestamp=f"{NOW}\n"), Reason.TIMESTAMP),
    ("a digit moved to the nonce", shifted_digit, Reason.TIMESTAMP),
    ("no nonce", lambda: query_with(nonce=None), Reason.NONCE),
    ("an empty nonce", lambda: query_with(nonce=""), Reason.NONCE),
    ("a nonce with a lone surrogate", lambda: query_with(nonce="a\ud800"), Reason.NONCE),
    ("an endless nonce", lambda: query_with(nonce="1" * 5000), Reason.NONCE),
    ("no msg_signature", lambda: query_with(msg_signature=None), Reason.MSG_SIGNATURE),
    ("a short msg_signature", lambda: query_with(msg_signature="a" * 39), Reason.MSG_SIGNATURE),
    ("a msg_signature not in hexadecimal", lambda: query_with(msg_signature="é" * 40), Reason.MSG_SIGNATURE),
    ("a stamp too old", lambda: query_with(timestamp=str(NOW - WINDOW_SECONDS - 1)), Reason.CLOCK),
    ("a stamp from the future", lambda: query_with(timestamp=str(NOW + WINDOW_SECONDS + 1)), Reason.CLOCK),
    ("a DOCTYPE", lambda: body_is(b"<!DOCTYPE xml><xml></xml>"), Reason.OUTER_DOCTYPE),
    ("a billion laughs", lambda: body_is(BILLION_LAUGHS), Reason.OUTER_DOCTYPE),
    ("a DOCTYPE after a declaration", lambda: body_is(b'<?xml version="1.0"?> <!doctype a>'), Reason.OUTER_DOCTYPE),
    ("a DOCTYPE behind a comment", lambda: body_is(b"<!-- --><!DOCTYPE xml><xml></xml>"), Reason.OUTER_XML),
    ("a DOCTYPE inside the root", lambda: body_is(b"<xml><!DOCTYPE xml></xml>"), Reason.OUTER_XML),
    ("a body in UTF-16", lambda: body_is("<xml></xml>".encode("utf-16")), Reason.OUTER_XML),
    ("nine levels", lambda: body_with(b"</xml>", b"<a>" * 8 + b"</a>" * 8 + b"</xml>"), Reason.OUTER_BOUNDS),
    ("twenty thousand levels", lambda: body_is(b"<xml>" + b"<a>" * 20_000), Reason.OUTER_BOUNDS),
    ("nine thousand elements", lambda: body_is(b"<xml>" + b"<a></a>" * 9000 + b"</xml>"), Reason.OUTER_BOUNDS),
    ("an empty body", lambda: body_is(b""), Reason.OUTER_XML),
    ("JSON", lambda: body_is(b'{"Encrypt": "x"}'), Reason.OUTER_XML),
    ("bytes that are not UTF-8", lambda: body_is(b"<xml><Encrypt>\xff\xfe</Encrypt></xml>"), Reason.OUTER_XML),
    ("another root", lambda: body_is(b"<root><Encrypt>AAAA</Encrypt></root>"), Reason.OUTER_XML),
    ("two roots", lambda: body_is(b"<xml></xml><xml></xml>"), Reason.OUTER_XML),
    ("an undefined entity", lambda: body_is(b"<xml><Encrypt>&a;</Encrypt></xml>"), Reason.OUTER_XML),
    ("an attribute", lambda: body_with(b"<Encrypt>", b'<Encrypt a="1">'), Reason.OUTER_XML),
    ("no Encrypt", lambda: body_is(b"<xml><Content>1</Content></xml>"), Reason.ENCRYPT_FIELD),
    ("two Encrypt", lambda: body_with(b"</xml>", b"<Encrypt>AAAA</Encrypt></xml>"), Reason.ENCRYPT_FIELD),
    ("an Encrypt with children", lambda: body_is(b"<xml><Encrypt><a/>AAAA</Encrypt></xml>"), Reason.ENCRYPT_FIELD),
    ("an Encrypt further down", lambda: body_is(b"<xml><a><Encrypt>AAAA</Encrypt></a></xml>"), Reason.ENCRYPT_FIELD),
    ("an empty Encrypt", lambda: body_is(b"<xml><Encrypt/></xml>"), Reason.ENCRYPT_FIELD),
    ("an Encrypt that is not base64", lambda: body_is(b"<xml><Encrypt>~</Encrypt></xml>"), Reason.ENCRYPT_FIELD),
    ("a forged signature", lambda: query_with(msg_signature="0" * 40), Reason.WRONG_SIGNATURE),
    ("another nonce", lambda: query_with(nonce="other"), Reason.WRONG_SIGNATURE),
    ("a changed ciphertext", tampered_cipher, Reason.WRONG_SIGNATURE),
    (
        "words in the clear beside the ciphertext",
        lambda: body_with(b"</xml>", b"<MsgType>text</MsgType><Content>1</Content></xml>"),
        Reason.PLAIN_BESIDE,
    ),
    (
        "a person in the clear beside the ciphertext",
        lambda: body_with(b"</xml>", b"<FromUserName>o-user</FromUserName></xml>"),
        Reason.PLAIN_BESIDE,
    ),
    ("base64 of impossible length", lambda: envelope("AAAAA"), Reason.DECRYPTION),
    ("half a block", lambda: envelope("AAAA"), Reason.DECRYPTION),
    ("blocks of another key", lambda: sealed(text_xml(), key=OLD_KEY), Reason.DECRYPTION),
    ("padding of zero", lambda: envelope(encrypt_blocks(bytes(64))), Reason.DECRYPTION),
    (
        "a length field of four gigabytes",
        lambda: envelope(encrypt_blocks(b"r" * 16 + b"\xff" * 4 + b"\x0c" * 12)),
        Reason.APP_ID,
    ),
    ("another account's app id", lambda: sealed(text_xml(), app_id="wxffffffffffffffff"), Reason.APP_ID),
    ("no app id", lambda: envelope(encrypt_blocks(b"r" * 16 + b"\0\0\0\4<xml" + b"\x08" * 8)), Reason.APP_ID),
    ("an empty message", lambda: sealed(""), Reason.INNER_XML),
    ("a message in JSON", lambda: sealed('{"MsgType": "text"}'), Reason.INNER_XML),
    ("a message with a DOCTYPE", lambda: sealed("<!DOCTYPE xml>" + text_xml()), Reason.INNER_DOCTYPE),
    ("a message ten thousand levels deep", lambda: sealed("<xml>" + "<a>" * 10_000), Reason.INNER_BOUNDS),
    ("a control character", lambda: sealed(text_xml("\x00")), Reason.INNER_XML),
    ("an unclosed message", lambda: sealed("<xml><MsgType>text</MsgType>"), Reason.INNER_XML),
    ("an attribute on Content", lambda: sealed(text_xml().replace("<Content>", '<Content a="1">')), Reason.INNER_XML),
    ("a message without fields", lambda: sealed("<xml></xml>"), Reason.INNER_FIELD),
    ("two Content", lambda: sealed(text_xml(Content="1</Content><Content>2")), Reason.INNER_FIELD),
    ("a Content with children", lambda: sealed(text_xml(Content="<b>1</b>")), Reason.INNER_FIELD),
    ("no MsgType", lambda: sealed(text_xml(MsgType="-")), Reason.INNER_FIELD),
    ("a MsgType of words", lambda: sealed(text_xml(MsgType="o-user says")), Reason.INNER_FIELD),
    ("no MsgId", lambda: sealed(text_xml(MsgId="-")), Reason.INNER_FIELD),
    ("a MsgId of letters", lambda: sealed(text_xml(MsgId="abc")), Reason.INNER_FIELD),
    ("a MsgId of five thousand digits", lambda: sealed(text_xml(MsgId="1" * 5000)), Reason.INNER_FIELD),
    ("a MsgId in other digits", lambda: sealed(text_xml(MsgId="12".translate(OTHER_DIGITS))), Reason.INNER_FIELD),
    ("a huge CreateTime", lambda: sealed(text_xml(CreateTime="9" * 400)), Reason.INNER_FIELD),
    ("no sender", lambda: sealed(text_xml(FromUserName="")), Reason.INNER_FIELD),
    ("a sender with markup", lambda: sealed(text_xml(FromUserName="]]&gt;&lt;a&gt;")), Reason.INNER_FIELD),
    ("an event without a name", lambda: sealed(text_xml(MsgType="event")), Reason.INNER_FIELD),
]


@pytest.mark.parametrize(("make", "reason"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_a_hostile_request_is_refused_for_its_reason(make: Callable[[], tuple[Query, bytes]], reason: Reason) -> None:
    query, body = make()
    with pytest.raises(Refused) as refused:
        open_push(ACCOUNT, query, body, now=NOW)
    assert refused.value.reason is reason


def test_every_reason_of_a_message_has_its_hostile_example() -> None:
    elsewhere = {Reason.BODY_COMPRESSED, Reason.BODY_SLOW, Reason.BODY_BROKEN, Reason.ECHO}
    elsewhere |= {Reason.NOT_PLAIN, Reason.REPLAYED}  # of other modes, and of a second request
    assert {reason for _, _, reason in HOSTILE} == set(Reason) - elsewhere


def test_nothing_is_decrypted_before_the_signature_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def alarm(_aes_key: str, _app_id: str) -> None:
        raise AssertionError("decrypted")

    query, body = query_with(msg_signature="0" * 40)
    monkeypatch.setattr(door, "codec_of", alarm)
    with pytest.raises(Refused, match="wrong_signature"):
        open_push(ACCOUNT, query, body, now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"<xml>" + b"<a></a>" * 1_500_000,
        b"<xml>" + b"<a>" * 100_000,
        b"<xml>" + b"<a></a>" * 9000,
        b"<xml>" + b"<a>" * 20_000,
        b"<xml>" + b"<![CDATA[" * 7000,
        b" " * 60_000,
        b"<?xml " + b" " * 60_000,
    ],
)
def test_refusing_costs_less_than_five_milliseconds_however_it_is_built(body: bytes) -> None:
    query, _ = sealed(text_xml())
    costs = []
    for _ in range(5):
        start = time.process_time()
        with pytest.raises(Refused):
            open_push(ACCOUNT, query, body, now=NOW)
        costs.append(time.process_time() - start)
    assert min(costs) < 0.005


def test_a_document_of_a_hundred_thousand_levels_is_left_at_the_ninth() -> None:
    start = time.process_time()
    with pytest.raises(Unreadable) as unreadable:
        read_fields(b"<xml>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</xml>")
    assert unreadable.value.flaw is Flaw.BOUNDS
    assert time.process_time() - start < 0.1
