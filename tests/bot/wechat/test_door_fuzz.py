"""The door under random and mutated input: whatever the bytes, a Push or a Refused, and a reply that can be read."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.settings import WechatAccount
from bot.wechat.door import Push, Refused, open_push, sanitise, seal_reply, verify_echo
from tests.bot.wechat.platform import ACCOUNT, NOW, OLD_KEY, Query, encrypt_blocks, envelope, opened, read, sealed, text


def push_or_refused(query: Query, body: bytes, account: WechatAccount = ACCOUNT) -> None:
    """Any other error fails the test by itself."""
    with contextlib.suppress(Refused):
        assert isinstance(open_push(account, query, body, now=NOW), Push)


mutations = st.lists(
    st.tuples(st.sampled_from(["cut", "put", "swap"]), st.integers(0, 10_000), st.binary(min_size=1, max_size=12)),
    max_size=6,
)


def mutate(data: bytes, changes: list[tuple[str, int, bytes]]) -> bytes:
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
def test_a_changed_body_is_a_push_or_refused(changes: list[tuple[str, int, bytes]]) -> None:
    query, body = sealed(text())
    push_or_refused(query, mutate(body, changes))


@many
@given(mutations)
def test_a_changed_message_under_a_right_signature_is_a_push_or_refused(changes: list[tuple[str, int, bytes]]) -> None:
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
