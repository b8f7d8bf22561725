"""The systemd units are units systemd takes, in the layout that deploy/README.md installs."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from bot.serving import DRAIN_SECONDS
from bot.settings import PREFIX, SETTINGS
from tests.deploy.proxy import DEPLOY

UNITS = sorted(file for file in DEPLOY.iterdir() if file.suffix in {".service", ".timer"})
SERVICES = [file for file in UNITS if file.suffix == ".service"]
PROGRAM, SCRIPT = "/opt/juzhuzheng/.venv/bin/juzhuzheng", "/opt/juzhuzheng/deploy/backup.sh"
HARDENED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelLogs": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
    "User": "juzhuzheng",
}
EXPOSED_AT_MOST = 2.5


class Unit(RawConfigParser):
    """A unit file; a name may stand several times, and then all its values count."""

    def __init__(self, file: Path) -> None:
        super().__init__(strict=False, interpolation=None, comment_prefixes=("#", ";"), delimiters=("=",))
        self.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
        self.lines = file.read_text(encoding="utf-8")
        self.read_string(self.lines)

    def given(self, name: str) -> list[str]:
        """Return every value given to a name."""
        return re.findall(rf"^{name}=(.*)$", self.lines, re.MULTILINE)


def verified(folder: Path, *units: Path, changed: tuple[str, str] = ("", "")) -> str:
    """Return what systemd has against the units: copies in `folder`, with programs that exist in place of ours."""
    program = folder / "program"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    copies = [folder / unit.name for unit in units]
    for unit, copy in zip(units, copies, strict=True):
        text = unit.read_text(encoding="utf-8").replace(*changed)
        copy.write_text(text.replace(SCRIPT, str(program)).replace(PROGRAM, str(program)), encoding="utf-8")
    analyze = shutil.which("systemd-analyze")
    assert analyze, "没有程序 systemd-analyze；请先运行 sh tests/system-packages.sh"
    command = [analyze, "verify", "--man=no", *map(str, copies)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60).stderr


def test_systemd_has_nothing_against_the_units(tmp_path: Path) -> None:
    assert len(UNITS) == 3
    assert verified(tmp_path, *UNITS) == ""


@pytest.mark.parametrize("wrong", ["Restart=allways", "ProtectSytem=strict", "SystemCallFilter=@sistem", "User=a b"])
def test_what_systemd_does_not_know_is_seen(tmp_path: Path, wrong: str) -> None:
    assert verified(tmp_path, *SERVICES, changed=("Group=juzhuzheng", wrong))


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.name)
def test_a_service_runs_as_its_own_user_and_may_do_little(file: Path) -> None:
    unit = Unit(file)
    assert {name: unit["Service"].get(name) for name in HARDENED} == HARDENED
    command = ["systemd-analyze", "security", "--offline=yes", str(file)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
    assert exposure
    assert float(exposure[1]) <= EXPOSED_AT_MOST


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.name)
def test_a_service_starts_what_the_installation_puts_there_with_settings_that_exist(file: Path) -> None:
    unit, readme = Unit(file), (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert unit["Service"]["ExecStart"].split()[0] in {PROGRAM, SCRIPT}
    assert "git clone" in readme
    for folder in ("/opt/juzhuzheng", "/etc/juzhuzheng/juzhuzheng.env", "/var/lib/juzhuzheng"):
        assert folder in readme
    named = {name for value in unit.given("Environment") for name in re.findall(rf"{PREFIX}([A-Z_]+)=", value)}
    assert named == {"DATA_DIR"}
    assert named <= set(SETTINGS)
    assert unit["Service"]["EnvironmentFile"] == "/etc/juzhuzheng/juzhuzheng.env"


def test_a_stop_waits_longer_than_the_service_needs_to_answer_what_is_under_way() -> None:
    service = Unit(DEPLOY / "juzhuzheng.service")["Service"]
    assert int(service["TimeoutStopSec"]) >= DRAIN_SECONDS + 5
    # Only the first process is told; with several it tells the others, and a second signal would cut them short.
    assert service["KillMode"] == "mixed"


def test_what_the_services_write_to_is_named_and_made_by_the_installation() -> None:
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert Unit(DEPLOY / "juzhuzheng.service")["Service"]["StateDirectory"] == "juzhuzheng"
    backup = Unit(DEPLOY / "juzhuzheng-backup.service")
    places = backup["Service"]["ReadWritePaths"].split()
    assert re.findall(r"BACKUPS=(\S+)", backup.lines) == places[1:]
    assert places[0] == "/var/lib/juzhuzheng"
    for place in places:
        assert place in readme
