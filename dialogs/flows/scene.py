"""What an ask is read and shown with: the tools built once, the answers so far, what is known, the day, the words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from dialogs.effects import Known
from dialogs.flows.state import Answers
from dialogs.understanding.reading import Reader, Understanding
from dialogs.understanding.story import StoryReader
from knowledge.city import City
from knowledge.library import Library
from knowledge.text import fold
from knowledge.wording import Wording
from rules.reckoning import Reckoner

_QUESTION = re.compile(
    r"[?？]$|吗$|(?<![什那这])么$|啵$|什么|啥|怎么|咋|哪|(?<![十好前这])几[天号月年个]|多少|多久|好久|好多|谁|"
    r"能不能|可不可以|可以不|行不行|得不得|中不中|要不要|用不用|算不算|是不是|有没有|该不该|会不会|为何|为什|如何|"
    r"[行能要中得办领签]不$|够不够|给不给|满没满|算不|想?问(?:一?下|问)|[记签办交租读领补]了?没$|[了过]没有?$"
)
_HAVE_NOT = re.compile("莫得|么得|木有|冇")
_NOTHING_AT_ALL = re.compile("(?:啥|什么)子?(?:都|也)")
_POLITE = re.compile(r"^(?:请问?|麻烦(?:您|你)?|那就|那|我想要|我想|我要|帮我|给我|我(?!们|的))+")
_TRAILING = re.compile(r"(?:一下子?|吧|了|啊|呀|哈|嘛|呗|谢谢|[\s。.!！,，~～、])+$")
_SURE_TOPIC = 0.6


def bare(text: str) -> str:
    """Return a message without polite words before it and particles and punctuation after it."""
    plain = fold(text).strip().lower()
    return _TRAILING.sub("", _POLITE.sub("", plain)) or plain


@dataclass(frozen=True)
class Tools:
    """What the dialogs work with; built once."""

    library: Library
    reader: Reader
    stories: StoryReader
    reckoner: Reckoner


@dataclass(frozen=True)
class Heard:
    """A message: `text` as it was written (or the choice its number stands for), and what was understood."""

    text: str
    understood: Understanding

    @cached_property
    def bare(self) -> str:
        """The message without polite words before it and particles and punctuation after it."""
        return bare(self.text)

    @cached_property
    def normal(self) -> str:
        """The normalised text; 莫得, 么得, 木有 and 冇 are 没得."""
        return _HAVE_NOT.sub("没得", self.understood.normalised.text)

    @cached_property
    def has_question_form(self) -> bool:
        """Whether the message has the words or the end of a question."""
        return _QUESTION.search(_NOTHING_AT_ALL.sub("", self.normal.rstrip(" 。.!！~"))) is not None

    @cached_property
    def is_question(self) -> bool:
        """Whether the message asks something: it never answers an ask then."""
        if self.has_question_form:
            return True
        return self.understood.asks and bool(self.understood.topics) and self.understood.confidence >= _SURE_TOPIC

    @property
    def names_a_topic(self) -> bool:
        """Whether the message is surely about one of our topics, asking or not: 办理时间."""
        return bool(self.understood.topics) and self.understood.confidence >= _SURE_TOPIC


@dataclass(frozen=True)
class Scene:
    """Where an ask stands: everything that reading, checking and showing may look at."""

    tools: Tools
    wording: Wording
    answers: Answers
    known: Known
    today: date

    @property
    def library(self) -> Library:
        """All cities and topics."""
        return self.tools.library

    @property
    def city(self) -> City | None:
        """The city of this dialog, once it is told."""
        return self.library.cities.get(self.answers.get("city") or "")

    @property
    def place(self) -> City:
        """The city, where it must be known. Raises KeyError before it is told."""
        if self.city is None:
            raise KeyError("the city is not told yet")
        return self.city

    def without(self, name: str) -> Scene:
        """Return the scene as if `name` had not been answered."""
        return replace(self, answers={key: value for key, value in self.answers.items() if key != name})

    def having(self, answers: Mapping[str, Any]) -> Scene:
        """Return the scene with other answers."""
        return replace(self, answers=answers)
