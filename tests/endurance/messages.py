"""Random messages: the labelled questions as they are, spoiled, mixed, and characters of any script."""

from __future__ import annotations

import random

from opencc_purepy import OpenCC
from pypinyin import lazy_pinyin

from dialogs.advisor import Advisor
from knowledge.labelled import QUESTIONS, read_rows

SCRIPTS = "ᠮᠣᠩᠭᠣᠯ اردو кирилл ελληνικά हिन्दी 日本語 한국어 😀🧧🏠 \u202e\u200b\x00\x1b"


class Messages:
    """Draws messages; the same seed draws the same ones."""

    def __init__(self, chance: random.Random, advisor: Advisor) -> None:
        self._chance = chance
        topics = advisor.library.topics.values()
        rows = (row for file in sorted(QUESTIONS.glob("*.jsonl")) for row in read_rows(file))
        self._plain = [str(row.get("question") or row["query"]) for row in rows]
        self._traditional = OpenCC("s2t")
        self._plain += [example for topic in topics for example in topic.examples]
        self._plain += [f"那{city.short}呢" for city in advisor.library.cities.values()]

    def one(self) -> str:
        """Return a message of up to 10,000 characters."""
        kind = self._chance.random()
        if kind < 0.35:
            return self._chance.choice(self._plain)
        if kind < 0.6:
            return self._spoiled(self._chance.choice(self._plain))
        if kind < 0.65:
            return self._rewritten(self._chance.choice(self._plain))
        if kind < 0.8:
            return self._chance.choice("，。 \n；？").join(self._chance.sample(self._plain, self._chance.randint(2, 5)))
        if kind < 0.9:
            return str(self._chance.randint(0, 9))
        return self._any_characters(10_000 if self._chance.random() < 0.05 else 80)

    def _spoiled(self, text: str) -> str:
        signs = list(text)
        for _ in range(self._chance.randint(1, 4)):
            place = self._chance.randrange(len(signs) + 1)
            change = self._chance.random()
            if change < 0.4 and place < len(signs):
                del signs[place]
            elif change < 0.7:
                signs.insert(place, self._chance.choice(self._chance.choice(self._plain)))
            elif place < len(signs):
                signs[place] = signs[place] * self._chance.randint(2, 40)
        return "".join(signs)

    def _rewritten(self, text: str) -> str:
        """Return the text in traditional characters, in full-width ones or in pinyin."""
        wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
        return self._chance.choice((str(self._traditional.convert(text)), wide, " ".join(lazy_pinyin(text))))

    def _any_characters(self, longest: int) -> str:
        length = self._chance.randint(0, longest)
        pools = (
            SCRIPTS,
            "居住证签注补办登记 ",
            "0123456789-+ ",
            "".join(chr(self._chance.randrange(1, 0x110000)) for _ in range(40)),
        )
        return "".join(self._chance.choices(self._chance.choice(pools), k=length))
