"""Which topics a message asks for, each with its probability: the topic model over the message's features."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.understanding.features import features_of
from knowledge.topic_model import TopicModel

KEPT = 8
"""So many candidates are looked at further; the topic meant is hardly ever behind them."""


@dataclass(frozen=True)
class Candidate:
    """A topic with the probability that the message asks for it: 0..1.

    `topic` may name something else that a message can be: a manner (manner:thanks), the wish for a dialog
    (flow:precheck), or a group of messages that no provision speaks of (none:permit).
    """

    topic: str
    score: float

    @property
    def is_topic(self) -> bool:
        """False for what no provision speaks of."""
        return not self.kind

    @property
    def kind(self) -> str:
        """The kind of what is no topic: manner, flow or none; empty for a topic."""
        return self.topic.rpartition(":")[0]

    @property
    def name(self) -> str:
        """The topic, or what is heard of that kind: thanks, precheck."""
        return self.topic.rpartition(":")[2]


def rank(model: TopicModel, text: str, concepts: frozenset[str]) -> tuple[Candidate, ...]:
    """Return the likeliest topics of a normalised text with these concepts: most probable first, then by name."""
    margins = model.margins(features_of(text, concepts))
    best = sorted(range(len(margins)), key=margins.__getitem__, reverse=True)[:KEPT]  # equal ones keep their order
    return tuple(Candidate(model.labels[at], model.probability(margins[at])) for at in best)


def likeliest(model: TopicModel, text: str, concepts: frozenset[str]) -> Candidate:
    """Return the first that `rank` gives, for less work. Raises ValueError for a model without topics."""
    margins = model.margins(features_of(text, concepts))
    most = max(margins)
    return Candidate(model.labels[margins.index(most)], model.probability(most))
