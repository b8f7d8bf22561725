"""One frozen type for whatever the platform pushes: what each kind holds, what is bounded, what is never looked at."""

from __future__ import annotations

import dataclasses

import pytest

from bot.wechat.door import Refused
from bot.wechat.push import Misshapen, Push, PushKind, convert
from tests.bot.wechat.platform import NOW, message, opened

DETAILS = ("content", "media_id", "recognition", "label", "event", "event_key", "scene")


def details(push: Push) -> dict[str, str]:
    """What the push says beyond its envelope; what is "" is left out."""
    return {name: getattr(push, name) for name in DETAILS if getattr(push, name)}


# ------------------------------------------------------------------------------------------------- what each kind holds


def test_a_typed_text_is_its_content() -> None:
    push = opened(message("text", Content="办证要带什么"))
    assert (push.kind, details(push)) == (PushKind.TEXT, {"content": "办证要带什么"})


def test_an_image_is_its_media_id_and_never_its_address() -> None:
    push = opened(message("image", PicUrl="http://mmbiz.qpic.cn/secret", MediaId="P5_rTl-9"))
    assert (push.kind, details(push)) == (PushKind.IMAGE, {"media_id": "P5_rTl-9"})
    assert "mmbiz" not in str(dataclasses.asdict(push))


def test_a_voice_message_is_its_media_id_and_what_was_heard_if_anything_was() -> None:
    heard = opened(message("voice", MediaId="v1", Format="amr", Recognition="住满半年能办吗。", MediaId16K="v16"))
    assert (heard.kind, details(heard)) == (PushKind.VOICE, {"media_id": "v1", "recognition": "住满半年能办吗。"})
    for silent in (message("voice", MediaId="v1"), message("voice", MediaId="v1", Recognition="")):
        assert opened(silent).recognition == ""


def test_a_location_is_its_address_in_words_and_has_no_coordinates() -> None:
    place = {"Location_X": "34.6197", "Location_Y": "112.4540", "Scale": "16", "Label": "洛阳市西工区某街1号"}
    push = opened(message("location", **place))
    assert (push.kind, details(push)) == (PushKind.LOCATION, {"label": "洛阳市西工区某街1号"})
    assert "34.6" not in str(dataclasses.asdict(push))
    assert opened(message("location", Location_X="34.6197", Label="")).label == ""


@pytest.mark.parametrize("type_name", ["video", "shortvideo", "link", "file", "a_kind_of_next_year"])
def test_any_other_kind_is_other_with_the_platforms_name_and_nothing_more(type_name: str) -> None:
    push = opened(message(type_name, Content="x", MediaId="m", Label="y", Event="subscribe", EventKey="z"))
    assert (push.kind, push.type_name, details(push)) == (PushKind.OTHER, type_name, {})


def test_the_letters_of_a_type_may_be_large() -> None:
    assert opened(message("Image", MediaId="m")).kind is PushKind.IMAGE


def test_a_field_of_another_kind_is_not_taken_for_one_of_this() -> None:
    fields = {"Content": "字", "MediaId": "m", "Recognition": "音", "Label": "街"}
    said = {kind: set(details(opened(message(kind, **fields)))) for kind in ("text", "image", "voice", "location")}
    assert said == {
        "text": {"content"}, "image": {"media_id"}, "voice": {"media_id", "recognition"}, "location": {"label"},
    }  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- events


@pytest.mark.parametrize(
    ("event", "key", "scene"),
    [
        ("subscribe", "qrscene_luoyang-7", "luoyang-7"),
        ("subscribe", "qrscene_qrscene_1", "qrscene_1"),
        ("subscribe", "qrscene_", ""),
        ("subscribe", "last_trade_no_42", ""),
        ("subscribe", "", ""),
        ("SCAN", "luoyang-7", "luoyang-7"),
        ("SCAN", "qrscene_1", "qrscene_1"),
        ("CLICK", "qrscene_1", ""),
        ("unsubscribe", "", ""),
    ],
)
def test_the_scene_is_what_the_scanned_code_said_to_a_new_follower_and_an_old_one_alike(
    event: str, key: str, scene: str
) -> None:
    push = opened(message("event", Event=event, EventKey=key, Ticket="gQH4xxxxTICKET"))
    assert (push.event, push.event_key, push.scene) == (event.lower(), key, scene)
    assert "TICKET" not in str(dataclasses.asdict(push))


def test_an_event_without_a_key_has_an_empty_one() -> None:
    assert details(opened(message("event", Event="subscribe"))) == {"event": "subscribe"}


@pytest.mark.parametrize(
    "more",
    [
        "<Latitude>34.6</Latitude><Longitude>112.4</Longitude><Precision>9</Precision>",
        "<EventKey>34.6</EventKey>",
        "<EventKey>1</EventKey><EventKey><a/></EventKey>",
        f"<EventKey>{'1' * 9000}</EventKey><Latitude><a/></Latitude>",
    ],
)
def test_of_a_location_event_nothing_is_read_but_that_it_is_one(more: str) -> None:
    push = opened(message("event", Event="LOCATION").replace("</xml>", f"{more}</xml>"))
    assert (push.kind, push.event, details(push)) == (PushKind.EVENT, "location", {"event": "location"})


@pytest.mark.parametrize("event", ["VIEW", "view_miniprogram", "an_event_of_next_year"])
def test_a_key_that_decides_nothing_may_be_a_long_address_and_is_then_not_kept(event: str) -> None:
    assert opened(message("event", Event=event, EventKey="https://x/" + "a" * 900)).event_key == ""
    assert opened(message("event", Event=event, EventKey="https://x/")).event_key == "https://x/"


# -------------------------------------------------------------------------------------------------- bounds and refusals


@pytest.mark.parametrize("event", ["CLICK", "SCAN", "subscribe"])
def test_a_key_that_decides_has_at_most_128_bytes(event: str) -> None:
    longest = "键" * 42 + "kk"
    assert opened(message("event", Event=event, EventKey=longest)).event_key == longest
    for bad in (longest + "k", "a\nb", "\x7f"):
        with pytest.raises(Refused, match="inner_field"):
            opened(message("event", Event=event, EventKey=bad))


def test_what_people_say_is_cut_where_it_is_too_long_and_not_refused() -> None:
    assert opened(message("location", Label="街" * 501)).label == "街" * 500
    assert opened(message("voice", MediaId="m", Recognition="说" * 2001)).recognition == "说" * 2000


@pytest.mark.parametrize("kind", ["image", "voice"])
@pytest.mark.parametrize("media_id", ["", "../x", "a b", "a?b=c", "媒", "m" * 257])
def test_a_media_id_that_could_be_more_than_an_id_is_refused(kind: str, media_id: str) -> None:
    assert opened(message(kind, MediaId="m" * 256)).media_id == "m" * 256
    with pytest.raises(Refused, match="inner_field"):
        opened(message(kind, MediaId=media_id))


@pytest.mark.parametrize(
    ("kind", "name"), [("voice", "Recognition"), ("location", "Label"), ("image", "MediaId"), ("text", "Content")]
)
def test_a_field_that_is_there_twice_or_has_children_has_no_meaning(kind: str, name: str) -> None:
    right = message(kind, MediaId="m") if name != "MediaId" else message(kind)
    for wrong in (f"<{name}>1</{name}><{name}>2</{name}>", f"<{name}><b>1</b></{name}>"):
        with pytest.raises(Refused, match="inner_field"):
            opened(right.replace("</xml>", f"{wrong}</xml>"))


def test_a_misshapen_field_is_named_and_what_it_held_is_not() -> None:
    fields = {"MsgType": ["text"], "MsgId": ["1"], "ToUserName": ["gh_us"], "FromUserName": ["某街1号"]}
    with pytest.raises(Misshapen) as misshapen:
        convert(fields)
    assert (misshapen.value.name, str(misshapen.value)) == ("FromUserName", "FromUserName")


def test_a_message_was_opened_with_the_current_key_unless_somebody_says_otherwise() -> None:
    fields = {
        "MsgType": ["text"],
        "MsgId": ["1"],
        "ToUserName": ["gh_us"],
        "FromUserName": ["o-user"],
        "CreateTime": ["1"],
    }
    assert [convert(fields).previous_key, convert(fields, previous_key=True).previous_key] == [False, True]


def test_the_repr_shows_nothing_of_a_person_whatever_they_sent() -> None:
    personal = ["o-user", "秘密内容", "mediasecret", "听到的", "某街1号", "keysecret"]
    shown = "".join(
        repr(opened(sent))
        for sent in (
            message("text", Content="秘密内容"),
            message("voice", MediaId="mediasecret", Recognition="听到的"),
            message("location", Label="某街1号"),
            message("event", Event="SCAN", EventKey="keysecret"),
            message("event", Event="subscribe", EventKey="qrscene_keysecret"),
        )
    )
    assert not [word for word in personal if word in shown]


def test_a_push_cannot_be_changed() -> None:
    push = opened(message("text", Content="x", CreateTime=str(NOW)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        push.content = "y"  # type: ignore[misc]
