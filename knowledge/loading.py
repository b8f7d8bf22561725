"""City folders and topic files → `Library`. Every fault of the data is a `CityError` with file, key and remedy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from knowledge.act import Act
from knowledge.city import City, Erratum
from knowledge.datafile import CityError, expect_table, expect_texts, read_toml
from knowledge.detail import read_details
from knowledge.divisions import counties_of, province_of
from knowledge.eligibility_file import read_eligibility
from knowledge.happening import read_happenings
from knowledge.holidays import PublishedYear, read_holidays
from knowledge.library import Library
from knowledge.manner import MannerWords, any_word, nothing_but
from knowledge.offices import Offices, read_offices
from knowledge.parameter import ParameterKind
from knowledge.parameters_file import read_parameter_kinds, read_parameters
from knowledge.parsing import parse_act
from knowledge.parsing.acts import successors
from knowledge.rulings import read_coverage, read_rulings
from knowledge.story import read_story_words
from knowledge.text import squeeze
from knowledge.topic import Topic
from knowledge.topic_model import read_model
from knowledge.topics_file import CONCEPTS_FILE, read_topics
from knowledge.wording import read_wordings

__all__ = ["CityError", "open_library", "read_city", "read_concepts", "read_topics"]

PACKAGED_CITIES = Path(__file__).parent / "cities"
PACKAGED_TOPICS = Path(__file__).parent / "topics"
PACKAGED_HAPPENINGS = Path(__file__).parent / "happenings.toml"
PACKAGED_STORY = Path(__file__).parent / "story.toml"
PACKAGED_PARAMETERS = Path(__file__).parent / "parameters.toml"
PACKAGED_WORDING = Path(__file__).parent / "wording"
PACKAGED_MANNERS = Path(__file__).parent / "manners.toml"
PACKAGED_MODEL = PACKAGED_TOPICS / "topics.model"
PACKAGED_DETAILS = Path(__file__).parent / "details.toml"
OFFICES_FILE = "offices.csv"
HOLIDAYS_FILE = "holidays.toml"

_CITY_KEYS = {
    "name": str, "short": str, "aliases": list, "division_code": str, "title": str, "number": str,
    "status": str, "issued": date, "effective": date, "articles": int, "caveat": str, "term_ends": int,
    "last_checked": date,
    "sha256": str,
}  # fmt: skip
_CITY_REQUIRED = ("name", "short", "aliases", "division_code", "title", "status", "articles", "sha256")
_TYPE_NAMES = {str: "文字，写在引号里", int: "整数", list: '列表，如 ["…"]', date: "日期，如 2017-12-30，不加引号"}
_STATUSES = ("in_force", "draft", "repealed")
_MANNER_KEYS = {"words", "heard", "not_heard", "whole", "longest"}
_PLAIN = re.compile(r"[^\\.^$*+?{}\[\]|()]+")
_ERRATUM_KEYS = {("article", str), ("quote", str), ("note", str)}


def open_library(cities_dir: Path | None = None, operator_dir: Path | None = None) -> Library:
    """Read all topics and all city folders (`cities_dir`, or the packaged ones), and what an operator has entered.

    `operator_dir` may hold `offices.csv` and `holidays.toml`.

    Raises CityError at the first fault found.
    """
    concepts = read_concepts(PACKAGED_TOPICS / CONCEPTS_FILE)
    topics = read_topics(PACKAGED_TOPICS, concepts)
    home = cities_dir or PACKAGED_CITIES
    folders = sorted(folder for folder in home.glob("*/") if not folder.name.startswith((".", "_")))
    if not folders:
        raise CityError(home / "city.toml", "-", "一个城市也没有", "请放入至少一个城市文件夹")
    kinds = read_parameter_kinds(PACKAGED_PARAMETERS)
    cities = {folder.name: read_city(folder, topics, kinds) for folder in folders}
    return Library(
        cities=cities,
        topics=topics,
        concepts=concepts,
        manners=read_manners(PACKAGED_MANNERS),
        details=read_details(PACKAGED_DETAILS),
        topic_model=read_model(PACKAGED_MODEL),
        happenings=read_happenings(PACKAGED_HAPPENINGS, concepts),
        story=read_story_words(PACKAGED_STORY),
        offices=_offices(operator_dir, cities.values()),
        holidays=_holidays(operator_dir),
        wordings=read_wordings(PACKAGED_WORDING),
    )


def _offices(operator_dir: Path | None, cities: Iterable[City]) -> Offices:
    if operator_dir is not None and not operator_dir.is_dir():
        raise CityError(
            operator_dir / OFFICES_FILE, "-", "没有这个文件夹", "请改正 JUZHUZHENG_OPERATOR_DIR，或建这个文件夹"
        )
    file = operator_dir / OFFICES_FILE if operator_dir else None
    return read_offices(file, cities) if file and file.exists() else Offices()


def _holidays(operator_dir: Path | None) -> Mapping[int, PublishedYear]:
    file = operator_dir / HOLIDAYS_FILE if operator_dir else None
    return read_holidays(file) if file and file.exists() else {}


def read_concepts(file: Path) -> Mapping[str, re.Pattern[str]]:
    """Read the concept lexicon: one compiled pattern a concept."""
    concepts: dict[str, re.Pattern[str]] = {}
    for name, words in read_toml(file).items():
        try:
            concepts[name] = re.compile("|".join(_words(file, name, words)), re.IGNORECASE)
        except re.error as error:
            raise CityError(file, name, f"词表写法不对（{error}）", "请写成字符串列表，每个是一个正则表达式") from error
    return concepts


def read_manners(file: Path) -> Mapping[str, MannerWords]:
    """Read what else a message can be; each manner with its words, and messages that show what they are for."""
    manners: dict[str, MannerWords] = {}
    for name, value in read_toml(file).items():
        entry = expect_table(file, name, value)
        if set(entry) - _MANNER_KEYS or not {"words", "heard", "not_heard"} <= set(entry):
            raise CityError(file, name, "键不对", f"写 words、heard、not_heard，可加 {'、'.join(sorted(_MANNER_KEYS))}")
        words, is_whole = _words(file, f"{name}.words", entry["words"]), entry.get("whole") is True
        try:
            pattern = nothing_but(words) if is_whole else any_word(words)
        except re.error as error:
            raise CityError(file, f"{name}.words", f"词表写法不对（{error}）", "每个词是一个正则表达式") from error
        manners[name] = MannerWords(
            pattern=pattern,
            is_whole=is_whole,
            longest=entry.get("longest"),
            heard=tuple(expect_texts(file, f"{name}.heard", entry["heard"])),
            not_heard=tuple(expect_texts(file, f"{name}.not_heard", entry["not_heard"])),
        )
    return manners


def _words(file: Path, name: str, words: object) -> list[str]:
    """Return the words of a concept; an empty one would be found in every message."""
    given = expect_texts(file, name, words)
    # A word without a sign of the notation is only itself: thousands of them need not be compiled one by one.
    patterns = [word for word in given if not _PLAIN.fullmatch(word)]
    if not given or any(re.search(word, "") for word in patterns):
        raise CityError(file, name, "有空的词，每句话都会对上", "请至少写一个词，每个词至少一个字")
    return given


def read_city(folder: Path, topics: Mapping[str, Topic], kinds: Mapping[str, ParameterKind]) -> City:
    """Read one city folder and check it against its own text. Raises CityError."""
    file = folder / "city.toml"
    table = _city_table(file)
    act = _read_act(folder, table)
    city = City(
        slug=folder.name,
        name=table["name"],
        short=table["short"],
        aliases=tuple(expect_texts(file, "aliases", table["aliases"])),
        division_code=table["division_code"],
        title=table["title"],
        number=table.get("number"),
        status=table["status"],
        issued=table.get("issued"),
        effective=table.get("effective"),
        caveat=table.get("caveat"),
        term_ends=table.get("term_ends"),
        last_checked=table.get("last_checked"),
        act=act,
        errata=_errata(folder / "errata.toml", act),
        rulings={},
        not_modelled={},
        counties=_counties(file, table["division_code"]),
        province=province_of(table["division_code"]),
    )
    return _with_rules(folder, city, topics, kinds)


def _with_rules(folder: Path, city: City, topics: Mapping[str, Topic], kinds: Mapping[str, ParameterKind]) -> City:
    """Return the city with what is read against its own text: rulings, coverage, conditions of applying, parameters."""
    rulings = read_rulings(folder / "topics.toml", city, topics)
    return replace(
        city,
        rulings=rulings,
        not_modelled=read_coverage(folder / "coverage.toml", city, rulings.values()),
        eligibility=read_eligibility(folder / "eligibility.toml", city),
        parameters=read_parameters(folder / "parameters.toml", city, kinds),
    )


def _city_table(file: Path) -> dict[str, Any]:
    table = read_toml(file)
    for key, value in table.items():
        if key not in _CITY_KEYS:
            raise CityError(file, key, "没有这个键", f"可用的键：{'、'.join(_CITY_KEYS)}")
        if type(value) is not _CITY_KEYS[key]:
            raise CityError(file, key, "值的类型不对", f"应为{_TYPE_NAMES[_CITY_KEYS[key]]}")
    for key in _CITY_REQUIRED:
        if key not in table or table[key] in ("", []):
            raise CityError(file, key, "缺这个键，或者没有写", "请照别的城市补上")
    if table["status"] not in _STATUSES:
        raise CityError(file, "status", f"没有“{table['status']}”这种状态", f"请写 {'、'.join(_STATUSES)} 之一")
    if table["status"] == "draft" and not table.get("caveat"):
        raise CityError(file, "caveat", "草案必须有一句提示", "请写明这是草案、办事前要核实")
    return table


def _read_act(folder: Path, table: Mapping[str, Any]) -> Act:
    source, file = folder / "source.txt", folder / "city.toml"
    if not source.exists():
        raise CityError(source, "-", "没有这个文件", "请把法规原文放进来，一个字节也不要改")
    raw = source.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if digest != table["sha256"]:
        remedy = f"若原文确实换了，请改成 {digest} 并重新核对全部引文"
        raise CityError(file, "sha256", "和 source.txt 对不上", remedy)
    try:
        act = parse_act(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CityError(source, "-", "不是 UTF-8 文本", "请另存为 UTF-8，再更新 city.toml 的 sha256") from error
    numbers = [article.number for article in act.articles]
    if len(numbers) != table["articles"]:
        raise CityError(file, "articles", f"写的是{table['articles']}条，解析出{len(numbers)}条", "请核对条数和原文")
    for before, number in pairwise(["0", *numbers]):
        if number not in successors(before):
            raise CityError(source, "-", f"第{before}条后面是第{number}条", "条号应连着；请核对原文")
    return act


def _errata(file: Path, act: Act) -> tuple[Erratum, ...]:
    found: list[Erratum] = []
    tables = read_toml(file)
    entries = tables.get("erratum", [])
    if set(tables) - {"erratum"} or not isinstance(entries, list):
        raise CityError(file, "erratum", "写法不对", "每条错处写一节 [[erratum]]；没有错处就留空文件")
    for index, entry in enumerate(entries, start=1):
        key = f"erratum {index}"
        if not isinstance(entry, dict) or {(name, type(value)) for name, value in entry.items()} != _ERRATUM_KEYS:
            raise CityError(file, key, "键不对", "每条错处写 article、quote、note 三项，都加引号")
        article = act.article(entry["article"])
        text = article.text if article else {"preamble": act.preamble, "tail": act.tail}.get(entry["article"], "")
        quote = squeeze(entry["quote"])
        if not quote or quote not in squeeze(text):
            raise CityError(file, key, f"第{entry['article']}条里没有「{entry['quote']}」", "请照原文抄")
        found.append(Erratum(**entry))
    return tuple(found)


def _counties(file: Path, code: str) -> dict[str, str]:
    counties = counties_of(code)
    if counties is None:
        remedy = "请写区划代码：地级市四位（如 4103），直辖市两位，不设区的市六位"
        raise CityError(file, "division_code", f"没有“{code}”这个区划", remedy)
    return counties
