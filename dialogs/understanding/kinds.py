"""Messages that are not a question about the regulation: greetings, abuse, emergencies, private numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dialogs.understanding.sieve import Sieve
from knowledge.manner import MannerWords


class Manner(StrEnum):
    """What a message is, apart from a question about the regulation."""

    SUICIDE = "suicide"
    FIRE = "fire"
    AMBULANCE = "ambulance"
    POLICE = "police"
    FRAUD = "fraud"
    PRIVATE_NUMBERS = "private_numbers"
    INJECTION = "injection"
    ABUSE = "abuse"
    OFF_TOPIC = "off_topic"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    WHO = "who"
    WHAT_CAN_YOU = "what_can_you"
    HUMAN = "human"
    HOTLINE = "hotline"
    CHAT = "chat"
    FORGING = "forging"
    OTHERS_DATA = "others_data"
    PRECHECK = "precheck"
    DECLARE = "declare"
    REMIND = "remind"


EMERGENCIES = (Manner.SUICIDE, Manner.FIRE, Manner.AMBULANCE, Manner.POLICE, Manner.FRAUD)

WITHOUT_WORDS = (Manner.PRIVATE_NUMBERS, Manner.CHAT, Manner.FORGING, Manner.OTHERS_DATA)
"""Manners that are heard by the topic model, or by a pattern, not by words of `manners.toml`."""

_OFF_TOPIC = frozenset({"office", "knowledge", "weather_news"})
"""Subjects of the topic model that are none of ours."""

_PUNCTUATION = re.compile(r"[\s,，.。!！?？~、…]+")
_IDENTITY_NUMBER = (
    r"[1-8]\d{5}[ -]?(?:19|20)\d{2}[ -]?(?:0\d|1[0-2])[ -]?(?:[0-2]\d|3[01])[ -]?\d{3}[\dx]"  # 18 digits
    r"|[1-8]\d{5}\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}"  # 15 digits, issued before 2000
)
_TELEPHONE = r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
_BANK_ACCOUNT = r"(?:62|4\d|5[1-5])\d{2}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?"
_PRIVATE = re.compile(rf"(?<!\d)(?:{_IDENTITY_NUMBER}|{_TELEPHONE}|{_BANK_ACCOUNT})(?!\d)", re.IGNORECASE)


_LONG_NUMBER = re.compile(r"\d{3}")
"""What every private number holds; few messages hold it, and the patterns of the numbers are slow to say so."""

_NUMBER_WITH_NAME = re.compile(
    rf"(?:我的?|俺的?)?(?:身份证|证件|手机|电话|银行卡|卡)?(?:号码?|号)?(?:是|为|[:：])?\s*{_PRIVATE.pattern}",
    re.IGNORECASE,
)
"""A private number with the words that only announce it: 身份证号是… is no question about identity cards."""


@dataclass(frozen=True)
class Manners:
    """The manners found, strongest first; empty for a plain message."""

    found: tuple[Manner, ...]

    def __contains__(self, manner: Manner) -> bool:
        return manner in self.found

    @property
    def emergency(self) -> Manner | None:
        """The emergency, if there is one."""
        return next((manner for manner in self.found if manner in EMERGENCIES), None)


NO_MANNERS = Manners(())


class ManneredReader:
    """Hears the manners of a message by the words of `knowledge/manners.toml`. Raises KeyError if one has none."""

    def __init__(self, words: Mapping[str, MannerWords]) -> None:
        named = [manner for manner in Manner if manner not in WITHOUT_WORDS]
        self._words: tuple[tuple[Manner, MannerWords], ...] = tuple((manner, words[manner]) for manner in named)
        self._sieve = Sieve(one.pattern for _, one in self._words)

    def manners_of(self, text: str) -> Manners:
        """Return what else a normalised message is than a question about the regulation."""
        bare = _PUNCTUATION.sub("", text)
        left = (self._words[place] for place in self._sieve.left_for(text if bare == text else f"{text}\n{bare}"))
        found: set[Manner] = {manner for manner, words in left if words.are_in(text, bare)}
        if _LONG_NUMBER.search(text) and _PRIVATE.search(text):
            found.add(Manner.PRIVATE_NUMBERS)
        return _ordered(found)


def likely_manners(names: frozenset[str], subjects: frozenset[str]) -> Manners:
    """Return the manners that the topic model hears: by name, and by the subjects that are none of ours."""
    found = {Manner(name) for name in names}
    if subjects & _OFF_TOPIC:
        found.add(Manner.OFF_TOPIC)
    if "chat" in subjects:
        found.add(Manner.CHAT)
    return _ordered(found)


def _ordered(found: set[Manner]) -> Manners:
    return Manners(tuple(manner for manner in Manner if manner in found)) if found else NO_MANNERS


def without_private_numbers(text: str) -> str:
    """Return `text` with identity, telephone and card numbers taken out."""
    return _NUMBER_WITH_NAME.sub(" ", text) if _LONG_NUMBER.search(text) else text
