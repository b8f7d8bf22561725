"""When an ask has its place: small conditions that several dialogs share."""

from __future__ import annotations

from typing import Any

from dialogs.flows.flow import Condition
from dialogs.flows.scene import Scene


def has_city(scene: Scene) -> bool:
    """Hold once the city is told."""
    return scene.city is not None


def is_(name: str, *values: Any) -> Condition:
    """Hold when the answer to `name` is one of `values`."""
    return lambda scene: scene.answers.get(name) in values


def both(*conditions: Condition) -> Condition:
    """Hold when all of `conditions` do."""
    return lambda scene: all(condition(scene) for condition in conditions)


def either(*conditions: Condition) -> Condition:
    """Hold when one of `conditions` does."""
    return lambda scene: any(condition(scene) for condition in conditions)
