"""Small faults put into a copy of the code, one at a time: the tests must notice. Who survives is listed."""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from tests.endurance.report import ROOT, Part

EACH = 5
"""How many faults are put into each file at scale 1."""

WORKERS = os.cpu_count() or 1
SECONDS = 240
FAILED = 1
"""What pytest returns when tests failed; other numbers mean that it could not run them."""

Spoil = Callable[[Any], None]
_CONVERSATIONS = ["tests/bot/test_conversations.py", "tests/bot/test_conversations_sealed.py"]
TESTS = {
    "rules/proof.py": ["tests/rules", "tests/dialogs/test_turn_laws.py"],
    "rules/findings.py": ["tests/rules"],
    "rules/endorsement.py": ["tests/rules/test_against_oracle.py", "tests/knowledge/test_cases.py"],
    "rules/reckoning.py": ["tests/rules/test_against_oracle.py"],
    "rules/workdays.py": ["tests/rules/test_workdays.py"],
    "rules/next_steps.py": ["tests/rules/test_remedies.py"],
    "rules/eligibility/clock.py": ["tests/rules/test_eligibility.py", "tests/rules/test_against_oracle.py"],
    "rules/eligibility/places.py": ["tests/rules/test_eligibility.py", "tests/rules/test_against_oracle.py"],
    "rules/eligibility/bases.py": ["tests/rules/test_eligibility.py", "tests/rules/test_against_oracle.py"],
    "rules/eligibility/remedies.py": ["tests/rules/test_remedies.py"],
    "knowledge/parameters_file.py": ["tests/knowledge/test_parameters.py"],
    "dialogs/dates/deadlines.py": ["tests/dialogs/test_date_answers.py"],
    "dialogs/dates/endorsement.py": ["tests/dialogs/test_date_answers.py"],
    "dialogs/dates/lateness.py": ["tests/dialogs/test_date_answers.py"],
    "dialogs/understanding/dates.py": ["tests/dialogs/test_dates.py"],
    "dialogs/understanding/durations.py": ["tests/dialogs/test_dates.py"],
    "dialogs/understanding/story_bases.py": ["tests/dialogs/test_story.py"],
    "dialogs/understanding/happenings.py": ["tests/dialogs/test_dates.py"],
    "dialogs/understanding/story.py": ["tests/dialogs/test_story.py"],
    "knowledge/text.py": ["tests/knowledge/test_text.py", "tests/rules"],
    "knowledge/rulings.py": ["tests/knowledge/test_loading.py"],
    "knowledge/citations.py": ["tests/knowledge/test_citations.py", "tests/dialogs/test_lookup.py"],
    "knowledge/city.py": ["tests/rules", "tests/knowledge/test_loading.py", "tests/knowledge/test_citations.py"],
    "dialogs/compose.py": ["tests/rules", "tests/dialogs"],
    "dialogs/advisor.py": ["tests/dialogs"],
    "dialogs/understanding/places.py": ["tests/dialogs"],
    "bot/render.py": ["tests/bot/test_render.py"],
    "bot/store/sqlite.py": [*_CONVERSATIONS, "tests/bot/test_conversations_outage.py"],
    "bot/store/sqlite_file.py": [
        *_CONVERSATIONS,
        "tests/bot/test_conversations_outage.py",
        "tests/bot/test_conversations_upgraded.py",
    ],
    "bot/store/sealing.py": ["tests/bot/test_conversations_sealed.py", *_CONVERSATIONS],
    "bot/store/lines.py": ["tests/bot/test_lines.py", "tests/bot/test_conversations.py"],
    "bot/store/counters.py": ["tests/bot/test_lines.py"],
    "bot/store/batching.py": ["tests/bot/test_batching.py"],
    "bot/store/redis.py": [*_CONVERSATIONS, "tests/bot/test_conversations_redis.py"],
    "bot/store/redis_calls.py": ["tests/bot/test_conversations_redis.py", "tests/bot/test_conversations_outage.py"],
    "bot/wechat/door.py": [
        "tests/bot/wechat/test_door.py",
        "tests/bot/wechat/test_door_modes.py",
        "tests/bot/wechat/test_door_echo.py",
        "tests/bot/wechat/test_http.py",
    ],
    "bot/wechat/push.py": ["tests/bot/wechat/test_push.py", "tests/bot/wechat/test_door.py"],
    "bot/wechat/replay.py": ["tests/bot/wechat/test_replay.py"],
    "bot/wechat/reply.py": ["tests/bot/wechat/test_reply.py", "tests/bot/wechat/test_door_modes.py"],
    "bot/wechat/answering.py": ["tests/bot/wechat/test_answering.py", "tests/bot/wechat/test_callback.py"],
    "bot/wechat/ledger.py": ["tests/bot/wechat/test_profile.py"],
    "bot/wechat/reminding.py": ["tests/bot/wechat/test_reminding.py"],
    "bot/wechat/codec.py": ["tests/bot/wechat/test_codec.py"],
    "bot/wechat/xml.py": ["tests/bot/wechat/test_xml.py", "tests/bot/wechat/test_door.py"],
}
OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
"""The nearest other comparison: < and <= differ at one value only, the one that tests forget."""


@dataclass(frozen=True)
class Mutation:
    """One fault: the file, the line, what was changed, and the changed source."""

    file: str
    line: int
    change: str
    source: str


def mutations_of(file: str) -> Iterator[Mutation]:
    """Yield every fault this runner knows to put into a file."""
    source = (ROOT / file).read_text(encoding="utf-8")
    tree = ast.parse(source)
    for index, node in enumerate(ast.walk(tree)):
        for change, spoil in faults_of(node):
            spoiled = ast.parse(source)
            spoil(list(ast.walk(spoiled))[index])
            yield Mutation(file, getattr(node, "lineno", 0), change, ast.unparse(spoiled))


def faults_of(node: ast.AST) -> Iterator[tuple[str, Spoil]]:
    """Yield the faults of one node: how each is told, and what puts it into the node's twin."""
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in OTHER:
            other = OTHER[type(op)]()
            yield f"{_told(node)}：换成 {other.__class__.__name__}", lambda twin: twin.ops.__setitem__(0, other)
        case ast.BoolOp():
            swapped = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield f"{_told(node)}：and 和 or 对换", lambda twin: setattr(twin, "op", swapped)
        case ast.UnaryOp(op=ast.Not()):
            yield f"{_told(node)}：去掉 not", _without_not
        case ast.Constant(value=bool(truth)):
            yield f"{truth} 换 {not truth}", lambda twin: setattr(twin, "value", not truth)
        case ast.Constant(value=int(number)):
            yield f"{number} 换 {number + 1}", lambda twin: setattr(twin, "value", number + 1)
        case ast.If():
            yield f"if {_told(node.test)}：永远不", lambda twin: setattr(twin, "test", ast.Constant(False))
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield f"{_told(node)}：返回 None", lambda twin: setattr(twin, "value", ast.Constant(None))
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            yield from _dropped_statements(body)


def _dropped_statements(body: list[ast.stmt]) -> Iterator[tuple[str, Spoil]]:
    for place, statement in enumerate(body):
        is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if isinstance(statement, ast.Expr | ast.Assign | ast.AugAssign | ast.Raise) and not is_docstring:
            told = f"第 {statement.lineno} 行 {_told(statement)}：去掉这一句"
            yield told, lambda twin, place=place: twin.body.__setitem__(place, ast.Pass())  # type: ignore[misc]


def _without_not(twin: Any) -> None:
    """Make `not x` mean bool(x): `not not x`."""
    twin.operand = ast.UnaryOp(ast.Not(), twin.operand)


def _told(node: ast.AST) -> str:
    """Return the code on one line, shortened, as it can stand in a list of the document."""
    return " ".join(ast.unparse(node).split()).replace("`", "'")[:60]


def tests_say(file: str, workplace: Path) -> int:
    """Return what pytest returns for the tests of a file in a copy; too slow is a failure."""
    try:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS[file]],
            cwd=workplace, capture_output=True, timeout=SECONDS, check=False,
            env={**os.environ, "PYTHONPATH": str(workplace), "PYTHONDONTWRITEBYTECODE": "1"},
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        return FAILED


def is_noticed(mutation: Mutation, workplace: Path) -> bool:
    """Run the tests of the file in a copy that holds the fault; True when they fail or cannot even begin."""
    place = workplace / mutation.file
    kept = place.read_bytes()
    place.write_text(mutation.source, encoding="utf-8")
    try:
        return tests_say(mutation.file, workplace) != 0
    finally:
        place.write_bytes(kept)


def copy_to(folder: Path) -> Path:
    """Copy what tests need; the installed package must not shadow the copy, hence PYTHONPATH and cwd."""
    for name in ("bot", "dialogs", "knowledge", "rules", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name in ("pyproject.toml",):
        shutil.copy(ROOT / name, folder / name)
    return folder


def _run_share(share: list[Mutation], folder: Path) -> list[Mutation]:
    workplace = copy_to(folder)
    return [mutation for mutation in share if not is_noticed(mutation, workplace)]


def failing_untouched(workplace: Path) -> list[str]:
    """Return the files whose tests do not pass on the code as it is: of them nothing could be learned."""
    with ThreadPoolExecutor(WORKERS) as pool:
        results = pool.map(lambda file: tests_say(file, workplace), TESTS)
        return [file for file, result in zip(TESTS, results, strict=True) if result != 0]


def run(seed: int, scale: float) -> Part:
    """Try a sample of the faults of each file, the same for the same seed."""
    chance = random.Random(seed)
    every = {file: list(mutations_of(file)) for file in TESTS}
    sample = [one for found in every.values() for one in chance.sample(found, min(len(found), ceil(EACH * scale)))]
    chance.shuffle(sample)  # every worker gets its share of the slow tests
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(WORKERS) as pool:
        folders = [Path(name) / str(number) for number in range(WORKERS)]
        for folder in folders:
            folder.mkdir()
        untouched = failing_untouched(copy_to(folders[0] / "untouched"))
        shares = [sample[number::WORKERS] for number in range(WORKERS)]
        survivors = [one for share in pool.map(_run_share, shares, folders) for one in share]
    figures = {
        "可放的错": f"{sum(map(len, every.values())):,}", "放了": str(len(sample)),
        "测试发现": str(len(sample) - len(survivors)),
        "没有发现": f"{len(survivors)}（{len(survivors) / len(sample):.0%}）",
    }  # fmt: skip
    notes = [
        f"没有发现：`{one.file}:{one.line}` {one.change}" for one in sorted(survivors, key=lambda m: (m.file, m.line))
    ]
    return Part("往代码里放错", figures, [f"没放错时测试就不过：{file}" for file in untouched], notes)
