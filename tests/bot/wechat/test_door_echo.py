"""What an account must have before its door is opened, and the echo by which the platform tries the door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.accounts import Mode, SettingsError
from bot.wechat.door import Reason, Refused, check_account, open_push, verify_echo
from bot.wechat.xml import read_fields
from tests.bot.wechat.platform import ACCOUNT, CHANGED, KEY, NOW, Query, encrypt, envelope, sealed, text


def test_another_accounts_app_id_is_refused_under_the_previous_key_too() -> None:
    query, body = sealed(text(), key=KEY, app_id=ACCOUNT.app_id)
    with pytest.raises(Refused, match="app_id"):
        open_push(CHANGED, query, body, now=NOW)


@pytest.mark.parametrize(
    "broken", [{"token": ""}, {"app_id": ""}, {"aes_key": "short"}, {"aes_key": "!" * 43}, {"previous_aes_key": ""}]
)
def test_an_account_whose_keys_leave_the_door_open_is_refused_at_the_start(broken: dict[str, str]) -> None:
    check_account(ACCOUNT)
    with pytest.raises(SettingsError, match="jzz"):
        check_account(replace(ACCOUNT, **broken))


def echo_query(echo: str = "5894412749035375647") -> Query:
    encrypted = encrypt(echo)
    return envelope(encrypted)[0] | {"echostr": encrypted}


def test_an_encrypted_echo_is_given_back_in_the_clear() -> None:
    assert verify_echo(ACCOUNT, echo_query(), now=NOW) == "5894412749035375647"


def test_an_echo_whose_plus_signs_became_spaces_is_read_all_the_same() -> None:
    queries = (echo_query() for _ in range(100))
    query = next(query for query in queries if "+" in query["echostr"])
    assert verify_echo(ACCOUNT, query | {"echostr": query["echostr"].replace("+", " ")}, now=NOW)


def test_a_console_that_sends_the_echo_in_the_clear_gets_it_back() -> None:
    query, _ = envelope("")
    del query["msg_signature"]
    assert verify_echo(ACCOUNT, query | {"echostr": "5894412749035375647"}, now=NOW) == "5894412749035375647"
    with pytest.raises(Refused, match="echo"):
        verify_echo(ACCOUNT, query | {"echostr": "<script>alert(1)</script>"}, now=NOW)
    with pytest.raises(Refused, match="wrong_signature"):
        verify_echo(ACCOUNT, query | {"echostr": "1", "signature": "0" * 40}, now=NOW)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"echostr": ""}, Reason.ECHO),
        ({"echostr": "<b>"}, Reason.ECHO),
        ({"echostr": "A" * 5000}, Reason.ECHO),
        ({"echostr": "AAAA"}, Reason.WRONG_SIGNATURE),
        ({"msg_signature": ""}, Reason.MSG_SIGNATURE),
        ({"msg_signature": "0" * 40}, Reason.WRONG_SIGNATURE),
        ({"timestamp": str(NOW - 601)}, Reason.CLOCK),
        ({"nonce": ""}, Reason.NONCE),
    ],
)
def test_a_hostile_verification_is_refused_for_its_reason(changed: Query, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        verify_echo(ACCOUNT, echo_query() | changed, now=NOW)
    assert refused.value.reason is reason


@pytest.mark.parametrize("mode", list(Mode))
def test_the_echo_is_the_same_in_every_mode(mode: Mode) -> None:
    account = replace(ACCOUNT, mode=mode)
    assert verify_echo(account, echo_query(), now=NOW) == "5894412749035375647"
    plain = {name: value for name, value in echo_query().items() if name != "msg_signature"}
    assert verify_echo(account, plain | {"echostr": "5894412749035375647"}, now=NOW) == "5894412749035375647"


def test_a_captured_message_sent_as_an_echo_is_not_given_back_in_the_clear() -> None:
    query, body = sealed(text("我住某街1号"))
    captured = query | {"echostr": str(read_fields(body)["Encrypt"][0])}
    assert open_push(ACCOUNT, query, body, now=NOW).content == "我住某街1号"
    with pytest.raises(Refused, match="echo"):
        verify_echo(ACCOUNT, captured, now=NOW)
