"""What goes out of the WeChat callback: sealed replies, the key they are sealed with, a verification's echo."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.settings import SettingsError
from bot.wechat.door import Reason, Refused, check_account, open_push, sanitise, seal_reply, verify_echo
from bot.wechat.xml import read_fields
from tests.bot.wechat.platform import (
    ACCOUNT,
    CHANGED,
    KEY,
    NOW,
    OLD_KEY,
    Query,
    encrypt,
    envelope,
    opened,
    read,
    sealed,
    text,
)

PEER = Path(__file__).parent / "peer"


def test_wechatpy_in_the_platforms_place_reads_our_reply() -> None:
    push = opened(text())
    assert read(seal_reply(ACCOUNT, push, "可以。\n第八条", now=NOW)) == {
        "ToUserName": "o-user",
        "FromUserName": "gh_us",
        "CreateTime": str(NOW),
        "MsgType": "text",
        "Content": "可以。\n第八条",
    }


def test_a_user_cannot_forge_fields_of_the_reply() -> None:
    forged = "x]]></Content><Content><![CDATA[假的]]></Content><a><![CDATA["
    fields = read(seal_reply(ACCOUNT, opened(text()), forged, now=NOW))
    assert set(fields) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
    assert fields["Content"] == forged.replace("]]>", "]] ")


def test_a_control_character_cannot_hide_the_end_of_the_section() -> None:
    assert "]]>" not in sanitise("]\x00]\x01>")


def test_control_characters_and_lone_surrogates_are_left_out_and_nothing_grows() -> None:
    assert sanitise("a\x00b\x0bc\x1f\x7f\x85\ud800\uffff\r\n\td🏠") == "abc\n\td🏠"


def test_a_reply_may_have_2047_bytes_and_not_one_more() -> None:
    push = opened(text())
    assert read(seal_reply(ACCOUNT, push, "证" * 682 + "a", now=NOW))["Content"] == "证" * 682 + "a"
    with pytest.raises(ValueError, match="2048"):
        seal_reply(ACCOUNT, push, "证" * 682 + "ab", now=NOW)


@pytest.mark.parametrize("said", ["", " \n", "\x00\ud800"])
def test_an_empty_reply_is_the_plain_word_success(said: str) -> None:
    assert seal_reply(ACCOUNT, opened(text()), said, now=NOW) == "success"


@pytest.mark.parametrize("nonce", ["", "a b", "]]>", "1" * 33, "é"])
def test_a_nonce_that_could_break_the_envelope_is_not_written(nonce: str) -> None:
    with pytest.raises(ValueError, match="nonce"):
        seal_reply(ACCOUNT, opened(text()), "好", now=NOW, nonce=nonce)


def test_the_same_reply_has_the_same_plaintext_and_never_the_same_ciphertext() -> None:
    replies = []
    for later in (0, 5):
        random.seed(1)  # whoever predicts `random` must learn nothing of the prefix
        replies.append(seal_reply(ACCOUNT, opened(text()), "好", now=NOW + later, nonce="n"))
    assert read(replies[0]) == read(replies[1])
    ciphers = [read_fields(reply.encode())["Encrypt"] for reply in replies]
    assert ciphers[0] != ciphers[1]


# ------------------------------------------------------------------------------------------------------ keys and echo


def test_during_a_key_change_both_keys_open_and_the_answer_uses_the_key_that_did() -> None:
    for key, previous in ((OLD_KEY, False), (KEY, True)):
        query, body = sealed(text(), key=key, app_id=CHANGED.app_id)
        push = open_push(CHANGED, query, body, now=NOW)
        assert push.previous_key is previous
        assert read(seal_reply(CHANGED, push, "好", now=NOW), CHANGED, key=key)["Content"] == "好"


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


# -------------------------------------------------------------------------------------------- a second implementation


@pytest.fixture(scope="session")
def peer(request: pytest.FixtureRequest) -> Callable[..., dict[str, str]]:
    """The npm package wechat-crypto, installed once into the tests' cache: an implementation that is not ours."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.fail(
            "这项测试用 npm 包 wechat-crypto 作第二种实现来对照，需要 node 和 npm（Debian：apt install nodejs npm）"
        )
    lock = hashlib.sha256((PEER / "package-lock.json").read_bytes()).hexdigest()[:12]
    home = Path(request.config.cache.mkdir(f"wechat_peer_{lock}"))
    for name in ("package.json", "package-lock.json", "peer.js"):
        shutil.copy(PEER / name, home / name)
    if not (home / "node_modules" / "wechat-crypto" / "package.json").exists():
        installed = subprocess.run(
            [npm, "ci", "--ignore-scripts"], check=False, cwd=home, capture_output=True, text=True
        )
        if installed.returncode != 0:
            pytest.fail(f"装不上 npm 包 wechat-crypto（npm ci 失败）：\n{installed.stderr[-2000:]}")

    def ask(**request: str) -> dict[str, str]:
        keys = {"token": ACCOUNT.token, "aesKey": ACCOUNT.aes_key, "appId": ACCOUNT.app_id}
        done = subprocess.run(
            [node, "peer.js"], cwd=home, input=json.dumps(keys | request), capture_output=True, text=True, check=True
        )
        answer: dict[str, str] = json.loads(done.stdout)
        return answer

    return ask


@pytest.mark.parametrize("content", ["住满半年能办吗", "🏠𠮷 & <b>", "长" * 700])
def test_our_door_opens_what_a_second_implementation_sealed(peer: Callable[..., dict[str, str]], content: str) -> None:
    stamp = {"timestamp": str(NOW), "nonce": "peer42"}
    made = peer(do="seal", message=text(content), **stamp)
    query = stamp | {"encrypt_type": "aes", "msg_signature": made["signature"]}
    body = f"<xml><Encrypt><![CDATA[{made['encrypted']}]]></Encrypt></xml>".encode()
    assert open_push(ACCOUNT, query, body, now=NOW).content == content


@pytest.mark.parametrize("content", ["可以申领。（第八条）", "🏠]]></Content>", "证" * 682])
def test_a_second_implementation_opens_what_we_sealed(peer: Callable[..., dict[str, str]], content: str) -> None:
    reply = seal_reply(ACCOUNT, opened(text()), content, now=NOW)
    outer = {name: str(values[0]) for name, values in read_fields(reply.encode()).items()}
    answer = peer(do="open", encrypted=outer["Encrypt"], timestamp=outer["TimeStamp"], nonce=outer["Nonce"])
    assert (answer["signature"], answer["id"]) == (outer["MsgSignature"], ACCOUNT.app_id)
    assert read_fields(answer["message"].encode())["Content"] == [sanitise(content)]


def test_the_peers_lock_file_names_no_registry() -> None:
    assert not re.search(r"https?://", (PEER / "package-lock.json").read_text())
