"""Staff look-up: a citation, a phrase, a range, a comparison or a search, in one box."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from dialogs.other_texts import other_text
from dialogs.shorthand import Shorthand, chapter_by_name, figures_alone, without_numbers_of_documents
from dialogs.understanding.normalise import simplify
from dialogs.understanding.ranking import Candidate
from dialogs.understanding.reading import Reader
from knowledge.address import PREAMBLE, Address
from knowledge.citations import NoSuchPlace, Reference, read_reference, resolve
from knowledge.city import City, Stance
from knowledge.library import Library
from knowledge.search import ArticleSearch
from knowledge.segment import words
from knowledge.text import NUMERAL, fold, squeeze, to_int

DEFAULT_LIMIT = 10

_QUOTED = re.compile(r"[“\"「『‘'](.{2,60}?)[”\"」』’']")
_COMPARES = re.compile(
    r"各市|各地|各城|各家|哪些市|哪些城市|哪几个|哪个市|哪个城市|哪些地方|五市|五个市|五个城市|五城|对比|比较|区别|不同|差别|异同|分别|汇总|一览"
)
_NOISE = re.compile(
    r"什么时候|啥时候|何时|原文|条文|依据|条款|规定|办法|怎么|如何|什么|哪些|哪个|能不能|可不可以|是否|有没有|关于|查询|查一下|请问|一下|全文|内容|相关|居住证|没有|[吗呢的了不没]|对比|比较|各市|城市|五市"
)
_TOPIC_SURE = 0.3
_TOPIC_CERTAIN = 0.6
_LEAST_SHARE = 0.4
_RARE = 12
"""In so few provisions a character stands that still tells something."""
MAX_CHARACTERS = 200
_NUMBER_ALONE = re.compile(rf"第?\s*([{NUMERAL}]{{1,4}})")
_ASKS_FOR_PHRASE = re.compile(r"^(?:原文(?:里)?(?:找|查|有)?|查找|查原文|包含|含有|出现|哪条(?:有|写))\s*")


class LookupKind(StrEnum):
    """The kinds of the batch contract."""

    CITE = "cite"
    SEARCH = "search"
    COMPARE = "compare"
    PHRASE = "phrase"
    RANGE = "range"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Hit:
    """A provision, or (comparison only) a silent city: `address` and `text` None."""

    city: str
    address: Address | None
    text: str | None


@dataclass(frozen=True)
class Lookup:
    """The result, best first; `message` says what is wrong or which cities are silent.

    `topic` is what is compared, or what a search is clearly about.
    """

    kind: LookupKind
    hits: tuple[Hit, ...]
    message: str | None = None
    topic: str | None = None


class Clerk:
    """Looks provisions up. Built once; `look_up` is a pure function."""

    def __init__(self, library: Library, reader: Reader) -> None:
        self._library = library
        self._reader = reader
        self._search = ArticleSearch(library.cities)
        self._shorthand = Shorthand(library.cities)

    def look_up(self, query: str, limit: int | None = None) -> Lookup:
        """Look `query` up. `limit` cuts the hits; without it ten, and a cited range is given whole."""
        text = self._shorthand.written_out(simplify(query).strip()[:MAX_CHARACTERS])
        if not squeeze(text):
            return _not_found("请输入条款、词语或问题。")
        places = self._reader.gazetteer.find(fold(text).lower())
        if places.outside:
            return _not_found(f"没有{places.outside}的文本，只有{self._names(self._library.cities.values())}。")
        slugs = self._shorthand.by_document(text) or list(dict.fromkeys(m.city for m in places.mentions if m.city))
        wrong = self._shorthand.other_number(text, slugs[0]) if len(slugs) == 1 else None
        reference = self._reference(text, slugs)
        if reference is not None:
            titles = tuple(city.title for city in self._library.cities.values())
            bare = self._reader.without_city_names(text)
            other = other_text(text, titles, bare, names_city=bool(slugs))
            if other is not None:
                return _not_found(f"没有{other}的文本，只有{self._names(self._library.cities.values())}的办法。")
            found = self._cite(reference, slugs, limit)
            return replace(found, message=f"{wrong}{found.message or ''}") if wrong else found
        if wrong:
            return _not_found(wrong)
        phrase = self._phrase(text, slugs, limit)
        if phrase is not None:
            return phrase
        if _COMPARES.search(text) or len(slugs) > 1:
            return self._compare(text, slugs)
        return self._find(text, slugs[0] if slugs else None, limit or DEFAULT_LIMIT)

    def _reference(self, text: str, slugs: list[str]) -> Reference | None:
        """Return what a query cites; figures alone (12 3), beside a city its 文号 and a chapter's title too."""
        bare = self._reader.without_city_names(text)
        if (reference := figures_alone(bare) or read_reference(without_numbers_of_documents(text))) is not None:
            return reference
        alone = _NUMBER_ALONE.fullmatch(fold(bare).strip())
        if alone is not None and (len(slugs) == 1 or (not slugs and self._is_article(alone[1]))):
            return read_reference(f"第{alone[1]}条")
        if len(slugs) != 1:
            return None
        is_document = self._shorthand.is_document(text, slugs[0])
        return Reference(PREAMBLE) if is_document else chapter_by_name(self._library.cities[slugs[0]], bare)

    def _is_article(self, numeral: str) -> bool:
        return any(city.act.article(str(to_int(numeral))) for city in self._library.cities.values())

    def _names(self, cities: Iterable[City]) -> str:
        return "、".join(city.short for city in cities)

    # --- citations and phrases ---

    def _cite(self, reference: Reference, slugs: list[str], limit: int | None) -> Lookup:
        cities = [self._library.cities[slug] for slug in slugs] or list(self._library.cities.values())
        hits: list[Hit] = []
        problems: dict[str, str] = {}
        for city in cities:
            try:
                hits += [self._hit(city, address) for address in resolve(city, reference)]
            except NoSuchPlace as problem:
                problems[city.short] = problem.message
        message = "".join(problems.values())
        if not hits:
            return _not_found(message)
        if len(problems) > 1:
            message = f"没有这一处的：{'、'.join(problems)}。"
        several = any(value is not None for value in (reference.last_article, reference.last_item, reference.chapter))
        kind = LookupKind.RANGE if several else LookupKind.CITE
        return Lookup(kind, tuple(hits[:limit]), message or None)

    def _phrase(self, text: str, slugs: list[str], limit: int | None) -> Lookup | None:
        """Find verbatim words: those in quotation marks, or a whole query of four characters and more."""
        quoted = _QUOTED.search(text)
        city = slugs[0] if len(slugs) == 1 else None
        wanted = quoted[1] if quoted else _ASKS_FOR_PHRASE.sub("", self._reader.without_city_names(text)).strip()
        counted = [] if quoted else self._shorthand.places_with(wanted, city)
        if counted:
            return self._phrase_at(counted, limit)
        if not quoted and (len(squeeze(wanted)) < 4 or re.search(r"\s", wanted.strip())):
            return None
        found = self._search.containing(wanted, city)
        if not found:
            return _not_found(f"文本里没有“{wanted}”这几个字。") if quoted else None
        same_topic = [] if quoted else self._places_of_topic(text, city)
        places = list(dict.fromkeys([*found, *same_topic]))
        return self._phrase_at(places, limit)

    def _phrase_at(self, places: list[tuple[str, Address]], limit: int | None) -> Lookup:
        hits = [self._hit(self._library.cities[slug], address) for slug, address in places[:limit]]
        return Lookup(LookupKind.PHRASE, tuple(hits))

    def _places_of_topic(self, text: str, city: str | None) -> list[tuple[str, Address]]:
        """Return where the topic of a query is ruled, so that 扣押居住证 also finds 非法扣押他人居住证."""
        topic = self._topic(text)
        return [
            (slug, address)
            for slug, found in self._library.cities.items()
            if topic and city in (None, slug) and found.rulings[topic].stance is not Stance.SILENT
            for address in found.rulings[topic].cites
        ]

    # --- comparison and search ---

    def _compare(self, text: str, named: list[str]) -> Lookup:
        topic = self._topic(text)
        if topic is None:
            return _not_found("没看出要比较什么。请写明事项，例如“各市补领收不收费”。")
        hits: list[Hit] = []
        for city in self._library.cities.values():
            ruling = city.rulings[topic]
            if ruling.stance is Stance.SILENT:
                hits.append(Hit(city.slug, None, None))
            else:
                hits += [self._hit(city, address) for address in ruling.cites]
        hits.sort(key=lambda hit: (hit.address is None, bool(named) and hit.city not in named))
        return Lookup(LookupKind.COMPARE, tuple(hits), self._silence(topic), topic)

    def _topic(self, text: str) -> str | None:
        best = next(self._topics(_COMPARES.sub(" ", text)), None)
        return best.topic if best is not None and best.score >= _TOPIC_SURE else None

    def _topics(self, text: str) -> Iterator[Candidate]:
        """Yield the topics a query may be about, likeliest first, as likely as they are among topics.

        Staff neither greet nor wish for a dialog: what a resident's words would be of that is left out.
        """
        candidates = self._reader.read(text).candidates
        others = sum(candidate.score for candidate in candidates if not candidate.is_topic)
        share = max(1 - others, _LEAST_SHARE)
        return (replace(one, score=min(one.score / share, 1.0)) for one in candidates if one.is_topic)

    def _find(self, text: str, city: str | None, limit: int) -> Lookup:
        sure = next((one.topic for one in self._topics(text) if one.score >= _TOPIC_CERTAIN), None)
        nothing = self._why_nothing(text, city, sure)
        if nothing is not None:
            return nothing
        scores: dict[tuple[str, Address], float] = {}
        for rank, candidate in enumerate(islice(self._topics(text), 3)):
            if candidate.score < _TOPIC_SURE * (1 if rank == 0 else 1.2):
                continue
            for slug, found in self._library.cities.items():
                ruling = found.rulings[candidate.topic]
                if ruling.stance is not Stance.SILENT and city in (None, slug):
                    for place, address in enumerate(ruling.cites):
                        key = (slug, address)
                        scores[key] = max(scores.get(key, 0.0), candidate.score * 14 / (1 + 0.15 * place))
        for passage in self._search.search(self._reader.without_city_names(_NOISE.sub(" ", text)), city, limit * 2):
            key = (passage.city, passage.address)
            scores[key] = scores.get(key, 0.0) + passage.score
        best = sorted(scores, key=lambda key: (-scores[key], list(self._library.cities).index(key[0]), key[1]))
        best = best or self._by_rare_character(_NOISE.sub(" ", self._reader.without_city_names(text)), city)
        if not best:
            return _not_found(self._what_else(text, city))
        hits = [self._hit(self._library.cities[slug], address) for slug, address in best[:limit]]
        silence = self._silence(sure) if sure and city is None else None
        return Lookup(LookupKind.SEARCH, tuple(hits), silence, sure)

    def _what_else(self, text: str, city: str | None) -> str:
        if city and not squeeze(_NOISE.sub("", self._reader.without_city_names(text))):
            named = self._library.cities[city]
            return f"《{named.title}》共{len(named.act.articles)}条。请接着写条款或词语，例如“{named.short}12条”。"
        return "没有找到。请换个词，或写明条款。"

    def _by_rare_character(self, text: str, city: str | None) -> list[tuple[str, Address]]:
        """Return where the rarest character of a query stands: 骗取 finds 骗领. A common one tells nothing."""
        counted = {character: self._search.frequency(character) for character in squeeze(text)}
        found = {one: count for one, count in counted.items() if 0 < count <= _RARE and not one.isascii()}
        return self._search.containing(min(found, key=found.__getitem__), city) if found else []

    def _why_nothing(self, text: str, city: str | None, topic: str | None) -> Lookup | None:
        """Tell why there is nothing: the texts are silent on the topic, or no provision contains or means a word.

        `topic` is what the query is clearly about.
        """
        scope = self._library.cities[city].short if city else "各市"
        cities = {city} if city else set(self._library.cities)
        if topic is not None and cities <= {one.slug for one in self._silent_on(topic)}:
            message = f"{scope}的文本没有写{self._library.topics[topic].subject}。"
            return replace(_not_found(message), topic=topic)
        unknown = self._unknown_word(text, only_strange=topic is not None)
        return _not_found(f"{scope}的文本里没有“{unknown}”。") if unknown else None

    def _silent_on(self, topic: str) -> list[City]:
        return [city for city in self._library.cities.values() if city.rulings[topic].stance is Stance.SILENT]

    def _silence(self, topic: str) -> str | None:
        """Say which cities are silent on a topic; None where all rule it."""
        names = self._names(self._silent_on(topic))
        return f"没有写{self._library.topics[topic].subject}的：{names}。" if names else None

    def _unknown_word(self, text: str, *, only_strange: bool) -> str | None:
        """Return a word of the query that no provision contains or means, if there is one.

        `only_strange`, where the topic is clear: count only words with a character no provision has at all (永久).
        """
        bare = _NOISE.sub(" ", self._reader.without_city_names(text))
        meant = self._reader.lexicon.spans_of_concepts(bare)
        position = 0
        for word in words(bare):
            position = bare.index(word, position)
            covered = any(start < position + len(word) and position < end for start, end in meant)
            if len(word) > 1 and not covered and self._is_unknown(word, only_strange=only_strange):
                return word
            position += len(word)
        return None

    def _is_unknown(self, word: str, *, only_strange: bool) -> bool:
        if word.isascii() or self._search.frequency(word):
            return False
        return not only_strange or any(not self._search.frequency(character) for character in word)

    def _hit(self, city: City, address: Address) -> Hit:
        provision = city.provision(address)
        text = f"{provision.lead_in}…{provision.text}" if provision.lead_in else provision.text
        return Hit(city.slug, address, text)


def _not_found(message: str) -> Lookup:
    return Lookup(LookupKind.NOT_FOUND, (), message)
