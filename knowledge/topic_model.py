"""The topic model: for each topic a weight for each feature, fitted by `make fit` on labelled messages.

Linear, one against the rest (LIBLINEAR's support vectors), small weights left out and the rest kept in eight bits. A
margin above 0 means that the message asks for the topic; `calibration` turns it into a probability.
"""

from __future__ import annotations

import json
import math
import sys
import zlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from knowledge.datafile import CityError

_FEATURES_APART = "\n"
_UNIT = 2**23
"""A rarity is a float of 32 bits and at least 1: a whole number of so small units, and every sum of them is exact."""

_LANE = 8
"""Bytes of a label's place in a row. A weight by its rarity stays below 2**34 units: 2**29 of them still fit."""

_HALF_LANE = 1 << (8 * _LANE - 1)
_MANY = 16
"""A feature that speaks for or against more labels has a row of its own; the rest is added one by one."""


@dataclass(frozen=True)
class TopicModel:
    """Weights by feature. `starts[i]`..`starts[i + 1]` are the places in `owners` and `weights` of the i-th feature.

    `labels` stand in the order of their names, and `index` counts features in the order of theirs. `owners` are indices
    of `labels`; `weights` are whole numbers, to be multiplied by `scale`; `rarity`, 1 or more, weighs a feature by how
    few messages have it. `digest` names the messages and the words it was fitted on.
    """

    labels: tuple[str, ...]
    index: Mapping[str, int]
    starts: array[int]
    owners: array[int]
    weights: array[int]
    rarity: array[float]
    biases: tuple[float, ...]
    scale: float
    calibration: tuple[float, float]
    digest: str

    def margins(self, features: Iterable[str]) -> list[float]:
        """Return the margin of each label, in the order of `labels`."""
        known = sorted(map(self.index.__getitem__, filter(self.index.__contains__, features)))
        length = 0.0
        for square in map(self._squares.__getitem__, known):  # in order: this sum is not exact
            length += square
        factor = self.scale / math.sqrt(length) / _UNIT if length else 0.0
        return [bias + factor * value for bias, value in zip(self.biases, self._sums(known), strict=True)]

    def _sums(self, known: Iterable[int]) -> list[int]:
        """Return for each label its weights for these features, each by its rarity, in units of 1 / _UNIT."""
        rows, owners, products, starts = self._rows, self.owners, self._products, self.starts
        many, few = self._zeros, []
        for at in known:
            if at in rows:
                many += rows[at]
            else:
                few.append(range(starts[at], starts[at + 1]))
        # Turning the half's one bit round takes it away: what is left in a lane is a number with its sign.
        sums: list[int] = _array("q", (many ^ self._zeros).to_bytes(_LANE * len(self.labels), "little")).tolist()
        for place in chain.from_iterable(few):
            sums[owners[place]] += products[place]
        return sums

    @cached_property
    def _squares(self) -> array[float]:
        return array("d", (rarity * rarity for rarity in self.rarity))

    @cached_property
    def _products(self) -> array[int]:
        """Every weight by the rarity of its feature, in units of 1 / _UNIT."""
        found = array("q")
        for rarity, (start, end) in zip(self.rarity, pairwise(self.starts), strict=True):
            found.extend(map(round(rarity * _UNIT).__mul__, self.weights[start:end]))
        return found

    @cached_property
    def _zeros(self) -> int:
        """The row of zeros: half of what a lane holds, so that no sum below zero borrows from the next lane."""
        return int.from_bytes(_bytes(array("Q", [_HALF_LANE] * len(self.labels))), "little")

    @cached_property
    def _rows(self) -> Mapping[int, int]:
        """The features with many weights, all of them in one long number: two rows are added in one step."""
        found, empty = {}, array("Q", [_HALF_LANE] * len(self.labels))
        for at, (start, end) in enumerate(pairwise(self.starts)):
            if end - start > _MANY:
                lanes = empty[:]
                for owner, product in zip(self.owners[start:end], self._products[start:end], strict=True):
                    lanes[owner] += product
                found[at] = int.from_bytes(_bytes(lanes), "little") - self._zeros
        return found

    def probability(self, margin: float) -> float:
        """Return how probable it is that a message with this margin asks for the topic: 0..1."""
        slope, shift = self.calibration
        return 1 / (1 + math.exp(-(slope * margin + shift)))

    def why(self, features: Iterable[str], label: str) -> list[tuple[str, float]]:
        """Return what each feature adds to the margin of `label`, most first."""
        known = [(feature, self.index[feature]) for feature in features if feature in self.index]
        length = math.sqrt(sum(self.rarity[at] ** 2 for _, at in known)) or 1.0
        owner = self.labels.index(label)
        found: list[tuple[str, float]] = []
        for feature, at in known:
            for place in range(self.starts[at], self.starts[at + 1]):
                if self.owners[place] == owner:
                    found.append((feature, self.scale * self.rarity[at] * self.weights[place] / length))
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def write(self, file: Path) -> None:
        """Write the model; the same model always gives the same bytes."""
        names = _FEATURES_APART.join(self.index).encode()
        blocks = [names, *(_bytes(block) for block in (self.starts, self.owners, self.weights, self.rarity))]
        header = {
            "labels": self.labels,
            "biases": [round(bias, 5) for bias in self.biases],
            "scale": self.scale,
            "calibration": self.calibration,
            "digest": self.digest,
            "blocks": [len(block) for block in blocks],
        }
        first = json.dumps(header, ensure_ascii=False).encode()
        file.write_bytes(zlib.compress(b"\n".join((first, b"".join(blocks))), 9))


NO_MODEL = TopicModel((), {}, array("I", [0]), array("H"), array("b"), array("f"), (), 1.0, (1.0, 0.0), "")
"""A model that knows no topic, for fitting the first one."""


def read_model(file: Path) -> TopicModel:
    """Read a model. Raises CityError."""
    try:
        first, _, body = zlib.decompress(file.read_bytes()).partition(b"\n")
        header = json.loads(first)
        blocks: list[bytes] = []
        for length in header["blocks"]:
            blocks.append(body[:length])
            body = body[length:]
        names = blocks[0].decode().split(_FEATURES_APART)
        starts, owners, weights, rarity = (_array(code, block) for code, block in zip("IHbf", blocks[1:], strict=True))
    except (OSError, ValueError, KeyError, zlib.error) as error:
        raise CityError(file, "-", "读不出来", "请重新安装，或运行 make fit 重新生成") from error
    return TopicModel(
        labels=tuple(header["labels"]),
        index={name: at for at, name in enumerate(names)},
        starts=starts,
        owners=owners,
        weights=weights,
        rarity=rarity,
        biases=tuple(header["biases"]),
        scale=header["scale"],
        calibration=tuple(header["calibration"]),
        digest=header["digest"],
    )


def _bytes(block: array[int] | array[float]) -> bytes:
    """Return the block as it stands in the file: the lowest byte first, whatever the machine."""
    if sys.byteorder == "big":
        block = block[:]
        block.byteswap()
    return block.tobytes()


def _array(code: str, block: bytes) -> array[Any]:
    found = array(code)
    found.frombytes(block)
    if sys.byteorder == "big":
        found.byteswap()
    return found
