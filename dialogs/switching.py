"""The dialogs where something is switched off: what is off waits as it is, everything else goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dialogs.effects import Erase
from dialogs.flows.commands import Command
from dialogs.flows.engine import Engine
from dialogs.flows.flow import Flow
from dialogs.flows.replies import Step
from dialogs.flows.scene import Heard, Tools
from dialogs.flows.state import FlowState
from dialogs.flows.talk import Around
from dialogs.published import OWN_DATA, Published
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from dialogs.understanding.kinds import Manner
from knowledge.wording import COMMON, Wording


def switched_off(sentence: str, city: str | None, topic: str | None = None) -> Saying:
    """Return what is said instead of everything: the switch's sentence alone."""
    return Saying(Kind.REFUSE, city, topic, (Part(Kind.REFUSE, sentence, topic),))


class SwitchedEngine(Engine):
    """Runs the dialogs that are not off. One that is keeps all it holds until it is on again, or given up.

    The dialogs about what is kept of the person (OWN_DATA) are never off.
    """

    def __init__(
        self, flows: Iterable[Flow], tools: Tools, wordings: Mapping[str, Wording], published: Published
    ) -> None:
        super().__init__(flows, tools, wordings)
        self._published = published
        self._cancel = wordings[COMMON].all_options("commands")[Command.CANCEL]
        self._sure = wordings[COMMON].all_options("cancel")["yes"]

    def begin(self, name: str, session: Session, heard: Heard, around: Around) -> Step:
        """Start a dialog, or go on with the one of that name; for one that is off, say so."""
        city = heard.understood.places.residence or session.city
        sentence = self._sentence_for(name, city)
        if sentence is not None:
            return _stopped(session, city, sentence)
        begun = super().begin(name, self._without_off(session), heard, around)
        return self._checked(begun, session, {name})

    def hear(self, session: Session, heard: Heard, around: Around) -> Step | None:
        """Take a message into the running dialog; None without one, or for a message that goes past one that is off."""
        sentence = self._sentence_of(session.flow)
        if session.flow is not None and sentence is not None and not session.flow.is_finished:
            if self._gives_up(session.flow, heard):
                return self._given_up(session, heard, around)
            past = self._goes_past(heard, around)
            return None if past else _stopped(session, session.flow.answers.get("city"), sentence)
        step = super().hear(self._without_off(session), heard, around)
        return None if step is None else self._checked(step, session, {session.flow.flow} if session.flow else set())

    def put_again(self, session: Session, heard: Heard, around: Around, *said: Part) -> Step | None:
        """Put the open question of the running dialog again, unless it is off."""
        step = super().put_again(self._without_off(session), heard, around, *said)
        return None if step is None or self._sentence_of(step.session.flow) else self._put_back(step, session)

    def answer_on_page(self, session: Session, name: str, heard: Heard, around: Around) -> Step | str | None:
        """Take the answer given on the page of an ask; a dialog that is off takes none: its sentence is returned."""
        sentence = self._sentence_of(session.flow)
        if sentence is not None:
            return sentence
        step = super().answer_on_page(self._without_off(session), name, heard, around)
        return self._put_back(step, session) if isinstance(step, Step) else step

    def _goes_past(self, heard: Heard, around: Around) -> bool:
        """Tell whether a message is meant for something else than the dialog that is off: it is dealt with as usual."""
        understood = heard.understood
        if self.is_command(heard) and Manner.HUMAN not in understood.manners_heard:
            return False
        says_more = heard.is_question or understood.manners.found or understood.places.residence is not None
        return bool(says_more or understood.wishes or self.starts.asked_for(heard, around.today) is not None)

    def _gives_up(self, state: FlowState, heard: Heard) -> bool:
        """Tell whether the whole message takes back what was told: 取消, 不办了; or is the yes to that."""
        is_sure = state.doubt is not None and state.doubt.kind == "cancel"
        said = (self._cancel, self._sure) if is_sure else (self._cancel,)
        return any(one.heard.fullmatch(heard.bare) or heard.bare == one.label for one in said)

    def _given_up(self, session: Session, heard: Heard, around: Around) -> Step | None:
        """Let a dialog that is off be given up, after a yes: what a person told is theirs to take back."""
        step = super().hear(session, heard, around)
        goes_on = step is None or (session.flow is not None and _is_of(step.session.flow, session.flow.flow))
        return step if step is None or goes_on else self._checked(step, replace(session, flow=None), set())

    def _sentence_for(self, name: str, city: str | None) -> str | None:
        """Return what is said instead of a dialog in this city; None when it is not off."""
        return None if name in OWN_DATA else self._published.sentence_for(city, name)

    def _sentence_of(self, state: FlowState | None) -> str | None:
        return None if state is None else self._sentence_for(state.flow, state.answers.get("city"))

    def _without_off(self, session: Session) -> Session:
        """Return the session without the dialogs that are off."""
        flow = None if self._sentence_of(session.flow) else session.flow
        parked = None if self._sentence_of(session.parked) else session.parked
        return (
            session if (flow, parked) == (session.flow, session.parked) else replace(session, flow=flow, parked=parked)
        )

    def _checked(self, step: Step, session: Session, names: set[str]) -> Step:
        """Return the step, what was off put back; the sentence alone where it led to what is off: nothing was done."""
        sentence = self._sentence_of(step.session.flow)
        if sentence is None and not names & OWN_DATA:
            quoted = {shown.city for shown in step.saying.quotations}
            quoted |= {line.city for part in step.saying.parts for line in part.lines}
            sentence = next(filter(None, map(self._published.sentence_for, sorted(quoted))), None)
        if sentence is not None:
            return _stopped(session, step.saying.city, sentence)
        parts = tuple(map(self._or_sentence, step.saying.parts))
        return self._put_back(replace(step, saying=replace(step.saying, parts=parts)), session)

    def _or_sentence(self, part: Part) -> Part:
        """Return a part as it is, or what is said instead of its topic."""
        quoted = next((shown.city for shown in part.quotations), None)
        sentence = self._published.sentence_for(quoted, part.topic) if part.topic is not None else None
        return part if sentence is None else Part(Kind.REFUSE, sentence, part.topic)

    def _put_back(self, step: Step, session: Session) -> Step:
        """Return the step with the dialogs of `session` that are off where there is room for them."""
        if any(isinstance(effect, Erase) for effect in step.effects):
            return step
        after = step.session
        for state in (session.flow, session.parked):
            sentence = self._sentence_of(state)
            if state is None or sentence is None or state in (after.flow, after.parked):
                continue
            if after.flow is None or (after.flow.is_finished and not state.is_finished):
                after = replace(after, flow=state)
            elif after.parked is None and not state.is_finished:
                after = replace(after, parked=state)
            elif not state.is_finished:
                return _stopped(session, session.city, sentence)  # a third dialog would take its place
        return replace(step, session=after)


def _is_of(state: FlowState | None, name: str) -> bool:
    return state is not None and state.flow == name


def _stopped(session: Session, city: str | None, sentence: str) -> Step:
    """Say the sentence and leave everything as it is."""
    return Step(session, switched_off(sentence, city))
