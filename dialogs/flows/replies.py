"""What a turn of a dialog says: the ask as it is put, the greeting of who comes back, the whole reply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dialogs.compose import caveats
from dialogs.effects import Effect
from dialogs.flows.flow import Ask
from dialogs.flows.talk import Talk
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session


@dataclass(frozen=True)
class Step:
    """What a turn of a dialog leads to."""

    session: Session
    saying: Saying
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Said:
    """What a turn has to say so far, and to do. `beside` is an answer to another question, said first."""

    parts: tuple[Part, ...] = ()
    effects: tuple[Effect, ...] = ()
    beside: Saying | None = None

    def then(self, *parts: Part, effects: tuple[Effect, ...] = ()) -> Said:
        """Return the same with more behind it."""
        return replace(self, parts=(*self.parts, *parts), effects=(*self.effects, *effects))


def put(talk: Talk, ask: Ask) -> tuple[Part, tuple[str, ...]]:
    """Return an ask as it is put, with its choices; a value that waits for a yes is asked for that yes."""
    name = ask.name
    if name in talk.state.hints:
        shown = ask.field.show(talk.state.hints[name], talk.scene)
        labels = tuple(option.label for option in talk.wording.all_options("yes_no").values())
        return talk.say("reckoned", title=talk.wording.title(name), shown=shown), labels
    values = talk.flow.values_of_ask(ask, talk.scene)
    part = talk.say(f"{name}.ask", **values)
    notes = [talk.wording.say(f"{name}.help", **values)] if talk.wording.has(f"{name}.help") else []
    if talk.state.changing == name and name in talk.state.answers:
        notes.append(talk.wording.say("old_answer", shown=talk.shown(name)))
    notes += talk.flow.notes_on(ask, talk.scene)
    links = talk.flow.links_on(ask, talk.scene)
    return replace(part, notes=tuple(notes), links=links), ask.field.labels(talk.scene)


def again(talk: Talk, beside: Saying | None) -> tuple[Part, ...]:
    """Return what stands between an answer beside and the ask: its own choices are named, the numbers are the ask's."""
    if beside is None:
        return ()
    return (talk.say("asked_again"),)


def beside_of(talk: Talk, beside: Saying) -> Saying:
    """Return an answer beside a dialog; one that only asks back says what it can mean: the numbers are the ask's."""
    if beside.kind is not Kind.CLARIFY or not beside.suggestions:
        return beside
    names_cities = set(beside.suggestions) <= {city.short for city in talk.scene.library.cities.values()}
    key = "which_city" if names_cities else "clarify"
    return replace(beside, parts=(talk.say(key, choices="、".join(beside.suggestions)),), suggestions=())


def greeting(talk: Talk) -> tuple[Part, ...]:
    """Return where the person was, when they come back on another day."""
    if talk.state.days_since(talk.around.today) <= 0 or talk.state.is_finished:
        return ()
    items = talk.items()
    told = talk.wording.say("resumed_items", items=items) if items else ""
    day = date.fromisoformat(talk.state.touched)
    shown = f"{day.month}月{day.day}日"
    line = talk.wording.say("resumed", day=shown, title=talk.wording.say("title"), items=told)
    return (Part(Kind.FLOW, line, notes=(talk.wording.say("resume_help"),)),)


def step(talk: Talk, said: Said, choices: tuple[str, ...] = ()) -> Step:
    """Return the step that says all this and goes on in the talk's state."""
    city = talk.scene.city
    slug = city.slug if city else talk.session.city
    saying = _saying(talk, said, slug)
    saying = replace(saying, suggestions=choices, chooses=bool(choices))
    return Step(replace(talk.session, flow=talk.state, city=slug, offered=choices), saying, said.effects)


def last_step(talk: Talk, session: Session, said: Said, suggestions: tuple[str, ...]) -> Step:
    """Return the step that says all this and ends the dialog in `session`."""
    city = talk.scene.city
    saying = replace(_saying(talk, said, city.slug if city else None), suggestions=suggestions)
    return Step(replace(session, offered=suggestions), saying, said.effects)


def _saying(talk: Talk, said: Said, slug: str | None) -> Saying:
    beside = said.beside
    parts = (*beside.parts, *said.parts) if beside else said.parts
    quoted = {quoted.city for part in parts for quoted in part.quotations}
    quoted |= {line.city for part in parts for line in part.lines}
    of_the_law = (note for one in sorted(quoted) for note in caveats(talk.scene.library.cities[one], talk.around.today))
    notes = (*(beside.caveats if beside else ()), *of_the_law, *talk.flow.caveats(talk.scene))
    spoken_of = slug if slug in quoted or not quoted else min(quoted)  # a dialog just ended may be of another city
    saying = Saying(Kind.FLOW, spoken_of, None, parts, tuple(dict.fromkeys(notes)))
    if beside is None:
        return saying
    return replace(saying, kind=beside.kind, topic=beside.topic, city=beside.city, confidence=beside.confidence)
