"""The other example files: settings, Redis, alerts, the command `jzz`."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client import REGISTRY

from bot import metrics
from bot.__main__ import main
from bot.settings import PREFIX, SETTINGS, Settings
from dialogs.saying import Kind
from tests.bot.servers import RedisServer
from tests.deploy.proxy import DEPLOY

ALERTS = (DEPLOY / "prometheus-alerts.yml").read_text(encoding="utf-8")
METRIC = re.compile(r"\bjuzhuzheng_[a-z_]+(?=[{\[)])")


def known_series() -> set[str]:
    """Return the names of the series that the program's counts appear as."""
    ends = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
    found = [family for family in REGISTRY.collect() if family.name.startswith("juzhuzheng_")]
    return {f"{family.name}{end}" for family in found for end in ends[family.type]}


def labels_of(series: str) -> set[str]:
    """Return the labels of the count behind a series."""
    stem = re.sub("_(total|bucket)$", "", series)
    (count,) = [one for one in vars(metrics).values() if getattr(one, "_name", None) == stem]
    return {*count._labelnames, "instance", "le"}


def test_the_example_of_the_settings_is_what_the_program_writes() -> None:
    written = CliRunner().invoke(main, ["settings", "--env"], catch_exceptions=False).output
    assert (DEPLOY / "juzhuzheng.env").read_text(encoding="utf-8") == written
    assert re.findall(rf"^#{PREFIX}([A-Z_]+)=", written, re.MULTILINE) == list(SETTINGS)


def test_every_default_of_the_example_is_the_programs_own_when_uncommented() -> None:
    lines = (DEPLOY / "juzhuzheng.env").read_text(encoding="utf-8").splitlines()
    given = dict(line[1:].split("=", 1) for line in lines if line.startswith(f"#{PREFIX}"))
    assert Settings.from_environment(given) == Settings()


def test_every_count_an_alert_reads_is_kept_with_these_labels() -> None:
    named = set(METRIC.findall(ALERTS))
    assert len(named) >= 7
    assert named - known_series() == set()
    for series, inside in re.findall(r"(juzhuzheng_[a-z_]+)\{([^}]*)\}", ALERTS):
        assert {label for label, _ in re.findall(r'(\w+)=~?"([^"]*)"', inside)} <= labels_of(series)
    assert set(re.findall(r"kind=~\"([a-z_|]+)\"", ALERTS)[0].split("|")) <= set(Kind)


@pytest.mark.parametrize(
    "about",
    ["part_is_out", "store_faults", "faults_total", "not_covered|clarify", "wechat_refusals", "0.99", "up{"],
)
def test_there_is_an_alert_about(about: str) -> None:
    assert any(about in expression for expression in re.findall(r"expr: (.*(?:\n {10}.*)*)", ALERTS))


class FromTheExample(RedisServer):
    """A Redis that reads our example; only port and folder are the test's own."""

    def _command(self) -> Sequence[str]:
        found = shutil.which("redis-server")
        assert found
        return [found, str(DEPLOY / "redis.conf"), "--port", str(self.port), "--dir", str(self.folder)]


def test_a_real_redis_takes_the_example_and_the_doctor_is_content(tmp_path: Path) -> None:
    server = FromTheExample(tmp_path, ())
    server.start()
    try:
        environment = {f"{PREFIX}DATA_DIR": str(tmp_path / "data"), f"{PREFIX}REDIS_URL": server.url}
        told = CliRunner().invoke(main, ["doctor"], env=environment, catch_exceptions=False)
    finally:
        server.stop()
    about_it = [line for line in told.output.splitlines() if "会话" in line]
    assert len(about_it) == 1
    assert about_it[0].startswith("[好] 会话：Redis")
    assert told.exit_code == 0


def test_the_example_holds_no_password_that_everybody_would_have() -> None:
    lines = (DEPLOY / "redis.conf").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if line.startswith("requirepass")]
    assert [line for line in lines if line.startswith("#requirepass ")]


def test_jzz_gives_the_program_the_services_settings_word_for_word(tmp_path: Path) -> None:
    (tmp_path / "juzhuzheng.env").write_text(
        f"# not this: {PREFIX}HOST=1\n{PREFIX}DATABASE_URL=postgresql://a@b/c?x=1&y=$HOME `date`\n\n{PREFIX}PORT=80",
        encoding="utf-8",
    )
    script = (DEPLOY / "jzz").read_text(encoding="utf-8")
    for there, here in (
        ("/etc/juzhuzheng/", f"{tmp_path}/"),
        ("/var/lib/juzhuzheng", str(tmp_path)),
        ("setpriv --reuid=juzhuzheng --regid=juzhuzheng --init-groups -- /opt/juzhuzheng/.venv/bin/juzhuzheng", "env"),
    ):
        assert there in script
        script = script.replace(there, here)
    done = subprocess.run(
        ["sh", "-c", script], check=True, capture_output=True, text=True, timeout=20, env={"PATH": "/usr/bin:/bin"}
    )
    ours = {line for line in done.stdout.splitlines() if line.startswith(PREFIX)}
    assert f"HOME={tmp_path}" in done.stdout.splitlines(), "the password of PostgreSQL lies there"
    assert ours == {
        f"{PREFIX}DATA_DIR={tmp_path}",
        f"{PREFIX}DATABASE_URL=postgresql://a@b/c?x=1&y=$HOME `date`",
        f"{PREFIX}PORT=80",
    }


@pytest.mark.parametrize("name", ["jzz", "backup.sh"])
def test_a_script_may_be_run(name: str) -> None:
    assert stat.S_IMODE((DEPLOY / name).stat().st_mode) & 0o111 == 0o111
