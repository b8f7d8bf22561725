"""Parameter codes and the ticket of the JS-SDK."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.sandbox import api_call as numbers
from bot.sandbox.api_call import Call, Json, Refusal, text_of

_MAX_SECONDS = 2_592_000
_MAX_SCENE = 64
_MAX_PERMANENT = 100_000
_TEXT_ACTIONS = ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE")
_ACTIONS = ("QR_SCENE", "QR_LIMIT_SCENE", *_TEXT_ACTIONS)


@dataclass(frozen=True)
class Code:
    """A parameter code; `seconds` None: it has no end."""

    scene: str
    ticket: str
    seconds: int | None


class Codes:
    """The codes of one account."""

    def __init__(self) -> None:
        self.jsapi_ticket = secrets.token_urlsafe(64)
        self.made: list[Code] = []

    def create(self, call: Call) -> Json:
        """Make a code and return what the platform answers. Raises Refusal."""
        action = call.text("action_name", numbers.WRONG_ARGUMENT)
        if action not in _ACTIONS:
            raise Refusal(numbers.WRONG_ARGUMENT)
        info = call.table("action_info", numbers.WRONG_ARGUMENT).get("scene")
        if not isinstance(info, dict):
            raise Refusal(numbers.WRONG_ARGUMENT)
        scene = _text_scene(info) if action in _TEXT_ACTIONS else _number_scene(info, action)
        seconds = None if "LIMIT" in action else _seconds(call.body.get("expire_seconds", 60))
        code = Code(scene, f"gQ{secrets.token_urlsafe(48)}", seconds)
        self.made.append(code)
        answer: Json = {"ticket": code.ticket, "url": f"http://weixin.qq.com/q/{code.ticket[:24]}"}
        return answer if seconds is None else {**answer, "expire_seconds": seconds}


def _text_scene(info: Json) -> str:
    scene = text_of(info, "scene_str", numbers.WRONG_ARGUMENT)
    if len(scene) > _MAX_SCENE:
        raise Refusal(numbers.WRONG_ARGUMENT)
    return scene


def _number_scene(info: Json, action: str) -> str:
    scene, highest = info.get("scene_id"), _MAX_PERMANENT if "LIMIT" in action else 2**32 - 1
    if not isinstance(scene, int) or not 0 < scene <= highest:
        raise Refusal(numbers.WRONG_ARGUMENT)
    return str(scene)


def _seconds(given: object) -> int:
    if not isinstance(given, int) or not 0 < given <= _MAX_SECONDS:
        raise Refusal(numbers.WRONG_ARGUMENT)
    return given
