"""An operator asks what is in use and whether it is in order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.settings import PREFIX, SETTINGS
from tests.bot.operating.hosts import Host, about, real
from tests.bot.servers import redis_server


def test_on_a_machine_in_order_the_doctor_names_every_part_and_is_content(small: Host) -> None:
    report = small.run("doctor")
    for part in ("办法", "谁接收填报", "会话", "填报", "密钥", "身份密钥", "工作台", "数据文件夹"):
        assert [line[:3] for line in about(report, part)] == ["[好]"], report
    assert about(report, "对外网址")[0].startswith("[注意]")
    assert "[坏]" not in report


def test_with_shared_stores_it_tells_which_and_their_versions(large: Host) -> None:
    report = large.run("doctor")
    assert about(report, "会话")[0].startswith("[好] 会话：Redis ")
    assert about(report, "填报")[0].startswith("[好] 填报：postgresql 1")
    assert "和别的机器共用" in about(report, "密钥")[0]


def test_every_weak_setting_of_redis_is_named_with_what_it_loses(small: Host, tmp_path: Path) -> None:
    weak = ("--appendonly", "no", "--appendfsync", "everysec", "--maxmemory-policy", "allkeys-lru")
    with redis_server(tmp_path / "weak", *weak) as server:
        told = about(small.beside("weak-host", REDIS_URL=server.url).run("doctor"), "会话")
    assert told[0].startswith("[好]")
    assert [line.split("的 ")[1].split(" 是")[0] for line in told[1:]] == [
        "appendonly",
        "appendfsync",
        "maxmemory-policy",
    ]
    assert all(line.startswith("[注意]") and "丢" in line and "请改成" in line for line in told[1:])


def test_a_console_that_other_machines_reach_needs_more_than_one_that_they_do_not(small: Host) -> None:
    def told(host: Host) -> list[str]:
        return [line.partition("：")[2] for line in about(host.run("doctor"), "工作台")]

    beyond = small.beside("data", INTERNAL="0.0.0.0:8081")
    assert told(small) == ["还没有人能登录；只有这台机器能打开"]
    nobody, reached = told(beyond)
    assert nobody.startswith("还没有人能登录，没有管理员。请运行 juzhuzheng staff add 登录名 --role administrator")
    assert "别的机器也能打开 0.0.0.0:8081。密码会不加密地经过网络" in reached
    small.run("staff", "add", "wang", "--role", "clerk", "--generate")
    assert told(beyond)[0].startswith("1 人能登录，0 位管理员，没有管理员。")
    small.run("staff", "add", "boss", "--role", "administrator", "--generate")
    assert told(beyond)[0].startswith("1 位管理员没有手机验证码。请他们登录")
    assert told(small) == ["2 人能登录，1 位管理员；只有这台机器能打开"]
    small.run("staff", "off", "wang")
    assert told(small) == ["1 人能登录，1 位管理员；只有这台机器能打开"]
    set_up_totp(small, "boss")
    assert [line.partition("；")[0] for line in told(beyond)] == ["1 人能登录，1 位管理员"]


def set_up_totp(host: Host, name: str) -> None:
    """Set up a second factor as the console does."""
    with host.stores() as stores:
        officer = stores.records.officer(name)
        assert officer is not None
        tried = stores.records.begin_try("who", 0.0)
        signed = stores.records.signed(stores.records.sign_in(officer, tried, is_whole=True, now=0.0), 0.0)
        assert signed is not None
        stores.records.begin_totp(signed, "JBSWY3DPEHPK3PXP")
        assert stores.records.set_totp(signed, 1, 0.0)


def test_a_redis_that_is_away_is_fatal_and_named_and_its_password_is_not(small: Host, tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis") as server:
        port = server.port
    away = small.beside("away", REDIS_URL=f"redis://:geheim@127.0.0.1:{port}/0")
    report = away.run("doctor", code=1)
    assert about(report, "会话")[0].startswith("[坏] 会话：不能用。Redis 读写不了")
    assert [line[:3] for line in about(report, "填报")] == ["[好]"]
    assert "geheim" not in report


@pytest.mark.parametrize(
    "settings",
    [{"REDIS_URL": "redis://:a@b:geheim@127.0.0.1"}, {"DATABASE_URL": "postgresql://jzz:geheim@/"}],
    ids=["redis", "postgresql"],
)
def test_an_address_that_cannot_be_read_is_told_without_a_piece_of_it(small: Host, settings: dict[str, str]) -> None:
    report = small.beside("typed-wrong", **settings).run("doctor", code=1)
    assert "geheim" not in report
    assert "Traceback" not in report


def test_a_postgresql_that_is_away_is_fatal(small: Host) -> None:
    report = small.beside("away", DATABASE_URL="postgresql://jzz@127.0.0.1:1/jzz").run("doctor", code=1)
    for part in ("填报", "密钥"):
        assert about(report, part)[0].startswith(f"[坏] {part}：不能用。")
    assert [line[:3] for line in about(report, "会话")] == ["[好]"]


def test_files_that_others_may_read_are_named_with_the_command_that_helps(small: Host) -> None:
    small.run("doctor")
    (small.data / "records.sqlite3").chmod(0o644)
    told = about(small.run("doctor"), "数据文件夹")
    assert f"[注意] 数据文件夹：{small.data / 'records.sqlite3'} 别的用户也能读。请运行 chmod go=" in told[0]
    (small.data / "vault.key").chmod(0o640)
    assert "chmod 600" in about(small.run("doctor", code=1), "数据")[0]


@pytest.mark.parametrize("name", ["vault.key", "identity.key"])
def test_a_damaged_key_is_fatal_and_nobody_is_told_to_make_a_new_one_at_once(small: Host, name: str) -> None:
    small.run("doctor")
    (small.data / name).write_bytes(b"short")
    report = small.run("doctor", code=1)
    assert "从备份取回" in report
    assert "Traceback" not in report


def test_holidays_not_yet_published_are_named(small: Host) -> None:
    (small.data.parent / "data-operators").mkdir()
    told = about(small.run("doctor"), "放假安排")
    assert len(told) == 1
    assert told[0].startswith(("[好] 放假安排：有 2", "[注意] 放假安排：没有 2"))


def test_a_mistake_in_the_operators_file_is_fatal_before_anybody_is_served(small: Host, tmp_path: Path) -> None:
    folder = tmp_path / "operators"
    folder.mkdir()
    (folder / "operators.toml").write_text("[atlantis]\nname = 'x'\n", encoding="utf-8")
    told = about(small.beside("data", OPERATOR_DIR=str(folder)).run("doctor", code=1), "谁接收填报")
    assert "没有这个城市" in told[0]


def test_an_account_for_a_city_that_is_not_served_is_fatal(small: Host, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.toml"
    keys = f'app_id = "wx1"\ntoken = "t"\naes_key = "{"a" * 43}"\ncity = "atlantis"\n'
    accounts.write_text(f"[main]\n{keys}", encoding="utf-8")
    told = about(small.beside("data", WECHAT_ACCOUNTS=str(accounts)).run("doctor", code=1), "公众号")
    assert "atlantis" in told[0]


def test_a_folder_that_cannot_be_written_is_told_plainly(small: Host, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    told = small.beside("x").environment | {f"{PREFIX}DATA_DIR": str(tmp_path / "file" / "data")}
    done = real(told, "doctor")
    assert done.returncode == 1
    assert "请检查权限和磁盘空间" in done.stdout.decode() + done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize("command", [["doctor"], ["keys", "rotate"], ["backup", "--records", "a", "--keys", "b"]])
def test_who_is_not_the_owner_of_the_data_is_sent_to_be(
    small: Host, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    small.run("doctor")
    before = sorted(file.name for file in small.data.iterdir())
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert "sudo -u" in small.run(*command, code=1)
    assert sorted(file.name for file in small.data.iterdir()) == before


def test_the_settings_are_listed_with_their_meaning_as_a_table_and_as_an_environment_file(small: Host) -> None:
    table, environment = small.run("settings").splitlines(), small.run("settings", "--env")
    assert [row.split("`")[1] for row in table[2:]] == [f"{PREFIX}{name}" for name in SETTINGS]
    assert all(f"# {one.meaning.replace('`', '')}\n" in environment for one in SETTINGS.values())


def test_a_host_that_would_take_one_person_for_two_is_told_so_and_erases_nobody(large: Host) -> None:
    large.run("doctor")
    other = large.beside("other")
    large.give_keys(other, "vault.key")
    told = about(other.run("doctor", code=1), "身份密钥")
    assert told[0].startswith("[坏]")
    assert "identity.key" in other.run("erase", "--wechat", "main", "oANNA", "--yes", code=1)
    large.give_keys(other)
    assert about(other.run("doctor"), "身份密钥")[0].startswith("[好]")
