"""bot → dialogs → rules → knowledge, and no other arrow; turns are pure; no city's name in code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sizes import PRODUCT, modules, name_of, tree_of

LAYERS = ("knowledge", "rules", "dialogs", "bot")
PURE = ("dialogs", "rules")
OUTSIDE = set(
    "time pathlib os io socket ssl random secrets uuid requests httpx aiohttp urllib http subprocess sqlite3 shutil"
    " tempfile glob logging threading asyncio importlib click".split()
)
ACTIONS = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}
CLOCKS_AND_FILES = {"now", "utcnow", "today", "fromtimestamp", "read_text", "write_text", "read_bytes", "write_bytes"}
CITY = re.compile("bazhong|ankang|chifeng|kaifeng|luoyang|巴中|安康|赤峰|开封|洛阳", re.IGNORECASE)
EXAMPLE = re.compile("例如.*")
"""What follows 例如 in a message is an example for the person who reads it, not a rule."""


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the first part of every imported module's name, imports inside functions too; "." if relative."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else (node.module or "").partition(".")[0]


def upward(package: str, tree: ast.Module) -> list[str]:
    """Return the imports of `package` that a lower layer may not have."""
    below = LAYERS[: LAYERS.index(package) + 1]
    return [name for name in imported(tree) if name in {*LAYERS, "tests", "."} - set(below)]


def impure(tree: ast.Module) -> list[str]:
    """Return what touches the clock, a file, the network, chance or the screen."""
    found = [name for name in imported(tree) if name in OUTSIDE]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ACTIONS:
            found.append(node.func.id)
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS_AND_FILES and not _is_told_day(node):
            found.append(node.attr)
    return found


def _is_told_day(node: ast.Attribute) -> bool:
    """Tell whether `scene.today` is meant, a day that was handed in: not that of a class, and not called."""
    return node.attr == "today" and ast.unparse(node.value) in ("scene", "self", "talk.around", "around", "talk.scene")


def compared_cities(tree: ast.Module) -> list[str]:
    """Return the comparisons of a city with a text that is written out, `match` included."""
    found = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Compare) and _is_city_test(node)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Match) and _is_city(node.subject):
            found.append(f"match {ast.unparse(node.subject)}")
    return found


def _is_city_test(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    written = [part for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)]
    return any(_is_city(side) for side in sides) and any(isinstance(part.value, str) and part.value for part in written)


def _is_city(node: ast.expr) -> bool:
    name = ast.unparse(node)
    return re.search(r"\bcity(?:\.(?:slug|name|short))?$|\bslug$", name) is not None


def named_cities(tree: ast.Module) -> set[str]:
    """Return the cities named in code: in texts (docstrings and examples aside) and in names we give."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    written = ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            written += EXAMPLE.sub("", node.value) + "\n"
        for field in ("id", "attr", "name", "arg"):
            written += f"{getattr(node, field, '')}\n"
    return {match.group() for match in CITY.finditer(written)}


@pytest.mark.parametrize("package", LAYERS)
def test_no_layer_knows_what_stands_above_it(package: str) -> None:
    faults = {name_of(file): upward(package, tree_of(file)) for file in modules(package)}
    assert {file: names for file, names in faults.items() if names} == {}


@pytest.mark.parametrize("package", PURE)
def test_dialogs_and_rules_have_no_clock_no_file_no_network_and_no_chance(package: str) -> None:
    faults = {name_of(file): impure(tree_of(file)) for file in modules(package)}
    assert {file: names for file, names in faults.items() if names} == {}


def test_no_rule_in_code_asks_which_city_it_is() -> None:
    faults = {name_of(file): compared_cities(tree_of(file)) for file in modules(*PRODUCT)}
    assert {file: found for file, found in faults.items() if found} == {}


def test_no_city_is_named_in_code() -> None:
    named = {name_of(file): named_cities(tree_of(file)) for file in modules(*PRODUCT)}
    assert {file: names for file, names in named.items() if names} == {}


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("knowledge", "from rules.findings import find"),
        ("rules", "import dialogs.words as words"),
        ("dialogs", "def f():\n    from bot import render"),
        ("bot", "from tests.labels import read_rows"),
        ("dialogs", "from . import words"),
    ],
)
def test_an_arrow_upwards_is_seen(package: str, line: str) -> None:
    assert len(upward(package, ast.parse(line))) == 1


@pytest.mark.parametrize("line", ["from knowledge.act import Act", "import re", "from rules import proof"])
def test_an_arrow_downwards_is_allowed(line: str) -> None:
    assert upward("dialogs", ast.parse(line)) == []


@pytest.mark.parametrize(
    "line",
    [
        *("import time", "import os", "import random", "from pathlib import Path", "def f():\n    import requests"),
        *("datetime.now()", "date.today()", "print(1)", "open('x')", "read = file.read_text"),
    ],
)
def test_what_is_impure_is_seen(line: str) -> None:
    assert len(impure(ast.parse(line))) == 1


@pytest.mark.parametrize(
    "line",
    ["if city == 'a': pass", "city.slug != 'a'", "found = slug in ('a', 'b')", "match city:\n    case 'a': pass"],
)
def test_a_rule_for_one_city_is_seen(line: str) -> None:
    assert len(compared_cities(ast.parse(line))) == 1


@pytest.mark.parametrize("line", ["slug == city", "city is None", "city == ''", "topic == 'fee'"])
def test_other_comparisons_are_left_alone(line: str) -> None:
    assert compared_cities(ast.parse(line)) == []


@pytest.mark.parametrize("line", ["x = '赤峰的'", "f'{x}开封'", "def luoyang_fee(): pass", "re.compile('安康|x')"])
def test_a_citys_name_in_code_is_seen(line: str) -> None:
    assert len(named_cities(ast.parse(line))) == 1


def test_a_docstring_and_an_example_may_name_a_city() -> None:
    assert named_cities(ast.parse('"""Return 巴中 for 巴中市."""\nhelp = "城市，例如 luoyang。"')) == set()
