"""What follows for a topic in a city: our sentence with its evidence, or that the text is silent."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.city import City, Provision, Stance


@dataclass(frozen=True)
class Finding:
    """`statement` is None when the city is silent; then `evidence` is only the nearest provision, or none."""

    topic: str
    stance: Stance
    statement: str | None
    evidence: tuple[Provision, ...]


def find(city: City, topic: str) -> Finding:
    """Return what `city` says on `topic`. Raises KeyError for a topic that does not exist."""
    ruling = city.rulings[topic]
    return Finding(topic, ruling.stance, ruling.says, tuple(city.provision(address) for address in ruling.cites))
