"""Our codec beside wechatpy's: they open the same messages, for the same app id; where ours refuses more, it says so.

Ours is stricter in two things, both on purpose. The Base64 is read to the letter: wechatpy passes over foreign
characters and whatever follows the end. The padding is looked at: wechatpy takes the last byte for a number, whatever
it is and whatever stands before it.
"""

from __future__ import annotations

import base64
import binascii
import random
import struct
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException
from wechatpy.utils import WeChatSigner

from bot.wechat.codec import Flaw, Unopened, codec_of, is_aes_key, sign
from tests.bot.wechat.platform import ACCOUNT, KEY, OLD_KEY, encrypt, encrypt_blocks

APP_ID = ACCOUNT.app_id
OURS = codec_of(KEY, APP_ID)
THEIRS = PrpCrypto(base64.b64decode(f"{KEY}="))

many = settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
some = settings(max_examples=300, deadline=None)

Outcome = str | Flaw
"""The message, in quotes so that none is a flaw's name, or what was wrong."""


def ours(encrypted: str) -> Outcome:
    try:
        return f"“{OURS.open(encrypted)}”"
    except Unopened as unopened:
        return unopened.flaw


def theirs(encrypted: str) -> Outcome:
    try:
        return f"“{THEIRS.decrypt(encrypted, APP_ID)}”"
    except InvalidAppIdException:
        return Flaw.APP_ID
    except (ValueError, IndexError, struct.error):
        return Flaw.DECRYPTION


def is_plain_base64(encrypted: str) -> bool:
    """Whether an encoder may have written it, but for the bits that the last character has too many."""
    try:
        return len(base64.b64encode(base64.b64decode(encrypted, validate=True))) == len(encrypted)
    except ValueError:
        return False


def is_padded(plain: bytes) -> bool:
    """As the platform's documents have it: n bytes of the value n, n from 1 to 32."""
    return any(plain.endswith(bytes([count]) * count) for count in range(1, 33))


def layout(message: bytes, *, length: int | None = None, app_id: str = APP_ID, padding: bytes | None = None) -> bytes:
    """Write a plaintext by hand, whole blocks if `padding` is not given."""
    size = (len(message) if length is None else length).to_bytes(4, "big")
    plain = b"r" * 16 + size + message + app_id.encode()
    missing = 32 - len(plain) % 32
    return plain + (bytes([missing]) * missing if padding is None else padding)


# ------------------------------------------------------------------------------------------------ what both understand


@some
@given(st.text(max_size=400))
def test_each_opens_what_the_other_sealed(message: str) -> None:
    assert THEIRS.decrypt(OURS.seal(message), APP_ID) == message
    assert OURS.open(encrypt(message)) == message


@pytest.mark.parametrize("size", range(64))
def test_each_opens_what_the_other_sealed_whatever_the_padding(size: int) -> None:
    assert THEIRS.decrypt(OURS.seal("a" * size), APP_ID) == OURS.open(encrypt("a" * size)) == "a" * size


@some
@given(st.lists(st.text(max_size=20), min_size=1, max_size=6), st.randoms())
def test_the_signature_is_wechatpys_and_the_order_of_the_parts_does_not_matter(
    parts: list[str], chance: random.Random
) -> None:
    signer = WeChatSigner()
    signer.add_data(*parts)
    shuffled = chance.sample(parts, len(parts))
    assert sign(*parts) == sign(*shuffled) == signer.signature


def test_what_we_seal_is_padded_to_32_and_begins_with_bytes_that_never_come_twice() -> None:
    plains = [THEIRS.cipher.decrypt(base64.b64decode(OURS.seal("好"))) for _ in range(100)]
    assert {(len(plain), plain[16:]) for plain in plains} == {(64, layout("好".encode())[16:])}
    assert len({plain[:16] for plain in plains}) == 100


# --------------------------------------------------------------------------------------------- what either may be sent


texts = st.text(max_size=30).map(str.encode)
paddings = st.none() | st.integers(0, 255).map(lambda last: bytes([last]) * (last or 1)) | st.binary(max_size=40)


@st.composite
def nearly_right(draw: st.DrawFn) -> bytes:
    """Some or all of length, app id, UTF-8 and padding may be wrong."""
    message = draw(texts | st.binary(max_size=60))
    length = draw(st.none() | st.integers(0, 90) | st.sampled_from([2**31 - 1, 2**31, 2**32 - 1]))
    app_id = draw(st.sampled_from([APP_ID, APP_ID, APP_ID + "x", APP_ID[:-1], APP_ID.upper(), "", "é"]))
    return layout(message, length=length, app_id=app_id, padding=draw(paddings))


plaintexts = st.one_of(texts.map(layout), nearly_right(), st.binary(max_size=160))


def test_any_plaintext_is_opened_by_both_or_refused_by_both_but_for_its_padding() -> None:
    seen: Counter[str] = Counter()

    @many
    @given(plaintexts)
    def check(plain: bytes) -> None:
        blocks = plain[len(plain) % 16 :]
        encrypted = encrypt_blocks(blocks)
        expected = theirs(encrypted) if is_padded(blocks) else Flaw.DECRYPTION
        assert ours(encrypted) == expected
        seen[expected if isinstance(expected, Flaw) else "opened"] += 1
        seen["stricter"] += theirs(encrypted) != expected

    check()
    assert min(seen[kind] for kind in (Flaw.APP_ID, Flaw.DECRYPTION, "opened", "stricter")) > 20


ciphertexts = st.integers(0, 100).map(lambda size: encrypt_blocks(layout(b"a" * size)))
edits = st.lists(
    st.tuples(st.sampled_from(["cut", "put", "swap"]), st.integers(0, 400), st.sampled_from("Az09+/==-_ \n~é")),
    max_size=3,
)


def edited(text: str, changes: list[tuple[str, int, str]]) -> str:
    for how, place, piece in changes:
        at = place % (len(text) + 1)
        text = text[:at] + ("" if how == "cut" else piece) + text[at + (how != "put") :]
    return text


def test_any_text_in_place_of_the_ciphertext_is_opened_by_both_or_refused_by_both_but_for_its_base64() -> None:
    seen: Counter[str] = Counter()

    @many
    @given(ciphertexts | st.builds(edited, ciphertexts, edits) | st.text(max_size=80))
    def check(encrypted: str) -> None:
        mine, other = ours(encrypted), theirs(encrypted)
        if not isinstance(mine, Flaw):
            assert (mine, is_plain_base64(encrypted)) == (other, True)
        elif is_plain_base64(encrypted) and not isinstance(other, Flaw):
            assert not is_padded(THEIRS.cipher.decrypt(base64.b64decode(encrypted)))
        seen[f"{isinstance(mine, Flaw)} {isinstance(other, Flaw)}"] += 1

    check()
    assert min(seen["False False"], seen["True False"], seen["True True"]) > 20


# ----------------------------------------------------------------------------------------- where ours is the stricter


SEALED = encrypt_blocks(layout(b"message"))
STRICTER: dict[str, str] = {
    "a foreign character in the Base64": f"{SEALED[:20]}-{SEALED[20:]}",
    "a line end in the Base64": f"{SEALED[:20]}\n{SEALED[20:]}",
    "a line end after the Base64": f"{SEALED}\n",
    "a sign of the end too many": f"{SEALED}=",
    "a sign of the end where none is due": f"{encrypt_blocks(layout(b'm' * 40))}=",
    "four signs of the end where none is due": f"{encrypt_blocks(layout(b'm' * 40))}====",
    "text after the end of the Base64": f"{encrypt_blocks(layout(b'm' * 20))}AAAA",
    "padding whose other bytes have other values": encrypt_blocks(layout(b"message", padding=b"x" * 18 + b"\x13")),
    "padding of 33 bytes": encrypt_blocks(layout(b"m" * 9, padding=b"\x21" * 33)),
    "padding of 255 bytes": encrypt_blocks(layout(b"m" * 11, padding=b"\xff" * 255)),
}


@pytest.mark.parametrize("encrypted", STRICTER.values(), ids=list(STRICTER))
def test_what_wechatpy_takes_and_no_sender_writes_is_refused(encrypted: str) -> None:
    assert not isinstance(theirs(encrypted), Flaw)
    assert ours(encrypted) is Flaw.DECRYPTION


@pytest.mark.parametrize(
    ("plain", "flaw"),
    [
        (b"", Flaw.DECRYPTION),
        (bytes(64), Flaw.DECRYPTION),
        (b"r" * 16 + b"\x10" * 16, Flaw.DECRYPTION),
        (b"\x20" * 32, Flaw.DECRYPTION),
        (layout(b"m", length=0), Flaw.APP_ID),
        (layout(b"m", length=2), Flaw.APP_ID),
        (layout(b"m", length=2**31), Flaw.APP_ID),
        (layout(b"m", length=2**32 - 1), Flaw.APP_ID),
        (layout(b"m", app_id=f"{APP_ID}\0"), Flaw.APP_ID),
        (layout(b"m", app_id=""), Flaw.APP_ID),
        (layout(b"\xff"), Flaw.DECRYPTION),
        (layout(b"\xed\xa0\x80"), Flaw.DECRYPTION),
        (layout("é".encode(), length=1), Flaw.DECRYPTION),
    ],
)
def test_lengths_app_ids_and_utf_8_are_refused_for_the_same_flaw_by_both(plain: bytes, flaw: Flaw) -> None:
    encrypted = encrypt_blocks(plain)
    assert ours(encrypted) is theirs(encrypted) is flaw


def test_a_sender_that_pads_to_16_is_understood() -> None:
    plain = layout(b"m" * 32, padding=b"\x0a" * 10)
    assert len(plain) % 32 == 16
    assert ours(encrypt_blocks(plain)) == f"“{'m' * 32}”"


# ----------------------------------------------------------------------------------------------------------------- keys


def test_a_key_is_decoded_once_for_an_app_id_and_is_not_shown() -> None:
    assert codec_of(KEY, APP_ID) is OURS
    assert codec_of(OLD_KEY, APP_ID) is not OURS
    key = base64.b64decode(f"{KEY}=")
    assert not any(secret in repr(OURS) for secret in (KEY, key.hex(), repr(key)))


def test_a_message_for_another_app_id_or_of_another_key_is_not_opened() -> None:
    with pytest.raises(Unopened, match="app_id"):
        codec_of(KEY, "wxother").open(OURS.seal("好"))
    with pytest.raises(Unopened, match="decryption"):
        codec_of(OLD_KEY, APP_ID).open(encrypt("好" * 30))


@pytest.mark.parametrize("key", ["", KEY[:-1], f"{KEY}A", f"{KEY[:-1]}-", f"{KEY[:-1]}é", f"{KEY[:-1]}\n"])
def test_a_key_that_is_none_has_no_codec(key: str) -> None:
    assert not is_aes_key(key)
    with pytest.raises(ValueError, match="EncodingAESKey"):
        codec_of(key, APP_ID)


def test_an_empty_app_id_has_no_codec_because_a_length_beyond_the_end_would_match_it() -> None:
    with pytest.raises(ValueError, match="AppID"):
        codec_of(KEY, "")


def test_a_lone_surrogate_is_not_sealed() -> None:
    with pytest.raises(UnicodeEncodeError):
        OURS.seal("\ud800")


def test_the_key_of_43_characters_has_32_bytes_whatever_its_last_two_bits() -> None:
    assert is_aes_key("/" * 43)
    assert len(binascii.a2b_base64("/" * 43 + "=")) == 32
    assert codec_of("/" * 43, APP_ID).open(codec_of("/" * 42 + "8", APP_ID).seal("好")) == "好"
