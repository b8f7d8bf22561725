"""`make fit`: fit the ranking weights on the labelled questions that are not held back, and write them.

Conditional logistic regression over topics: for each question the signals of every topic; right topics are those
whose provisions in that city include the question's first gold provision.
Prints the share of right first choices on both halves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dialogs.understanding.kinds import without_private_numbers
from dialogs.understanding.normalise import normalise
from dialogs.understanding.ranking import SIGNALS
from dialogs.understanding.reading import Reader, concepts_given_by
from knowledge.address import Address
from knowledge.city import City, Ruling, Stance
from knowledge.loading import open_library
from knowledge.text import to_int
from tests.labels import OWN, is_held_back, read_rows

TARGET = Path(__file__).parent.parent / "dialogs" / "understanding" / "weights.py"
STEPS, RATE, PENALTY = 800, 0.1, 0.01


@dataclass(frozen=True)
class Sample:
    """Signals of each topic (the last row stands for the topics without any), and the rows of the right topics."""

    signals: np.ndarray
    right: list[int]
    without: int


def fits(ruling: Ruling, row: dict[str, Any]) -> bool:
    """Tell whether a city's ruling cites the row's first gold provision and takes the stance its label asks for."""
    if row["answerable"] is (ruling.stance is Stance.SILENT):
        return False
    article, place = row["gold"][0]
    item = re.search("（(.+)）", place or "")
    paragraph = re.search(r"p(\d)|第(.)款", place or "")
    wanted_item = to_int(item[1]) if item else None
    wanted_paragraph = to_int(paragraph[1] or paragraph[2]) if paragraph else None
    return any(_is_at(address, article, wanted_paragraph, wanted_item) for address in ruling.cites[:2])


def _is_at(address: Address, article: str, paragraph: int | None, item: int | None) -> bool:
    if address.article != article or (item and address.item not in (None, item)):
        return False
    return not paragraph or address.paragraph in (None, paragraph)


def sample(reader: Reader, city: City, row: dict[str, Any]) -> Sample | None:
    """Return the row's sample, or None when no topic of the city is right for it."""
    normal = normalise(row["question"]).text
    places = reader.gazetteer.find(normal, None if row["city_in_text"] else row["city"])
    text = reader.without_city_names(without_private_numbers(normal))
    rows = reader.ranker.signals(text, concepts_given_by(places))
    right = [index for index, slug in enumerate(rows) if fits(city.rulings[slug], row)]
    if not right:
        return None
    signals = np.array([*(candidate.signals for candidate in rows.values()), (0.0,) * len(SIGNALS)])
    return Sample(signals, right, len(city.rulings) - len(rows))


def probabilities(weights: np.ndarray, one: Sample) -> np.ndarray:
    """Return the probability of each row of the sample."""
    logits = one.signals @ weights
    logits[-1] += np.log(max(1, one.without))
    shares: np.ndarray = np.exp(logits - logits.max())
    return shares / shares.sum()


def fit(samples: list[Sample]) -> np.ndarray:
    """Return the weights that make the right topics most probable (Adam, squared penalty)."""
    weights = np.zeros(len(SIGNALS))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        slope = PENALTY * weights
        for one in samples:
            shares = probabilities(weights, one)
            wanted = np.zeros_like(shares)
            wanted[one.right] = shares[one.right] / shares[one.right].sum()
            slope += one.signals.T @ (shares - wanted) / len(samples)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return weights


def main() -> None:
    """Fit on one half, report on the other, write the weights."""
    library = open_library()
    reader = Reader(library)
    halves: dict[bool, list[Sample]] = {True: [], False: []}
    for file in sorted(OWN.glob("*.jsonl")):
        for row in read_rows(file) if file.stem in library.cities else []:
            made = sample(reader, library.cities[row["city"]], row) if row["gold"] else None
            if made:
                halves[is_held_back(row)].append(made)
    weights = fit(halves[False])
    for held, samples in halves.items():
        first = sum(int(np.argmax(probabilities(weights, one))) in one.right for one in samples)
        print("held back" if held else "fitted on", f"{first}/{len(samples)} first choices right")
    values = ", ".join(str(round(float(weight), 2)) for weight in weights)
    head = TARGET.read_text(encoding="utf-8").split("WEIGHTS")[0]
    TARGET.write_text(f"{head}WEIGHTS = ({values})\n", encoding="utf-8")


if __name__ == "__main__":
    main()
