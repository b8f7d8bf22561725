"""Watches the transcripts while they are played, and says what none of them shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from dialogs.advisor import Advisor, Turn
from dialogs.flows import doubts, readings
from dialogs.flows.all import FLOWS
from dialogs.flows.commands import Command, Commanded
from dialogs.flows.endorsement import Endorsement
from dialogs.flows.field import Rejected
from dialogs.flows.fields import CityOf, OneOf
from dialogs.flows.flow import Ask, Flow, Outcome
from dialogs.flows.precheck import Precheck, judged
from dialogs.flows.scene import Scene
from dialogs.flows.state import FlowState
from dialogs.flows.talk import Move, Talk
from dialogs.saying import Part
from dialogs.session import Session
from knowledge.library import Library
from knowledge.wording import Wording
from rules.eligibility import Verdict
from rules.endorsement import Anchor, anchor_of

VALID, INVALID, SKIPPED, CORRECTED, INTERRUPTED = "答了", "答得不对", "跳过", "改了", "中间问别的"
NOT_ASKED = "没问签没签过"


@dataclass
class Shown:
    """What was shown, by kind: each entry is the parts of a name."""

    sentences: set[tuple[str, ...]] = field(default_factory=set)
    asks: set[tuple[str, ...]] = field(default_factory=set)
    reasons: set[tuple[str, ...]] = field(default_factory=set)
    options: set[tuple[str, ...]] = field(default_factory=set)
    commands: set[tuple[str, ...]] = field(default_factory=set)
    doubts: set[tuple[str, ...]] = field(default_factory=set)
    ends: set[tuple[str, ...]] = field(default_factory=set)
    said_now: set[str] = field(default_factory=set)

    def everything(self) -> set[tuple[str, ...]]:
        """Return all that was shown, the kind first."""
        kinds = {name: found for name, found in vars(self).items() if name != "said_now"}
        return {(kind, *entry) for kind, found in kinds.items() for entry in found}

    # --- what is noted ---

    def said(self, wording: Wording, key: str) -> None:
        """Note a sentence, in the file it stands in."""
        here = wording if key in wording.sentences or wording.common is None else wording.common
        self.sentences.add((here.name, key))
        self.said_now.add(key)

    def chosen(self, talk: Talk, ask: Ask, value: Any) -> None:
        """Note which options were chosen, taken or not."""
        if value is not None and isinstance(ask.field, OneOf):
            codes = value if isinstance(value, list) else [value]
            told = ({True: "yes", False: "no"}.get(code, str(code)) for code in codes)
            self.options |= {(talk.flow.name, ask.name, code) for code in told}

    def taken(self, talk: Talk, ask: Ask, value: Any) -> None:
        """Note an answer that was accepted."""
        where, old = (talk.flow.name, ask.name), talk.state.answers.get(ask.name)
        if value is not None:
            self.asks.add((*where, VALID))
        if value is not None and old is not None and old != value:
            self.asks.add((*where, CORRECTED))

    def turned(self, before: FlowState | None, after: FlowState | None) -> None:
        """Note what a turn did to the ask that was on the screen."""
        if after is not None and after.doubt is not None:
            self.doubts.add((after.doubt.kind, "问"))
        if before is None or before.doubt is not None or before.is_finished:
            return
        ask = before.changing or before.asked or ""
        manners = {"unknown_ok": SKIPPED, "needed": SKIPPED, "kept": SKIPPED, "not_read": INVALID}
        manners["asked_again"] = INTERRUPTED
        self.asks |= {(before.flow, ask, manner) for key, manner in manners.items() if key in self.said_now}


@contextmanager
def watching(shown: Shown) -> Iterator[None]:
    """Note in `shown` everything that is said and done inside."""
    patches = [*_of_words(shown), *_of_answers(shown), *_of_ends(shown), *_of_turns(shown)]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def _of_words(shown: Shown) -> list[Any]:
    say, title = Wording.say, Wording.title

    def watched_say(wording: Wording, key: str, /, **values: object) -> str:
        shown.said(wording, key)
        return say(wording, key, **values)

    def watched_title(wording: Wording, ask: str) -> str:
        shown.said(wording, f"{ask}.title")
        return title(wording, ask)

    return [patch.object(Wording, "say", watched_say), patch.object(Wording, "title", watched_title)]


def _of_answers(shown: Shown) -> list[Any]:
    take, reject, repaired = Talk.take, Talk.reject, readings.repaired

    def watched_take(talk: Talk, ask: Ask, value: Any) -> FlowState:
        shown.chosen(talk, ask, value)
        state = take(talk, ask, value)
        shown.taken(talk, ask, value)
        return state

    def watched_reject(talk: Talk, ask: Ask, problem: Rejected) -> Part:
        shown.reasons.add((talk.flow.name, ask.name, problem.code))
        shown.asks.add((talk.flow.name, ask.name, INVALID))
        return reject(talk, ask, problem)

    def watched_repair(talk: Talk, commanded: Commanded) -> Move:
        shown.commands.add((str(commanded.command),))
        return repaired(talk, commanded)

    answers: Mapping[str, Any] = {kind: _watched_doubt(shown, kind, answer) for kind, answer in doubts._ANSWERS.items()}
    return [
        patch.object(Talk, "take", watched_take),
        patch.object(Talk, "reject", watched_reject),
        patch.object(readings, "repaired", watched_repair),
        patch.object(doubts, "repaired", _settled(shown, "which_change", watched_repair)),
        patch.object(doubts, "_as_answer", _settled(shown, "as_answer", doubts._as_answer)),
        patch.object(doubts, "_ANSWERS", answers),
    ]


def _watched_doubt(shown: Shown, kind: str, answer: Any) -> Any:
    def watched(talk: Talk, agreed: bool, value: object) -> Move:
        shown.doubts.add((kind, "是" if agreed else "不"))
        return answer(talk, agreed, value)

    return watched


def _settled(shown: Shown, kind: str, answer: Any) -> Any:
    def watched(talk: Talk, told: Any) -> Move | None:
        move = answer(talk, told)
        shown.doubts.add((kind, "不" if move is None else "是"))
        return move

    return watched


def _of_ends(shown: Shown) -> list[Any]:
    return [patch.object(type(flow), "ending", _watched_end(shown, type(flow))) for flow in FLOWS]


def _watched_end(shown: Shown, cls: type[Flow]) -> Any:
    ending = cls.ending

    def watched(flow: Flow, scene: Scene) -> Outcome:
        how = ()
        if cls is Precheck:
            how = (scene.place.short, str(judged(scene).verdict))
        if cls is Endorsement:
            how = (scene.place.short, str(scene.answers.get("endorsed") or NOT_ASKED))
        shown.ends.add((flow.name, *how))
        return ending(flow, scene)

    return watched


def _of_turns(shown: Shown) -> list[Any]:
    def watched(method: Any) -> Any:
        def turn(advisor: Advisor, session: Session, *told: Any, **named: Any) -> Any:
            shown.said_now.clear()
            result = method(advisor, session, *told, **named)
            shown.turned(session.flow, result.session.flow if isinstance(result, Turn) else None)
            return result

        return turn

    return [patch.object(Advisor, name, watched(getattr(Advisor, name))) for name in ("take_turn", "take_answer")]


# --- what there is to show ---


def to_show(library: Library) -> set[tuple[str, ...]]:
    """Return everything there is to show, the kind first."""
    wordings = library.wordings
    everything = {("sentences", name, key) for name, wording in wordings.items() for key in wording.sentences}
    for flow in FLOWS:
        everything |= {entry for ask in flow.asks for entry in _of_ask(flow, ask, wordings[flow.name])}
        everything.add(("ends", flow.name))
    everything -= {("ends", "precheck"), ("ends", "endorsement")}
    for city in library.cities.values():
        everything |= {("ends", "precheck", city.short, str(verdict)) for verdict in Verdict}
        asked = () if anchor_of(city) is Anchor.EXPIRY else ("all", "missed", "never")
        everything |= {("ends", "endorsement", city.short, how) for how in (NOT_ASKED, *asked)}
    everything |= {("commands", str(command)) for command in Command}
    everything |= {("doubts", kind, how) for kind in (*doubts._ANSWERS, "which_change") for how in ("问", "是")}
    everything |= {("doubts", kind, "不") for kind in doubts._ANSWERS}
    return everything | {("doubts", "as_answer", how) for how in ("问", "是", "不")}


def _of_ask(flow: Flow, ask: Ask, wording: Wording) -> Iterator[tuple[str, ...]]:
    where = (flow.name, ask.name)
    yield from (("asks", *where, manner) for manner in (VALID, INVALID, SKIPPED, INTERRUPTED))
    if ask is not flow.asks[-1] or flow.name in ("precheck", "endorsement"):
        yield ("asks", *where, CORRECTED)
    yield from (("reasons", *where, code) for code in ask.field.rejections())
    yield from (("reasons", *where, code) for code in _codes_of_check(ask) if _has(wording, ask, code))
    if isinstance(ask.field, CityOf):
        yield ("reasons", *where, "unsupported")
    yield from (("options", *where, code) for code in wording.options.get(ask.name, {}))


def _codes_of_check(ask: Ask) -> set[str]:
    """Return every text in the code of an ask's check: the codes it can give are among them."""
    check = getattr(ask.check, "__code__", None)
    return {one for one in check.co_consts if isinstance(one, str)} if check else set()


def _has(wording: Wording, ask: Ask, code: str) -> bool:
    return code.isidentifier() and (wording.has(f"{ask.name}.{code}") or wording.has(f"rejected.{code}"))
