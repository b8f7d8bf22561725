"""The topic model: it is the one fitted on the messages of this repository, and its file is read as it was written."""

from __future__ import annotations

import math
import re
import zlib
from pathlib import Path

import pytest

from dialogs.understanding.features import features_of
from dialogs.understanding.ranking import likeliest, rank
from dialogs.understanding.reading import Reader
from knowledge.datafile import CityError
from knowledge.labelled import read_rows
from knowledge.library import Library
from knowledge.loading import PACKAGED_MODEL
from knowledge.topic_model import NO_MODEL, TopicModel, read_model
from tests.fit_topics import digest_of, messages
from tests.labels import every_file

GREETING = 3
"""So short a text (你好) may stand in both."""

FEATURES = ("签", "签注", "过期", "#late", "#endorse", "从没见过的")


def test_the_model_was_fitted_on_these_messages_and_these_words(library: Library) -> None:
    assert library.topic_model.digest == digest_of(library), "训练用的话或词表变了，请运行 make fit"


def test_every_topic_can_be_chosen(library: Library) -> None:
    assert set(library.topics) <= set(library.topic_model.labels)


def test_every_topic_is_learned_from_at_least_fifty_messages(library: Library) -> None:
    learned = [label for one in messages(library) for label in one.labels]
    assert [slug for slug in library.topics if learned.count(slug) < 50] == []


def bare(text: str) -> str:
    """Return the text without marks and spaces."""
    return re.sub(r"[\s,，。.?？!！~、…;；:：]", "", text)


def test_no_labelled_question_is_learned_from(library: Library) -> None:
    learned = {bare(one.text) for one in messages(library)}
    rows = [row for file in every_file() for row in read_rows(file)]
    asked = [bare(row[key]) for row in rows for key in ("question", "story") if key in row]
    assert [text for text in asked if text in learned and len(text) > GREETING] == []


def test_no_message_is_taught_as_two_different_things(library: Library) -> None:
    taught: dict[str, set[tuple[str, ...]]] = {}
    for one in messages(library):
        taught.setdefault(bare(one.text), set()).add(tuple(sorted(one.labels)))
    torn = {text for text, labels in taught.items() if len(labels) > 1 and any(":" in one[0] for one in labels)}
    assert torn == set()


def test_the_file_is_read_as_it_was_written(library: Library, tmp_path: Path) -> None:
    copy = tmp_path / "copy.model"
    library.topic_model.write(copy)
    assert copy.read_bytes() == PACKAGED_MODEL.read_bytes()
    assert read_model(copy).margins(FEATURES) == library.topic_model.margins(FEATURES)


def plainly_summed(model: TopicModel, features: frozenset[str]) -> list[float]:
    """Return the margins as they are defined: weight by weight, feature by feature."""
    sums, length = [0.0] * len(model.labels), 0.0
    for feature in sorted(features & model.index.keys()):
        at = model.index[feature]
        length += model.rarity[at] * model.rarity[at]
        for place in range(model.starts[at], model.starts[at + 1]):
            sums[model.owners[place]] += model.rarity[at] * model.weights[place]
    factor = model.scale / math.sqrt(length) if length else 0.0
    return [bias + factor * value for bias, value in zip(model.biases, sums, strict=True)]


def test_adding_many_weights_in_one_step_changes_no_margin(library: Library) -> None:
    reader = Reader(library)
    for one in messages(library)[::40]:
        features = features_of(one.text, reader.lexicon.concepts_in(one.text))
        assert library.topic_model.margins(features) == plainly_summed(library.topic_model, features)


def test_rarities_are_whole_numbers_of_units(library: Library) -> None:
    assert all(rarity >= 1 and (rarity * 2**23).is_integer() for rarity in library.topic_model.rarity)


def test_labels_and_features_stand_in_the_order_of_their_names(library: Library) -> None:
    model = library.topic_model
    assert list(model.labels) == sorted(model.labels)
    assert list(model.index) == sorted(model.index)


def test_the_likeliest_is_the_first_of_the_ranked(library: Library) -> None:
    reader = Reader(library)
    for text in ("居住证丢了怎么补", "你好", "", "什么时候签注", "\u200b"):
        concepts = reader.lexicon.concepts_in(text)
        assert likeliest(library.topic_model, text, concepts) == rank(library.topic_model, text, concepts)[0]


def test_what_speaks_for_a_topic_adds_up_to_its_margin(library: Library) -> None:
    model = library.topic_model
    for label in ("overdue", "lost", "manner:thanks"):
        at = model.labels.index(label)
        said = sum(weight for _, weight in model.why(FEATURES, label))
        assert said + model.biases[at] == pytest.approx(model.margins(FEATURES)[at])


def test_a_message_without_a_known_feature_is_as_likely_as_nothing(library: Library) -> None:
    assert library.topic_model.margins(["从没见过的"]) == list(library.topic_model.biases)


@pytest.mark.parametrize("content", [b"", b"no model", zlib.compress(b"{}\n"), zlib.compress(b'{"blocks": [9]}\n1')])
def test_a_damaged_file_is_told_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "topics.model"
    file.write_bytes(content)
    with pytest.raises(CityError, match="make fit"):
        read_model(file)


def test_the_empty_model_knows_no_topic() -> None:
    assert NO_MODEL.margins(FEATURES) == []
