"""What the form of a declaration is made of: whose it is, which items it has, what can be in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dialogs.effects import PAGE, Effect, OpenPage, Operator
from dialogs.flows.conditions import has_city
from dialogs.flows.flow import Ask, Condition, Flow
from dialogs.flows.past_date import read_span
from dialogs.flows.personal import IDENTITY_DOCUMENT
from dialogs.flows.scene import Scene
from dialogs.flows.taking import may_type
from dialogs.saying import Link
from knowledge.text import in_chinese
from rules.calendar import age_on
from rules.identity_number import BadNumber, IdentityNumber, read_identity_number

_NO_ITEMS = {"city", "consent", "consent_sensitive", "guardian", "truthful"}
_OF_AGE = 18

GUARDED_AGE = 14
"""Personal data of whoever is younger are sensitive and need a parent's yes (个人信息保护法 第三十一条)."""

DEMONSTRATION_DAYS = 1
SELF, CHILD, RELATIVE, ANOTHER, OTHERS = "self", "child", "relative", "another", "others"


def operator_of(scene: Scene) -> Operator | None:
    """Return who runs declarations in this dialog's city; None: a demonstration."""
    return scene.known.operator(scene.answers.get("city") or "")


def items_of(scene: Scene) -> tuple[str, ...]:
    """Return the items collected, in the city's own words: those its text lists, else those the operator has set."""
    if not has_city(scene):
        return ()
    operator = operator_of(scene)
    return scene.place.parameters["registration_items"].words or (operator.items if operator else ())


def item_called(scene: Scene, ask: str) -> str | None:
    """Return what the city calls the item of an ask; None when it is not collected here."""
    names = scene.wording.names(ask)
    return next((item for item in items_of(scene) if item in names), None)


def collects(*asks: str) -> Condition:
    """Hold where one of the items is collected, once the person has agreed to that."""

    def holds(scene: Scene) -> bool:
        agreed = scene.answers.get("consent_sensitive") is True
        return agreed and any(item_called(scene, ask) for ask in asks)

    return holds


def for_another(scene: Scene) -> bool:
    """Hold when a child's or a relative's form is filled in."""
    return scene.answers.get("for_whom") in (CHILD, RELATIVE, OTHERS)


def of_china(scene: Scene) -> bool:
    """Hold for a holder of a Chinese document: 民族 and 户口 are asked of nobody else."""
    return scene.answers.get("document") != "foreign_passport"


def has_employer(scene: Scene) -> bool:
    """Hold unless the person said to have neither employer nor school."""
    return "employer" not in scene.answers or scene.answers["employer"] is not None


def shows_pages(scene: Scene) -> bool:
    """Hold where a page can be opened: a photo can be given nowhere else."""
    return scene.known.can_open_page


def without_number(scene: Scene) -> bool:
    """Hold when the document is no identity document, whose number would tell sex and birth."""
    return scene.answers.get("document") not in (None, IDENTITY_DOCUMENT)


def people(scene: Scene) -> list[str]:
    """Return for whom a form can be filled in; tenants and workers only where the operator says so."""
    operator = operator_of(scene)
    return [SELF, CHILD, RELATIVE, ANOTHER, *([OTHERS] if operator and operator.for_others else [])]


def documents(scene: Scene) -> list[str]:
    """Return the documents taken: the identity document, and passports where the text accepts one."""
    accepted = "".join(scene.place.parameters["registration_ids"].words)
    takes_passports = "护照" in accepted or "有效身份证件" in accepted
    return [IDENTITY_DOCUMENT, *(["passport", "foreign_passport"] if takes_passports else [])]


def read_identity(scene: Scene) -> IdentityNumber | None:
    """Return what the identity number tells (birth, sex), when the document is an identity document."""
    if scene.answers.get("document") != IDENTITY_DOCUMENT or not scene.answers.get("number"):
        return None
    try:
        return read_identity_number(scene.answers["number"], scene.today)
    except BadNumber:
        return None


def check_number(value: Any, scene: Scene) -> str | None:
    """Check the number against for whom the form is: a child's form bears a child's number."""
    if scene.answers.get("document") != IDENTITY_DOCUMENT:
        return None
    years = age_on(read_identity_number(value, scene.today).born, scene.today)
    whom = scene.answers.get("for_whom")
    if whom == SELF and years < GUARDED_AGE:
        return "child"
    if whom == CHILD and years >= GUARDED_AGE:
        return "no_child"
    return "same_number" if value == scene.answers.get("proxy_number") else None


def not_before_birth(value: Any, scene: Scene) -> str | None:
    """Check that nobody was hired or enrolled before being born."""
    identity = read_identity(scene)
    born = identity.born if identity else read_span(scene.answers["born"]).first if scene.answers.get("born") else None
    return "before_birth" if born is not None and read_span(value).last < born else None


def must_be_true(value: Any, scene: Scene) -> str | None:
    """Check that the person stands by what is filled in."""
    del scene
    return None if value else "not_yet"


def grown_up(value: Any, scene: Scene) -> str | None:
    """Check that whoever fills in for another is of age (18)."""
    years = age_on(read_identity_number(value, scene.today).born, scene.today)
    return "too_young" if years < _OF_AGE else None


def exact(value: Any, scene: Scene) -> str | None:
    """Check that the day itself is told."""
    del scene
    return None if read_span(value).is_exact else "not_a_day"


def on_its_page(ask: Ask, scene: Scene) -> bool:
    """Tell whether an ask is answered on a page of its own, not in the talk."""
    is_untyped = ask.field.is_file or not may_type(scene)
    return ask.field.is_sensitive and scene.known.can_open_page and is_untyped


class Paged(Flow):
    """A dialog with sensitive asks: each is answered on a page of its own, where one can be opened."""

    def effects_before(self, ask: Ask, scene: Scene) -> Iterable[Effect]:
        return (OpenPage(ask.name),) if on_its_page(ask, scene) else ()

    def links_on(self, ask: Ask, scene: Scene) -> tuple[Link, ...]:
        return (Link(scene.wording.say("page"), PAGE),) if on_its_page(ask, scene) else ()


def told_by_number(scene: Scene) -> list[tuple[str, str]]:
    """Return the items that the identity number tells: sex and birth, where they are collected."""
    identity = read_identity(scene)
    if identity is None:
        return []
    told = (("sex", identity.sex), ("born", in_chinese(identity.born)))
    return [(called, value) for ask, value in told if (called := item_called(scene, ask))]


def filled_in(flow: Flow, scene: Scene) -> Iterable[tuple[str, str]]:
    """Yield the items of the form in its order, under the city's own names, with their full values."""
    yield from told_by_number(scene)
    for ask in flow.answered(scene):
        value = scene.answers[ask.name]
        if value is None or ask.name in _NO_ITEMS or not flow.is_asked(ask, scene):
            continue
        shown = str(value) if ask.field.is_sensitive else ask.field.show(value, scene)
        yield item_called(scene, ask.name) or scene.wording.title(ask.name), shown
