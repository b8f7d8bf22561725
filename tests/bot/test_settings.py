"""A setting that is wrong stops the program with a sentence that says which one and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.serving import check_accounts
from bot.settings import Settings, SettingsError
from knowledge.library import Library

KEY = "a" * 43
GOOD = f'[main]\napp_id = "wx1"\ntoken = "t"\naes_key = "{KEY}"\n'


def of(tmp_path: Path, accounts: str | bytes) -> Settings:
    file = tmp_path / "accounts.toml"
    file.write_bytes(accounts if isinstance(accounts, bytes) else accounts.encode())
    return Settings.from_environment({"JUZHUZHENG_WECHAT_ACCOUNTS": str(file)})


def test_without_settings_it_serves_this_machine_alone() -> None:
    settings = Settings.from_environment({"PATH": "/bin"})
    assert (settings.host, settings.port, settings.public_url, settings.wechat_accounts) == (
        "127.0.0.1",
        8080,
        None,
        (),
    )


def test_an_empty_setting_counts_as_not_set() -> None:
    empty = Settings.from_environment({f"JUZHUZHENG_{name}": "" for name in ("HOST", "PORT", "DATA_DIR", "PUBLIC_URL")})
    assert empty == Settings()


def test_every_setting_is_read(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "JUZHUZHENG_HOST": "0.0.0.0",  # noqa: S104  # only read, nothing listens
            "JUZHUZHENG_PORT": "80",
            "JUZHUZHENG_PUBLIC_URL": "https://jzz.example.gov.cn/",
            "JUZHUZHENG_DATA_DIR": str(tmp_path),
            "JUZHUZHENG_CITIES_DIR": str(tmp_path / "cities"),
        }
    )
    assert (settings.host, settings.port) == ("0.0.0.0", 80)  # noqa: S104
    assert settings.public_url == "https://jzz.example.gov.cn"
    assert (settings.data_dir, settings.cities_dir) == (tmp_path, tmp_path / "cities")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("JUZHUZHENG_PORTS", "80", "没有 JUZHUZHENG_PORTS 这个设置"),
        ("JUZHUZHENG_PORT", "eighty", "0 到 65535"),
        ("JUZHUZHENG_PORT", "70000", "0 到 65535"),
        ("JUZHUZHENG_PORT", "\u00b2", "0 到 65535"),
        ("JUZHUZHENG_PORT", "9" * 5000, "0 到 65535"),
        ("JUZHUZHENG_PUBLIC_URL", "jzz.example.gov.cn", "https:// 开头"),
        ("JUZHUZHENG_WECHAT_ACCOUNTS", "/没有/accounts.toml", "读不了"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(name: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    assert name in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        ("main = 5", "应写成一节 [main]"),
        ("[main", "读不了"),
        ("[main]\n".encode("utf-16"), "读不了"),
        ('[main]\napp_id = "wx1"\ntoken = "t"\n', "缺「aes_key」"),
        (GOOD.replace('"t"', '""'), "缺「token」"),
        (GOOD + 'colour = "red"\n', "没有「colour」这一项"),
        (GOOD.replace(f'"{KEY}"', "5"), "「aes_key」应写在引号里"),
    ],
)
def test_a_wrong_account_is_named_with_what_to_write(tmp_path: Path, accounts: str | bytes, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        of(tmp_path, accounts)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        (GOOD.replace(KEY, "short"), "43 个字母或数字"),
        (GOOD.replace(KEY, "!" * 43), "43 个字母或数字"),
        (GOOD + 'city = "louyang"\n', "没有“louyang”这个城市"),
    ],
)
def test_an_account_that_cannot_be_served_stops_the_start(
    tmp_path: Path, library: Library, accounts: str, told: str
) -> None:
    from dataclasses import replace

    with pytest.raises(SettingsError) as caught:
        check_accounts(replace(of(tmp_path, accounts), data_dir=tmp_path / "data"), library)
    assert told in str(caught.value)


def test_a_good_account_is_served(tmp_path: Path) -> None:
    (account,) = of(tmp_path, GOOD + 'city = "luoyang"\n').wechat_accounts
    assert (account.name, account.app_id, account.city) == ("main", "wx1", "luoyang")
