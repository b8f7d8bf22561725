"""A message that goes on from the last topic: 那要带什么, 我老婆呢, 要钱不."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dialogs.understanding.choosing import OTHER_THINGS, SURE
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.ranking import Candidate
from knowledge.topic import Topic

SHORT_QUESTION = 10
"""A follow-up without a thing of its own has at most so many characters."""

LONGEST_FOLLOW_UP = 25
_GOES_ON = re.compile(r"^(?:那|要是|如果|还有|不是|我是说|我问的是)")
"""那要带什么 goes on from what was talked of."""

_NAMES_THE_PERMIT = re.compile(r"(?<![签保认查公])证(?![明件书据人婚])")
"""多久能拿到证 says what it asks about; where it is short of any other thing, that is the permit."""

_APPLIES = re.compile(r"(?:办理?|申领|申请|领)(?:个|张)?居住证|居住证.{0,4}办")
"""办居住证要带啥 is about the first permit, whatever was talked of before."""

_OTHER_PAPER = re.compile(r"(?<!居住)证|[照卡票]|登记|资格")
"""Behind 办护照 and 婚姻登记, 证 is another paper than the permit."""

_SAME_OF_ANOTHER = re.compile(r"[呢哩喃](?=[\s,，。?？]|$)")
"""我老婆呢 asks the same of another."""

CLEAR_BY_ITSELF = 0.7
"""A message with a thing of its own that is so sure needs no topic before it, however it begins."""

ASKED_BY_IT = 0.15
"""How much likelier than by the last topic's title alone a topic must be to be what a follow-up asks."""

ASPECTS = frozenset(
    "pay amount how_long where bring when deadline how get proxy penalty condition complain reason how_to_apply "
    "online refused photo form validity list_all contents start yearly meaning seized withhold settle_terms "
    "use makeup change".split()
)
"""Concepts that ask something of a thing named elsewhere: 花钱不, 上哪补, 罚多少."""

SHARED_CONCEPTS = frozenset({"permit", "apply", "regulation"})
"""Concepts of nearly every question; alone they single out no topic."""


@dataclass(frozen=True)
class Asked:
    """What of a message is ranked: its text without names, days and numbers of a person, and the concepts of it."""

    text: str
    concepts: frozenset[str]


NOTHING_ASKED = Asked("", frozenset())


class FollowUps:
    """Tells what a message means that goes on from a topic. Built once; `following` is a pure function."""

    def __init__(
        self,
        topics: Mapping[str, Topic],
        lexicon: Lexicon,
        ranked: Callable[[Asked], tuple[Candidate, ...]],
    ) -> None:
        self._topics, self._lexicon, self._ranked = topics, lexicon, ranked
        self._concepts_of_titles: dict[str, frozenset[str]] = {}
        self._scores_of_titles: dict[str, Mapping[str, float]] = {}

    def following(
        self, asked: Asked, ranked: tuple[Candidate, ...], before: tuple[str, ...]
    ) -> tuple[Asked, tuple[Candidate, ...]] | None:
        """Return what a message that `goes_on` (那要带什么) asks and means behind the last topic; None if nothing.

        It is read behind that topic's title. What it asks beside that topic is meant; nothing else, the topic again:
        but not when the message is clear alone and says itself what it asks about.
        """
        if not before:
            return None
        if not ranked[0].is_topic and ranked[0].score >= CLEAR_BY_ITSELF:
            return None
        title, known = self._topics[before[0]].title, self._asked_by_title(before[0])
        of_the_title = self._scores_of_title(before[0])
        together = Asked(f"{title} {asked.text}", asked.concepts | known)
        candidates = self._ranked(together)
        others = [one for one in candidates if one.is_topic and one.topic not in before]
        gained = [one for one in others if one.score - of_the_title.get(one.topic, 0.0) >= ASKED_BY_IT]
        if _SAME_OF_ANOTHER.search(asked.text):
            gained = [one for one in gained if self._asks_alike(one.topic, before[0])]
        gained = [one for one in gained if self._can_follow(one.topic, before[0], asked)]
        if self._is_whole(asked, ranked[0], before[0]):
            gained = [one for one in gained if self._asks_alike(one.topic, ranked[0].topic)]
            if not gained and not self._asks_alike(before[0], ranked[0].topic):
                return None
        meant = gained[:1] or [one for one in candidates if one.topic == before[0]]
        meant = [replace(one, score=max(one.score, SURE)) for one in meant]
        return (together, tuple(meant)) if meant else None

    def goes_on(self, asked: Asked, best: Candidate) -> bool:
        """Tell whether a message has no thing of its own, or says that it goes on; `best` is its own best reading.

        What does not means the same whatever was talked of before.
        """
        text = asked.text.strip()
        if len(text) > LONGEST_FOLLOW_UP:
            return False
        own = asked.concepts - ASPECTS - SHARED_CONCEPTS
        is_clear = bool(own) and best.score >= CLEAR_BY_ITSELF
        if best.is_topic and best.score >= CLEAR_BY_ITSELF and _APPLIES.search(text):
            return False
        of_another = _SAME_OF_ANOTHER.search(text)
        if of_another is not None:
            if is_clear and of_another.end() < len(text):
                return False  # 俺是南阳哩，得住多久才给办
            return not (is_clear and best.is_topic and self._topics[best.topic].group in OTHER_THINGS)
        if _GOES_ON.search(text):
            return not is_clear
        return bool(asked.concepts & ASPECTS) and not own and len(text) <= SHORT_QUESTION

    def _is_whole(self, asked: Asked, best: Candidate, before: str) -> bool:
        """Tell whether a message is clear alone and names its thing (多久能拿到证); `best` is its own reading."""
        last = self._topics[before]
        if last.group in OTHER_THINGS and _OTHER_PAPER.search(last.title):
            return False
        named = asked.concepts - ASPECTS - SHARED_CONCEPTS or _NAMES_THE_PERMIT.search(asked.text)
        return bool(named) and best.is_topic and best.score >= CLEAR_BY_ITSELF

    def _can_follow(self, topic: str, before: str, asked: Asked) -> bool:
        """Tell whether a topic asks what the message asks (带啥), and of no permit when another thing was talked of."""
        topics, aspects = self._topics, asked.concepts & ASPECTS
        if topics[before].group in OTHER_THINGS and topics[topic].group not in OTHER_THINGS:
            return False
        return not aspects or bool(aspects & self._asked_by_title(topic))

    def _asks_alike(self, one: str, other: str) -> bool:
        """Tell whether two topics ask the same of different things: 首次办证收不收钱, 丢了补办收不收钱."""
        topics = self._topics
        shared = self._asked_by_title(one) & self._asked_by_title(other) & ASPECTS
        return bool(shared) or topics[one].group == topics[other].group

    def _asked_by_title(self, topic: str) -> frozenset[str]:
        """Return the concepts of a topic's title; each title is read once."""
        if topic not in self._concepts_of_titles:
            self._concepts_of_titles[topic] = self._lexicon.concepts_in(self._topics[topic].title)
        return self._concepts_of_titles[topic]

    def _scores_of_title(self, topic: str) -> Mapping[str, float]:
        """Return what a topic's title alone is likeliest to ask; each title is ranked once."""
        if topic not in self._scores_of_titles:
            ranked = self._ranked(Asked(self._topics[topic].title, self._asked_by_title(topic)))
            self._scores_of_titles[topic] = {one.topic: one.score for one in ranked}
        return self._scores_of_titles[topic]
