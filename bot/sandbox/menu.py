"""The custom menu: three buttons, each with five below it at most, and names that fit a telephone."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from bot.sandbox import api_call as numbers
from bot.sandbox.api_call import Json, Refusal

MAX_BUTTONS = 3
MAX_BELOW = 5
NAME_COLUMNS = 8
NAME_COLUMNS_BELOW = 16
"""Four and eight Chinese characters, which are two columns each."""
MAX_KEY_BYTES = 128
MAX_URL_BYTES = 1024

_WITH_KEY = frozenset(
    "click scancode_push scancode_waitmsg pic_sysphoto pic_photo_or_album pic_weixin location_select".split()
)


def check_menu(menu: Mapping[str, Any]) -> None:
    """Raise Refusal with the platform's number for a menu that it does not take."""
    buttons = menu.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= MAX_BUTTONS:
        raise Refusal(numbers.MENU_COUNT)
    for button in buttons:
        _check_name(button, NAME_COLUMNS, numbers.MENU_NAME)
        below = button.get("sub_button")
        if below:
            _check_below(below)
        else:
            _check_action(button, numbers.MENU_KIND, numbers.MENU_KEY, numbers.MENU_URL)


def answered_menu(menu: Json) -> Json:
    """Return the menu as it is read back: every button has its list of those below."""
    buttons = [{**button, "sub_button": button.get("sub_button") or []} for button in menu["button"]]
    return {"menu": {"button": buttons}}


def _check_below(below: object) -> None:
    if not isinstance(below, list) or len(below) > MAX_BELOW:
        raise Refusal(numbers.SUBMENU_COUNT)
    for button in below:
        _check_name(button, NAME_COLUMNS_BELOW, numbers.SUBMENU_NAME)
        _check_action(button, numbers.SUBMENU_KIND, numbers.SUBMENU_KEY, numbers.SUBMENU_URL)


def _check_name(button: object, columns: int, otherwise: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not name or _columns(name) > columns:
        raise Refusal(otherwise)


def _check_action(button: Json, kind_number: int, key_number: int, url_number: int) -> None:
    kind = button.get("type")
    if kind == "view":
        url = button.get("url")
        fits = isinstance(url, str) and url.startswith(("http://", "https://")) and len(url.encode()) <= MAX_URL_BYTES
        if not fits:
            raise Refusal(url_number)
    elif kind in _WITH_KEY:
        key = button.get("key")
        if not isinstance(key, str) or not 0 < len(key.encode()) <= MAX_KEY_BYTES:
            raise Refusal(key_number)
    else:
        raise Refusal(kind_number)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)
