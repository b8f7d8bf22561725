"""The three modes of an account: each takes its own requests and answers in kind, and none falls back to another."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from bot.accounts import Mode, SettingsError, WechatAccount, read_accounts
from bot.wechat.door import (
    MAX_BODY_BYTES,
    WRONG_KEY_REASONS,
    Article,
    Reason,
    Refused,
    SignatureMemory,
    check_query,
    open_push,
    seal_article,
    seal_handoff,
    seal_reply,
)
from bot.wechat.push import PushKind
from bot.wechat.xml import read_fields
from tests.bot.wechat.fuzzing import Request, plain_request, request_of, safe_request, with_beside
from tests.bot.wechat.platform import ACCOUNT, NOW, OLD_KEY, Query, envelope, message, read, sealed, sign, text

SAFE, COMPATIBLE, PLAIN = (replace(ACCOUNT, mode=mode) for mode in (Mode.SAFE, Mode.COMPATIBLE, Mode.PLAIN))


def reason_of(account: WechatAccount, request: Request, memory: SignatureMemory | None = None) -> Reason:
    with pytest.raises(Refused) as refused:
        open_push(account, *request, now=NOW, memory=memory)
    return refused.value.reason


# ---------------------------------------------------------------------------------------------- each mode takes its own


@pytest.mark.parametrize("account", [SAFE, COMPATIBLE, PLAIN], ids=str)
def test_a_request_of_the_accounts_mode_is_taken(account: WechatAccount) -> None:
    assert open_push(account, *request_of(account.mode, text("办证")), now=NOW).content == "办证"


def test_a_compatible_account_takes_a_request_of_safe_mode_so_that_an_operator_can_change_over() -> None:
    assert open_push(COMPATIBLE, *safe_request(text("办证")), now=NOW).content == "办证"


@pytest.mark.parametrize(
    ("account", "request_mode", "reason"),
    [
        (SAFE, Mode.PLAIN, Reason.NOT_AES),
        (SAFE, Mode.COMPATIBLE, Reason.PLAIN_BESIDE),
        (COMPATIBLE, Mode.PLAIN, Reason.NOT_AES),
        (PLAIN, Mode.SAFE, Reason.NOT_PLAIN),
        (PLAIN, Mode.COMPATIBLE, Reason.NOT_PLAIN),
    ],
)
def test_a_request_of_another_mode_is_refused_and_never_taken_in_that_mode(
    account: WechatAccount, request_mode: Mode, reason: Reason
) -> None:
    assert reason_of(account, request_of(request_mode, text())) is reason


def test_a_plain_body_behind_an_encrypted_query_string_is_not_read_in_plain() -> None:
    query, _ = safe_request(text())
    body = text("假的").encode()
    assert reason_of(SAFE, (query, body)) is reason_of(COMPATIBLE, (query, body)) is Reason.ENCRYPT_FIELD
    without_type = {name: value for name, value in query.items() if name != "encrypt_type"}
    assert reason_of(SAFE, (without_type, body)) is reason_of(COMPATIBLE, (without_type, body)) is Reason.NOT_AES


def test_the_query_can_be_checked_for_the_mode_before_there_is_a_body() -> None:
    plain, encrypted = plain_request(text())[0], safe_request(text())[0]
    assert check_query(plain, now=NOW, mode=Mode.PLAIN).signature == plain["signature"]
    with pytest.raises(FrozenInstanceError):
        check_query(plain, now=NOW, mode=Mode.PLAIN).nonce = "other"  # type: ignore[misc]
    assert check_query(encrypted, now=NOW, mode=Mode.COMPATIBLE).signature == encrypted["msg_signature"]
    with pytest.raises(Refused, match="not_aes"):
        check_query(plain, now=NOW)
    with pytest.raises(Refused, match="not_plain"):
        check_query(encrypted, now=NOW, mode=Mode.PLAIN)


# -------------------------------------------------------------------------------------------------------- 兼容: beside


def test_what_stands_beside_the_ciphertext_is_never_read_however_it_lies() -> None:
    for beside in (
        message("event", Event="unsubscribe", user="o-lie").removeprefix("<xml>").removesuffix("</xml>"),
        "<FromUserName><a/></FromUserName><MsgType/><MsgType/>",
        f"<MsgType>text</MsgType><MsgId>{'9' * 5000}</MsgId><Content>谎话</Content>",
    ):
        push = open_push(COMPATIBLE, *with_beside(safe_request(text("真话")), beside), now=NOW)
        assert (push.kind, push.from_user, push.content, push.message_id) == (PushKind.TEXT, "o-user", "真话", 1)


def test_compatible_mode_asks_for_the_signature_that_covers_the_body() -> None:
    query, body = with_beside(safe_request(text()))
    query["msg_signature"] = query["signature"]  # right for the time and the nonce
    assert reason_of(COMPATIBLE, (query, body)) is Reason.WRONG_SIGNATURE
    del query["msg_signature"]
    assert reason_of(COMPATIBLE, (query, body)) is Reason.MSG_SIGNATURE


# --------------------------------------------------------------------------------------------------------- 明文: plain


def changed(name: str, value: str | None) -> Request:
    query, body = plain_request(text())
    query = {key: old for key, old in query.items() if key != name}
    return (query if value is None else query | {name: value}), body


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (changed("signature", "0" * 40), Reason.WRONG_SIGNATURE),
        (changed("signature", None), Reason.MSG_SIGNATURE),
        (changed("nonce", "other"), Reason.WRONG_SIGNATURE),
        (changed("nonce", ""), Reason.NONCE),
        (changed("timestamp", str(NOW - 301)), Reason.CLOCK),
        (changed("timestamp", f"{NOW}1"), Reason.TIMESTAMP),
        (changed("encrypt_type", "aes"), Reason.NOT_PLAIN),
        (changed("encrypt_type", ""), Reason.NOT_PLAIN),
        (plain_request("<!DOCTYPE xml>" + text()), Reason.INNER_DOCTYPE),
        (plain_request("<xml>" + "<a>" * 9), Reason.INNER_BOUNDS),
        (plain_request(""), Reason.INNER_XML),
        (plain_request(b"<xml>\xff</xml>"), Reason.INNER_XML),
        (plain_request(b"<xml>" + b" " * 65536 + b"</xml>"), Reason.BODY_TOO_LARGE),
        (plain_request("<xml></xml>"), Reason.INNER_FIELD),
        (plain_request(safe_request(text())[1]), Reason.INNER_FIELD),
    ],
)
def test_a_hostile_plain_request_is_refused_for_its_reason(request_: Request, reason: Reason) -> None:
    assert reason_of(PLAIN, request_) is reason


def test_a_plain_message_was_opened_with_no_key_and_least_of_all_the_previous_one() -> None:
    assert not open_push(PLAIN, *plain_request(text()), now=NOW).previous_key


def test_a_body_may_have_64_kib_and_not_one_byte_more() -> None:
    query, body = plain_request(text())
    full = body + b" " * (MAX_BODY_BYTES - len(body))
    assert open_push(PLAIN, query, full, now=NOW).content == "要带什么"
    assert reason_of(PLAIN, (query, full + b" ")) is Reason.BODY_TOO_LARGE


def test_the_platform_may_say_that_a_plain_request_is_raw() -> None:
    assert open_push(PLAIN, *changed("encrypt_type", "raw"), now=NOW).content == "要带什么"


def test_a_wrong_signature_is_noticed_before_the_body_is_read() -> None:
    query, _ = changed("signature", "0" * 40)
    assert reason_of(PLAIN, (query, b"no XML at all")) is Reason.WRONG_SIGNATURE


# -------------------------------------------------------------------------------------------------------------- memory


def test_a_captured_plain_query_string_takes_no_second_body_and_the_first_one_again() -> None:
    memory, (query, body) = SignatureMemory(600), plain_request(text("真话"))
    for _ in range(2):
        assert open_push(PLAIN, query, body, now=NOW, memory=memory).content == "真话"
    assert reason_of(PLAIN, (query, text("谎话").encode()), memory) is Reason.REPLAYED
    swapped = query | {"timestamp": str(NOW + 1), "nonce": str(NOW)}  # the same signature, the fields changed about
    signed = plain_request(text("真话"), nonce=str(NOW + 1))
    assert open_push(PLAIN, *signed, now=NOW, memory=memory).content == "真话"
    swapped["signature"] = signed[0]["signature"]
    assert reason_of(PLAIN, (swapped, text("谎话").encode()), memory) is Reason.REPLAYED


def test_without_a_memory_a_plain_query_string_carries_any_body() -> None:
    # Not what anyone should want: it is why the docstring asks for a memory, and an operator for 安全 mode.
    query, _ = plain_request(text("真话"))
    assert open_push(PLAIN, query, text("谎话").encode(), now=NOW).content == "谎话"


@pytest.mark.parametrize("account", [SAFE, COMPATIBLE, PLAIN], ids=str)
def test_the_platforms_second_push_is_let_through_whether_its_signature_is_new_or_not(account: WechatAccount) -> None:
    memory = SignatureMemory(600)
    for nonce in ("first", "first", "second"):
        request = request_of(account.mode, text("一句"), nonce=nonce)
        assert open_push(account, *request, now=NOW, memory=memory).content == "一句"
        assert open_push(account, *request, now=NOW, memory=memory).content == "一句"
    assert len(memory) == (2 if account is PLAIN else 3)  # a ciphertext made anew is signed anew


def test_a_piece_of_the_ciphertext_moved_into_the_nonce_keeps_its_signature_and_is_refused_all_the_same() -> None:
    # The signature joins its sorted parts: between two neighbours nothing says where one ends. With a token that sorts
    # before everything else the ciphertext and the nonce are neighbours, and every second end sorts behind its start.
    account, memory = replace(SAFE, token="0" * 16), SignatureMemory(600)
    for _ in range(1000):
        query, body = safe_request(text("真话"), nonce="zz")
        encrypted = str(read_fields(body)["Encrypt"][0])
        query = query | {"msg_signature": sign(account.token, str(NOW), "zz", encrypted)}
        shorter, nonce = encrypted[:-64], encrypted[-64:] + "zz"
        if sign(account.token, str(NOW), nonce, shorter) == query["msg_signature"]:
            break
    else:
        pytest.fail("no ciphertext whose end sorts behind its start was made")
    assert open_push(account, query, body, now=NOW, memory=memory).content == "真话"
    moved: Query = query | {"nonce": nonce}
    cut = envelope(shorter)[1]
    with pytest.raises(Refused) as refused:  # the signature alone lets it in as far as the key
        open_push(account, moved, cut, now=NOW)
    assert refused.value.reason in WRONG_KEY_REASONS
    with pytest.raises(Refused) as refused:
        open_push(account, moved, cut, now=NOW, memory=memory)
    assert refused.value.reason is Reason.REPLAYED


def test_what_has_a_wrong_signature_is_not_remembered() -> None:
    memory = SignatureMemory(600)
    for account, request in ((PLAIN, changed("nonce", "x")), (SAFE, (safe_request(text())[0], sealed(text("y"))[1]))):
        assert reason_of(account, request, memory) is Reason.WRONG_SIGNATURE
    assert len(memory) == 0


# ------------------------------------------------------------------------------------------------------------- replies


@pytest.mark.parametrize("account", [SAFE, COMPATIBLE], ids=str)
def test_the_reply_to_an_encrypted_request_is_encrypted(account: WechatAccount) -> None:
    push = open_push(account, *request_of(account.mode, text()), now=NOW)
    reply = seal_reply(account, push, "可以办", now=NOW)
    assert set(read_fields(reply.encode())) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
    assert read(reply)["Content"] == "可以办"


def test_the_reply_to_a_plain_request_is_plain_xml_and_byte_for_byte_the_same_each_time() -> None:
    push = open_push(PLAIN, *plain_request(text()), now=NOW)
    replies = {seal_reply(PLAIN, push, "可以办]]><a>", now=NOW + later) for later in (0, 9)}
    assert [read_fields(reply.encode()) for reply in replies] == [
        {
            "ToUserName": ["o-user"],
            "FromUserName": ["gh_us"],
            "CreateTime": [str(NOW)],
            "MsgType": ["text"],
            "Content": ["可以办]] <a>"],
        }
    ]
    article = seal_article(PLAIN, push, Article("标题", "摘要", "https://jzz.example/a"), NOW)
    assert read_fields(article.encode())["MsgType"] == ["news"]
    assert read_fields(seal_handoff(PLAIN, push, NOW).encode())["MsgType"] == ["transfer_customer_service"]
    assert seal_reply(PLAIN, push, " ", now=NOW) == "success"


# ------------------------------------------------------------------------------------------------------ key and setting


def test_a_right_signature_that_no_key_opens_is_a_wrong_key_and_nothing_else_is() -> None:
    assert {Reason.DECRYPTION, Reason.APP_ID} == WRONG_KEY_REASONS
    for account in (SAFE, COMPATIBLE):
        assert reason_of(replace(account, aes_key=OLD_KEY), safe_request(text())) in WRONG_KEY_REASONS
        assert reason_of(replace(account, app_id="wxother"), safe_request(text())) in WRONG_KEY_REASONS
        assert reason_of(replace(account, token="other"), safe_request(text())) not in WRONG_KEY_REASONS


def accounts_file(folder: Path, mode: str) -> tuple[WechatAccount, ...]:
    path = folder / "accounts.toml"
    lines = [f"[main]\napp_id = '{ACCOUNT.app_id}'\ntoken = 't'\naes_key = '{ACCOUNT.aes_key}'\n", mode]
    path.write_text("".join(lines), encoding="utf-8")
    return read_accounts("JUZHUZHENG_WECHAT_ACCOUNTS", path)


@pytest.mark.parametrize(
    ("line", "mode"),
    [
        ("", Mode.SAFE),
        ("mode = 'safe'", Mode.SAFE),
        ("mode = 'compatible'", Mode.COMPATIBLE),
        ("mode = 'plain'", Mode.PLAIN),
    ],
)
def test_the_mode_is_the_operators_choice_and_safe_when_nothing_is_said(tmp_path: Path, line: str, mode: Mode) -> None:
    assert [account.mode for account in accounts_file(tmp_path, line)] == [mode]
    assert type(accounts_file(tmp_path, line)[0].mode) is Mode


@pytest.mark.parametrize("line", ["mode = 'aes'", "mode = ''", "mode = 'SAFE'", "mode = '安全'", "mode = 1"])
def test_another_word_for_the_mode_is_refused_with_the_words_there_are(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsError, match=r"accounts\.toml \[main\]：「mode」.*safe、compatible、plain"):
        accounts_file(tmp_path, line)
