"""The example nginx in front of the real service: what people reach through it, and what they never do."""

from __future__ import annotations

import http.client
import json
import re
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.photo import MAX_BYTES
from bot.wechat.door import MAX_BODY_BYTES
from tests.bot.process import running
from tests.deploy.proxy import NAME, Answer, Proxy, free_port, one, proxy, upstream_of

POSTS_A_MINUTE = 6
SECRET = "oSECRETOPENID"
KIB, MIB = 1024, 1024 * 1024
JSON = {"Content-Type": "application/json"}
ACCOUNT = f'[main]\napp_id = "wx1"\ntoken = "t"\naes_key = "{"a" * 43}"\n'


@dataclass(frozen=True)
class Site:
    """The service behind its proxy: the port of the service itself, and that of its internal listener."""

    proxy: Proxy
    port: int
    internal_port: int


@pytest.fixture(scope="module")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    accounts = folder / "accounts.toml"
    accounts.write_text(ACCOUNT, encoding="utf-8")
    internal_port = free_port()
    settings = {
        "JUZHUZHENG_PUBLIC_URL": f"https://{NAME}",
        "JUZHUZHENG_INTERNAL": f"127.0.0.1:{internal_port}",
        "JUZHUZHENG_POSTS_A_MINUTE": str(POSTS_A_MINUTE),
        "JUZHUZHENG_WECHAT_ACCOUNTS": str(accounts),
    }
    with running(folder, **settings) as service, proxy(folder / "nginx", one(service.port)) as before:
        yield Site(before, service.port, internal_port)


@pytest.fixture
def site(running_site: Site) -> Site:
    running_site.proxy.new_visitor()
    return running_site


def say(site: Site, text: str, headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps({"text": text}).encode()
    return site.proxy.ask("POST", "/api/say", body, {**JSON, **(headers or {})})


def straight(port: int, forwarded_for: str) -> int:
    """Ask the service itself, as its proxy does; return the status."""
    headers = {"Content-Type": "application/json", "X-Forwarded-For": forwarded_for}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("POST", "/api/say", b'{"text": "a"}', headers)
        return connection.getresponse().status


def test_the_page_is_there_over_https_for_good(site: Site) -> None:
    page = site.proxy.ask("GET", "/")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    style = re.search(rb'href="(/static/[^"]+)"', page.body)
    assert style
    assert site.proxy.ask("GET", style[1].decode()).status == 200
    assert page.headers["Server"] == "nginx", "a version helps whoever looks for its faults"


def test_a_question_is_answered_and_the_cookie_never_travels_without_tls(site: Site) -> None:
    answer = say(site, "我在赤峰，签注过期二十天了还能补吗", {"Origin": f"https://{NAME}"})
    assert answer.status == 200
    assert json.loads(answer.body)["parts"][0]["quotations"][0]["place"] == "第二十条第二款"
    cookie = answer.headers["Set-Cookie"]
    assert "; Secure" in cookie
    assert "; HttpOnly" in cookie


def test_http_leads_to_https_of_our_own_name_whatever_host_was_asked(site: Site) -> None:
    answer = site.proxy.ask_plainly("/law/chifeng?a=1", "somebody-elses.example")
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/law/chifeng?a=1")


@pytest.mark.parametrize(
    "path", ["/metrics", "/readyz", "/staff", "/staff/declarations", "//metrics", "/law/../metrics"]
)
def test_what_is_internal_is_not_reached_through_it(site: Site, path: str) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{site.internal_port}/metrics", timeout=10) as inside:
        assert b"juzhuzheng_turns" in inside.read()
    assert site.proxy.ask("GET", path).status == 404


def test_health_told_outside_names_no_part(site: Site) -> None:
    assert json.loads(site.proxy.ask("GET", "/healthz").body) == {"status": "ok"}


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [("/api/say", 65 * KIB, 413), ("/wechat/main", MAX_BODY_BYTES + 1, 413), ("/page/x", 6 * MIB + 1, 413)],
)
def test_a_body_that_is_too_long_is_refused_before_it_is_sent(site: Site, path: str, length: int, status: int) -> None:
    refused = site.proxy.ask("POST", path, length=length)
    assert refused.status == status
    assert "内容太长了" in refused.body.decode()


def test_a_photo_of_the_largest_size_comes_through_and_never_lies_on_the_proxys_disk(site: Site) -> None:
    # The folders of its temporary files are gone: it would fail if it wrote there.
    answer = site.proxy.ask(
        "POST", "/page/nobody", bytes(MAX_BYTES), {"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.status in {404, 410}
    assert answer.headers["Content-Security-Policy"], "not the service itself answered"


def test_a_long_message_comes_through_without_touching_the_disk(site: Site) -> None:
    body = json.dumps({"text": "你好", "unused": "x" * 30 * KIB}).encode()
    assert site.proxy.ask("POST", "/api/say", body, JSON).status == 200


def test_nobody_passes_for_many_by_forging_where_they_come_from(site: Site) -> None:
    statuses = [
        say(site, "你好", {"X-Forwarded-For": f"10.0.0.{number}"}).status for number in range(POSTS_A_MINUTE + 2)
    ]
    assert statuses == [200] * POSTS_A_MINUTE + [429, 429]
    # The same words straight to the service are believed: it trusts this machine's proxy.
    for number in range(POSTS_A_MINUTE + 2):
        assert straight(site.port, f"10.0.1.{number}") == 200


def test_another_visitor_is_not_held_up_by_one_who_floods(site: Site) -> None:
    while say(site, "你好").status != 429:
        pass
    site.proxy.new_visitor()
    assert say(site, "你好").status == 200


def test_who_asks_without_end_reads_calm_words_and_the_platform_of_official_accounts_is_never_held_up(
    site: Site,
) -> None:
    refused = [answer for answer in site.proxy.ask_often("/healthz", 800) if answer.status != 200]
    assert refused
    assert {answer.status for answer in refused} == {429}
    assert "请过一分钟再发" in refused[0].body.decode()
    assert refused[0].headers["Strict-Transport-Security"]
    assert {answer.status for answer in site.proxy.ask_often("/wechat/main?openid=a", 800)} == {400}


def test_the_log_holds_what_kind_of_page_was_asked_for_and_nothing_of_whom(site: Site) -> None:
    site.proxy.ask("GET", f"/wechat/main?openid={SECRET}&signature=1")
    site.proxy.ask("POST", f"/wechat/main?openid={SECRET}", b"<xml>", {"Referer": f"https://{NAME}/?{SECRET}"})
    site.proxy.ask("GET", f"/page/{SECRET}", headers={"User-Agent": SECRET, "Cookie": f"visitor={SECRET}"})
    site.proxy.ask("POST", f"/wechat/main?openid={SECRET}", length=MIB)
    site.proxy.ask_plainly(f"/wechat/main?openid={SECRET}")
    logged = site.proxy.logged()
    assert {f"{method} {path}" for method, path in re.findall(r"(GET|POST) (\S+)", logged)} >= {
        "GET /wechat",
        "POST /wechat",
        "GET /page",
    }
    assert SECRET not in logged
    assert "openid" not in logged
    assert "?" not in logged
    assert site.proxy.address not in logged


def test_while_the_service_is_away_people_read_calm_words_and_the_log_stays_silent(tmp_path: Path) -> None:
    with proxy(tmp_path / "nginx", upstream_of(free_port(), free_port())) as before:
        answer = before.ask("GET", f"/wechat/main?openid={SECRET}")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
        assert "请过一分钟再试" in answer.body.decode()
        assert SECRET not in before.logged()


def test_one_of_several_hosts_may_be_away_and_nobody_notices(running_site: Site, tmp_path: Path) -> None:
    with proxy(tmp_path / "nginx", upstream_of(free_port(), running_site.port)) as before:
        assert [before.ask("GET", "/law").status for _ in range(20)] == [200] * 20
