"""Why a message was understood as it was: the stages of understanding, in words for staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dialogs.understanding.features import CONCEPT, features_of
from dialogs.understanding.happenings import Event, Told
from dialogs.understanding.kinds import Manner
from dialogs.understanding.places import Mention, Whereabouts
from dialogs.understanding.ranking import Candidate
from dialogs.understanding.reading import Understanding
from knowledge.library import Library
from knowledge.text import in_chinese
from rules.calendar import Span

SHOWN = 5
"""So many candidates are shown, and so many reasons for the first three."""

RANKED = "像问"
"""The stage of the candidates, which `scored` gives in numbers."""

_MANNERS = {
    Manner.SUICIDE: "轻生",
    Manner.FIRE: "火情",
    Manner.AMBULANCE: "急病、受伤",
    Manner.POLICE: "人身危险",
    Manner.FRAUD: "被骗",
    Manner.PRIVATE_NUMBERS: "带着号码",
    Manner.INJECTION: "想改变程序的做法",
    Manner.ABUSE: "骂人",
    Manner.OFF_TOPIC: "别的事",
    Manner.CHAT: "闲聊",
    Manner.FORGING: "想弄虚作假",
    Manner.OTHERS_DATA: "问别人的信息",
    Manner.GREETING: "打招呼",
    Manner.THANKS: "道谢",
    Manner.GOODBYE: "道别",
    Manner.WHO: "问你是谁",
    Manner.WHAT_CAN_YOU: "问能做什么",
    Manner.HUMAN: "找人工",
    Manner.HOTLINE: "问热线",
    Manner.PRECHECK: "要预审",
    Manner.DECLARE: "要申报",
    Manner.REMIND: "要提醒",
}
_EVENTS = {
    Event.EXPIRED: "到期",
    Event.ISSUED: "发证",
    Event.FULL: "住满",
    Event.ACCEPTED: "受理",
    Event.REGISTERED: "登记",
    Event.CHANGED: "搬家、变更",
    Event.HIRED: "入职",
    Event.LET: "出租",
    Event.ENDORSED: "签注",
    Event.PUBLISHED: "公布",
    Event.ARRIVED: "来这里",
    Event.RESIDES: "开始住",
    Event.NOW: "现在",
}
_OTHER_GROUPS = {"manner": "说话的样子", "flow": "要办的事", "none": "没有条文说的事"}


@dataclass(frozen=True)
class Stage:
    """One stage of understanding: its name and what it found, one thing a line; nothing when it found nothing.

    `is_list`: what it found are words that may stand in one line.
    """

    name: str
    found: tuple[str, ...]
    is_list: bool = False


@dataclass(frozen=True)
class Scored:
    """Something a message may ask for, with its probability (0..1).

    `topic` is the topic's slug, None for what no provision speaks of. `signals` are the words and concepts that speak
    for it (above 0) and against it, with how much each adds to its margin; those that add most come first.
    """

    title: str
    topic: str | None
    score: float
    signals: tuple[tuple[str, float], ...]


def scored(library: Library, understood: Understanding) -> tuple[Scored, ...]:
    """Return the likeliest candidates, most probable first, with their signals."""
    features = features_of(understood.asked.text, understood.asked.concepts)
    return tuple(_scored(library, features, candidate) for candidate in understood.candidates[:SHOWN])


def _scored(library: Library, features: frozenset[str], candidate: Candidate) -> Scored:
    reasons = library.topic_model.why(features, candidate.topic)
    most = sorted(reasons, key=lambda reason: -abs(reason[1]))[: 2 * SHOWN]
    signals = tuple((_feature(name), weight) for name, weight in most)
    return Scored(_title(library, candidate), candidate.topic if candidate.is_topic else None, candidate.score, signals)


def stages_of(library: Library, understood: Understanding) -> tuple[Stage, ...]:
    """Return the stages in the order they are taken."""
    return (
        Stage("整理", (understood.normalised.text,)),
        Stage("改正", tuple(f"“{wrong}”当作“{right}”" for wrong, right in understood.normalised.repairs)),
        Stage("地方", tuple(_places(library, understood.places))),
        Stage("时间", tuple(_times(understood.told))),
        Stage("另外", tuple(_manners(understood))),
        Stage("词义", tuple(sorted(name for name in understood.concepts if name[0] != "_")), is_list=True),
        Stage(RANKED, tuple(_candidates(library, understood))),
        Stage("结论", (_conclusion(library, understood),)),
    )


def _places(library: Library, places: Whereabouts) -> Iterable[str]:
    for mention in places.mentions:
        owner = library.cities[mention.city].short if mention.city else "五市以外"
        yield f"{mention.name}：{_role(mention)}（{owner}）"
    if places.residence:
        yield f"按{library.cities[places.residence].short}回答"
    elif places.several:
        yield f"说了几个城市：{'、'.join(library.cities[slug].short for slug in places.several)}，要反问"
    elif places.outside:
        yield f"住在{places.outside}，没有那里的规定"


def _role(mention: Mention) -> str:
    roles = ((mention.hukou, "户口"), (mention.former, "以前住"), (mention.origin, "老家"), (mention.lives, "在这里"))
    return next((name for holds, name in roles if holds), "提到")


def _times(told: Told) -> Iterable[str]:
    for happening in told.happenings:
        yield f"{_EVENTS[happening.event]}：{_span(happening.span)}"
    for lasting in told.lasting:
        about = "" if lasting.length.is_exact else "大约"
        yield f"{_EVENTS[lasting.event]}：到现在{about}{lasting.length.months}个月{lasting.length.days}天"
    if not told.happenings:
        yield from (f"日子：{_span(moment.span)}" for moment in told.moments)


def _span(span: Span) -> str:
    return in_chinese(span.first) if span.is_exact else f"{in_chinese(span.first)}到{in_chinese(span.last)}"


def _manners(understood: Understanding) -> Iterable[str]:
    yield from (f"{_MANNERS[manner]}（有这样的词）" for manner in understood.manners.found)
    yield from (f"{_MANNERS[manner]}（像）" for manner in understood.likely.found)


def _candidates(library: Library, understood: Understanding) -> Iterable[str]:
    features = features_of(understood.asked.text, understood.asked.concepts)
    for place, candidate in enumerate(understood.candidates[:SHOWN]):
        reasons = library.topic_model.why(features, candidate.topic) if place < 3 else []
        told = "、".join(_feature(name) for name, weight in reasons[:SHOWN] if weight > 0)
        yield f"{_name(library, candidate)}　{candidate.score:.0%}{f'　因为{told}' if told else ''}"


def _name(library: Library, candidate: Candidate) -> str:
    slug = f"（{candidate.topic}）" if candidate.is_topic else ""
    return f"{_title(library, candidate)}{slug}"


def _title(library: Library, candidate: Candidate) -> str:
    if candidate.is_topic:
        return library.topics[candidate.topic].title
    heard = Manner(candidate.name) if candidate.name in set(Manner) else None
    named = _MANNERS.get(heard, candidate.name) if heard else _dialog(library, candidate.name)
    return f"{_OTHER_GROUPS[candidate.kind]}：{named}"


def _dialog(library: Library, name: str) -> str:
    return library.wordings[name].say("title") if name in library.wordings else name


def _feature(feature: str) -> str:
    """Return a feature as it is shown: 「过期」, the concepts endorse+late."""
    return "+".join(feature.split(CONCEPT)[1:]) if feature.startswith(CONCEPT) else f"「{feature}」"


def _conclusion(library: Library, understood: Understanding) -> str:
    """Return what follows from the stages; what is said then depends on the city's text too."""
    manners = understood.manners_heard
    if manners.emergency is not None:
        return f"{_MANNERS[manners.emergency]}：先说打哪个电话"
    if understood.places.outside:
        return f"住在{understood.places.outside}：没有那里的规定"
    if understood.topics:
        titles = "；".join(library.topics[topic].title for topic in understood.topics)
        return f"回答：{titles}" if understood.places.residence else f"先问城市（知道城市的不问），再回答：{titles}"
    if understood.choices:
        return f"拿不准，反问：{'；'.join(library.topics[topic].title for topic in understood.choices)}"
    if understood.wishes:
        return f"要办的事：{'、'.join(_dialog(library, name) for name in sorted(understood.wishes))}"
    return "不是问条文：见“另外”" if manners.found else "没有看出问哪一条"
