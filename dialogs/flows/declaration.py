"""居住信息自主申报: a form filled in beforehand and handed to the office; never the registration, and it says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from dialogs.effects import PAGE, RECEIPT, Consent, Effect, OpenPage, Operator, Submit
from dialogs.flows.conditions import both, has_city, is_
from dialogs.flows.fields import CityOf, County, OneOf, YesNo
from dialogs.flows.flow import Ask, Condition, Flow, Outcome
from dialogs.flows.past_date import PastDate, read_span
from dialogs.flows.personal import (
    IDENTITY_DOCUMENT,
    Address,
    DocumentNumber,
    FreeText,
    Name,
    Nation,
    Phone,
    Photo,
)
from dialogs.flows.readings import may_type
from dialogs.flows.registration import guide, not_a_registration, registration_word
from dialogs.flows.scene import Scene
from dialogs.saying import Kind, Link, Part
from rules.calendar import age_on
from rules.identity_number import BadNumber, IdentityNumber, read_identity_number

GUARDED_AGE = 14
"""Personal data of whoever is younger are sensitive and need a parent's yes (个人信息保护法 第三十一条)."""

DEMONSTRATION_DAYS = 1
_SELF, _CHILD, _RELATIVE = "self", "child", "relative"


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


def _for_another(scene: Scene) -> bool:
    return scene.answers.get("for_whom") in (_CHILD, _RELATIVE)


def _without_number(scene: Scene) -> bool:
    return scene.answers.get("document") not in (None, IDENTITY_DOCUMENT)


def _people(scene: Scene) -> list[str]:
    """Return for whom a form can be filled in; tenants and workers only where the operator says so."""
    operator = operator_of(scene)
    return [_SELF, _CHILD, _RELATIVE, *(["others"] if operator and operator.for_others else [])]


def _documents(scene: Scene) -> list[str]:
    """Return the documents taken: the identity document, and passports where the text accepts one."""
    accepted = "".join(scene.place.parameters["registration_ids"].words)
    return [
        IDENTITY_DOCUMENT,
        *(["passport", "foreign_passport"] if "护照" in accepted or "有效身份证件" in accepted else []),
    ]


def read_identity(scene: Scene) -> IdentityNumber | None:
    """Return what the identity number tells (birth, sex), when the document is an identity document."""
    if scene.answers.get("document") != IDENTITY_DOCUMENT or not scene.answers.get("number"):
        return None
    try:
        return read_identity_number(scene.answers["number"], scene.today)
    except BadNumber:
        return None


def _check_number(value: Any, scene: Scene) -> str | None:
    """Check the number against for whom the form is: a child's form bears a child's number."""
    if scene.answers.get("document") != IDENTITY_DOCUMENT:
        return None
    years = age_on(read_identity_number(value, scene.today).born, scene.today)
    whom = scene.answers.get("for_whom")
    if whom == _SELF and years < GUARDED_AGE:
        return "child"
    if whom == _CHILD and years >= GUARDED_AGE:
        return "no_child"
    return "same_number" if value == scene.answers.get("proxy_number") else None


def _not_before_birth(value: Any, scene: Scene) -> str | None:
    identity = read_identity(scene)
    born = identity.born if identity else read_span(scene.answers["born"]).first if scene.answers.get("born") else None
    return "before_birth" if born is not None and read_span(value).last < born else None


def _must_be_true(value: Any, scene: Scene) -> str | None:
    del scene
    return None if value else "not_yet"


def _grown_up(value: Any, scene: Scene) -> str | None:
    years = age_on(read_identity_number(value, scene.today).born, scene.today)
    return "too_young" if years < 18 else None


def _exact(value: Any, scene: Scene) -> str | None:
    del scene
    return None if read_span(value).is_exact else "not_a_day"


_BY_ANOTHER = both(is_("consent_sensitive", True), _for_another)


class Declaration(Flow):
    """The form. Which items it has stands in the city's text, or is set by the operator."""

    name = "declaration"
    starts = "declare"
    needs_records = True
    topic = "registration_how"

    city = Ask(CityOf(), needed=True)
    consent = Ask(YesNo(), needed=True, when=has_city)
    for_whom = Ask(OneOf(_people), needed=True, when=is_("consent", True))
    guardian = Ask(YesNo(), needed=True, when=is_("for_whom", _CHILD), depends=("for_whom",))
    consent_sensitive = Ask(YesNo(), needed=True, when=is_("consent", True))
    proxy_name = Ask(Name(), needed=True, when=_BY_ANOTHER, depends=("for_whom",))
    proxy_number = Ask(
        DocumentNumber(),
        needed=True,
        when=_BY_ANOTHER,
        depends=("for_whom",),
        check=_grown_up,
    )
    full_name = Ask(Name(), needed=True, when=collects("full_name"), depends=("for_whom",))
    nation = Ask(Nation(), when=collects("nation"), depends=("for_whom",))
    document = Ask(OneOf(_documents), needed=True, when=collects("number"), depends=("for_whom", "city"))
    number = Ask(
        DocumentNumber("document"),
        needed=True,
        when=collects("number"),
        depends=("for_whom", "document"),
        check=_check_number,
    )
    sex = Ask(OneOf(), needed=True, when=both(collects("sex"), _without_number), depends=("for_whom",))
    born = Ask(
        PastDate(), needed=True, when=both(collects("born"), _without_number), depends=("for_whom",), check=_exact
    )
    phone = Ask(Phone(), needed=True, when=collects("phone"))
    hukou_address = Ask(Address(), needed=True, when=collects("hukou_address"), depends=("for_whom",))
    residence_county = Ask(County(), needed=True, when=collects("residence_detail"), depends=("city",))
    residence_street = Ask(FreeText(), needed=True, when=collects("residence_detail"), depends=("residence_county",))
    residence_detail = Ask(Address(), needed=True, when=collects("residence_detail"), depends=("residence_street",))
    reason = Ask(OneOf(), when=collects("reason"), depends=("for_whom",))
    employer = Ask(FreeText(), when=collects("employer"), depends=("for_whom",))
    joined_on = Ask(PastDate(), when=collects("joined_on"), depends=("for_whom", "employer"), check=_not_before_birth)
    photo = Ask(Photo(), when=collects("photo"), depends=("for_whom",))
    truthful = Ask(YesNo(), needed=True, when=collects("full_name"), check=_must_be_true)

    def opening(self, scene: Scene) -> tuple[str, ...]:
        return (scene.wording.say("opening"),)

    def caveats(self, scene: Scene) -> tuple[str, ...]:
        is_demonstration = has_city(scene) and operator_of(scene) is None and bool(items_of(scene))
        return (scene.wording.say("demonstration"),) if is_demonstration else ()

    def stop(self, scene: Scene) -> Outcome | None:
        wording, answers = scene.wording, scene.answers
        if has_city(scene) and not items_of(scene):
            return Outcome((Part(Kind.FLOW, wording.say("no_items", city=scene.place.short)), *guide(scene)))
        if answers.get("consent") is False or answers.get("consent_sensitive") is False:
            return Outcome((Part(Kind.FLOW, wording.say("refused")), *guide(scene)))
        if answers.get("guardian") is False:
            return Outcome((Part(Kind.FLOW, wording.say("only_guardian")),))
        if answers.get("for_whom") == _RELATIVE and not scene.place.parameters["registration_by_others"].words:
            return Outcome((Part(Kind.FLOW, wording.say("no_proxy", city=scene.place.short)), *guide(scene)))
        return None

    def effects_on(self, ask: Ask, scene: Scene) -> Iterable[Effect]:
        kinds = {"consent": "basic", "consent_sensitive": "sensitive"}
        if ask.name in kinds and scene.answers[ask.name] is True:
            yield Consent(kinds[ask.name], scene.wording.say("consent.version"), scene.place.slug)

    def effects_before(self, ask: Ask, scene: Scene) -> Iterable[Effect]:
        if on_its_page(ask, scene):
            yield OpenPage(ask.name)

    def links_on(self, ask: Ask, scene: Scene) -> tuple[Link, ...]:
        return (Link(scene.wording.say("page"), PAGE),) if on_its_page(ask, scene) else ()

    def ending(self, scene: Scene) -> Outcome:
        operator = operator_of(scene)
        submit = Submit(
            city=scene.place.slug,
            items=tuple(filled_in(self, scene)),
            identity=scene.answers["number"],
            keep_days=operator.keep_days if operator else DEMONSTRATION_DAYS,
            is_demonstration=operator is None,
        )
        key = "receipt.text" if operator else "receipt.demonstration"
        receipt = Part(Kind.FLOW, scene.wording.say(key, receipt=RECEIPT), notes=(scene.wording.say("receipt.keep"),))
        offered = tuple(scene.wording.say(f"receipt.{name}") for name in ("status", "how"))
        return Outcome((receipt, not_a_registration(scene)), (submit,), offered)

    def values_of_ask(self, ask: Ask, scene: Scene) -> dict[str, object]:
        if not has_city(scene):
            return {}
        values: dict[str, object] = {
            "city": scene.place.short,
            "registration": registration_word(scene.place),
            "items": "、".join(items_of(scene)),
            "by_whom": self._who(scene),
        }
        if ask.name == "truthful":
            values["review"] = "\n".join(self._review(scene))
        return values

    def _who(self, scene: Scene) -> str:
        operator = operator_of(scene)
        if operator is None:
            return scene.wording.say("consent.demonstration")
        told = {"name": operator.name, "contact": operator.contact, "basis": operator.legal_basis}
        return scene.wording.say("consent.operator", days=operator.keep_days, **told)

    def _review(self, scene: Scene) -> list[str]:
        """Return the form as it stands, numbered as 改第3项 counts."""
        listed = [ask for ask in self.answered(scene) if scene.wording.has(f"{ask.name}.title")]
        lines = [
            f"{number}. {scene.wording.title(ask.name)}：{_shown(ask, scene)}"
            for number, ask in enumerate(listed, start=1)
        ]
        return [*lines, *(f"{title}：{value}" for title, value in _from_number(scene))]


def on_its_page(ask: Ask, scene: Scene) -> bool:
    """Tell whether an ask is answered on a page of its own, not in the talk."""
    return (
        ask.field.is_sensitive and scene.known.can_open_page and (not may_type(scene) or isinstance(ask.field, Photo))
    )


def _shown(ask: Ask, scene: Scene) -> str:
    value = scene.answers[ask.name]
    return scene.wording.say("item_unknown") if value is None else ask.field.show(value, scene)


def _from_number(scene: Scene) -> list[tuple[str, str]]:
    """Return the items that the identity number tells: sex and birth, where they are collected."""
    identity = read_identity(scene)
    if identity is None:
        return []
    told = (("sex", identity.sex), ("born", _written(identity.born)))
    return [(called, value) for ask, value in told if (called := item_called(scene, ask))]


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def filled_in(flow: Flow, scene: Scene) -> Iterable[tuple[str, str]]:
    """Yield the items of the form in its order, under the city's own names, with their full values."""
    yield from _from_number(scene)
    for ask in flow.answered(scene):
        value = scene.answers[ask.name]
        if value is None or ask.name in _NO_ITEMS or not flow.is_asked(ask, scene):
            continue
        shown = str(value) if ask.field.is_sensitive else ask.field.show(value, scene)
        yield item_called(scene, ask.name) or scene.wording.title(ask.name), shown


_NO_ITEMS = {"city", "consent", "consent_sensitive", "guardian", "truthful"}
