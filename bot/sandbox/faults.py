"""What goes wrong, and how often: every fault has a probability and a stream of chances of its own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from enum import StrEnum


class Fault(StrEnum):
    """What can go wrong. All are off until they are given a probability."""

    DUPLICATE = "duplicate"
    REORDER = "reorder"
    DELAY = "delay"
    SAME_ID = "same_id"
    PREVIOUS_KEY = "previous_key"
    DROP = "drop"
    TOKEN_REVOKED = "token_revoked"  # noqa: S105  # a name of a fault
    TOKEN_EXPIRED = "token_expired"  # noqa: S105
    QUOTA = "quota"
    API_SLOW = "api_slow"
    API_BROKEN = "api_broken"
    API_BUSY = "api_busy"
    API_UNHEARD = "api_unheard"
    UNDELIVERED = "undelivered"


LABELS: Mapping[Fault, str] = {
    Fault.DUPLICATE: "回复收到以后，同一条消息再推一次",
    Fault.REORDER: "同一个人的两条消息，后发的先到",
    Fault.DELAY: "消息晚到几秒",
    Fault.SAME_ID: "两个人的消息用同一个 MsgId",
    Fault.PREVIOUS_KEY: "用上一个 EncodingAESKey 加密",
    Fault.DROP: "没读到回复，连接就断了",
    Fault.TOKEN_REVOKED: "access_token 突然作废（40001）",
    Fault.TOKEN_EXPIRED: "access_token 提前过期（42001）",
    Fault.QUOTA: "接口次数用完（45047、45009）",
    Fault.API_SLOW: "接口很慢",
    Fault.API_BROKEN: "接口返回 500 或乱码",
    Fault.API_BUSY: "接口说系统繁忙（-1）",
    Fault.API_UNHEARD: "接口办了，应答却没送到",
    Fault.UNDELIVERED: "订阅通知收下了，却没送到人那里",
}
"""What each fault is called on the page."""


class Faults:
    """Decides when something goes wrong. The same seed and the same questions in the same order: the same faults."""

    def __init__(self, chances: Mapping[Fault, float], seed: int) -> None:
        self._streams = {fault: random.Random(f"{seed}:{fault}") for fault in Fault}  # noqa: S311  # to come again, not secret
        self._chances = dict.fromkeys(Fault, 0.0)
        self.happened = dict.fromkeys(Fault, 0)
        for fault, chance in chances.items():
            self.set_chance(fault, chance)

    def set_chance(self, fault: Fault, chance: float) -> None:
        """Let `fault` happen with this probability from now on. Raises ValueError unless it is from 0 to 1."""
        if not 0 <= chance <= 1:
            raise ValueError("故障的概率应在 0 和 1 之间：0 是从不，1 是每次")
        self._chances[fault] = chance

    def chance_of(self, fault: Fault) -> float:
        """Return the probability of `fault`."""
        return self._chances[fault]

    def happens(self, fault: Fault) -> bool:
        """Tell whether it goes wrong this time, and count it."""
        drawn = self._streams[fault].random()  # drawn even where it never happens: switching it on moves nothing
        happens = drawn < self._chances[fault]
        self.happened[fault] += happens
        return happens

    def between(self, fault: Fault, most: float) -> float:
        """Return how much of it, from 0 to `most`."""
        return self._streams[fault].uniform(0, most)
