"""Who takes declarations: what an operator may enter, what each slip is answered with, what a person is then told."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.operators import MOST_DAYS, OPERATORS_FILE, read_operators
from dialogs.advisor import Advisor
from dialogs.effects import Operator
from knowledge.datafile import CityError
from knowledge.library import Library
from tests.bot.declaring import (
    HUKOU,
    NUMBER,
    OFFICE,
    WITH_OFFICE,
    Clock,
    Person,
    Say,
    Write,
    declared,
    label,
    opened,
    receipt_in,
    until_submission,
    whole_declaration,
)
from tests.bot.keeping import NAME, PHONE
from tests.bot.process import ROOT, environment

WITHOUT_ITEMS = ("ankang", "kaifeng", "luoyang")
"""The cities whose text lists no items."""

WHO = 'name = "某某派出所"\ncontact = "0827-5555555"\nlegal_basis = "某某办法第三条"\n'
ITEMS = 'items = ["姓名", "证件号码", "电话"]\nitems_basis = "某某通知"\n'
DEMONSTRATION = "【演示】"


def operators_in(folder: Path, library: Library, text: str) -> dict[str, Operator]:
    (folder / OPERATORS_FILE).write_text(text, encoding="utf-8")
    return dict(read_operators(folder, library))


def test_without_a_folder_or_a_file_every_city_demonstrates(library: Library, tmp_path: Path) -> None:
    assert read_operators(None, library) == ()
    assert read_operators(tmp_path, library) == ()
    assert operators_in(tmp_path, library, "") == {}


def test_what_is_entered_is_what_is_used(library: Library, tmp_path: Path) -> None:
    more = "keep_days = 90\ntyped = true\nfor_others = true\n"
    found = operators_in(tmp_path, library, f"[bazhong]\n{WHO}keep_days = 30\n[luoyang]\n{WHO}{more}{ITEMS}")
    first = Operator("某某派出所", "0827-5555555", "某某办法第三条", 30)
    items = ("姓名", "证件号码", "电话")
    assert found["bazhong"] == first
    expected = replace(first, keep_days=90, typed=True, for_others=True, items=items, items_basis="某某通知")
    assert found["luoyang"] == expected


@pytest.mark.parametrize(
    ("text", "key", "told"),
    [
        (f"[beijing]\n{WHO}keep_days = 30", "beijing", "没有这个城市"),
        ('bazhong = "某某派出所"', "bazhong", "不是一节"),
        (f"[bazhong]\n{WHO}keep_days = 30\nphone = 1", "bazhong.phone", "没有这一项"),
        (f"[bazhong]\n{WHO.replace('某某派出所', ' ')}keep_days = 30", "bazhong.name", "没有写文字"),
        (f"[bazhong]\n{WHO.replace('contact', '# contact')}keep_days = 30", "bazhong.contact", "没有写文字"),
        ("[bazhong]\nname = '甲'\ncontact = '乙'\nlegal_basis = 3\nkeep_days = 3", "bazhong.legal_basis", "没有写文字"),
        (f"[bazhong]\n{WHO}", "bazhong.keep_days", "保存天数不对"),
        (f"[bazhong]\n{WHO}keep_days = 0", "bazhong.keep_days", "保存天数不对"),
        (f"[bazhong]\n{WHO}keep_days = {MOST_DAYS + 1}", "bazhong.keep_days", f"写 1 到 {MOST_DAYS} 的整数"),
        (f"[bazhong]\n{WHO}keep_days = true", "bazhong.keep_days", "保存天数不对"),
        (f'[bazhong]\n{WHO}keep_days = "30"', "bazhong.keep_days", "保存天数不对"),
        (f'[bazhong]\n{WHO}keep_days = 30\ntyped = "true"', "bazhong.typed", "应是 true 或 false"),
        (f"[bazhong]\n{WHO}keep_days = 30\nfor_others = 1", "bazhong.for_others", "应是 true 或 false"),
        (f"[bazhong]\n{WHO}keep_days = 30\n{ITEMS}", "bazhong.items", "自己列了登记内容"),
        (f"[luoyang]\n{WHO}keep_days = 30", "luoyang.items", "没有列登记内容"),
        (f'[luoyang]\n{WHO}keep_days = 30\nitems = "姓名"', "luoyang.items", "不是字符串列表"),
        (
            f"[luoyang]\n{WHO}keep_days = 30\n{ITEMS.replace('电话', '血型')}",
            "luoyang.items",
            "不会收“血型”",
        ),
        (
            f"[luoyang]\n{WHO}keep_days = 30\n{ITEMS.replace('证件号码', '民族')}",
            "luoyang.items",
            "加上“证件号码”",
        ),
        (f"[luoyang]\n{WHO}keep_days = 30\n{ITEMS.replace('姓名', '民族')}", "luoyang.items", "加上“姓名”"),
        (
            f"[luoyang]\n{WHO}keep_days = 30\n{ITEMS.replace('items_basis', '# basis')}",
            "luoyang.items_basis",
            "没有写文字",
        ),
        (f"[bazhong]\n{WHO}{WHO}keep_days = 30", "-", "TOML 写法不对"),
    ],
)
def test_a_slip_is_told_with_file_place_and_remedy(
    library: Library, tmp_path: Path, text: str, key: str, told: str
) -> None:
    with pytest.raises(CityError) as fault:
        operators_in(tmp_path, library, text)
    sentence = str(fault.value)
    assert f"{OPERATORS_FILE} [{key}] " in sentence
    assert told in sentence
    assert re.search(r"；.*[\u4e00-\u9fff]", sentence)


def test_a_service_with_a_slip_does_not_start_and_says_where_it_is(tmp_path: Path) -> None:
    (tmp_path / OPERATORS_FILE).write_text("[beijing]\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve", "--port", "0"], cwd=ROOT, capture_output=True, timeout=60, check=False,
        env=environment(tmp_path / "data", JUZHUZHENG_OPERATOR_DIR=str(tmp_path)),
    )  # fmt: skip
    assert done.returncode == 1
    assert "operators.toml [beijing] 没有这个城市" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


# ---------------------------------------------------------------------------------------- what a person is told


def test_without_an_operator_every_reply_says_that_it_is_a_demonstration(
    advisor: Advisor, tmp_path: Path, library: Library
) -> None:
    with opened(advisor, tmp_path, Clock()) as started:
        anna = Person(started)
        steps = whole_declaration(library)
        anna.do(steps[0])
        for step in steps[1:]:
            anna.do(step)
            assert DEMONSTRATION in anna.heard, step


def test_with_an_operator_no_reply_does_and_consent_is_given_to_somebody(
    advisor: Advisor, tmp_path: Path, library: Library
) -> None:
    with opened(advisor, tmp_path, Clock(), WITH_OFFICE) as started:
        anna = Person(started)
        consent = anna.do(*until_submission(library)[:2])
        of_the_account = "为了告诉您，会加密存着您的账号标识，办完就删。"
        for told in (OFFICE.name, OFFICE.contact, OFFICE.legal_basis, "最多保存30天", of_the_account):
            assert told in consent
        for step in whole_declaration(library)[2:]:
            anna.do(step)
            assert "演示" not in anna.heard, step
        assert DEMONSTRATION not in consent
        assert anna.say("导出我的信息").count("告知书 2026-11-22") == 2
        assert [one.is_demonstration for one in started.records.declarations_of("anna")] == [False]  # type: ignore[union-attr]


def test_where_the_text_lists_nothing_nothing_is_collected(advisor: Advisor, tmp_path: Path, library: Library) -> None:
    with opened(advisor, tmp_path, Clock(), WITH_OFFICE) as started:
        for slug in WITHOUT_ITEMS:
            anna = Person(started, slug)
            reply = anna.do(Say("我要申报"), Say(library.cities[slug].short))
            assert "没有列要填哪些内容" in reply
            assert started.session_of(slug).flow is None


@pytest.mark.parametrize("slug", WITHOUT_ITEMS)
def test_where_the_operator_says_what_is_collected_that_is_and_nothing_else(
    advisor: Advisor, tmp_path: Path, library: Library, slug: str
) -> None:
    items = ("姓名", "证件号码", "电话", "户口地址")
    operators = ((slug, replace(OFFICE, items=items, items_basis="某某通知")),)
    with opened(advisor, tmp_path, Clock(), operators) as started:
        anna = Person(started)
        assert "、".join(items) in anna.do(Say("我要申报"), Say(library.cities[slug].short))
        anna.do(
            Say(label(library, "consent", "yes")),
            Say(label(library, "for_whom", "self")),
            Say(label(library, "consent_sensitive", "yes")),
            Say(NAME),
            Say(label(library, "document", "id_card")),
            *map(Write, (NUMBER, PHONE, HUKOU)),
            Say(label(library, "truthful", "yes")),
        )
        assert started.records is not None
        read = started.records.read_declaration(receipt_in(anna.heard), "clerk", "核对")
        kept = dict(read.items)
        assert {name: kept[name] for name in items} == dict(zip(items, (NAME, NUMBER, PHONE, HUKOU), strict=True))
        assert read.declared.city == slug


def test_of_two_operators_each_has_its_own_declarations(advisor: Advisor, tmp_path: Path, library: Library) -> None:
    both = (*WITH_OFFICE, ("chifeng", replace(OFFICE, name="赤峰市公安局")))
    with opened(advisor, tmp_path, Clock(), both) as started:
        receipt = declared(Person(started), library)
        assert started.records is not None
        assert [one.receipt for one in started.records.declared_in("bazhong")] == [receipt]
        assert started.records.declared_in("chifeng") == ()
        boris = Person(started, "boris")
        assert "赤峰市公安局" in boris.do(Say("我要申报"), Say("赤峰"))


def test_typed_answers_are_taken_in_the_talk_where_the_operator_allows_it(
    advisor: Advisor, tmp_path: Path, library: Library
) -> None:
    with opened(advisor, tmp_path, Clock(), (("bazhong", replace(OFFICE, typed=True)),)) as started:
        anna = Person(started)
        anna.do(*until_submission(library)[:8])
        assert anna.link == ""
        reply = anna.say(NUMBER)
        assert NUMBER not in reply
        flow = started.session_of("anna").flow
        assert flow is not None
        assert flow.answers["number"] == NUMBER


def test_for_tenants_and_workers_only_where_the_operator_allows_it(
    advisor: Advisor, tmp_path: Path, library: Library
) -> None:
    others = label(library, "for_whom", "others")
    for allowed in (False, True):
        operators = (("bazhong", replace(OFFICE, for_others=allowed)),)
        with opened(advisor, tmp_path / str(allowed), Clock(), operators) as started:
            reply = Person(started).do(*until_submission(library)[:3])
            assert (others in reply) is allowed
