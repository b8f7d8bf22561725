"""What a city's text says of registering (居住登记): where, by when, with what; and that our form is none."""

from __future__ import annotations

from dialogs.compose import topic_part
from dialogs.flows.scene import Scene
from dialogs.office_lines import office_lines
from dialogs.saying import Kind, Line, Part
from knowledge.address import Address
from knowledge.city import City

GUIDE = ("registration_how", "registration_deadline", "registration_bring")
"""The topics that say how to register, in the order they are read."""


def registration_word(city: City) -> str:
    """Return what registering is called here: 暂住登记 or 居住登记, both where the text writes both."""
    return "或者".join(city.parameters["registration_called"].words)


def guide(scene: Scene) -> tuple[Part, ...]:
    """Return how to register in this city, with the office on file."""
    city, library = scene.place, scene.library
    parts = tuple(topic_part(library, city, topic) for topic in GUIDE)
    offices = Part(Kind.FLOW, scene.wording.say("offices"), notes=office_lines(library, city))
    return (*parts, offices)


def not_a_registration(scene: Scene) -> Part:
    """Return, in this city's words, that the form is no registration, and where the registration is done."""
    city, wording = scene.place, scene.wording
    called, place = city.parameters["registration_called"], city.parameters["registration_at"]
    clock = city.eligibility.clock.cites if city.eligibility else ()
    values = {"registration": registration_word(city), "at": "或者".join(place.words)}
    lines = [_line(city, wording.say("not_registration.line", **values), *called.cites, *place.cites, *clock)]
    for name, key in (("registration_online", "online"), ("registration_with", "bring")):
        parameter = city.parameters[name]
        if parameter.words:
            told = wording.say(f"not_registration.{key}", told="、".join(parameter.words), **values)
            lines.insert(0 if key == "online" else len(lines), _line(city, told, *parameter.cites))
    others = city.parameters["registration_by_others"]
    lines.append(_line(city, wording.say("not_registration.others", told=others.spoken or others.note), *others.cites))
    return Part(Kind.FLOW, wording.say("not_registration.head"), lines=tuple(lines))


def _line(city: City, text: str, *cites: Address) -> Line:
    return Line(city.slug, text, tuple((city.name_of(address), address) for address in dict.fromkeys(cites)))
