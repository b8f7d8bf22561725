"""Everything the assistant knows: cities, topics, the concept lexicon and the words of manners."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.city import City
from knowledge.detail import Detail
from knowledge.happening import HappeningWords
from knowledge.holidays import PublishedYear
from knowledge.manner import MannerWords
from knowledge.offices import Offices
from knowledge.topic import Topic
from knowledge.topic_model import NO_MODEL, TopicModel
from knowledge.wording import Wording


@dataclass(frozen=True)
class Library:
    """All cities and topics, read-only. Built by `knowledge.loading.open_library`."""

    cities: Mapping[str, City]
    topics: Mapping[str, Topic]
    concepts: Mapping[str, re.Pattern[str]]
    manners: Mapping[str, MannerWords]
    happenings: Mapping[str, HappeningWords]
    story: Mapping[str, re.Pattern[str]]
    offices: Offices = field(default_factory=Offices)
    holidays: Mapping[int, PublishedYear] = field(default_factory=dict)
    topic_model: TopicModel = NO_MODEL
    details: Mapping[str, Detail] = field(default_factory=dict)
    wordings: Mapping[str, Wording] = field(default_factory=dict)
