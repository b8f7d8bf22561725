"""The operator keeps the list of people from the command line, the service running or not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.staff.rights import Role
from bot.store.records import Records
from bot.store.staff_tries import FREE_FAILURES
from bot.store.vault import Vault
from tests.bot.process import without_our_settings
from tests.bot.staff.console import Office

_PASSWORD = re.compile(r"密码：(\w{16})$", re.MULTILINE)
TYPED = "a sentence typed by the operator"


def run(data: Path, *arguments: str, typed: str = "", code: int = 0) -> str:
    """Run `juzhuzheng staff …` on a data folder; return what it prints."""
    environment = {"JUZHUZHENG_DATA_DIR": str(data)}
    done = CliRunner().invoke(main, ["staff", *arguments], input=typed, env=environment, catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def generated(output: str) -> str:
    found = _PASSWORD.search(output)
    assert found, output
    return found[1]


def test_the_first_person_is_added_on_a_machine_that_has_nothing_yet(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert "还没有人" in run(data, "list")
    password = generated(run(data, "add", "Boss", "--role", "administrator", "--shown", "老板", "--generate"))
    assert run(data, "list").splitlines() == ["boss\t老板\t管理员\t全部城市\t没有验证码"]
    vault = Vault(data)
    records = Records.open(data, vault)
    try:
        row = records.audited(limit=1)[0]
        assert (row.by, row.what, row.about) == ("@命令行", "staff_add", "boss")
        assert password not in (records.password_of("boss") or "")
    finally:
        records.close()
        vault.close()


def test_a_password_is_typed_twice_and_shown_nowhere(tmp_path: Path) -> None:
    output = run(tmp_path, "add", "wang", "--role", "clerk", "--city", "luoyang", typed=f"{TYPED}\n{TYPED}\n")
    assert TYPED not in output
    assert "luoyang" in run(tmp_path, "list")
    assert "太容易猜" in run(tmp_path, "password", "wang", typed="password1234\npassword1234\n", code=1)
    assert "至少 12 个字" in run(tmp_path, "password", "wang", typed="short\nshort\n", code=1)
    run(tmp_path, "password", "wang", typed=f"{TYPED}\nanother\n{TYPED}!\n{TYPED}!\n")


def test_no_password_is_ever_given_as_an_argument(tmp_path: Path) -> None:
    for command in main.commands["staff"].commands.values():  # type: ignore[attr-defined]
        named = {name for parameter in command.params for name in parameter.opts}
        assert not any("password" in name for name in named), command.name
    run(tmp_path, "add", "wang", TYPED, "--role", "clerk", code=2)


@pytest.mark.parametrize(
    ("arguments", "told", "code"),
    [
        (("add", "a b", "--role", "clerk", "--generate"), "2 到 32 个字", 1),
        (("add", "wang", "--role", "clerk", "--generate"), "已经有了", 1),
        (("add", "\uff37\uff21\uff2e\uff27", "--role", "clerk", "--generate"), "已经有了", 1),
        (("add", "li", "--role", "king", "--generate"), "administrator", 2),
        (("add", "li", "--generate"), "--role", 2),
        (("add", "li", "--role", "clerk", "--city", "atlantis", "--generate"), "没有“atlantis”这个城市；可用：", 1),
        (("password", "nobody", "--generate"), "juzhuzheng staff list", 1),
        (("off", "nobody"), "没有这个登录名", 1),
        (("on", "nobody"), "没有这个登录名", 1),
        (("without-code", "nobody"), "没有这个登录名", 1),
        (("off", "wang"), "最后一位管理员", 1),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], told: str, code: int
) -> None:
    run(tmp_path, "add", "wang", "--role", "administrator", "--generate")
    output = run(tmp_path, *arguments, code=code)
    assert told in output
    assert "Traceback" not in output
    assert len(run(tmp_path, "list").splitlines()) == 1


async def test_it_works_while_the_service_runs_and_holds_there_at_once(service: Office, tmp_path: Path) -> None:
    data, wang = tmp_path / "data", await service.desk("wang")
    run(data, "off", "wang")
    assert (await wang.get("/staff/me")).status == 303
    assert (await wang.sign_in("wang")).status == 422
    run(data, "on", "wang")
    assert (await wang.sign_in("wang")).status == 303
    password = generated(run(data, "password", "wang", "--generate"))
    assert (await wang.get("/staff/me")).status == 303
    assert (await wang.sign_in("wang", password)).status == 303
    run(data, "without-code", "wang")
    assert (await wang.get("/staff/me")).status == 303
    service.add("boss", Role.ADMINISTRATOR)
    assert "boss" in run(data, "list")


async def test_a_new_password_from_the_operator_ends_a_lock(service: Office, tmp_path: Path) -> None:
    wang = await service.desk()
    # The service of these tests has another identity key than the folder: the same, as on one machine.
    (tmp_path / "data" / "identity.key").write_bytes(bytes(32))
    for _ in range(FREE_FAILURES + 1):
        await wang.sign_in("wang", "wrong")
    assert (await wang.sign_in("wang")).status == 429
    password = generated(run(tmp_path / "data", "password", "Wang", "--generate"))
    assert (await wang.sign_in("wang", password)).status == 303


def test_another_user_s_data_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, "list")
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    assert "sudo -u" in run(tmp_path, "list", code=1)


def test_the_password_does_not_stand_in_the_log_of_the_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "staff", "add", "wang", "--role", "clerk", "--generate"]
    environment = without_our_settings() | {"JUZHUZHENG_DATA_DIR": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True, timeout=60)
    assert generated(done.stdout) not in done.stderr
