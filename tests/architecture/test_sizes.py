"""A module fits in the head and a function on the screen, the tests' own too."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.sizes import OURS, ROOT, function_sizes, functions_of, length_of, main, module_sizes

LONGEST_MODULE = 300
LONGEST_FUNCTION = 30


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    assert [size for size in module_sizes(*OURS) if size.lines > LONGEST_MODULE] == []


def test_no_function_is_longer_than_thirty_lines() -> None:
    assert [size for size in function_sizes(*OURS) if size.lines > LONGEST_FUNCTION] == []


def test_every_package_is_measured() -> None:
    assert {size.place.partition("/")[0] for size in function_sizes(*OURS)} == set(OURS)
    assert all((ROOT / package / "__init__.py").exists() for package in OURS)


def test_a_function_is_measured_from_its_def_to_its_last_line_wherever_it_stands() -> None:
    source = "@decorated\n@twice\ndef outer():\n    'Doc.'\n\n    def inner():\n        pass\n\n    return inner\n"
    assert {function.name: length_of(function) for function in functions_of(ast.parse(source))} == {
        "outer": 7,
        "inner": 2,
    }


def test_the_ten_longest_of_each_are_printed_longest_first(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    lines = capsys.readouterr().out.splitlines()
    assert [lines[0], lines[11]] == ["The ten longest modules, in lines:", "The ten longest functions, in lines:"]
    for ten in (lines[1:11], lines[12:]):
        lengths = [int(line.split()[0]) for line in ten]
        assert len(lengths) == 10
        assert lengths == sorted(lengths, reverse=True)
