"""The ways to read a message in a running dialog, in the one order in which they are tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from dialogs.flows.commands import Command, command_in
from dialogs.flows.doubts import as_doubt
from dialogs.flows.field import Read, Rejected
from dialogs.flows.fields import OneOf, YesNo, agreed_in
from dialogs.flows.flow import Ask
from dialogs.flows.mentions import as_afterthought, as_mention, as_other_answer
from dialogs.flows.repairs import repaired
from dialogs.flows.scene import Heard
from dialogs.flows.taking import taken
from dialogs.flows.talk import Move, Talk
from dialogs.saying import Kind
from dialogs.understanding.yes_no import says_unknown
from knowledge.text import fold

_CORRECTION = re.compile(
    r"(?:不对|不是(?:的|这样)?|错了|[说搞弄打填记写讲]错了?|更正|改一下|等等|等一下|哦?不不?(?=[\s,，。.!！])|其实|应该是|改成|换成|我是说|我说错了?|刚才(?:的)?不对)"
    r"[\s,，。.!！、:：]*(?:我|那个|那|这个)?(?:应该|其实)?(?:是|改成|改为|改到)?(?P<rest>.*)",
    re.DOTALL,
)
_NONE = re.compile(
    r"(?:现在|暂时|我|都|也|还)*(?:没有?|无|没得|莫得|么有|冇)"
    r"(?:单位|学校|工作|上班|上学|职业|公司|入职|这个|这项)*(?:的|呢)?"
)
"""没有 in answer to what can be left out: it stays empty, 没有 is nobody's employer."""

_ORGANISATION = re.compile(
    r"(?:公司|厂|店|小学|中学|学校|高中|大学|学院|医院|诊所|局|所|社|站|中心|集团|超市|酒店|饭店|餐厅|工地|队|部|办|幼儿园|合作社|行|馆|院|镇|乡|街道|村)$"
)
_LONGEST_FREE = 120
"""No name, employer or address is longer; a longer message is no answer."""

_PLAIN_NO = ("不对", "不是", "不是的", "不")
_DENIAL = re.compile(r"(?:不对|不是(?:的|这样)?|错了|[说搞弄打填记写讲]错了?)")


def as_command(talk: Talk) -> Move | None:
    """A word of repair, as the whole message."""
    commanded = command_in(talk.heard, talk.flow, talk.scene)
    return repaired(talk, commanded) if commanded else None


def as_agreement(talk: Talk) -> Move | None:
    """Yes or no to what was reckoned from the person's words."""
    ask = talk.ask
    if ask is None or ask.name not in talk.state.hints or talk.state.asked != ask.name:
        return None
    agreed = agreed_in(talk.heard, dict(talk.wording.all_options("yes_no")))
    if agreed is None:
        return None
    if agreed:
        return taken(talk, ask, Read(talk.state.hints[ask.name]))
    hints = {name: value for name, value in talk.state.hints.items() if name != ask.name}
    return Move(replace(talk.state, hints=hints), (talk.say("not_agreed"),))


def as_correction(talk: Talk) -> Move | None:
    """「不对，是去年八月」: the latest answer that can be meant is replaced."""
    match = _CORRECTION.fullmatch(fold(talk.heard.text).strip())
    rest = match["rest"].strip() if match else ""
    if not rest or talk.heard.is_question:
        return None
    heard = Heard(rest, talk.scene.tools.reader.read(rest, talk.session.city, (), talk.scene.today))
    for ask in _latest_first(talk):
        try:
            read = ask.field.read(heard, talk.scene)
        except Rejected as problem:
            return Move(talk.state, (talk.reject(ask, problem),))
        if read is not None and (not ask.field.is_sensitive or talk.around.on_page):
            return taken(replace(talk, heard=heard), ask, read)
    return None


def _latest_first(talk: Talk) -> Iterator[Ask]:
    """Yield the asks a correction can mean: the one waiting for a yes, then the answered ones, the last told first.

    Free text comes after all others: it would take anything.
    """
    asks = [ask for name in reversed(list(talk.state.answers)) if (ask := talk.flow.ask(name)) is not None]
    if talk.ask is not None and talk.ask.name in talk.state.hints:
        asks = [talk.ask, *asks]
    yield from (ask for ask in asks if not ask.field.is_free)
    yield from (ask for ask in asks if ask.field.is_free)


def as_answer(talk: Talk) -> Move | None:
    """The answer to the ask on the screen. A question never is one."""
    ask = talk.ask
    if ask is None:
        return None
    has_none = ask.field.is_free and not ask.needed and _NONE.fullmatch(talk.heard.bare)
    if says_unknown(talk.heard.text) or has_none:
        return _unknown(talk, ask)
    if ask.field.is_free and (earlier := as_earlier_option(talk)) is not None:
        return earlier
    if ask.field.is_free and not talk.around.on_page:
        if talk.heard.is_question:
            return None
        if len(talk.heard.text) > _LONGEST_FREE:
            return None
        if talk.heard.names_a_topic and not _ORGANISATION.search(talk.heard.text.strip()):
            return talk.doubting("as_answer", talk.heard.text)
    try:
        read = ask.field.read(talk.heard, talk.scene)
        return None if read is None else taken(talk, ask, read)
    except Rejected as problem:
        if talk.heard.is_question:
            return None
        return Move(talk.state, (talk.reject(ask, problem),))


def _unknown(talk: Talk, ask: Ask) -> Move:
    if ask.needed:
        return Move(talk.state, (talk.say("needed"),))
    return Move(talk.take(ask, None), (talk.say("unknown_ok"),))


def as_earlier_option(talk: Talk) -> Move | None:
    """The button of an ask that is no longer on the screen: it changes that answer, never this one."""
    plain = fold(talk.heard.text).strip(" 。.!！")
    for ask in reversed(talk.flow.answered(talk.scene)):
        if isinstance(ask.field, OneOf) and plain in map(fold, ask.field.labels(talk.scene)):
            read = ask.field.read(talk.heard, talk.scene)
            if read is None:
                continue
            move = talk.accepted(ask, talk.take(ask, read.value))
            return replace(move, parts=(talk.say("old_option"), *move.parts))
    return None


def as_denial(talk: Talk) -> Move | None:
    """「不对」 alone, where nothing asks for a yes or no: which answer is wrong?"""
    said = talk.heard.bare
    may_be_no = talk.ask is not None and isinstance(talk.ask.field, YesNo) and said in _PLAIN_NO
    if talk.state.answers and _DENIAL.fullmatch(said) and not may_be_no:
        return talk.doubting("which_change")
    return None


def as_another_city(talk: Talk) -> Move | None:
    """「我现在在开封」 in the middle of a dialog on 巴中: it is changed only after a yes."""
    there = talk.heard.understood.places.residence
    city = talk.scene.city
    if there is None or city is None or there == city.slug or talk.heard.is_question:
        return None
    return talk.doubting("another_city", there)


def as_question(talk: Talk) -> Move | None:
    """A question of another kind: answered, and the ask put again."""
    understood = talk.heard.understood
    answers_where = bool(talk.session.waiting) and understood.places.residence is not None
    if not (talk.heard.is_question or understood.topics or understood.manners.found or answers_where):
        return None
    digressed = talk.around.digress(talk.session, talk.heard)
    if digressed.saying.kind is Kind.CLARIFY and not (understood.topics or understood.choices):
        return Move(talk.state, (talk.say("not_now"),)) if talk.heard.is_question else None
    return Move(talk.state, digressed=digressed)


def as_nothing(talk: Talk) -> Move | None:
    """Nothing of all this: the ask is put again, with its help."""
    if talk.state.is_finished:
        return None
    return Move(talk.state, (talk.say("not_read"),))


Reading = Callable[[Talk], Move | None]

READINGS: tuple[Reading, ...] = (
    as_command,
    as_agreement,
    as_correction,
    as_denial,
    as_answer,
    as_earlier_option,
    as_another_city,
    as_mention,
    as_question,
    as_other_answer,
    as_nothing,
)
"""In this order, after the engine's own open question (`as_doubt`); the first that makes a move decides."""

_IN_A_FINISHED_DIALOG = (as_command, as_correction, as_afterthought)
_NOT_AFTER_THE_END = frozenset({Command.SKIP, Command.WHY, Command.BACK, Command.HUMAN, Command.HELP})


def read(talk: Talk) -> Move | None:
    """Return the first move that a reading makes; None only when the dialog is finished and not meant."""
    if talk.state.is_finished:
        commanded = command_in(talk.heard, talk.flow, talk.scene)
        if commanded and commanded.command in _NOT_AFTER_THE_END:
            return None
    settled = as_doubt(talk)
    if settled is not None:
        return settled
    if talk.state.doubt is not None and talk.state.doubt.kind == "another_city":
        return _beside_the_city(talk)
    talk = talk.with_state(replace(talk.state, doubt=None))  # passed over, the engine's question rests
    readings = _IN_A_FINISHED_DIALOG if talk.state.is_finished else READINGS
    return next((move for reading in readings if (move := reading(talk)) is not None), None)


def _beside_the_city(talk: Talk) -> Move | None:
    """Anything but yes or no to 「要换成开封吗」: whose rules apply comes before every answer, and is asked again.

    A word that moves on to something else leaves the city as it is, and that is said.
    """
    rests = talk.with_state(replace(talk.state, doubt=None))
    commanded = command_in(talk.heard, talk.flow, talk.scene)
    there = talk.heard.understood.places.residence
    stays = commanded is not None and commanded.command is Command.SKIP
    if stays or (there == talk.scene.place.slug and not talk.heard.is_question):
        return _city_kept(rests, Move(rests.state))
    move = repaired(rests, commanded) if commanded is not None else _asked_in_between(rests)
    if move is None:
        third = as_another_city(rests)
        return third if third is not None else Move(talk.state, (talk.say("city_first"),))
    if move.state == rests.state:
        return replace(move, state=talk.state)
    return _city_kept(rests, move)


def _asked_in_between(talk: Talk) -> Move | None:
    return as_question(talk) if talk.heard.is_question or talk.heard.understood.manners.found else None


def _city_kept(talk: Talk, move: Move) -> Move:
    return replace(move, parts=(talk.say("another_city_kept", city=talk.scene.place.short), *move.parts))


def answers(talk: Talk) -> bool:
    """Tell whether the message answers the ask on the screen; words of a choice in a longer request do not."""
    ask = talk.ask
    if ask is None:
        return False
    if isinstance(ask.field, OneOf) and not isinstance(ask.field, YesNo):
        return talk.heard.text.strip() in ask.field.labels(talk.scene)
    try:
        return ask.field.read(talk.heard, talk.scene) is not None
    except Rejected:
        return True


def asks_besides(talk: Talk) -> bool:
    """Tell whether the message that starts a dialog asks another thing too: 看看能不能办，还有签注要带啥."""
    topics = talk.heard.understood.topics
    is_other = bool(topics) and topics[0] not in talk.flow.near and topics[0] != talk.flow.topic
    return talk.flow.hears_stories and is_other and talk.heard.has_question_form
