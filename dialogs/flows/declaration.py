"""居住信息自主申报: a form filled in beforehand and handed to the office; never the registration, and it says so."""

from __future__ import annotations

from collections.abc import Iterable

from dialogs.effects import RECEIPT, Consent, Effect, Submit
from dialogs.flows.conditions import both, has_city, is_
from dialogs.flows.fields import CityOf, County, OneOf, YesNo
from dialogs.flows.flow import Ask, Outcome
from dialogs.flows.form import (
    ANOTHER,
    CHILD,
    DEMONSTRATION_DAYS,
    OTHERS,
    RELATIVE,
    Paged,
    check_number,
    collects,
    documents,
    exact,
    filled_in,
    for_another,
    grown_up,
    has_employer,
    items_of,
    must_be_true,
    not_before_birth,
    of_china,
    operator_of,
    people,
    shows_pages,
    told_by_number,
    without_number,
)
from dialogs.flows.listing import numbered
from dialogs.flows.past_date import PastDate
from dialogs.flows.personal import (
    IDENTITY_DOCUMENT,
    Address,
    DocumentNumber,
    FreeText,
    Name,
    Nation,
    Phone,
    Photo,
    Street,
)
from dialogs.flows.registration import guide, not_a_registration, registration_word
from dialogs.flows.scene import Scene
from dialogs.flows.taking import may_type
from dialogs.saying import Kind, Part
from dialogs.session import Session

PHOTO = "photo"
_BY_ANOTHER = both(is_("consent_sensitive", True), for_another)


def takes_picture(session: Session) -> bool:
    """Tell whether a picture sent now is the photo that the running dialog asks for, or that a form came to before.

    Before a form comes to its photo no picture is taken: it may show a document. `Advisor.take_answer` takes the kept
    photo as the answer to PHOTO; at the last look over the form it replaces the one before.
    """
    flow = session.flow
    if flow is None or flow.is_finished:
        return False
    return flow.asked == PHOTO or (flow.flow == Declaration.name and PHOTO in flow.answers)


class Declaration(Paged):
    """The form. Which items it has stands in the city's text, or is set by the operator."""

    name = "declaration"
    starts = "declare"
    needs_records = True
    topic = "registration_how"

    city = Ask(CityOf(), needed=True)
    consent = Ask(YesNo(), needed=True, when=has_city, depends=("city",))
    for_whom = Ask(OneOf(people), needed=True, when=is_("consent", True))
    guardian = Ask(YesNo(), needed=True, when=is_("for_whom", CHILD), depends=("for_whom",))
    their_consent = Ask(YesNo(), needed=True, when=is_("for_whom", OTHERS), depends=("for_whom",))
    consent_sensitive = Ask(YesNo(), needed=True, when=is_("consent", True), depends=("city", "for_whom"))
    proxy_name = Ask(Name(), needed=True, when=_BY_ANOTHER, depends=("for_whom",))
    proxy_number = Ask(
        DocumentNumber(),
        needed=True,
        when=_BY_ANOTHER,
        depends=("for_whom",),
        check=grown_up,
    )
    full_name = Ask(Name(), needed=True, when=collects("full_name"), depends=("for_whom",))
    document = Ask(OneOf(documents), needed=True, when=collects("number"), depends=("for_whom", "city"))
    nation = Ask(Nation(), when=both(collects("nation"), of_china), depends=("for_whom",))
    number = Ask(
        DocumentNumber("document"),
        needed=True,
        when=collects("number"),
        depends=("for_whom", "document"),
        check=check_number,
    )
    sex = Ask(OneOf(), needed=True, when=both(collects("sex"), without_number), depends=("for_whom",))
    born = Ask(PastDate(), needed=True, when=both(collects("born"), without_number), depends=("for_whom",), check=exact)
    phone = Ask(Phone(), needed=True, when=collects("phone"))
    hukou_address = Ask(Address(), needed=True, when=both(collects("hukou_address"), of_china), depends=("for_whom",))
    residence_county = Ask(County(), needed=True, when=collects("residence_detail"), depends=("city",))
    residence_street = Ask(Street(), needed=True, when=collects("residence_detail"), depends=("residence_county",))
    residence_detail = Ask(Address(), needed=True, when=collects("residence_detail"), depends=("residence_street",))
    reason = Ask(OneOf(), when=collects("reason"), depends=("for_whom",))
    employer = Ask(FreeText(), when=collects("employer"), depends=("for_whom",))
    joined_on = Ask(
        PastDate(),
        when=both(collects("joined_on"), has_employer),
        depends=("for_whom", "employer"),
        check=not_before_birth,
    )
    photo = Ask(Photo(), when=both(collects("photo"), shows_pages), depends=("for_whom",))
    truthful = Ask(YesNo(), needed=True, when=collects("full_name"), check=must_be_true)

    def opening(self, scene: Scene) -> tuple[str, ...]:
        return (scene.wording.say("opening"),)

    def caveats(self, scene: Scene) -> tuple[str, ...]:
        is_demonstration = has_city(scene) and operator_of(scene) is None and bool(items_of(scene))
        return (scene.wording.say("demonstration"),) if is_demonstration else ()

    def stop(self, scene: Scene) -> Outcome | None:
        wording, answers = scene.wording, scene.answers
        if has_city(scene) and not items_of(scene):
            return Outcome((Part(Kind.FLOW, wording.say("no_items", city=scene.place.short)), *guide(scene)))
        if has_city(scene) and not (may_type(scene) or scene.known.can_open_page):
            return Outcome((Part(Kind.FLOW, wording.say("no_pages")), *guide(scene)))
        if answers.get("consent") is False or answers.get("consent_sensitive") is False:
            return Outcome((Part(Kind.FLOW, wording.say("refused")), *guide(scene)))
        if answers.get("their_consent") is False:
            return Outcome((Part(Kind.FLOW, wording.say("not_agreed")),))
        if answers.get("for_whom") == ANOTHER:
            return Outcome((Part(Kind.FLOW, wording.say("only_oneself")), *guide(scene)))
        if answers.get("guardian") is False:
            return Outcome((Part(Kind.FLOW, wording.say("only_guardian")),))
        if answers.get("for_whom") == RELATIVE and not scene.place.parameters["registration_by_others"].words:
            return Outcome((Part(Kind.FLOW, wording.say("no_proxy", city=scene.place.short)), *guide(scene)))
        return None

    def effects_on(self, ask: Ask, scene: Scene) -> Iterable[Effect]:
        kinds = {"consent": "basic", "consent_sensitive": "sensitive"}
        if ask.name in kinds and scene.answers[ask.name] is True:
            yield Consent(kinds[ask.name], scene.wording.say("consent.version"), scene.place.slug)

    def notes_on(self, ask: Ask, scene: Scene) -> tuple[str, ...]:
        """In a demonstration a number that holds is needed, and must be nobody's. A photo can often be sent at once."""
        if ask.name == PHOTO and scene.known.takes_pictures:
            return (scene.wording.say("photo.here"),)
        has_example = ask.name == "number" and scene.answers.get("document") == IDENTITY_DOCUMENT
        return (scene.wording.say("number.example"),) if has_example and operator_of(scene) is None else ()

    def ending(self, scene: Scene) -> Outcome:
        operator = operator_of(scene)
        submit = Submit(
            city=scene.place.slug,
            items=tuple(filled_in(self, scene)),
            identity=scene.answers.get("number") or "",
            keep_days=operator.keep_days if operator else DEMONSTRATION_DAYS,
            is_demonstration=operator is None,
            station=scene.answers.get("residence_county") or "",
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
            "seen_by": self._either(scene, "consent_sensitive.seen_by_office", "consent_sensitive.seen_by_nobody"),
            "statement": self._either(scene, "truthful.true", "truthful.invented"),
        }
        if ask.name == "truthful":
            values["review"] = "\n".join(self._review(scene))
        return values

    def _either(self, scene: Scene, of_an_operator: str, of_a_demonstration: str) -> str:
        return scene.wording.say(of_an_operator if operator_of(scene) else of_a_demonstration)

    def _who(self, scene: Scene) -> str:
        operator = operator_of(scene)
        if operator is None:
            return scene.wording.say("consent.demonstration")
        told = {"name": operator.name, "contact": operator.contact, "basis": operator.legal_basis}
        return scene.wording.say("consent.operator", days=operator.keep_days, **told)

    def _review(self, scene: Scene) -> list[str]:
        """Return the form as it stands, numbered as 改第3项 counts."""
        return [*numbered(self, scene), *(f"{title}：{value}" for title, value in told_by_number(scene))]
