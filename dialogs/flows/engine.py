"""Runs the dialogs: a message comes in, the first reading that fits makes a move, the next ask is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from dialogs.effects import NOTHING_KNOWN
from dialogs.flows.doubts import question_of
from dialogs.flows.field import Rejected
from dialogs.flows.flow import Flow, Outcome
from dialogs.flows.readings import asks_besides, read
from dialogs.flows.replies import Said, Step, again, beside_of, greeting, last_step, put, step
from dialogs.flows.scene import Heard, Scene, Tools
from dialogs.flows.starting import Starts
from dialogs.flows.state import FlowState
from dialogs.flows.still import still_holds
from dialogs.flows.taking import with_told
from dialogs.flows.talk import Around, Move, Talk
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from dialogs.understanding.kinds import without_private_numbers
from knowledge.manner import any_word
from knowledge.wording import Wording


class Engine:
    """All dialogs and their words; holds nothing of any conversation."""

    def __init__(self, flows: Iterable[Flow], tools: Tools, wordings: Mapping[str, Wording]) -> None:
        self.flows = {flow.name: flow for flow in flows}
        self._tools = tools
        self._wordings = wordings
        self.starts = Starts(self.flows.values(), tools, wordings)
        commands = next(iter(wordings.values())).all_options("commands")
        self._commands = any_word(option.heard.pattern for option in commands.values())

    def still_known(self, state: FlowState | None) -> FlowState | None:
        """Return the state, unless this release has no such dialog; an ask or city it has no more is left out."""
        flow = self.flows.get(state.flow) if state else None
        if state is None or flow is None:
            return None
        return still_holds(flow, state, Scene(self._tools, self._wordings[flow.name], {}, NOTHING_KNOWN, date.min))

    def notes_of(self, session: Session, around: Around) -> tuple[str, ...]:
        """Return what every reply of the running dialog says at its end."""
        flow = self.flows.get(session.flow.flow) if session.flow else None
        if session.flow is None or flow is None:
            return ()
        wording = self._wordings[flow.name]
        return flow.caveats(Scene(self._tools, wording, session.flow.answers, around.known, around.today))

    def topics_of(self, session: Session) -> tuple[str, ...]:
        """Return what a short question means: the topic of the running dialog, else those just talked of."""
        return (self.flows[session.flow.flow].topic,) if session.flow else session.topics

    def near(self, session: Session) -> tuple[str, ...]:
        """Return the topics that a doubtful question in the running dialog is taken for."""
        return self.flows[session.flow.flow].near if session.flow else ()

    def offers(self) -> tuple[str, ...]:
        """Return the messages that start the dialogs a person is most likely to want."""
        return tuple(self._wordings[name].say("title") for name in ("precheck", "declaration", "endorsement"))

    def is_command(self, heard: Heard) -> bool:
        """Tell whether the whole message is a word of repair, which means nothing without a dialog."""
        return self._commands.fullmatch(heard.bare) is not None

    # --- coming in ---

    def begin(self, name: str, session: Session, heard: Heard, around: Around) -> Step:
        """Start a dialog, or go on with the one of that name; what the message already tells is taken."""
        if self._is_paused(name, around):
            return self._pause(session, name)
        running = session.flow
        if running is not None and not running.is_finished:
            if running.flow == name:
                return self._finish(self._talk(session, running, heard, around), Said((self._said(name, "already"),)))
            if session.parked is not None and session.parked.flow == name:
                swapped = replace(session, flow=session.parked, parked=running)
                return self._finish(
                    self._talk(swapped, session.parked, heard, around), Said((self._said(name, "already"),))
                )
            if not self.flows[name].asks:
                return self._told_beside(name, session, heard, around)
            if session.parked is not None and not self.flows[name].is_last:  # erasing waits for nothing
                return self._two_already(session, heard, around)
            session = replace(session, parked=running)
        is_left = session.parked is not None and running is not None and not self.flows[name].is_last
        parked = (self._said(session.parked.flow, "parked"),) if is_left and session.parked else ()
        return self._begun(name, session, heard, around, parked)

    def _begun(self, name: str, session: Session, heard: Heard, around: Around, before: tuple[Part, ...]) -> Step:
        state = FlowState(name, {"city": session.city} if session.city else {}, touched=around.today.isoformat())
        talk, said = self._prefilled(self._talk(session, state, heard, around), before)
        if asks_besides(talk):
            beside = around.digress(session, heard)
            session = replace(session, topics=beside.session.topics, waiting=beside.session.waiting)
            talk, said = replace(talk, session=session), replace(said, beside=beside_of(talk, beside.saying))
        filled, told = self._with_unread(talk, Said())
        goes_on = talk.flow.stop(filled.scene) is None and talk.flow.current(filled.scene) is not None
        opening = (Part(Kind.FLOW, line) for line in talk.flow.opening(talk.scene)) if goes_on else ()
        return self._finish(filled, said.then(*opening, *told.parts))

    def _prefilled(self, talk: Talk, said: tuple[Part, ...]) -> tuple[Talk, Said]:
        """Take what the message that starts the dialog tells; all of it once the city is known."""
        places = talk.heard.understood.places
        if places.outside and not places.residence and "city" not in talk.state.answers:
            said = (*said, talk.say("rejected.unsupported", place=places.outside))
        state = replace(talk.state, unread=without_private_numbers(talk.heard.text))
        return talk.with_state(state.answered("city", places.residence) if places.residence else state), Said(said)

    def hear(self, session: Session, heard: Heard, around: Around) -> Step | None:
        """Take a message into the running dialog; None without one, or when it is finished and not meant."""
        state = session.flow
        if state is None or state.flow not in self.flows:
            return None
        talk = self._talk(session, state, heard, around)
        name = self.starts.asked_beside(talk)
        if name is not None and (name != state.flow or state.is_finished):
            return self.begin(name, replace(session, flow=None) if state.is_finished else session, heard, around)
        if self._is_paused(state.flow, around):
            return self._paused(session, state, heard, around)
        move = Move(state) if name is not None else read(talk)
        if move is None:
            return None
        return self._moved(talk, move, greeting(talk))

    def answer_on_page(self, session: Session, name: str, heard: Heard, around: Around) -> Step | str | None:
        """Take the answer given on the page of an ask; return why it cannot be, or None when it is asked no more."""
        state = session.flow
        flow = self.flows.get(state.flow) if state else None
        ask = flow.ask(name) if flow else None
        if state is None or flow is None or ask is None:
            return None
        talk = self._talk(session, state, heard, around)
        if not flow.is_asked(ask, talk.scene):
            return None
        try:
            read = ask.field.read(heard, talk.scene)
            if read is None:
                return talk.wording.say("not_read")
            return self._moved(talk, talk.accepted(ask, talk.take(ask, read.value)), ())
        except Rejected as problem:
            return talk.reject(ask, problem).first_line

    def _is_paused(self, name: str, around: Around) -> bool:
        return self.flows[name].needs_records and not around.known.keeps

    def _paused(self, session: Session, state: FlowState, heard: Heard, around: Around) -> Step:
        """Answer a question all the same; whatever else is said, the dialog waits as it is."""
        if not heard.is_question or self.starts.asked_for(heard, around.today) is not None:
            return self._pause(session, state.flow)
        beside = around.digress(session, heard)
        said = replace(beside.saying, parts=(*beside.saying.parts, self._said(state.flow, "paused")))
        return Step(replace(session, topics=beside.session.topics, offered=beside.saying.suggestions), said)

    def _pause(self, session: Session, name: str) -> Step:
        """Leave everything as it is, and say that it waits."""
        said = Saying(Kind.FLOW, session.city, None, (self._said(name, "paused"),))
        return Step(replace(session, offered=()), said)

    def put_again(self, session: Session, heard: Heard, around: Around, *said: Part) -> Step | None:
        """Put the open question of the running dialog behind what was `said` beside it; None where nothing is open.

        A dialog that does not know its city yet takes the session's: `heard` is its name.
        """
        state = session.flow
        if state is None or state.is_finished or state.flow not in self.flows:
            return None
        if self._is_paused(state.flow, around):
            waits = self._pause(session, state.flow)
            return replace(waits, saying=replace(waits.saying, parts=(*said, *waits.saying.parts)))
        talk = self._talk(session, state, heard, around)
        ask = talk.flow.ask("city")
        if ask is not None and talk.scene.city is None and session.city is not None:
            return self._moved(talk, talk.accepted(ask, talk.take(ask, session.city)), said)
        return self._finish(talk, Said((*said, talk.say("asked_again"))))

    # --- going on ---

    def _moved(self, talk: Talk, move: Move, greeted: tuple[Part, ...]) -> Step:
        if move.state is None:
            return self._dropped(talk, move, greeted)
        after = talk.with_state(replace(move.state, touched=talk.around.today.isoformat()))
        beside = move.digressed
        if beside is None and talk.session.waiting and talk.scene.city is None and after.scene.city is not None:
            beside = talk.around.digress(talk.session, talk.heard)  # the city a question before it waited for
        if beside is None:
            return self._finish(after, Said((*greeted, *move.parts), move.effects))
        session = replace(talk.session, topics=beside.session.topics, waiting=beside.session.waiting)
        said = Said(greeted, move.effects, beside_of(talk, beside.saying))
        return self._finish(replace(after, session=session), said)

    def _dropped(self, talk: Talk, move: Move, greeted: tuple[Part, ...]) -> Step:
        session = replace(talk.session, flow=None)
        said = (*greeted, *move.parts)
        if move.starts is None:
            return self._unparked(talk, session, Said(said, move.effects), ())
        begun = self.begin(move.starts, replace(session, parked=None), _nothing_told(talk.heard), talk.around)
        saying = replace(begun.saying, parts=(*said, *begun.saying.parts))
        return replace(begun, session=replace(begun.session, parked=session.parked), saying=saying)

    def _finish(self, talk: Talk, said: Said) -> Step:
        """Put what comes next behind what was said: a question of the engine's, the next ask, or the end."""
        talk, said = self._with_unread(talk, said)
        if talk.state.doubt is not None:
            part, choices = question_of(talk)
            return step(talk, said.then(*again(talk, said.beside), part), choices)
        if talk.state.is_finished:
            return step(talk, said)
        outcome = talk.flow.stop(talk.scene)
        ask = None if outcome is not None else talk.ask
        if ask is None:
            return self._ended(talk, said, outcome or talk.flow.ending(talk.scene))
        shown, choices = put(talk, ask)
        effects = tuple(talk.flow.effects_before(ask, talk.scene))
        asked = talk.with_state(replace(talk.state, asked=ask.name))
        return step(
            asked, said.then(*(again(talk, said.beside) if talk.state.asked else ()), shown, effects=effects), choices
        )

    def _with_unread(self, talk: Talk, said: Said) -> tuple[Talk, Said]:
        """Take what was told before the city was known, once it is."""
        message = talk.state.unread
        if not message or talk.scene.city is None:
            return talk, said
        heard = Heard(message, self._tools.reader.read(message, talk.scene.city.slug, (), talk.around.today))
        state, told = with_told(replace(talk.state, unread=""), *talk.flow.spot(heard, talk.scene))
        talk = talk.with_state(state)
        goes_on = talk.flow.hears_stories or talk.flow.current(talk.scene) is not None
        items = talk.items(told) if told and goes_on else ""
        return talk, said.then(talk.say("recorded", items=items)) if items else said

    def _ended(self, talk: Talk, said: Said, outcome: Outcome) -> Step:
        said = said.then(*outcome.parts, effects=outcome.effects)
        if outcome.forgets:
            talk = replace(talk, session=Session(city=talk.session.city))
        session = replace(talk.session, flow=None)
        if not outcome.stays or session.parked is not None:
            return self._unparked(talk, session, said, outcome.suggestions)
        dormant = [ask.name for ask in talk.flow.answered(talk.scene) if talk.flow.is_dormant(ask, talk.scene)]
        state = replace(talk.state.without(*dormant), is_finished=True, asked=None, changing=None, hints={})
        return last_step(talk, replace(session, flow=state, city=talk.scene.place.slug), said, outcome.suggestions)

    def _unparked(self, talk: Talk, session: Session, said: Said, suggestions: tuple[str, ...]) -> Step:
        """End a dialog, and go on with the one that was parked beneath it, unless this left it nothing to do."""
        parked = session.parked
        session = replace(session, parked=None, city=talk.scene.city.slug if talk.scene.city else session.city)
        if parked is None or parked.flow not in self.flows:
            return last_step(talk, session, said, suggestions)
        known = talk.around.known.without_withdrawn(said.effects)
        back = self._talk(session, parked, talk.heard, replace(talk.around, known=known))
        if known is not talk.around.known and back.flow.stop(back.scene) is not None:
            return last_step(talk, session, said, suggestions)
        return self._finish(back, said.then(self._said(parked.flow, "unparked")))

    # --- small parts ---

    def _talk(self, session: Session, state: FlowState, heard: Heard, around: Around) -> Talk:
        flow = self.flows[state.flow]
        scene = Scene(self._tools, self._wordings[flow.name], state.answers, around.known, around.today)
        return Talk(flow, state, scene, heard, session, around)

    def _said(self, name: str, key: str) -> Part:
        wording = self._wordings[name]
        return Part(Kind.FLOW, wording.say(key, title=wording.say("title")))

    def _told_beside(self, name: str, session: Session, heard: Heard, around: Around) -> Step:
        """Tell what needs no question (我的提醒) while dialogs are open: they stay as they are."""
        beneath = session.parked
        told = self._begun(name, replace(session, flow=None, parked=session.flow), heard, around, ())
        is_open = told.session.flow is not None and not told.session.flow.is_finished
        if is_open or beneath is None:
            return replace(told, session=replace(told.session, parked=beneath))
        # The running one ended as its question was to be put again: the one beneath it goes on.
        talk = self._talk(replace(told.session, flow=beneath), beneath, heard, around)
        under = self._finish(talk, Said((self._said(beneath.flow, "unparked"),)))
        saying = replace(under.saying, parts=(*told.saying.parts, *under.saying.parts))
        return replace(under, saying=saying, effects=(*told.effects, *under.effects))

    def _two_already(self, session: Session, heard: Heard, around: Around) -> Step:
        if session.flow is None or session.parked is None:
            raise ValueError("two dialogs are told of, and there are not two")
        first, second = (self._wordings[one.flow].say("title") for one in (session.flow, session.parked))
        talk = self._talk(session, session.flow, heard, around)
        return self._finish(talk, Said((talk.say("two_already", first=first, second=second),)))


def _nothing_told(heard: Heard) -> Heard:
    return replace(
        heard, text="", understood=replace(heard.understood, normalised=replace(heard.understood.normalised, text=""))
    )
