"""What a text must hold for a pattern to match it: of every way to match, a character or two that it cannot do without.

It reads the plain part of the notation of regular expressions. Of what it does not know it says nothing, so that it may
miss a needle and never names a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_SIGN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|\(\?P<\w+>|\(\?<?[=!]|\(\?|[()|]|[?*+]|\{\d*,?\d*\}|.", re.DOTALL
)
_REPEATS = ("?", "*", "+")
_SET = re.compile(r"\[[^\\^\-\]]+\]")
"""A set that only lists characters."""

_CODE = re.compile(r"\\[0-9uUxN]")
"""What is written by its number, or was found before: the signs behind it are no characters of the text."""

LETTER = "letter"
"""The needle of a letter with two cases: whether the case matters is known to the pattern's flags alone."""

_WIDEST = 12
"""So many needles together still sort out most texts; more are found in nearly every one."""

_COMMON = frozenset("居住 登记 户口 多少 住 证 不 的 了 在 我 是 个 能 去 到 要 一 没 这 有 签 登".split())
"""What so many messages hold that it sorts out few of them: another needle is better, where there is one."""


class _NotRead(Exception):
    """Part of a pattern is written in a way that is not read here."""


@dataclass(frozen=True)
class _Atom:
    """A piece of a pattern: one of `needles` stands where it matches, if there are any.

    `is_character`: it is exactly one character, and `needles` are all it can be.
    """

    needles: frozenset[str] = frozenset()
    is_character: bool = False


_ANYTHING = _Atom()


def needles_of(pattern: str) -> frozenset[str]:
    """Return texts of one or two characters, one of which stands in every text that `pattern` is found in.

    Empty when none can be told: the pattern may be found in any text. LETTER stands for any letter with two cases.
    """
    signs = iter(_SIGN.findall(pattern))
    try:
        found = _any_of_branches(signs)
    except _NotRead:
        return frozenset()
    is_read_to_the_end = next(signs, None) is None
    return found if is_read_to_the_end else frozenset()


def _any_of_branches(signs: Iterator[str]) -> frozenset[str]:
    """Read up to the closing bracket; a branch without needles leaves none for the whole."""
    branches: list[list[_Atom]] = [[]]
    for sign in signs:
        if sign == ")":
            break
        if sign == "|":
            branches.append([])
        else:
            _read(sign, signs, branches[-1])
    found = [_best(branch) for branch in branches]
    return frozenset().union(*found) if all(found) else frozenset()


def _read(sign: str, signs: Iterator[str], branch: list[_Atom]) -> None:
    if sign in ("(", "(?:") or sign.startswith("(?P<"):
        branch.append(_Atom(_any_of_branches(signs)))
    elif sign in ("(?=", "(?!", "(?<=", "(?<!"):
        _any_of_branches(signs)  # it looks around and takes up no room
    elif sign.startswith("(?"):
        raise _NotRead
    elif sign in _REPEATS or (sign.startswith("{") and len(sign) > 1):
        _repeat(sign, branch)
    elif sign not in ("^", "$"):
        branch.append(_character(sign))


def _repeat(sign: str, branch: list[_Atom]) -> None:
    """What may be left out tells nothing; what may be repeated is no single character."""
    if not branch:
        raise _NotRead
    is_optional = sign in ("?", "*") or sign.startswith(("{0", "{,"))
    branch[-1] = _ANYTHING if is_optional else _Atom(branch[-1].needles)


def _character(sign: str) -> _Atom:
    if _CODE.match(sign):
        raise _NotRead
    written = sign[1:-1] if _SET.fullmatch(sign) else sign
    is_plain = (len(sign) == 1 or written is not sign) and sign != "."
    if not is_plain:
        return _ANYTHING
    has_cases = [one.lower() != one.upper() for one in written]
    if any(has_cases):
        return _Atom(frozenset({LETTER})) if all(has_cases) else _ANYTHING
    return _Atom(frozenset(written), is_character=True)


def _best(branch: list[_Atom]) -> frozenset[str]:
    """Return the needles of one way to match that the fewest texts hold: two characters in a row, where there are."""
    pairs = [
        frozenset(one + other for one in before.needles for other in after.needles)
        for before, after in pairwise(branch)
        if before.is_character and after.is_character
    ]
    found = [needles for needles in (*pairs, *(atom.needles for atom in branch)) if needles]
    return min(found, key=_commonness, default=frozenset())


def _commonness(needles: frozenset[str]) -> tuple[bool, bool, bool, int]:
    is_of_one = any(len(needle) == 1 for needle in needles)
    return len(needles) > _WIDEST, bool(needles & _COMMON), is_of_one, len(needles)
