"""The door under random and mutated input: whatever the bytes, a Push or a Refused, and a reply that can be read."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.accounts import Mode, WechatAccount
from bot.wechat import door
from bot.wechat.door import Article, Push, Reason, Refused, open_push, sanitise, seal_article, seal_reply, verify_echo
from tests.bot.wechat.fuzzing import fuzz_door, plain_request, with_beside
from tests.bot.wechat.platform import ACCOUNT, NOW, OLD_KEY, Query, encrypt_blocks, envelope, opened, read, sealed, text

Changes = list[tuple[str, int, bytes]]


def push_or_refused(query: Query, body: bytes, account: WechatAccount = ACCOUNT) -> None:
    """Any other error fails the test by itself."""
    with contextlib.suppress(Refused):
        assert isinstance(open_push(account, query, body, now=NOW), Push)


mutations = st.lists(
    st.tuples(st.sampled_from(["cut", "put", "swap"]), st.integers(0, 10_000), st.binary(min_size=1, max_size=12)),
    max_size=6,
)


def mutate(data: bytes, changes: Changes) -> bytes:
    for how, place, piece in changes:
        at = place % (len(data) + 1)
        data = data[:at] + (b"" if how == "cut" else piece) + data[at + (0 if how == "put" else len(piece)) :]
    return data


many = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(st.binary(max_size=2000))
def test_random_bytes_are_a_push_or_refused(body: bytes) -> None:
    push_or_refused(sealed(text())[0], body)


@many
@given(mutations)
def test_a_changed_body_is_a_push_or_refused(changes: Changes) -> None:
    query, body = sealed(text())
    push_or_refused(query, mutate(body, changes))


@many
@given(mutations)
def test_a_changed_message_under_a_right_signature_is_a_push_or_refused(changes: Changes) -> None:
    push_or_refused(*sealed(mutate(text().encode(), changes)))


@many
@given(st.binary(max_size=160).map(lambda data: data + bytes(-len(data) % 16)))
def test_any_plaintext_blocks_under_a_right_signature_are_a_push_or_refused(blocks: bytes) -> None:
    query, body = envelope(encrypt_blocks(blocks))
    push_or_refused(query, body)
    push_or_refused(query, body, replace(ACCOUNT, aes_key=OLD_KEY, previous_aes_key=ACCOUNT.aes_key))


@many
@given(st.text(max_size=200))
def test_any_signed_text_in_place_of_the_ciphertext_is_a_push_or_refused(signed: str) -> None:
    encoded = signed.encode("utf-8", "ignore").decode()
    push_or_refused(*envelope(encoded))


@many
@given(
    st.dictionaries(
        st.sampled_from(["timestamp", "nonce", "msg_signature", "encrypt_type", "signature", "echostr"]),
        st.text(max_size=50) | st.from_regex(r"[0-9]{8,12}|[0-9a-f]{40}", fullmatch=True),
    )
)
def test_any_query_is_a_push_or_refused_and_any_echo_an_answer_or_refused(changed: Query) -> None:
    query, body = sealed(text())
    push_or_refused(query | changed, body)
    with contextlib.suppress(Refused):
        assert isinstance(verify_echo(ACCOUNT, query | changed, now=NOW), str)


@many
@given(st.text(max_size=300))
def test_any_text_sealed_by_us_can_be_read_and_says_the_sanitised_text(said: str) -> None:
    reply = seal_reply(ACCOUNT, opened(text()), said, now=NOW)
    if reply == "success":
        assert not sanitise(said).strip()
    else:
        assert (read(reply)["Content"] or "").strip() == sanitise(said).strip()


@many
@given(mutations)
def test_a_changed_plain_body_behind_a_right_signature_is_a_push_or_refused(changes: Changes) -> None:
    query, body = plain_request(text())
    push_or_refused(query, mutate(body, changes), replace(ACCOUNT, mode=Mode.PLAIN))


@many
@given(mutations)
def test_whatever_stands_beside_the_ciphertext_the_message_is_the_sealed_one_or_refused(changes: Changes) -> None:
    query, body = with_beside(sealed(text("真话")))
    with contextlib.suppress(Refused):
        push = open_push(replace(ACCOUNT, mode=Mode.COMPATIBLE), query, mutate(body, changes), now=NOW)
        assert push == opened(text("真话"))


@many
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_article_sealed_by_us_has_the_four_fields_of_one(title: str, description: str) -> None:
    try:
        article = Article(title, description, "https://jzz.example/a")
    except ValueError:
        assert not sanitise(title).strip()
        return
    item = read(seal_article(ACCOUNT, opened(text()), article, NOW))["Articles"]["item"]
    assert set(item) == {"Title", "Description", "PicUrl", "Url"}
    assert len(item["Title"]) <= 64
    assert len(item["Description"] or "") <= 120


# ----------------------------------------------------------------------------------- every layer, every mode, at random

ANYWHERE = {Reason.TIMESTAMP, Reason.NONCE, Reason.MSG_SIGNATURE, Reason.WRONG_SIGNATURE, Reason.INNER_FIELD}
ENCRYPTED = {Reason.NOT_AES, Reason.OUTER_XML, Reason.ENCRYPT_FIELD, Reason.DECRYPTION, Reason.APP_ID}


def test_nothing_but_a_refusal_leaves_the_door_in_three_thousand_hostile_requests() -> None:
    outcomes = fuzz_door(1, 3000)
    own = {Mode.SAFE: {Reason.PLAIN_BESIDE}, Mode.COMPATIBLE: set(), Mode.PLAIN: {Reason.NOT_PLAIN, Reason.REPLAYED}}
    for mode in Mode:
        expected = ANYWHERE | own[mode] | (set() if mode is Mode.PLAIN else ENCRYPTED)
        assert min(outcomes[f"{mode} {came_in}"] for came_in in ("opened", "echoed")) > 10, "or this says nothing"
        assert {reason for reason in expected if not outcomes[f"{mode} {reason}"]} == set()


def test_the_same_seed_makes_the_same_requests() -> None:
    assert fuzz_door(2, 300) == fuzz_door(2, 300) != fuzz_door(3, 300)


def test_an_exception_of_ours_is_told_with_the_number_of_its_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("of ours")

    monkeypatch.setattr(door, "convert", broken)
    with pytest.raises(AssertionError, match=r"seed 1, input \d+: \w+ in \w+"):
        fuzz_door(1, 300)
