"""A new city is a folder: Kaifeng's text under an invented name is answered from without a change of code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dialogs.advisor import Advisor
from dialogs.saying import Kind, Saying
from dialogs.session import Session
from knowledge.loading import open_library
from tests.knowledge.reading import CITIES

TODAY = date(2026, 11, 21)
NAMES = {"name": '"云州市"', "short": '"云州"', "aliases": '["云州市", "云州", "yunzhou"]'}
ROOT = CITIES.parents[1]


@pytest.fixture(scope="module")
def cities_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the five cities and 云州市, which has Kaifeng's regulation and districts."""
    folder = shutil.copytree(CITIES, tmp_path_factory.mktemp("cities") / "all")
    shutil.copytree(CITIES / "kaifeng", folder / "yunzhou")
    file = folder / "yunzhou" / "city.toml"
    text = file.read_text(encoding="utf-8")
    for key, value in NAMES.items():
        text, count = re.subn(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        assert count == 1, key
    file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def enlarged(cities_dir: Path) -> Advisor:
    return Advisor(open_library(cities_dir))


def ask(advisor: Advisor, text: str, city: str | None = None) -> Saying:
    return advisor.take_turn(Session(), text, today=TODAY, city=city).saying


def told(saying: Saying) -> list[tuple[Kind, str | None, list[str]]]:
    """Return what each part says: its kind, its topic and the places it quotes."""
    return [(part.kind, part.topic, [str(shown.address) for shown in part.quotations]) for part in saying.parts]


def ask_in_batch(cities_dir: Path, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run `ask --jsonl` as an operator does, the cities' folder given by the setting alone."""
    environment = {**os.environ, "JUZHUZHENG_CITIES_DIR": str(cities_dir)}
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--jsonl"],
        check=False, input=lines, capture_output=True, encoding="utf-8", cwd=ROOT, env=environment, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_new_city_stands_among_the_others(enlarged: Advisor) -> None:
    assert list(enlarged.library.cities) == ["ankang", "bazhong", "chifeng", "kaifeng", "luoyang", "yunzhou"]
    assert enlarged.library.cities["yunzhou"].name == "云州市"


def test_every_topic_is_answered_as_in_kaifeng(enlarged: Advisor) -> None:
    answered = 0
    for topic in enlarged.library.topics.values():
        there, here = ask(enlarged, topic.title, "yunzhou"), ask(enlarged, topic.title, "kaifeng")
        assert there.city == "yunzhou", topic.title
        assert {shown.city for shown in there.quotations} <= {"yunzhou"}, topic.title
        assert told(there) == told(here), topic.title
        answered += there.kind is Kind.ANSWER
    assert answered > 90


def test_nothing_said_of_the_new_city_names_kaifeng_in_our_own_words(enlarged: Advisor) -> None:
    for topic in enlarged.library.topics.values():
        ruling = enlarged.library.cities["yunzhou"].rulings[topic.slug]
        for part in ask(enlarged, topic.title, "yunzhou").parts:
            assert "开封" not in part.first_line or "开封" in (ruling.says or ""), topic.title


@pytest.mark.parametrize("name", ["云州", "云州市", "yunzhou", "Yunzhou", "雲州"])
def test_the_new_city_is_known_by_its_names(enlarged: Advisor, name: str) -> None:
    saying = ask(enlarged, f"我在{name}，多久发证")
    assert (saying.kind, saying.city, saying.topic) == (Kind.ANSWER, "yunzhou", "issue_time")
    assert saying.parts[0].first_line == "受理之日起15日内发证。"


def test_without_its_folder_the_invented_name_is_no_city_of_ours(advisor: Advisor) -> None:
    assert "yunzhou" not in advisor.library.cities
    assert ask(advisor, "云州多久发证").city is None


def test_a_greeting_and_the_question_for_the_city_offer_the_new_one(enlarged: Advisor) -> None:
    assert "云州" in ask(enlarged, "你好").parts[0].first_line
    assert "云州" in ask(enlarged, "多久发证").suggestions


def test_the_old_cities_answer_as_before(enlarged: Advisor, advisor: Advisor) -> None:
    for topic in advisor.library.topics.values():
        assert ask(enlarged, topic.title, "chifeng") == ask(advisor, topic.title, "chifeng"), topic.title


def test_the_setting_alone_brings_the_city_into_the_program(cities_dir: Path, enlarged: Advisor) -> None:
    titles = {slug: topic.title for slug, topic in enlarged.library.topics.items()}
    rows = [
        {"id": f"{city} {slug}", "text": title, "city": city}
        for slug, title in titles.items()
        for city in ("kaifeng", "yunzhou")
    ]
    answers = {row["id"]: row for row in ask_in_batch(cities_dir, rows)}
    for slug in titles:
        here, there = answers[f"kaifeng {slug}"], answers[f"yunzhou {slug}"]
        assert (there["kind"], there["topic"]) == (here["kind"], here["topic"]), slug
        assert [shown["quote"] for shown in there["citations"]] == [shown["quote"] for shown in here["citations"]]
        assert {shown["city"] for shown in there["citations"]} <= {"yunzhou"}, slug
    assert sum(answer["kind"] == "answer" for answer in answers.values()) > 180


def test_a_question_that_names_the_new_city_finds_it_in_batch_too(cities_dir: Path) -> None:
    (answer,) = ask_in_batch(cities_dir, [{"id": "1", "text": "云州办居住证要几天", "city": None}])
    assert (answer["kind"], answer["city"]) == ("answer", "yunzhou")
    assert "15" in answer["text"]
