"""Facts told in passing: before their ask comes, beside another answer, or after the end."""

from __future__ import annotations

from dataclasses import replace

from dialogs.flows.field import Read, Rejected
from dialogs.flows.fields import Several, YesNo, named_option
from dialogs.flows.flow import Ask
from dialogs.flows.past_date import PastDate
from dialogs.flows.taking import taken, with_told
from dialogs.flows.talk import Move, Talk
from dialogs.understanding.kinds import without_private_numbers

_SHORTEST_FACT = 4
"""A shorter message (登记) names a thing, and tells nothing of the person."""

_LONGEST_UNREAD = 400
"""So many characters are kept of what is told before the city is known; no story is longer."""


def as_mention(talk: Talk) -> Move | None:
    """Facts told in passing: each goes to its own ask."""
    if talk.state.is_finished or talk.heard.is_question or len(talk.heard.normal) < _SHORTEST_FACT:
        return None
    if talk.scene.city is None and talk.flow.hears_stories and _tells_something(talk):
        told_here = without_private_numbers(talk.heard.text)
        unread = f"{talk.state.unread}，{told_here}".strip("，")[:_LONGEST_UNREAD]
        return Move(replace(talk.state, unread=unread), (talk.say("noted_for_later"),))
    values, hints = talk.flow.spot(talk.heard, talk.scene)
    state, told = with_told(talk.state, values, hints)
    items = talk.with_state(state).items(told) if told else ""
    if items:
        return Move(state, (talk.say("recorded", items=items),))
    if talk.ask is not None and talk.ask.name in state.hints:
        return Move(state)
    if "told" not in told:
        return None
    if talk.heard.understood.topics:  # 没有身份证: it is kept, and what the text says of it is told
        return Move(state, digressed=talk.around.digress(talk.session, talk.heard))
    return Move(state, (talk.say("noted"),))


def _tells_something(talk: Talk) -> bool:
    """Tell whether a message says anything of the person, in whichever city they may live."""
    cities = talk.scene.library.cities.values()
    facts = talk.scene.tools.stories.read(talk.heard.text, next(iter(cities)), talk.scene.today)
    return bool(set(facts) - {"residence_place"})


def as_other_answer(talk: Talk) -> Move | None:
    """The answer to an ask that comes later: a day told right after 登记过, while something else is on the screen."""
    if talk.ask is None or talk.heard.is_question or talk.heard.understood.topics:
        return None
    found: list[tuple[Ask, Read]] = []
    for ask in talk.flow.asks:
        is_open = ask.name not in talk.state.answers and talk.flow.is_asked(ask, talk.scene)
        if ask == talk.ask or not is_open or ask.field.is_free or isinstance(ask.field, Several):
            continue
        try:
            read = _read_unasked(talk, ask)
        except (Rejected, KeyError):
            continue
        found += [(ask, read)] if read is not None else []
    return taken(talk, *found[0]) if len(found) == 1 else None


def _read_unasked(talk: Talk, ask: Ask) -> Read | None:
    """Read an answer nobody asked for yet; a bare yes or no says to what only when it was asked."""
    if isinstance(ask.field, YesNo):
        code = named_option(ask.field.options(talk.scene), talk.heard)
        return Read(code == "yes") if code else None
    if talk.heard.understood.told.happenings and isinstance(ask.field, PastDate):
        return None  # the message says itself what the day is of
    return ask.field.read(talk.heard, talk.scene)


def as_afterthought(talk: Talk) -> Move | None:
    """Said after the end, and it changes the end: 我10月5号搬家了，没去报."""
    if not talk.flow.hears_stories or talk.heard.is_question or talk.heard.understood.asks:
        return None
    values, _ = talk.flow.spot(talk.heard, talk.scene)
    if not values.get("told"):
        return None
    state, told = with_told(talk.state, {"told": values["told"]}, {})
    return Move(replace(state, is_finished=False), (talk.say("noted"),)) if told else None
