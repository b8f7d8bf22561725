"""How long our modules and functions are. `python -m tests.architecture.sizes` prints the ten longest of each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("bot", "dialogs", "rules", "knowledge")
OURS = (*PRODUCT, "tests")


@dataclass(frozen=True)
class Size:
    """The length in lines of a module or of a function; `place` is its file, and its line and name if a function."""

    lines: int
    place: str


def modules(*packages: str) -> Iterator[Path]:
    """Yield every Python file of the packages, what node installed aside."""
    for package in packages:
        yield from (file for file in sorted((ROOT / package).rglob("*.py")) if "node_modules" not in file.parts)


def name_of(file: Path) -> str:
    """Return the path from the root of the repository."""
    return file.relative_to(ROOT).as_posix()


def tree_of(file: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def module_sizes(*packages: str) -> list[Size]:
    """Return the length of every module."""
    return [Size(len(file.read_text(encoding="utf-8").splitlines()), name_of(file)) for file in modules(*packages)]


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method, those inside others too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines from `def` to the last, docstring included and decorators not."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def function_sizes(*packages: str) -> list[Size]:
    """Return the length of every function."""
    return [
        Size(length_of(function), f"{name_of(file)}:{function.lineno} {function.name}")
        for file in modules(*packages)
        for function in functions_of(tree_of(file))
    ]


def main() -> None:
    """Print the ten longest modules and the ten longest functions."""
    for title, sizes in (("modules", module_sizes(*OURS)), ("functions", function_sizes(*OURS))):
        print(f"The ten longest {title}, in lines:")
        for size in sorted(sizes, key=lambda size: -size.lines)[:10]:
            print(f"{size.lines:5}  {size.place}")


if __name__ == "__main__":
    main()
