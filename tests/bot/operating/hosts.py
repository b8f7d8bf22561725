"""A host with its settings: people who declare there, an operator at its command line, and whatever it keeps."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from click.testing import CliRunner

from bot.__main__ import main
from bot.identity import Identities
from bot.opening import Stores, make_assistant, open_stores
from bot.settings import Settings
from bot.store.records import ReadDeclaration
from dialogs.advisor import Advisor
from tests.bot.blocking import Blocking, Loop
from tests.bot.declaring import Person, declared, until_submission
from tests.bot.process import ROOT, without_our_settings

OPERATORS = """[bazhong]
name = "巴中市公安局巴州分局"
contact = "0827-5555555"
legal_basis = "《四川省流动人口信息登记办法》"
keep_days = 30
"""


@dataclass(frozen=True)
class Host:
    """A machine: its data folder, and the settings besides it."""

    advisor: Advisor = field(repr=False)
    data: Path
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The settings as they stand in its environment file."""
        operators = self.data.with_name(f"{self.data.name}-operators")
        operators.mkdir(exist_ok=True)
        (operators / "operators.toml").write_text(OPERATORS, encoding="utf-8")
        usual = {"DATA_DIR": str(self.data), "OPERATOR_DIR": str(operators), "TURNS_A_MINUTE": "10000"}
        return {f"JUZHUZHENG_{name}": value for name, value in {**usual, **self.more}.items()}

    @property
    def settings(self) -> Settings:
        """The settings as the program reads them."""
        return Settings.from_environment(self.environment)

    def beside(self, name: str, **more: str) -> Host:
        """Return another host, its data folder beside this one's."""
        return replace(self, data=self.data.with_name(name), more={**self.more, **more})

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command of the console script; return what it prints."""
        done = CliRunner().invoke(main, arguments, env=self.environment, catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done.output

    @contextmanager
    def people(self, *names: str) -> Iterator[list[Person]]:
        """Open the service's stores; yield these people, who talk to it."""
        assistant = Blocking(make_assistant(self.settings, self.advisor))
        try:
            yield [Person(assistant, name) for name in names]
        finally:
            assistant.close()

    def declarations(self, *names: str) -> list[str]:
        """Have these people hand in a declaration each, and begin another; return the receipts."""
        library = self.advisor.library
        with self.people(*names) as people:
            receipts = [declared(person, library) for person in people]
            for person in people:
                person.do(*until_submission(library)[:BEGUN])
            return receipts

    def named(self, *who: str) -> str:
        """Return by which name the stores know somebody (the parts are a channel and what it knows of them)."""
        return Identities.from_file(self.data / "identity.key").of(*who)

    @contextmanager
    def stores(self) -> Iterator[Stores]:
        """Open the stores as one process more."""
        stores, loop = open_stores(self.settings, self.advisor.library), Loop()
        try:
            yield stores
        finally:
            loop.run(stores.conversations.close())
            loop.close()
            stores.records.close()
            stores.vault.close()

    def read(self, receipt: str) -> ReadDeclaration:
        """Return a declaration as the office reads it. Raises what the records raise."""
        with self.stores() as stores:
            return stores.records.read_declaration(receipt, "clerk", "test")

    def give_keys(self, other: Host, *names: str) -> None:
        """Copy key files to another host, as an operator does."""
        other.data.mkdir(mode=0o700, exist_ok=True)
        for name in names or ("vault.key", "identity.key"):
            shutil.copy2(self.data / name, other.data / name)


BEGUN = 6
"""So many steps into a declaration a draft holds the person's name."""


def about(report: str, part: str) -> Sequence[str]:
    """Return the lines of the doctor's report about a part."""
    return [line for line in report.splitlines() if line.partition("] ")[2].startswith(f"{part}：")]


def real(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a process of its own."""
    command = [sys.executable, "-m", "bot", *arguments]
    given = {**without_our_settings(), **environment}
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, timeout=60, check=False)
