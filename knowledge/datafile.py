"""TOML files that people write: read strictly, every fault told with file, key and remedy."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


class CityError(Exception):
    """Our data is wrong. The text names the file, the key and what to write instead."""

    def __init__(self, file: Path, key: str, problem: str, remedy: str) -> None:
        super().__init__(f"{file.parent.name}/{file.name} [{key}] {problem}；{remedy}")
        self.file, self.key, self.problem, self.remedy = file, key, problem, remedy


def read_toml(file: Path) -> dict[str, Any]:
    """Return the tables of a file. Raises CityError when it is missing, not UTF-8 or not TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CityError(file, "-", "没有这个文件", "请照别的城市文件夹补上") from error
    except UnicodeDecodeError as error:
        raise CityError(file, "-", "不是 UTF-8 文本", "请另存为 UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise CityError(file, "-", f"TOML 写法不对（{error}）", "请改正这一行；同一个键不能写两次") from error


def expect_table(file: Path, key: str, value: object) -> dict[str, Any]:
    """Return `value` if it is a table. Raises CityError otherwise."""
    if not isinstance(value, dict):
        raise CityError(file, key, "不是一节", f"请写成 [{key}] 一节，下面写 键 = 值")
    return value


def expect_text(file: Path, key: str, value: object) -> str:
    """Return `value` if it is a string with something in it. Raises CityError otherwise."""
    if not isinstance(value, str) or not value.strip():
        raise CityError(file, key, "没有写文字", "请写在引号里")
    return value


def expect_texts(file: Path, key: str, value: object) -> list[str]:
    """Return `value` if it is a list of strings. Raises CityError otherwise; a bare string is a common slip."""
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise CityError(file, key, "不是字符串列表", '请写成 ["…", "…"]，只有一个也要方括号')
    return value
