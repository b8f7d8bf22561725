"""What a person does with what is kept of them: see it, correct it, take it back, take it along, have it erased."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dialogs.effects import (
    EXPORTED,
    CancelReminders,
    Correct,
    Declared,
    Erase,
    Export,
    Status,
    Withdraw,
)
from dialogs.flows.declaration import PHOTO, Declaration
from dialogs.flows.field import Field, Read
from dialogs.flows.fields import YesNo
from dialogs.flows.flow import Ask, Flow, Outcome
from dialogs.flows.form import Paged, item_called, shows_pages
from dialogs.flows.personal import Choice, Photo
from dialogs.flows.scene import Heard, Scene
from dialogs.returning import RETURN_REASONS
from dialogs.saying import Kind, Part
from knowledge.text import in_chinese

_OPEN = (Status.WAITING, Status.RETURNED)


def _open_ones(scene: Scene) -> tuple[Declared, ...]:
    """Return the declarations that the office has not taken up."""
    return tuple(declared for declared in scene.known.declarations if declared.status in _OPEN)


def _line(scene: Scene, declared: Declared) -> str:
    """Return a declaration as it stands, in one line."""
    wording, city = scene.wording, scene.library.cities.get(declared.city)
    registered = in_chinese(declared.registered_on) if declared.registered_on else ""
    status = wording.say(f"status.{declared.status}", day=registered, reason=declared.reason)
    return wording.say(
        "declared",
        receipt=declared.receipt,
        city=city.short if city else declared.city,
        day=in_chinese(declared.submitted_on),
        status=status,
    )


def _which(scene: Scene) -> tuple[tuple[str, str], ...]:
    """Return the open declarations to choose from."""
    return tuple((declared.receipt, _line(scene, declared)) for declared in _open_ones(scene))


def _several(scene: Scene) -> bool:
    return len(_open_ones(scene)) > 1


def _meant(scene: Scene) -> Declared | None:
    """Return the declaration that was chosen, or the only one."""
    ones = _open_ones(scene)
    chosen = scene.answers.get("which")
    if chosen is not None:
        return next((one for one in ones if one.receipt == chosen), None)
    return ones[0] if len(ones) == 1 else None


class _OfMine(Flow):
    """A dialog about the person's own declarations: without one there is nothing to do."""

    def stop(self, scene: Scene) -> Outcome | None:
        return None if _open_ones(scene) else Outcome((Part(Kind.FLOW, scene.wording.say("nothing_open")),))


class MyDeclarations(Flow):
    """我的申报: what was handed in, and where it stands."""

    name = "status"
    needs_records = True

    def ending(self, scene: Scene) -> Outcome:
        wording, known = scene.wording, scene.known
        lines = [_line(scene, declared) for declared in known.declarations]
        lines += [
            wording.say("reminder", day=in_chinese(kept.day), what=wording.say(f"what.{kept.what}"))
            for kept in known.reminders
        ]
        if not lines:
            return Outcome((Part(Kind.FLOW, wording.say("nothing")),), suggestions=(wording.say("look_up"),))
        offered = ("correct", "withdraw") if _open_ones(scene) else ()
        head = Part(Kind.FLOW, wording.say("mine"), workings=tuple(lines), notes=tuple(_notes_on_all(scene)))
        return Outcome((head,), suggestions=tuple(wording.say(name) for name in (*offered, "export", "erase")))


def _notes_on_all(scene: Scene) -> Iterator[str]:
    """Yield whom to ask about what came back, and that what is not registered is no registration."""
    ones = scene.known.declarations
    back = (_office_of(scene, declared) for declared in ones if declared.status == Status.RETURNED)
    yield from dict.fromkeys(filter(None, back))
    if any(declared.status != Status.REGISTERED for declared in ones):
        yield scene.wording.say("no_registration")


def _office_of(scene: Scene, declared: Declared) -> str:
    """Return whom to ask about a declaration; "" where nobody takes any for that city now."""
    office = scene.known.operator(declared.city)
    return scene.wording.say("ask_office", name=office.name, contact=office.contact) if office is not None else ""


class Withdrawal(_OfMine):
    """撤回申报."""

    name = "withdraw"
    needs_records = True

    which = Ask(Choice(_which), needed=True, when=_several)
    sure = Ask(YesNo(), needed=True)

    def ending(self, scene: Scene) -> Outcome:
        meant = _meant(scene)
        if meant is None or not scene.answers["sure"]:
            return Outcome((Part(Kind.FLOW, scene.wording.say("left_alone")),))
        done = Part(Kind.FLOW, scene.wording.say("withdrawn", receipt=meant.receipt))
        return Outcome((done,), (Withdraw(meant.receipt),))


_CORRECTABLE = ("full_name", "nation", "phone", "hukou_address", "residence_detail", "employer", "joined_on", PHOTO)


def _items(scene: Scene) -> tuple[tuple[str, ...], ...]:
    """Return the items that can be corrected: the name of the ask, what the city calls it, and other words for it.

    Those for which the office sent the declaration back come first.
    """
    inner = _as_declared(scene)
    if inner is None:
        return ()
    able = [name for name in _CORRECTABLE if name != PHOTO or shows_pages(scene)]
    called = ((ask.name, item_called(inner, ask.name)) for ask in Declaration.asks if ask.name in able)
    items = [(name, item, *inner.wording.names(name)) for name, item in called if item]
    return tuple(sorted(items, key=lambda one: one[0] not in _sent_back_for(scene)))


def _sent_back_for(scene: Scene) -> tuple[str, ...]:
    """Return the asks of the form for which the office sent the declaration back."""
    meant = _meant(scene)
    is_back = meant is not None and meant.status == Status.RETURNED
    reason = RETURN_REASONS.get(meant.returned_for) if meant is not None and is_back else None
    return reason.asks if reason is not None else ()


def _chosen(scene: Scene) -> str:
    """Return the item to correct: the chosen one, or the only one that the declaration came back for; "" for none."""
    chosen = scene.answers.get("item")
    concerned = _sent_back_for(scene)
    if chosen is not None or len(concerned) != 1:
        return chosen or ""
    return next((item[0] for item in _items(scene) if item[0] in concerned), "")


def _is_open(scene: Scene) -> bool:
    return not _chosen(scene)


def _is_photo(scene: Scene) -> bool:
    return _chosen(scene) == PHOTO


def _is_no_photo(scene: Scene) -> bool:
    return not _is_photo(scene)


def _called(scene: Scene) -> str:
    """Return what the city calls the chosen item; "" before one is chosen."""
    return next((choice[1] for choice in _items(scene) if choice[0] == _chosen(scene)), "")


def _as_declared(scene: Scene) -> Scene | None:
    """Return the scene as the form of the meant declaration sees it."""
    meant = _meant(scene)
    if meant is None or meant.city not in scene.library.cities:
        return None
    wording = scene.library.wordings[Declaration.name]
    return Scene(scene.tools, wording, {**scene.answers, "city": meant.city}, scene.known, scene.today)


class _NewValue(Field):
    """The new value of the chosen item, read as the form reads it."""

    is_free = is_sensitive = True

    def _inner(self, scene: Scene) -> tuple[Ask, Scene] | None:
        inner = _as_declared(scene)
        ask = Declaration().ask(_chosen(scene))
        return (ask, inner) if ask and inner else None

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        found = self._inner(scene)
        if found is None:
            return None
        ask, inner = found
        read = ask.field.read(heard, inner)
        if read is None or read.needs_yes:
            return None
        return Read(str(read.value) if ask.field.is_sensitive else ask.field.show(read.value, inner))

    def show(self, value: Any, scene: Scene) -> str:
        return scene.wording.say("new_value", count=len(str(value)))


class Correction(_OfMine, Paged):
    """更正申报: one item of a declaration that the office has not taken up."""

    name = "correct"
    needs_records = True

    which = Ask(Choice(_which), needed=True, when=_several)
    item = Ask(Choice(_items), needed=True, when=_is_open, depends=("which",))
    value = Ask(_NewValue(), needed=True, when=_is_no_photo, depends=("which", "item"))
    photo = Ask(Photo(), needed=True, when=_is_photo, depends=("which", "item"))

    def opening(self, scene: Scene) -> tuple[str, ...]:
        meant, wording = _meant(scene), scene.wording
        if meant is None or meant.status != Status.RETURNED or not meant.reason:
            return ()
        said = wording.say("sent_back", reason=meant.reason)
        if _sent_back_for(scene):
            return (said,)
        advice = f"advice.{meant.returned_for}"
        return tuple(filter(None, (said, wording.say(advice) if wording.has(advice) else "", _office_of(scene, meant))))

    def notes_on(self, ask: Ask, scene: Scene) -> tuple[str, ...]:
        is_sent = ask.name == PHOTO and scene.known.takes_pictures
        return (scene.wording.say("photo.here"),) if is_sent else ()

    def values_of_ask(self, ask: Ask, scene: Scene) -> dict[str, object]:
        return {"item": _called(scene)}

    def ending(self, scene: Scene) -> Outcome:
        meant, item = _meant(scene), _called(scene)
        if meant is None or not item:
            return Outcome((Part(Kind.FLOW, scene.wording.say("left_alone")),))
        said = Part(Kind.FLOW, scene.wording.say("corrected", item=item, receipt=meant.receipt))
        value = scene.answers[PHOTO if _is_photo(scene) else "value"]
        return Outcome((said,), (Correct(meant.receipt, ((item, value),)),))


class Erasure(Flow):
    """删除我的信息: everything that is kept of the person."""

    name = "erase"
    needs_records = True
    is_last = True

    sure = Ask(YesNo(), needed=True)

    def ending(self, scene: Scene) -> Outcome:
        if not scene.answers["sure"]:
            return Outcome((Part(Kind.FLOW, scene.wording.say("left_alone")),))
        return Outcome((Part(Kind.FLOW, scene.wording.say("erased")),), (Erase(),), forgets=True)


class Exporting(Flow):
    """导出我的信息."""

    name = "export"
    needs_records = True

    def ending(self, scene: Scene) -> Outcome:
        return Outcome((Part(Kind.FLOW, scene.wording.say("exported", text=EXPORTED)),), (Export(),))


class StopReminders(Flow):
    """取消提醒."""

    name = "stop_reminders"
    needs_records = True

    def ending(self, scene: Scene) -> Outcome:
        if not scene.known.reminders:
            return Outcome((Part(Kind.FLOW, scene.wording.say("no_reminders")),))
        return Outcome((Part(Kind.FLOW, scene.wording.say("stopped")),), (CancelReminders(),))
