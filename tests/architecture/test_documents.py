"""The documents tell the truth about the program: settings, commands, links, make targets, cities."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from bot.__main__ import main
from bot.settings import Settings, SettingsError
from knowledge.library import Library
from tests.architecture.sizes import ROOT, name_of

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SETTING = re.compile(r"JUZHUZHENG_[A-Z_]+")
COMMAND = re.compile(r"(?:`|\.venv/bin/|^)juzhuzheng ([a-z]+)", re.MULTILINE)
TARGET = re.compile(r"(?:`|^)make ([a-z-]+)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def settings_known() -> set[str]:
    """Return the settings the program names when it refuses one that does not exist."""
    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment({"JUZHUZHENG_NOT_A_SETTING": "1"})
    return set(SETTING.findall(str(refusal.value))) - {"JUZHUZHENG_NOT_A_SETTING"}


def commands_known() -> set[str]:
    assert isinstance(main, click.Group)
    return set(main.commands)


def targets_known() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))


def broken_links(document: Path) -> list[str]:
    """Return the links of a document to files of the repository that are not there."""
    targets = [link.partition("#")[0] for link in LINK.findall(document.read_text(encoding="utf-8"))]
    return [target for target in targets if "://" not in target and not (document.parent / target).exists()]


def test_every_setting_is_described_where_an_operator_looks_and_none_besides() -> None:
    described = set(SETTING.findall(text_of("docs/settings.md")))
    assert len(settings_known()) >= 6
    assert described == settings_known()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_document_names_a_setting_that_does_not_exist(document: Path) -> None:
    assert set(SETTING.findall(document.read_text(encoding="utf-8"))) <= settings_known()


def test_every_command_is_documented() -> None:
    documented = set(COMMAND.findall("".join(map(text_of, ("README.md", "docs/batch.md", "docs/operations.md")))))
    through_make = set(TARGET.findall(text_of("README.md")))
    assert commands_known() - documented - through_make == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_document_names_a_command_that_does_not_exist(document: Path) -> None:
    assert set(COMMAND.findall(document.read_text(encoding="utf-8"))) <= commands_known()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_and_picture_leads_somewhere(document: Path) -> None:
    assert broken_links(document) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    document = tmp_path / "readme.md"
    document.write_text(
        "![图](chat.png) [自己](readme.md#一) [网](https://jzz.example.gov.cn) [节](#二)", encoding="utf-8"
    )
    assert broken_links(document) == ["chat.png"]


def test_the_readme_leads_to_every_document() -> None:
    linked = {target.partition("#")[0] for target in LINK.findall(text_of("README.md"))}
    assert {f"docs/{file.name}" for file in (ROOT / "docs").glob("*.md")} - linked == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_make_target_a_document_names_exists(document: Path) -> None:
    assert set(TARGET.findall(document.read_text(encoding="utf-8"))) <= targets_known()


def test_the_readme_names_the_two_commands_that_are_enough() -> None:
    assert {"serve", "test"} <= set(TARGET.findall(text_of("README.md"))) & targets_known()


def test_the_changelog_tells_which_cities_are_answered_and_from_which_date(library: Library) -> None:
    changes = text_of("CHANGELOG.md")
    for city in library.cities.values():
        assert city.short in changes, city.name
        assert f"第1–{len(city.act.articles)}条" in changes, city.name


def test_the_readme_names_every_city_and_says_which_is_a_draft(library: Library) -> None:
    readme = text_of("README.md")
    for city in library.cities.values():
        assert city.short in readme
        assert (f"{city.short}（审查修改稿" in readme) == city.is_draft, city.name
