"""One message or event of the platform, converted once from the fields of its XML into one frozen type.

Whatever is not promised here is never looked at: coordinates, tickets, picture addresses, and all of a LOCATION event.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MAX_CONTENT_CHARACTERS = 2000
MAX_LABEL_CHARACTERS = 500
MAX_KEY_BYTES = 128
"""The platform's own bound for the key of a menu button; a scene has at most 64 characters."""

Fields = Mapping[str, Sequence[str | None]]
"""Texts by the name of their element, in order; None stands for an element that has children."""

_USER = re.compile(r"[0-9A-Za-z_@.-]{1,64}")
_NAME = re.compile(r"[0-9A-Za-z_]{1,64}")
_MESSAGE_ID = re.compile(r"[0-9]{1,20}")
_SECONDS = re.compile(r"[0-9]{1,10}")
_MEDIA_ID = re.compile(r"[0-9A-Za-z_-]{1,256}")
_KEY = re.compile(r"[^\x00-\x1f\x7f]*")
_TEMPLATE = re.compile(r"[0-9A-Za-z_-]{1,128}")
POPUP, CHANGED, SENT = "subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event"
"""Events of notifications: a person was asked, changed the settings, was sent one."""
_GRANTING = {POPUP: "SubscribeMsgPopupEvent", CHANGED: "SubscribeMsgChangeEvent"}
_SENDING = "SubscribeMsgSentEvent"
_FOLLOWED_BY_CODE = "qrscene_"
_STEERING = {"subscribe", "scan", "click"}
"""Events whose key decides what happens; with any other it may as well be the address of a page."""


class PushKind(StrEnum):
    """What kind of message was pushed; `OTHER` is everything that has no kind of its own here."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    LOCATION = "location"
    EVENT = "event"
    OTHER = "other"


_KINDS = {kind.value: kind for kind in PushKind if kind is not PushKind.OTHER}


class Misshapen(Exception):
    """A field is missing, there twice, or not in its shape. Says which one, and nothing of what it held."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Push:
    """One message or event. Its repr shows neither the person nor anything they said, sent or pressed.

    `created` is in seconds since 1970; `message_id` is None for events; `type_name` is the platform's own name of the
    type. What was not sent, or belongs to another kind, is "":

    - `content`, of TEXT: the first 2,000 characters.
    - `media_id`, of IMAGE and VOICE: 1 to 256 letters, digits, `_` and `-`; never an address.
    - `recognition`, of VOICE: what the platform heard, the first 2,000 characters; often nothing.
    - `label`, of LOCATION: the address in words, the first 500 characters; there are no coordinates.
    - `event`, of EVENT: its name in lower case. `event_key`: at most 128 bytes; "" for a longer one that decides
      nothing, and always for the event `location`. `scene`: what the code said that was scanned, by a new follower
      (without `qrscene_`) or an old one.

    - `grants`, of the events that tell whether notifications are allowed: template ids, and whether the person accepts.
    - `undelivered`, of the event that tells what became of notifications: template ids of those that did not arrive.

    `previous_key` says that the previous AES key opened it, so that the answer is sealed with that one.
    """

    message_id: int | None
    to_user: str
    from_user: str = field(repr=False)
    created: int
    kind: PushKind
    type_name: str
    content: str = field(repr=False)
    event: str
    event_key: str = field(repr=False)
    previous_key: bool
    media_id: str = field(default="", repr=False)
    recognition: str = field(default="", repr=False)
    label: str = field(default="", repr=False)
    scene: str = field(default="", repr=False)
    grants: tuple[tuple[str, bool], ...] = ()
    undelivered: tuple[str, ...] = ()


def convert(fields: Fields, *, previous_key: bool = False) -> Push:
    """Return the message that `fields` are. Raises Misshapen, and nothing else."""
    type_name = _required(fields, "MsgType", _NAME)
    kind = _KINDS.get(type_name.lower(), PushKind.OTHER)
    event = _required(fields, "Event", _NAME).lower() if kind is PushKind.EVENT else ""
    event_key = _event_key(fields, event) if event else ""
    return Push(
        message_id=None if event else int(_required(fields, "MsgId", _MESSAGE_ID)),
        to_user=_required(fields, "ToUserName", _USER),
        from_user=_required(fields, "FromUserName", _USER),
        created=int(_required(fields, "CreateTime", _SECONDS)),
        kind=kind,
        type_name=type_name,
        content=_optional(fields, "Content")[:MAX_CONTENT_CHARACTERS] if kind is PushKind.TEXT else "",
        event=event,
        event_key=event_key,
        previous_key=previous_key,
        media_id=_required(fields, "MediaId", _MEDIA_ID) if kind in (PushKind.IMAGE, PushKind.VOICE) else "",
        recognition=_optional(fields, "Recognition")[:MAX_CONTENT_CHARACTERS] if kind is PushKind.VOICE else "",
        label=_optional(fields, "Label")[:MAX_LABEL_CHARACTERS] if kind is PushKind.LOCATION else "",
        scene=_scene(event, event_key),
        grants=_grants(fields, event),
        undelivered=_undelivered(fields, event),
    )


def _grants(fields: Fields, event: str) -> tuple[tuple[str, bool], ...]:
    name = _GRANTING.get(event)
    if name is None:
        return ()
    listed = _listed(fields, name, "SubscribeStatusString")
    return tuple((template, answer == "accept") for template, answer in listed)


def _undelivered(fields: Fields, event: str) -> tuple[str, ...]:
    if event != SENT:
        return ()
    return tuple(template for template, status in _listed(fields, _SENDING, "ErrorStatus") if status != "success")


def _listed(fields: Fields, name: str, told: str) -> list[tuple[str, str | None]]:
    """Return the template ids that an event lists, and what it tells of each."""
    templates = fields.get(f"{name}/List/TemplateId", ())
    answers = fields.get(f"{name}/List/{told}", ())
    if len(templates) != len(answers) or any(not _TEMPLATE.fullmatch(one or "") for one in templates):
        raise Misshapen(name)
    return [(template or "", answer) for template, answer in zip(templates, answers, strict=True)]


def _event_key(fields: Fields, event: str) -> str:
    if event == "location":  # where somebody is: not even whether there is more is looked at
        return ""
    key = _optional(fields, "EventKey")
    if len(key.encode()) <= MAX_KEY_BYTES and _KEY.fullmatch(key):
        return key
    if event in _STEERING:
        raise Misshapen("EventKey")
    return ""


def _scene(event: str, event_key: str) -> str:
    if event == "subscribe" and event_key.startswith(_FOLLOWED_BY_CODE):
        return event_key.removeprefix(_FOLLOWED_BY_CODE)
    return event_key if event == "scan" else ""


def _optional(fields: Fields, name: str) -> str:
    """Return the field's text, "" when it was not sent; twice, or with children, it has no meaning and is refused."""
    texts = fields.get(name)
    if texts is None:
        return ""
    if len(texts) != 1 or texts[0] is None:
        raise Misshapen(name)
    return texts[0]


def _required(fields: Fields, name: str, shape: re.Pattern[str]) -> str:
    text = _optional(fields, name)
    if not shape.fullmatch(text):
        raise Misshapen(name)
    return text
