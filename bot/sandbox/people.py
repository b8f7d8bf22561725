"""The followers: what they do, what they have seen, and what may be sent to them."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox import messages
from bot.sandbox.ledger import Delivery
from bot.sandbox.media import Media
from bot.sandbox.messages import Message
from bot.sandbox.options import Clock, Clocks
from bot.sandbox.quota import Opened, Windows
from bot.sandbox.replies import Said

KEPT_BUBBLES = 300
BANNER = "该公众号暂时无法提供服务，请稍后再试"


class Side(StrEnum):
    """Who a bubble of the talk is from."""

    PERSON = "person"
    ACCOUNT = "account"
    PLATFORM = "platform"


@dataclass(frozen=True)
class Bubble:
    """One entry of a talk: plain text of the person or the platform, or what the account said. Shows no words."""

    number: int
    side: Side
    text: str = field(default="", repr=False)
    said: Said | None = field(default=None, repr=False)


@dataclass
class Grant:
    """What a person allows of one notification: `left` more of them, or any number."""

    left: int = 0
    is_long_term: bool = False


class NotFollowing(Exception):
    """Somebody who does not follow the account cannot write to it."""

    def __init__(self) -> None:
        super().__init__("这个人还没有关注公众号；请先点“关注”")


Send = Callable[["Person", Message], Awaitable[Delivery]]


class Person:
    """A follower. Each thing they do is awaited until the platform is done with it, and returns what became of it.

    `name` is for people; the repr shows neither that nor the openid.
    """

    def __init__(self, name: str, send: Send, media: Media, clock: Clock, clocks: Clocks) -> None:
        self.name = name
        self.openid = f"o{secrets.token_urlsafe(20)[:27]}"
        self.is_following = True
        self.windows = Windows(clocks.message_window, clocks.touch_window)
        self.grants: dict[str, Grant] = {}
        self.talk: deque[Bubble] = deque(maxlen=KEPT_BUBBLES)
        self.wrote_at: float | None = None
        self.typing_until = 0.0
        self.human_until = 0.0
        self._send = send
        self._media = media
        self._clock = clock
        self._clocks = clocks
        self._bubbles = 0

    def __repr__(self) -> str:
        return f"Person(is_following={self.is_following})"

    @property
    def sees_typing(self) -> bool:
        """Whether the account seems to be typing."""
        return self.typing_until > self._clock.now()

    @property
    def is_with_human(self) -> bool:
        """Whether a human has taken over and messages go to them."""
        return self.human_until > self._clock.now()

    def show(self, side: Side, text: str = "", said: Said | None = None) -> None:
        """Add to what the person sees."""
        self._bubbles += 1
        self.talk.append(Bubble(self._bubbles, side, text, said))
        if side is not Side.PERSON:
            self.typing_until = 0.0

    def meet_human(self) -> None:
        """Begin or prolong the conversation with a human."""
        self.human_until = self._clock.now() + self._clocks.human

    def leave_human(self) -> None:
        """End the conversation with a human: the next message is pushed again."""
        self.human_until = 0.0

    async def says(self, content: str, menu_id: str | None = None) -> Delivery:
        """Type `content`, or tap the option of a msgmenu with that id. Raises NotFollowing, as all of these do."""
        return await self._write(messages.text(content, menu_id))

    async def sends_image(self, content: bytes, content_type: str = "image/jpeg") -> Delivery:
        """Send a photo; the account can fetch these bytes by MediaId."""
        media_id = self._media.keep(content, content_type)
        return await self._write(messages.image(media_id, self._media.url_of(media_id)))

    async def speaks(self, recognition: str | None) -> Delivery:
        """Say something that the platform wrote down as `recognition`, or did not."""
        return await self._write(messages.voice(self._media.keep(b"#!AMR\n", "audio/amr"), recognition))

    async def sends_video(self) -> Delivery:
        """Send a video."""
        return await self._write(messages.video(self._media.keep(b"\0\0\0\x18ftypmp42", "video/mp4")))

    async def sends_location(self, label: str, latitude: float = 34.6, longitude: float = 112.4) -> Delivery:
        """Send a place with its address as `label`; degrees."""
        return await self._write(messages.location(label, latitude, longitude))

    async def sends_link(self, title: str, url: str, description: str = "") -> Delivery:
        """Pass a link on."""
        return await self._write(messages.link(title, description, url))

    async def follows(self, scene: str | None = None) -> Delivery:
        """Follow the account, by the code with `scene` if given; whoever follows already only scans."""
        if self.is_following and scene is not None:
            return await self._touch(messages.event("SCAN", ("EventKey", scene), *_ticket(), shown="［扫码］"))
        self.is_following = True
        came_by = () if scene is None else (("EventKey", f"qrscene_{scene}"), *_ticket())
        key = came_by or (("EventKey", ""),)
        return await self._touch(messages.event("subscribe", *key, shown="［关注］"))

    async def unfollows(self) -> Delivery:
        """Stop following: windows close, grants end."""
        self._check_following()
        self.is_following = False
        self.windows.close()
        self.grants.clear()
        self.leave_human()
        return await self._do(messages.event("unsubscribe", ("EventKey", ""), shown="［取消关注］"))

    async def clicks(self, key: str, label: str = "") -> Delivery:
        """Tap a menu button with a key."""
        self._check_following()
        return await self._touch(messages.event("CLICK", ("EventKey", key), shown=f"［菜单］{label or key}"))

    async def views(self, url: str, label: str = "") -> Delivery:
        """Tap a menu button with an address; that opens no window."""
        self._check_following()
        return await self._do(messages.event("VIEW", ("EventKey", url), shown=f"［打开］{label or url}"))

    async def reports_position(self, latitude: float, longitude: float) -> Delivery:
        """Let the telephone tell where it is; degrees."""
        self._check_following()
        return await self._do(messages.position(latitude, longitude))

    async def answers_popup(self, template_id: str, accepts: bool, *, is_long_term: bool = False) -> Delivery:
        """Answer, on a page, whether a notification may come: one more of it, or any number of a long-term one."""
        self._check_following()
        if accepts:
            grant = self.grants.setdefault(template_id, Grant())
            grant.left, grant.is_long_term = grant.left + 1, grant.is_long_term or is_long_term
        return await self._do(messages.popup_answered(template_id, accepts))

    async def changes_grant(self, template_id: str, accepts: bool) -> Delivery:
        """Change a grant in the settings of the account; a refusal ends it."""
        self._check_following()
        if not accepts:
            self.grants.pop(template_id, None)
        return await self._do(messages.grant_changed(template_id, accepts))

    async def _write(self, message: Message) -> Delivery:
        self._check_following()
        self.wrote_at = self._clock.now()
        self.windows.open(Opened.WORDS, self.wrote_at)
        return await self._do(message)

    async def _touch(self, message: Message) -> Delivery:
        self.windows.open(Opened.TOUCH, self._clock.now())
        return await self._do(message)

    async def _do(self, message: Message) -> Delivery:
        if message.shown:
            self.show(Side.PERSON, message.shown)
        return await self._send(self, message)

    def _check_following(self) -> None:
        if not self.is_following:
            raise NotFollowing


def _ticket() -> tuple[tuple[str, str]]:
    return (("Ticket", f"gQ{secrets.token_urlsafe(24)}"),)
