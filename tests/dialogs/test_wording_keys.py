"""The wording files hold exactly what the dialogs say: no sentence too many, none too few."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import pytest

from dialogs.effects import Status
from dialogs.flows.all import FLOWS
from dialogs.flows.commands import Command
from dialogs.flows.doubts import _OPTIONS as DOUBT_OPTIONS
from dialogs.flows.fields import OneOf
from dialogs.flows.flow import Ask, Flow
from knowledge.library import Library
from knowledge.wording import COMMON, Wording
from tests.architecture.sizes import modules, tree_of

OF_AN_ASK = ("ask", "title", "why", "help")
_WORD = re.compile("[a-z]{2,}")


def said_in_code() -> list[re.Pattern[str]]:
    """Return what the code asks for: a key as it stands, or a pattern where a part of it is computed."""
    trees = [tree_of(file) for file in modules("dialogs") if "flows" in file.parts or file.stem == "results"]
    return [re.compile(pattern) for tree in trees for pattern in _patterns(tree)]


def _patterns(tree: ast.Module) -> Iterator[str]:
    named = {id(node) for cls in ast.walk(tree) if isinstance(cls, ast.ClassDef) for node in _named_in(cls)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in named:
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            pieces = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            if any(_WORD.search(str(piece)) for piece in pieces if piece):
                yield "".join(re.escape(str(piece)) if piece else r"\w+" for piece in pieces)


def _named_in(cls: ast.ClassDef) -> Iterator[ast.AST]:
    """Yield the texts that a class gives names to: values of an enumeration, names of dialogs."""
    for node in cls.body:
        if isinstance(node, ast.Assign):
            yield node.value


def of_asks(flow: Flow) -> set[str]:
    """Return the sentences that the asks of a dialog may have."""
    plain = {f"{ask.name}.{kind}" for ask in flow.asks for kind in OF_AN_ASK}
    return plain | {f"{ask.name}.{code}" for ask in flow.asks for code in ask.field.rejections()}


def reasons(flow: Flow) -> Iterator[tuple[Ask, str]]:
    """Yield every reason a field of the dialog can refuse with."""
    yield from ((ask, code) for ask in flow.asks for code in ask.field.rejections())


CODE = said_in_code()


def is_said(name: str, key: str) -> bool:
    """Tell whether something may say a sentence of the file `name`."""
    flow = next((flow for flow in FLOWS if flow.name == name), None)
    if flow is not None and key in of_asks(flow):
        return True
    if name == COMMON and any(key == f"rejected.{code}" for flow in FLOWS for _, code in reasons(flow)):
        return True
    code = key.rpartition(".")[2]
    of_a_check = flow is not None and any(ask.check and key == f"{ask.name}.{code}" for ask in flow.asks)
    wanted = (code, key) if of_a_check else (key,)
    return any(pattern.fullmatch(one) for pattern in CODE for one in wanted)


@pytest.fixture(scope="module")
def wordings(library: Library) -> Mapping[str, Wording]:
    return library.wordings


def test_every_dialog_has_its_file_and_every_file_its_dialog(wordings: Mapping[str, Wording]) -> None:
    assert {flow.name for flow in FLOWS} | {COMMON} == set(wordings)


def test_no_sentence_is_there_that_nothing_says(wordings: Mapping[str, Wording]) -> None:
    idle = [f"{name}.toml：{key}" for name, one in wordings.items() for key in one.sentences if not is_said(name, key)]
    assert idle == []


def test_every_ask_has_its_question(wordings: Mapping[str, Wording]) -> None:
    asks = [(flow, ask) for flow in FLOWS for ask in flow.asks]
    assert [f"{flow.name}.{ask.name}" for flow, ask in asks if not wordings[flow.name].has(f"{ask.name}.ask")] == []


def test_every_reason_has_its_sentence(wordings: Mapping[str, Wording]) -> None:
    silent = [
        f"{flow.name}.{ask.name}：{code}"
        for flow in FLOWS
        for ask, code in reasons(flow)
        if not wordings[flow.name].has(f"{ask.name}.{code}") and not wordings[flow.name].has(f"rejected.{code}")
    ]
    assert silent == []


def test_every_ask_of_choices_has_them_and_no_other_ask_does(wordings: Mapping[str, Wording]) -> None:
    for flow in FLOWS:
        with_choices = {ask.name for ask in flow.asks if isinstance(ask.field, OneOf)}
        assert set(wordings[flow.name].options) == with_choices, flow.name


def test_aliases_and_titles_belong_to_asks(wordings: Mapping[str, Wording]) -> None:
    for flow in FLOWS:
        names = {ask.name for ask in flow.asks}
        titled = {key.removesuffix(".title") for key in wordings[flow.name].sentences if key.endswith(".title")}
        assert set(wordings[flow.name].aliases) <= titled <= names, flow.name


def test_the_common_choices_are_those_the_engine_reads(wordings: Mapping[str, Wording]) -> None:
    assert set(wordings[COMMON].options) == {"yes_no", "commands", *DOUBT_OPTIONS.values()}
    assert set(wordings[COMMON].options["commands"]) == {str(command) for command in Command} - {"change"}


def test_every_status_can_be_said(wordings: Mapping[str, Wording]) -> None:
    states = {value for name, value in vars(Status).items() if name.isupper()}
    assert {f"status.{state}" for state in states} <= set(wordings["status"].sentences)


def test_a_sentence_that_nothing_says_is_found() -> None:
    assert not is_said(COMMON, "nobody_says_this")
    assert not is_said("precheck", "hukou.nobody_says_this")
    assert is_said("precheck", "hukou.ask")
    assert is_said("withdraw", "status.waiting")
