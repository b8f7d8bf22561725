"""What followers send and do, as the platform writes it: the inner XML of messages and events."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Message:
    """One message or event before it is pushed. Its repr shows nothing of what a person wrote.

    `fields` are its own fields in order; `inner` is XML that is written as it stands, for fields with children.
    `shown` is what the person sees of it in the talk, "" for nothing.
    """

    type_name: str
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    shown: str = field(default="", repr=False)
    inner: str = field(default="", repr=False)

    @property
    def is_event(self) -> bool:
        """Whether it is an event: those have no MsgId, and never go to a human."""
        return self.type_name == "event"

    @property
    def name(self) -> str:
        """The type; of an event its name."""
        return dict(self.fields).get("Event", "event") if self.is_event else self.type_name


def text(content: str, menu_id: str | None = None) -> Message:
    """Return what a person typed; `menu_id` says which option of a msgmenu was tapped."""
    tapped = () if menu_id is None else (("bizmsgmenuid", menu_id),)
    return Message("text", (("Content", content), *tapped), content)


def image(media_id: str, picture_url: str) -> Message:
    """Return a photo."""
    return Message("image", (("PicUrl", picture_url), ("MediaId", media_id)), "［图片］")


def voice(media_id: str, recognition: str | None) -> Message:
    """Return what a person spoke; `recognition` None: the platform did not write it down."""
    heard = () if recognition is None else (("Recognition", recognition),)
    shown = "［语音］" if recognition is None else f"［语音］{recognition}"
    return Message("voice", (("MediaId", media_id), ("Format", "amr"), *heard), shown)


def video(media_id: str) -> Message:
    """Return a video."""
    return Message("video", (("MediaId", media_id), ("ThumbMediaId", f"{media_id}-thumb")), "［视频］")


def location(label: str, latitude: float, longitude: float) -> Message:
    """Return a place that a person chose on the map and sent."""
    place = (("Location_X", f"{latitude:.6f}"), ("Location_Y", f"{longitude:.6f}"), ("Scale", "16"), ("Label", label))
    return Message("location", place, f"［位置］{label}")


def link(title: str, description: str, url: str) -> Message:
    """Return a link that a person passed on."""
    return Message("link", (("Title", title), ("Description", description), ("Url", url)), f"［链接］{title}")


def event(name: str, *fields: tuple[str, str], shown: str = "") -> Message:
    """Return an event with its own fields."""
    return Message("event", (("Event", name), *fields), shown)


def position(latitude: float, longitude: float) -> Message:
    """Return the event by which a telephone tells where it is."""
    where = (("Latitude", f"{latitude:.6f}"), ("Longitude", f"{longitude:.6f}"), ("Precision", "30.000000"))
    return event("LOCATION", *where)


def popup_answered(template_id: str, accepts: bool) -> Message:
    """Return the event that tells how a person answered a request for a notification."""
    return _notification("Popup", "popup", template_id, _status(accepts), _cdata("PopupScene", "2"))


def grant_changed(template_id: str, accepts: bool) -> Message:
    """Return the event that tells that a person changed a grant in the settings of the account."""
    return _notification("Change", "change", template_id, _status(accepts))


def notification_sent(template_id: str, message_id: int, *, is_delivered: bool) -> Message:
    """Return the event that tells what became of a notification."""
    code, status = ("0", "success") if is_delivered else ("43101", "failed")
    fate = _cdata("MsgID", str(message_id)) + _cdata("ErrorCode", code) + _cdata("ErrorStatus", status)
    return _notification("Sent", "sent", template_id, fate)


def inner_xml(message: Message, *, to_user: str, from_user: str, created: int, message_id: int | None) -> str:
    """Return the XML of `message` before it is sealed; `created` is in seconds since 1970."""
    ends = (("ToUserName", to_user), ("FromUserName", from_user))
    parts = [*(_cdata(*one) for one in ends), f"<CreateTime>{created}</CreateTime>"]
    parts += [_cdata("MsgType", message.type_name), *(_cdata(*one) for one in message.fields), message.inner]
    if message_id is not None:
        parts.append(f"<MsgId>{message_id}</MsgId>")
    return f"<xml>{''.join(parts)}</xml>"


def _notification(element: str, name: str, template_id: str, *inner: str) -> Message:
    listed = f"<List>{_cdata('TemplateId', template_id)}{''.join(inner)}</List>"
    wrapped = f"<SubscribeMsg{element}Event>{listed}</SubscribeMsg{element}Event>"
    return Message("event", (("Event", f"subscribe_msg_{name}_event"),), inner=wrapped)


def _status(accepts: bool) -> str:
    return _cdata("SubscribeStatusString", "accept" if accepts else "reject")


def _cdata(name: str, value: str) -> str:
    """Write what somebody typed so that it ends where it ends: a section cannot hold its own end."""
    writable = _UNWRITABLE.sub("", value)
    if "]]>" in writable:
        return f"<{name}>{escape(writable)}</{name}>"
    return f"<{name}><![CDATA[{writable}]]></{name}>"
