"""One call of the platform's API, and the numbers by which it is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

BUSY = -1
REVOKED_TOKEN = 40001
NO_GRANT_TYPE = 40002
WRONG_OPENID = 40003
WRONG_MEDIA_ID = 40007
WRONG_MESSAGE_TYPE = 40008
WRONG_APP_ID = 40013
MENU_COUNT = 40016
MENU_KIND = 40017
MENU_NAME = 40018
MENU_KEY = 40019
MENU_URL = 40020
SUBMENU_COUNT = 40023
SUBMENU_KIND = 40024
SUBMENU_NAME = 40025
SUBMENU_KEY = 40026
SUBMENU_URL = 40027
WRONG_TEMPLATE = 40037
WRONG_ARGUMENT = 40097
WRONG_SECRET = 40125
NOT_WHITELISTED = 40164
WRONG_ACCOUNT_TYPE = 40200
NO_TOKEN = 41001
NOT_FOLLOWING = 43004
NOT_GRANTED = 43101
EMPTY_CONTENT = 44004
TOO_LONG = 45002
TOO_MANY_ARTICLES = 45008
DAILY_QUOTA = 45009
WINDOW_CLOSED = 45015
WINDOW_USED_UP = 45047
WRONG_COMMAND = 45072
TYPING_TOO_LATE = 45080
TYPING_ALREADY = 45081
NO_MENU = 46003
NOT_JSON = 47001
WRONG_DATA = 47003
NOT_AUTHORISED = 48001

WORDS: Mapping[int, str] = {
    0: "ok",
    BUSY: "system error",
    REVOKED_TOKEN: "invalid credential, access_token is invalid or not latest",
    NO_GRANT_TYPE: "invalid grant_type",
    WRONG_OPENID: "invalid openid",
    WRONG_MEDIA_ID: "invalid media_id",
    WRONG_MESSAGE_TYPE: "invalid message type",
    WRONG_APP_ID: "invalid appid",
    40014: "invalid access_token",
    MENU_COUNT: "invalid button size",
    MENU_KIND: "invalid button type",
    MENU_NAME: "invalid button name size",
    MENU_KEY: "invalid button key size",
    MENU_URL: "invalid button url size",
    SUBMENU_COUNT: "invalid sub button size",
    SUBMENU_KIND: "invalid sub button type",
    SUBMENU_NAME: "invalid sub button name size",
    SUBMENU_KEY: "invalid sub button key size",
    SUBMENU_URL: "invalid sub button url size",
    WRONG_TEMPLATE: "invalid template_id",
    WRONG_ARGUMENT: "invalid args",
    WRONG_SECRET: "invalid appsecret",
    WRONG_ACCOUNT_TYPE: "invalid account type",
    NO_TOKEN: "access_token missing",
    42001: "access_token expired",
    NOT_FOLLOWING: "require subscribe",
    NOT_GRANTED: "user refuse to accept the msg",
    EMPTY_CONTENT: "empty content",
    TOO_LONG: "content size out of limit",
    TOO_MANY_ARTICLES: "article size out of limit",
    DAILY_QUOTA: "reach max api daily quota limit",
    WINDOW_CLOSED: "response out of time limit or subscription is canceled",
    WINDOW_USED_UP: "out of response count limit",
    WRONG_COMMAND: "invalid command",
    TYPING_TOO_LATE: "not interact in 30 seconds",
    TYPING_ALREADY: "already in typing state",
    NO_MENU: "menu no exist",
    NOT_JSON: "data format error",
    WRONG_DATA: "argument invalid",
    NOT_AUTHORISED: "api unauthorized",
}
"""What the platform writes beside each number: it answers in English, and programs go by the number."""


class Refusal(Exception):
    """The call is refused with this number."""

    def __init__(self, code: int, words: str | None = None) -> None:
        super().__init__(str(code))
        self.code = code
        self.words = WORDS[code] if words is None else words


@dataclass(frozen=True)
class Call:
    """A call that came through: its query string and its JSON. Its repr shows neither."""

    query: Mapping[str, str] = field(repr=False)
    body: Json = field(repr=False)

    def text(self, name: str, otherwise: int) -> str:
        """Return a text of the body that is not empty. Raises Refusal with the number `otherwise`."""
        return text_of(self.body, name, otherwise)

    def table(self, name: str, otherwise: int) -> Json:
        """Return an object of the body. Raises Refusal with the number `otherwise`."""
        found = self.body.get(name)
        if not isinstance(found, dict):
            raise Refusal(otherwise)
        return found


@dataclass(frozen=True)
class FileAnswer:
    """An answer that is a file and not JSON."""

    content: bytes = field(repr=False)
    content_type: str


Handler = Callable[[Call], Awaitable[Json | FileAnswer]]


def text_of(table: Mapping[str, Any], name: str, otherwise: int) -> str:
    """Return a text of `table` that is not empty. Raises Refusal with the number `otherwise`."""
    found = table.get(name)
    if not isinstance(found, str) or not found:
        raise Refusal(otherwise)
    return found
