"""What we say is short, plain Chinese; what we promise in code is written down; names come from the glossary."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dialogs import words
from tests.architecture.sizes import PRODUCT, ROOT, modules, name_of, tree_of

LONGEST_SENTENCE = 40
QUOTED = re.compile("“[^”]*”|「[^」]*」|《[^》]*》")
PLACEHOLDER = re.compile(r"\{\w+\}")
STIFF = re.compile("应当|予以|(?<![关联体])系(?![统列])")
"""应当, 予以, and 系 where it means 是; 关系, 联系, 系统 are everyday words."""

HALF_WIDTH = re.compile(r"[,;?!()]|(?<!\d):")
"""Half-width marks; the colon of a ratio, 500:1, is none."""

WORDING_FILES = sorted((ROOT / "knowledge" / "wording").glob("*.toml"))
SENTENCE_END = re.compile(r"(?<=[。！？])|\n")
TOPIC_FILES = sorted((ROOT / "knowledge" / "cities").glob("*/topics.toml"))
TEXT_FILES = {".py", ".md", ".toml", ".txt", ".lock", ".in", ".sh", ".html", ".js", ".css", ".json", ".jsonl", ".yml"}
NOT_OURS = {".git", ".venv", "node_modules", "data", "build"}
INDEX_HOST = re.compile(
    r"--(?:extra-)?index-[u]rl|--find-link[s]|(?:index|registry)\s*=\s*[\"']?http[s:]|\"resolve[d]\":\s*\"http"
)
"""How a file would name the place packages come from."""

PATTERNS = {"heard"}
"""Keys of a wording file that hold what is heard, not what is said."""

FOREIGN_TO_THE_GLOSSARY = {"card", "visa"}


def stiff_words(sentence: str) -> list[str]:
    """Return the words of officials in a sentence, those it quotes aside."""
    return STIFF.findall(QUOTED.sub("", sentence))


def our_sentences() -> dict[str, str]:
    """Return every text of dialogs/words.py by its name, placeholders as the shortest thing they can be."""
    named = {name: text for name, text in vars(words).items() if name.isupper() and isinstance(text, str)}
    named.update({f"HOTLINES {number}": text for number, text in words.HOTLINES.items()})
    return {name: PLACEHOLDER.sub("", text) for name, text in named.items()}


def city_sentences(file: Path) -> dict[str, str]:
    """Return the plain first line of every topic the city's text speaks of."""
    rulings = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        topic: ruling.get("says") or ruling["national"] for topic, ruling in rulings.items() if "silent" not in ruling
    }


def wording_sentences(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Return every text of a wording file by its key: sentences and the labels of choices, each with its key."""
    found: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            found.update(wording_sentences(value, f"{prefix}{name}."))
        elif isinstance(value, str) and name not in PATTERNS:
            found[f"{prefix}{name}"] = PLACEHOLDER.sub("", value)
    return found


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Yield the public classes, functions and methods without a docstring, and the module if it has none."""
    if not ast.get_docstring(tree):
        yield "module"
    yield from _undocumented_in(tree, set())


def _undocumented_in(holder: ast.Module | ast.ClassDef, promised: set[str]) -> Iterator[str]:
    for node in holder.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node) and node.name not in promised:
                yield node.name
            if isinstance(node, ast.ClassDef):
                yield from _undocumented_in(node, promised_by_bases(node))


def promised_by_bases(node: ast.ClassDef) -> set[str]:
    """Return the methods that a base of ours documents: an override keeps its base's promise."""
    names = {ast.unparse(base) for base in node.bases}
    bases = [cls for cls in all_classes() if cls.name in names]
    own = {method.name for cls in bases for method in cls.body if isinstance(method, ast.FunctionDef)}
    documented = {name for name in own if any(_documents(cls, name) for cls in bases)}
    return documented.union(*(promised_by_bases(cls) for cls in bases)) if bases else set()


def _documents(cls: ast.ClassDef, name: str) -> bool:
    return any(isinstance(m, ast.FunctionDef) and m.name == name and ast.get_docstring(m) for m in cls.body)


@cache
def all_classes() -> tuple[ast.ClassDef, ...]:
    """Return every class of the product."""
    return tuple(
        node for file in modules(*PRODUCT) for node in ast.walk(tree_of(file)) if isinstance(node, ast.ClassDef)
    )


def names_given(tree: ast.Module) -> set[str]:
    """Return the words of every name a module gives: residence_permit gives residence and permit."""
    given: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            given.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.add(node.id)
        elif isinstance(node, ast.arg):
            given.add(node.arg)
    return {word.lower() for name in given for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def text_files() -> Iterator[Path]:
    """Yield the text files of the repository, hidden caches and what was installed aside."""
    for entry in sorted(ROOT.iterdir()):
        if entry.name in NOT_OURS or entry.name.endswith("_cache") or entry.name == ".hypothesis":
            continue
        for file in [entry] if entry.is_file() else sorted(entry.rglob("*")):
            is_ours = NOT_OURS.isdisjoint(file.parts[len(ROOT.parts) :])
            if is_ours and file.is_file() and (file.suffix in TEXT_FILES or not file.suffix):
                yield file


def test_what_the_dialogs_say_is_plain() -> None:
    sentences = our_sentences()
    assert len(sentences) > 40
    assert {name: text for name, text in sentences.items() if stiff_words(text)} == {}


def test_what_the_dialogs_say_is_short() -> None:
    assert {name: text for name, text in our_sentences().items() if len(text) > LONGEST_SENTENCE} == {}


@pytest.mark.parametrize("file", TOPIC_FILES, ids=lambda file: file.parent.name)
def test_what_we_say_for_a_city_is_plain_and_short(file: Path) -> None:
    sentences = city_sentences(file)
    assert len(sentences) > 50
    assert {topic: text for topic, text in sentences.items() if stiff_words(text)} == {}
    assert {topic: text for topic, text in sentences.items() if len(text) > LONGEST_SENTENCE} == {}


@pytest.mark.parametrize("file", TOPIC_FILES, ids=lambda file: file.parent.name)
def test_what_we_say_for_a_city_is_a_sentence_with_full_width_marks(file: Path) -> None:
    sentences = city_sentences(file)
    assert {topic: text for topic, text in sentences.items() if not text.endswith(("。", "？", "！", "”"))} == {}
    assert {topic: text for topic, text in sentences.items() if HALF_WIDTH.search(text)} == {}


@pytest.mark.parametrize("file", WORDING_FILES, ids=lambda file: file.stem)
def test_what_a_dialog_says_is_plain_and_short(file: Path) -> None:
    sentences = wording_sentences(tomllib.loads(file.read_text(encoding="utf-8")))
    assert sentences
    assert {key: text for key, text in sentences.items() if stiff_words(text)} == {}
    pieces = {key: SENTENCE_END.split(text) for key, text in sentences.items()}
    assert {key: one for key, split in pieces.items() for one in split if len(one) > LONGEST_SENTENCE} == {}


@pytest.mark.parametrize("file", WORDING_FILES, ids=lambda file: file.stem)
def test_what_a_dialog_says_has_full_width_marks(file: Path) -> None:
    sentences = wording_sentences(tomllib.loads(file.read_text(encoding="utf-8")))
    assert {key: text for key, text in sentences.items() if HALF_WIDTH.search(text)} == {}


def test_sentences_of_a_wording_file_are_found_and_measured() -> None:
    table = {
        "a": "好。",
        "x": {"ask": "{city}的办法予以说明，对吗?", "options": {"yes": {"label": "是", "heard": "是|a?"}}},
    }
    sentences = wording_sentences(table)
    assert sentences == {"a": "好。", "x.ask": "的办法予以说明，对吗?", "x.options.yes.label": "是"}
    assert stiff_words(sentences["x.ask"]) == ["予以"]
    assert HALF_WIDTH.search(sentences["x.ask"])
    assert SENTENCE_END.split("一。二！\n三") == ["一。", "二！", "", "三"]


@pytest.mark.parametrize("sentence", ["您应当去派出所。", "材料不齐的，不予以受理。", "本人系房东。", "应当，“可以”。"])
def test_stiff_words_are_seen(sentence: str) -> None:
    assert len(stiff_words(sentence)) == 1


@pytest.mark.parametrize(
    "sentence", ["社保关系能转。", "录入信息系统。", "“应当”两个字在《应当办法》里。", "请联系社区。"]
)
def test_everyday_words_and_quotations_are_left_alone(sentence: str) -> None:
    assert stiff_words(sentence) == []


def test_everything_public_says_what_it_promises() -> None:
    missing = {name_of(file): list(undocumented(tree_of(file))) for file in modules(*PRODUCT)}
    assert {file: names for file, names in missing.items() if names} == {}


def test_a_missing_docstring_is_seen_and_a_private_one_is_not_asked_for() -> None:
    source = "class Permit:\n    def expires(self): pass\n    def _days(self): pass\ndef apply(): pass\n"
    assert list(undocumented(ast.parse(source))) == ["module", "Permit", "expires", "apply"]


def test_the_permit_is_never_called_by_another_name() -> None:
    found = {name_of(file): names_given(tree_of(file)) & FOREIGN_TO_THE_GLOSSARY for file in modules(*PRODUCT)}
    assert {file: names for file, names in found.items() if names} == {}
    assert names_given(ast.parse("def renew(residence_card): VisaFee = 1")) >= FOREIGN_TO_THE_GLOSSARY


def test_the_repository_never_mentions_where_packages_come_from() -> None:
    files = list(text_files())
    assert {"Makefile", "README.md", "requirements.lock", "run"} <= {file.name for file in files}
    mentions = [name_of(file) for file in files if INDEX_HOST.search(file.read_text(encoding="utf-8"))]
    assert mentions == []
    assert [file.name for file in files if file.suffix == ".lock" and "://" in file.read_text(encoding="utf-8")] == []
    assert INDEX_HOST.search("--index-" + "url somewhere")
