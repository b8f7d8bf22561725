"""What a city's `topics.toml` and `coverage.toml` say, checked against the city's own text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from knowledge.address import Address
from knowledge.city import City, Ruling, Stance
from knowledge.datafile import CityError, expect_texts, read_toml
from knowledge.evidence import expect_address
from knowledge.text import missing_counts, not_plain
from knowledge.topic import Topic

_FORMS = {
    frozenset({"says", "cites"}): Stance.STATED,
    frozenset({"national", "cites"}): Stance.NATIONAL,
    frozenset({"silent"}): Stance.SILENT,
}


def read_rulings(file: Path, city: City, topics: Mapping[str, Topic]) -> dict[str, Ruling]:
    """Return one ruling for every topic. Raises CityError."""
    table = read_toml(file)
    for slug in table:
        if slug not in topics:
            raise CityError(file, slug, "没有这个问题", "请先写进 knowledge/topics，或删去这一行")
    for slug in topics:
        if slug not in table:
            raise CityError(file, slug, "没有说这个城市怎么规定", "请写 says 和 cites，或写 silent = []")
    return {slug: _ruling(file, city, slug, table[slug]) for slug in topics}


def _ruling(file: Path, city: City, slug: str, entry: object) -> Ruling:
    stance = _FORMS.get(frozenset(entry)) if isinstance(entry, dict) else None
    if stance is None or not isinstance(entry, dict):
        raise CityError(file, slug, "写法不对", "写 says+cites、national+cites 或 silent 三种之一")
    key = "silent" if stance is Stance.SILENT else "cites"
    places = expect_texts(file, f"{slug}.{key}", entry[key])
    if stance is not Stance.SILENT and not places:
        raise CityError(file, f"{slug}.cites", "没有依据", "没有依据的话不能说；请写条款，或改成 silent")
    cites = tuple(expect_address(file, f"{slug}.{key}", city, notation) for notation in places)
    return Ruling(slug, stance, _says(file, city, slug, entry, cites), cites)


def _says(file: Path, city: City, slug: str, entry: Mapping[str, Any], cites: Iterable[Address]) -> str | None:
    """Return our plain first line; every number in it must be visible in the provisions cited for it."""
    key = next((form for form in ("says", "national") if form in entry), None)
    if key is None:
        return None
    says = entry[key]
    if not isinstance(says, str) or not says.strip():
        raise CityError(file, f"{slug}.{key}", "没有写话", "请写一句白话，或改成 silent")
    problem = not_plain(says)
    if problem:
        raise CityError(file, f"{slug}.{key}", f"这句话不够白：{problem}", "请写短些，用平常说话的词")
    quoted = "".join(city.provision(address).in_full for address in cites)
    missing = missing_counts(says, quoted)
    if missing:
        shown = "、".join(missing)
        raise CityError(file, f"{slug}.{key}", f"引用的条款里看不到“{shown}”", "请改正数字，或引用写明它的条款")
    return says


def read_coverage(file: Path, city: City, rulings: Iterable[Ruling]) -> dict[Address, str]:
    """Return the provisions declared as not modelled; every provision must be cited by a topic or stand here."""
    declared = {expect_address(file, notation, city, notation): reason for notation, reason in read_toml(file).items()}
    cited = {address for ruling in rulings if ruling.stance is not Stance.SILENT for address in ruling.cites}
    for address, reason in declared.items():
        if not isinstance(reason, str) or not reason.strip():
            raise CityError(file, str(address), "没有写原因", '请写明为什么不做成问题，如 "12" = "机关内部分工"')
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
