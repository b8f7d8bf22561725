"""What staff publish: answers of their own, and what is switched off. Plain values; nothing here is kept or counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from dialogs.compose import quotation, verify_part
from dialogs.plain import not_plain
from dialogs.saying import Kind, Part
from dialogs.understanding.kinds import without_private_numbers
from dialogs.understanding.normalise import simplify
from dialogs.understanding.places import Gazetteer
from knowledge.address import Address
from knowledge.city import City
from knowledge.library import Library
from knowledge.text import fold, missing_counts, squeeze
from rules.proof import ProofError

LONGEST_LINE = 200
LONGEST_ASK = 100
MOST_ASKS = 20
MOST_PLACES = 6
LONGEST_SENTENCE = 400
"""The most characters of an answer's line, of one way to ask it, of a switch's sentence; and the most of each."""

BY_STAFF = "本条由工作人员整理。"

OWN_DATA = frozenset({"status", "correct", "withdraw", "erase", "export", "stop_reminders", "look_up"})
"""The dialogs about what is kept of the person: a right that no switch takes away."""

_SHORTEST_ASK = 4


@dataclass(frozen=True)
class Switch:
    """Something switched off: `topic` (a topic's or a dialog's name; None: everything) in `city` (slug; None: all).

    `sentence` is what people get instead: plain text, at most LONGEST_SENTENCE characters.
    """

    city: str | None
    topic: str | None
    sentence: str


@dataclass(frozen=True)
class FaqEntry:
    """An answer written by staff for one city (slug), given to questions that are like one of `asks`.

    `line` is the answer in plain words, `places` the provisions of that city it rests on. `id` is shared by all
    revisions of the entry.
    """

    id: str
    city: str
    asks: tuple[str, ...]
    line: str
    places: tuple[Address, ...]


@dataclass(frozen=True)
class Published:
    """All that staff have in force."""

    switches: tuple[Switch, ...] = ()
    entries: tuple[FaqEntry, ...] = ()

    def sentence_for(self, city: str | None, topic: str | None = None) -> str | None:
        """Return what is said instead of `topic` (a dialog's name also) in `city`; None when it is not off.

        Without `topic`: instead of everything there. The switch of the whole city comes before one of the topic, and
        that of one city before that of all.
        """
        asked = [(city, None), (None, None), *([(city, topic), (None, topic)] if topic is not None else [])]
        return next((self._sentences[one] for one in asked if one in self._sentences), None)

    @cached_property
    def _sentences(self) -> Mapping[tuple[str | None, str | None], str]:
        return {(switch.city, switch.topic): switch.sentence for switch in self.switches}


NOTHING_PUBLISHED = Published()


def part_of(library: Library, entry: FaqEntry) -> Part:
    """Return the entry as it is said. Raises KeyError for a city or place that does not exist."""
    city = library.cities[entry.city]
    quotations = tuple(quotation(city, city.provision(city.normal_address(place))) for place in entry.places)
    return Part(Kind.ANSWER, entry.line, None, quotations, (BY_STAFF,), faq=entry.id)


def problem_of(library: Library, entry: FaqEntry, gazetteer: Gazetteer | None = None) -> str | None:
    """Return why an entry cannot be published, in a sentence for its author; None when nothing is wrong.

    `gazetteer` is that of a reader, where one is there already.
    """
    city = library.cities.get(entry.city)
    if city is None:
        return f"没有“{entry.city}”这个城市，请重新选城市。"
    places = gazetteer or Gazetteer(library.cities)
    found = _problem_of_line(library, entry, places) or _problem_of_asks(library, entry, places)
    return found or _problem_of_places(library, city, entry)


def problem_with(library: Library, switch: Switch) -> str | None:
    """Return why something cannot be switched off so, in a sentence for staff; None when nothing is wrong."""
    if switch.city is not None and switch.city not in library.cities:
        return f"没有“{switch.city}”这个城市，请重新选城市。"
    if switch.topic in OWN_DATA:
        return "这一项是本人查看、更正、删除自己信息的，不能停用。"
    if switch.topic is not None and switch.topic not in {*library.topics, *library.wordings}:
        return f"没有“{switch.topic}”这一项，请从列表里选。"
    if not switch.sentence.strip():
        return "请写停用时对群众说的话。"
    if len(switch.sentence) > LONGEST_SENTENCE:
        return f"停用时说的话有 {len(switch.sentence)} 个字，请缩到 {LONGEST_SENTENCE} 个以内。"
    return not_plain("停用时说的话", switch.sentence)


def _problem_of_line(library: Library, entry: FaqEntry, gazetteer: Gazetteer) -> str | None:
    if not entry.line.strip():
        return "请写答案。"
    if len(entry.line) > LONGEST_LINE:
        return f"答案有 {len(entry.line)} 个字，请缩到 {LONGEST_LINE} 个以内。"
    return not_plain("答案", entry.line) or _names_another(library, entry, "答案", entry.line, gazetteer)


def _problem_of_asks(library: Library, entry: FaqEntry, gazetteer: Gazetteer) -> str | None:
    if not entry.asks:
        return "请至少写一种问法。"
    if len(entry.asks) > MOST_ASKS:
        return f"问法有 {len(entry.asks)} 种，请留下最常用的 {MOST_ASKS} 种以内。"
    problems = (_problem_of_ask(library, entry, ask, gazetteer) for ask in entry.asks)
    return next((problem for problem in problems if problem is not None), None)


def _problem_of_ask(library: Library, entry: FaqEntry, ask: str, gazetteer: Gazetteer) -> str | None:
    if len(squeeze(ask)) < _SHORTEST_ASK or len(ask) > LONGEST_ASK:
        return f"问法“{ask[:LONGEST_ASK]}”要有 {_SHORTEST_ASK} 到 {LONGEST_ASK} 个字。"
    if without_private_numbers(ask) != ask:
        return "问法里有电话、证件这类号码，请去掉。"
    return not_plain("问法", ask) or _names_another(library, entry, "问法", ask, gazetteer)


def _problem_of_places(library: Library, city: City, entry: FaqEntry) -> str | None:
    if not entry.places:
        return "请至少选一条依据。"
    if len(entry.places) > MOST_PLACES:
        return f"依据有 {len(entry.places)} 条，请留下最要紧的 {MOST_PLACES} 条以内。"
    for place in entry.places:
        try:
            city.provision(city.normal_address(place))
        except KeyError:
            return f"{city.short}的文本里没有“{place}”这个条款，请核对第几条、第几款、第几项。"
    part = part_of(library, entry)
    said = missing_counts(entry.line, "".join(f"{one.lead_in or ''}{one.text}" for one in part.quotations))
    if said:
        return f"依据的条文里没有“{'、'.join(said)}”，请改答案里的数，或换一条依据。"
    try:
        verify_part(library, part)
    except ProofError as error:
        return f"没有通过核对：{error}。"
    return None


def _names_another(library: Library, entry: FaqEntry, what: str, text: str, gazetteer: Gazetteer) -> str | None:
    """Return which place a text names where this answer would not be given, or not be true."""
    places = gazetteer.find(simplify(fold(text)).lower(), entry.city)
    others = [mention.name for mention in places.mentions if mention.city not in (None, entry.city)]
    named = next(iter(others), places.outside)
    if named is None:
        return None
    return f"{what}里说到了“{named}”，这一条只给{library.cities[entry.city].short}的人看，请去掉。"
