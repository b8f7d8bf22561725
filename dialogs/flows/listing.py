"""The answers of a dialog as they are listed and read back: those of asks with a title, in the order of the dialog."""

from __future__ import annotations

from dialogs.flows.flow import Ask, Flow
from dialogs.flows.scene import Scene
from knowledge.wording import Wording


def is_listed(ask: Ask, wording: Wording) -> bool:
    """Tell whether an ask stands in the lists of what was told: those with a title do."""
    return wording.has(f"{ask.name}.title")


def listed(flow: Flow, scene: Scene) -> list[Ask]:
    """Return the answered asks that stand in lists; 改第3项 means the third of them."""
    return [ask for ask in flow.answered(scene) if is_listed(ask, scene.wording)]


def shown(ask: Ask, scene: Scene) -> str:
    """Return the answer to an ask as it is read back."""
    value = scene.answers.get(ask.name)
    return scene.wording.say("item_unknown") if value is None else ask.field.show(value, scene)


def numbered(flow: Flow, scene: Scene) -> tuple[str, ...]:
    """Return the listed answers, numbered."""
    say, title = scene.wording.say, scene.wording.title
    return tuple(
        say("item", number=number, title=title(ask.name), shown=shown(ask, scene))
        for number, ask in enumerate(listed(flow, scene), start=1)
    )
