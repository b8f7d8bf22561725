"""What a question needs beside its own topic, by what this city's text says."""

from __future__ import annotations

from dialogs.understanding.happenings import Event
from dialogs.understanding.reading import Understanding
from knowledge.city import City, Stance

_PENALTIES, _PENALTY_AMOUNT = "penalty_", "penalty_amount"
_FEES, _FEE_AMOUNT = "fee_", "fee_amount"
_LIKELY_FEE = 0.1
"""A fee so probable is answered for an amount that is not written: that it is due, and that no amount is told."""

_EXEMPTIONS, _REGISTER_BY, _EXEMPT_STAY = "exempt_", "registration_deadline", "exempt_relative"
"""Who asks whether they are exempt, and is not, has until a day to register."""

_ACROSS, _NEAR, _ADDRESS = "cross_move", "within_area", "address"
_NEAR_TOPIC = "address_change_within"
_ACROSS_TOPIC, _WINDOW = "address_change_cross", "endorsement_window"
_MOVES = frozenset({"address_change", "address_change_deadline", "address_change_within", "address_change_late"})
_LEARNS, _EXEMPT_STUDY = frozenset({"study", "in_training"}), "exempt_study"


def completed(city: City, topics: tuple[str, ...], understood: Understanding) -> tuple[str, ...]:
    """Return the topics with what the question needs beside them in this city: amounts, the deadline to register."""
    topics = tuple(dict.fromkeys(_moved(city, topic, understood) for topic in topics))
    topics = tuple(dict.fromkeys(_exempt_instead(city, topic, understood) for topic in topics))
    exemptions = [city.rulings[topic].says for topic in topics if topic.startswith(_EXEMPTIONS)]
    stays_longer = _EXEMPT_STAY in topics and _stays_longer(understood, city)
    if exemptions and all(exemptions) and not stays_longer:
        topics = tuple(topic for topic in topics if topic != _REGISTER_BY)
    elif exemptions and understood.told.of(Event.ARRIVED) and _REGISTER_BY not in topics:
        topics = (*topics, _REGISTER_BY)
    if "penalty" in understood.concepts and any(not topic.startswith(_FEES) for topic in topics):
        topics = tuple(topic for topic in topics if not topic.startswith(_FEES))
    return _with_amounts(city, topics, understood) if "amount" in understood.concepts else topics


def is_across(concepts: frozenset[str]) -> bool:
    """Tell whether a move crosses counties: said so, and not between two districts of the town."""
    return _ACROSS in concepts and _NEAR not in concepts


def _moved(city: City, topic: str, understood: Understanding) -> str:
    """Answer a move across counties by its own rule, where this city has one: near moves have other deadlines."""
    if _NEAR in understood.concepts and topic == _ACROSS_TOPIC:
        return _NEAR_TOPIC
    if city.parameters["change_across"].value is None or not is_across(understood.concepts):
        return topic
    if topic in _MOVES or (topic == _WINDOW and _ADDRESS in understood.concepts):
        return topic if understood.told.of(Event.REGISTERED) else _ACROSS_TOPIC
    return topic


def _exempt_instead(city: City, topic: str, understood: Understanding) -> str:
    """Tell who learns here that they need not register, where this city exempts them, instead of a deadline."""
    is_exempt = topic == _REGISTER_BY and understood.concepts & _LEARNS and city.rulings[_EXEMPT_STUDY].says is not None
    return _EXEMPT_STUDY if is_exempt else topic


def _with_amounts(city: City, topics: tuple[str, ...], understood: Understanding) -> tuple[str, ...]:
    """Answer 罚多少 by the topic of amounts where this city's text gives none, else by what was done alone.

    An amount of the article in general is another one than that of lending a permit. Of a fee whose amount is not
    written the answer is whether it is due.
    """
    if city.rulings[_PENALTY_AMOUNT].stance is not Stance.STATED:
        topics = tuple(_PENALTY_AMOUNT if topic.startswith(_PENALTIES) else topic for topic in topics)
    elif any(topic.startswith(_PENALTIES) and topic != _PENALTY_AMOUNT for topic in topics):
        topics = tuple(topic for topic in topics if topic != _PENALTY_AMOUNT)
    if city.rulings[_FEE_AMOUNT].stance is not Stance.STATED:
        likely = (one.topic for one in understood.candidates if one.score >= _LIKELY_FEE and one.topic != _FEE_AMOUNT)
        fee = next((topic for topic in likely if topic.startswith(_FEES)), _FEE_AMOUNT)
        topics = tuple(fee if topic == _FEE_AMOUNT else topic for topic in topics)
    return tuple(dict.fromkeys(topics))


def _stays_longer(understood: Understanding, city: City) -> bool:
    """Tell whether the person says to stay longer than the days that are exempt from registering."""
    stay = understood.told.since(Event.RESIDES, Event.ARRIVED)
    exempt = city.parameters["registration_exempt_stay"].duration
    return stay is not None and exempt is not None and stay.length.months * 30 + stay.length.days > exempt.number
