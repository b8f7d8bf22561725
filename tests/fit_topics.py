"""`make fit`: fit the topic model on the training messages and write it; prints how often its first choice is right.

Training messages are `tests/questions/training/*.tsv` (topic, or several joined by +, tab, message) and each topic's
own title and `asks`. They are not the questions the product is measured with.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

from dialogs.understanding import features as features_module
from dialogs.understanding import lexicon
from dialogs.understanding.features import features_of
from dialogs.understanding.reading import Reader
from knowledge.library import Library
from knowledge.loading import PACKAGED_MODEL, PACKAGED_TOPICS, open_library
from knowledge.topic_model import NO_MODEL, TopicModel
from knowledge.topics_file import CONCEPTS_FILE
from tests.labels import OWN
from tests.variants import VARIANTS

TRAINING = OWN / "training"
FOLDS, SEED = 5, 20261121
TODAY = date(2026, 11, 21)
"""The day by which the days of the messages are read; they are taken out, as from the product's messages."""

STRENGTH = 0.5
"""How much the support vectors may bend to single messages."""

RAREST = 4
"""A feature must stand in so many messages."""

_READ_BY = (features_module, lexicon)
"""The code that turns a message into features: another code, another model."""

KEPT_FROM = 2.2
"""Weights smaller than so many standard deviations are left out."""

MARRED = ("homophone", "dropped", "swapped")
"""Each message is learned once more with one of these done to it; the other variants are only measured."""


@dataclass(frozen=True)
class Message:
    """A training message with the labels that are right for it."""

    labels: tuple[str, ...]
    text: str


def messages(library: Library) -> list[Message]:
    """Return the training messages. Raises ValueError for a label that is no topic."""
    found = [
        Message((slug,), text) for slug, topic in library.topics.items() for text in (topic.title, *topic.examples)
    ]
    for file in sorted(TRAINING.glob("*.tsv")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            written, _, text = line.partition("\t")
            labels = tuple(written.split("+"))
            strange = [label for label in labels if label not in library.topics and ":" not in label]
            if strange or not text:
                raise ValueError(f"{file.name}:{number}: {strange or '没有内容'}")
            found.append(Message(labels, text))
    return found


def digest_of(library: Library) -> str:
    """Name the messages and the words that a model is fitted on: another digest, another model."""
    content = hashlib.sha256()
    for file in (PACKAGED_TOPICS / CONCEPTS_FILE, *(Path(module.__file__ or "") for module in _READ_BY)):
        content.update(file.read_bytes())
    for one in messages(library):
        content.update(f"{'+'.join(one.labels)}\t{one.text}\n".encode())
    return content.hexdigest()[:16]


def marred(found: list[Message]) -> Iterator[Message]:
    """Yield each message once more, written as phones and haste write it."""
    for number, one in enumerate(found):
        chance = Random(f"{SEED} {number}")
        yield Message(one.labels, VARIANTS[chance.choice(MARRED)](one.text, chance))


def features(reader: Reader, found: list[Message]) -> list[frozenset[str]]:
    """Return the features of each message, read as the product reads it."""
    rows = []
    for one in found:
        normalised = reader.normalised(one.text)
        told = reader.times.told_in(normalised.text, TODAY)
        asked = reader.asked_in(normalised, reader.gazetteer.find(normalised.text), told)
        rows.append(features_of(asked.text, asked.concepts))
    return rows


@dataclass(frozen=True)
class Material:
    """The training messages with their features, as they are and with a slip in each."""

    found: list[Message]
    plain: list[frozenset[str]]
    slipped: list[frozenset[str]]

    @classmethod
    def of(cls, library: Library) -> Material:
        """Read all messages."""
        reader, found = Reader(library), messages(library)
        return cls(found, features(reader, found), features(reader, list(marred(found))))


class Fitted:
    """A vectorizer and a classifier fitted on rows of features and their labels."""

    def __init__(self, rows: list[frozenset[str]], wanted: np.ndarray) -> None:
        self.vectorizer = TfidfVectorizer(analyzer=sorted, min_df=RAREST)
        table = self.vectorizer.fit_transform(rows)
        self.classifier = OneVsRestClassifier(LinearSVC(C=STRENGTH, random_state=SEED), n_jobs=-1).fit(table, wanted)

    def margins(self, rows: list[frozenset[str]]) -> np.ndarray:
        """Return the margin of each label for each row."""
        return np.asarray(self.classifier.decision_function(self.vectorizer.transform(rows)))

    @property
    def weights(self) -> np.ndarray:
        """The weights, labels by features."""
        return np.vstack([one.coef_ for one in self.classifier.estimators_])

    @property
    def biases(self) -> list[float]:
        """What is added to the margin of each label."""
        return [float(one.intercept_[0]) for one in self.classifier.estimators_]


def held_out_margins(material: Material, wanted: np.ndarray) -> np.ndarray:
    """Return the margins of each message by a model that was fitted without it."""
    margins = np.zeros(wanted.shape)
    for learned, left_out in KFold(FOLDS, shuffle=True, random_state=SEED).split(material.plain):
        rows = [rows[at] for rows in (material.plain, material.slipped) for at in learned]
        fitted = Fitted(rows, np.vstack([wanted[learned], wanted[learned]]))
        margins[left_out] = fitted.margins([material.plain[at] for at in left_out])
    return margins


def calibration_of(margins: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Return slope and shift of the probability, from the eight likeliest labels of each message."""
    likeliest = np.argsort(-margins, axis=1)[:, :8]
    rows = np.arange(len(margins))[:, None]
    model = LogisticRegression(C=1e6).fit(margins[rows, likeliest].reshape(-1, 1), wanted[rows, likeliest].ravel())
    return round(float(model.coef_[0][0]), 4), round(float(model.intercept_[0]), 4)


def packed(fitted: Fitted, labels: list[str], calibration: tuple[float, float], digest: str) -> TopicModel:
    """Return the fitted model with its small weights left out and the rest in eight bits."""
    weights = fitted.weights
    weights = np.where(np.abs(weights) >= KEPT_FROM * weights.std(), weights, 0.0)
    scale = float(np.abs(weights).max()) / 127
    table = csr_matrix(np.rint(weights / scale).astype(np.int8).T)
    table.eliminate_zeros()
    names = fitted.vectorizer.get_feature_names_out()
    return TopicModel(
        labels=tuple(labels),
        index={str(name): at for at, name in enumerate(names)},
        starts=array("I", table.indptr.tolist()),
        owners=array("H", table.indices.tolist()),
        weights=array("b", table.data.tolist()),
        rarity=array("f", fitted.vectorizer.idf_.tolist()),
        biases=tuple(round(bias, 5) for bias in fitted.biases),
        scale=scale,
        calibration=calibration,
        digest=digest,
    )


def main() -> None:
    """Fit, report, write."""
    if not PACKAGED_MODEL.exists():
        NO_MODEL.write(PACKAGED_MODEL)
    library = open_library()
    material = Material.of(library)
    found = material.found
    binarizer = MultiLabelBinarizer()
    wanted = binarizer.fit_transform([one.labels for one in found])
    margins = held_out_margins(material, wanted)
    first = wanted[np.arange(len(found)), margins.argmax(axis=1)].mean()
    calibration = calibration_of(margins, wanted)
    fitted = Fitted(material.plain + material.slipped, np.vstack([wanted, wanted]))
    model = packed(fitted, list(binarizer.classes_), calibration, digest_of(library))
    model.write(PACKAGED_MODEL)
    print(
        f"{len(found)} messages, {len(model.labels)} labels, {len(model.index)} features, {len(model.weights)} weights"
    )
    print(f"first choice right, fitted without the message: {first:.1%}; calibration {calibration}")


if __name__ == "__main__":
    main()
