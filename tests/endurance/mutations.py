"""Small faults put into a copy of the code, one at a time: the tests must notice. Who survives is listed."""

from __future__ import annotations

import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.endurance.report import ROOT, Part

MUTATIONS = 160
WORKERS = os.cpu_count() or 1
SECONDS = 240
TESTS = {
    "rules/proof.py": ["tests/rules", "tests/dialogs/test_turn_laws.py"],
    "rules/findings.py": ["tests/rules"],
    "knowledge/text.py": ["tests/knowledge/test_text.py", "tests/rules"],
    "knowledge/rulings.py": ["tests/knowledge/test_loading.py"],
    "knowledge/citations.py": ["tests/knowledge/test_citations.py", "tests/dialogs/test_lookup.py"],
    "knowledge/city.py": ["tests/rules", "tests/knowledge/test_loading.py", "tests/knowledge/test_citations.py"],
    "dialogs/compose.py": ["tests/rules", "tests/dialogs"],
    "dialogs/advisor.py": ["tests/dialogs"],
    "dialogs/understanding/places.py": ["tests/dialogs"],
    "bot/render.py": ["tests/bot/test_render.py"],
    "bot/store/sqlite.py": ["tests/bot/test_store.py"],
    "bot/channels/wechat_door.py": ["tests/bot/test_wechat_door.py", "tests/bot/test_wechat_http.py"],
}
OPPOSITE = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """One fault: the file, the line, what was changed, and the changed source."""

    file: str
    line: int
    change: str
    source: str


def mutations_of(file: str) -> Iterator[Mutation]:
    """Yield every fault this runner knows to put into a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    for index, node in enumerate(nodes):
        for change, spoil in _faults_of(node):
            spoiled = copy.deepcopy(tree)
            spoil(list(ast.walk(spoiled))[index])
            yield Mutation(file, getattr(node, "lineno", 0), change, ast.unparse(spoiled))


def _faults_of(node: ast.AST) -> Iterator[tuple[str, object]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITE:
        other = OPPOSITE[type(node.ops[0])]
        yield f"{ast.unparse(node)}：反过来比", lambda found: found.ops.__setitem__(0, other())
    if isinstance(node, ast.BoolOp):
        swapped = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{ast.unparse(node)[:60]}：and 换 or", lambda found: setattr(found, "op", swapped())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"{ast.unparse(node)[:60]}：去掉 not", lambda found: setattr(found, "op", ast.UAdd())
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield f"{node.value} 换 {node.value + 1}", lambda found: setattr(found, "value", found.value + 1)
    if isinstance(node, ast.If):
        yield f"if {ast.unparse(node.test)[:60]}：永远不", lambda found: setattr(found, "test", ast.Constant(False))
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield f"{ast.unparse(node)[:60]}：返回 None", lambda found: setattr(found, "value", ast.Constant(None))


def is_noticed(mutation: Mutation, workplace: Path) -> bool:
    """Run the tests of the file in a copy that holds the fault; True when they fail."""
    place = workplace / mutation.file
    kept = place.read_bytes()
    place.write_text(mutation.source, encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:randomly", *TESTS[mutation.file]],
            cwd=workplace, capture_output=True, timeout=SECONDS, check=False,
            env={**os.environ, "PYTHONPATH": str(workplace), "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True
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


def run(seed: int, scale: float) -> Part:
    """Try a sample of all faults, the same for the same seed."""
    chance = random.Random(seed)
    every = [mutation for file in TESTS for mutation in mutations_of(file)]
    sample = chance.sample(every, min(len(every), max(WORKERS, int(MUTATIONS * scale))))
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(WORKERS) as pool:
        folders = [Path(name) / str(number) for number in range(WORKERS)]
        for folder in folders:
            folder.mkdir()
        shares = [sample[number::WORKERS] for number in range(WORKERS)]
        survivors = [mutation for share in pool.map(_run_share, shares, folders) for mutation in share]
    figures = {
        "可放的错": f"{len(every):,}", "放了": str(len(sample)), "测试发现": str(len(sample) - len(survivors)),
        "没有发现": f"{len(survivors)}（{len(survivors) / len(sample):.0%}）",
    }  # fmt: skip
    notes = [
        f"没有发现：`{one.file}:{one.line}` {one.change}" for one in sorted(survivors, key=lambda m: (m.file, m.line))
    ]
    return Part("往代码里放错", figures, notes=notes)
