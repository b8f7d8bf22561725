"""The fields of a declaration: what is taken, what is refused and why, and how little of it is shown again."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.advisor import Advisor
from dialogs.effects import NOTHING_KNOWN
from dialogs.flows.declaration import Declaration
from dialogs.flows.personal import masked
from dialogs.flows.scene import Scene
from tests.dialogs.test_flow_fields import SILENT, TODAY, Asked
from tests.endurance.dialog_messages import identity_number

GROWN_UP, CHILD = identity_number("620502", "19900308", 112), identity_number("620502", "20180601", 113)
FORM: dict[str, Any] = {"consent": True, "for_whom": "self", "consent_sensitive": True, "document": "id_card"}


@pytest.fixture(scope="module")
def asked(advisor: Advisor) -> Asked:
    return Asked(advisor)


@pytest.mark.parametrize(
    ("ask", "said", "value"),
    [
        ("full_name", "王小明", "王小明"),
        ("full_name", "我叫王小明", "王小明"),
        ("full_name", "姓名：欧阳春兰。", "欧阳春兰"),
        ("full_name", "阿依古丽·买买提", "阿依古丽·买买提"),
        ("full_name", "俺叫李四", "李四"),
        ("nation", "汉族", "汉族"),
        ("nation", "我是回族", "回族"),
        ("nation", "蒙古族", "蒙古族"),
        ("nation", "汉", "汉族"),
        ("nation", "民族：满", "满族"),
        ("phone", "13912345678", "13912345678"),
        ("phone", "139 1234 5678", "13912345678"),
        ("phone", "电话是13912345678", "13912345678"),
        ("phone", "幺三九一二三四五六七八", "13912345678"),
        ("document", "身份证", "id_card"),
        ("document", "户口本", "id_card"),
        ("reason", "打工", "work"),
        ("reason", "做生意嘞", "business"),
        ("reason", "来带孩子", "family"),
        ("reason", "念书", "study"),
        ("residence_street", "在江北街道", "江北街道"),
        ("employer", "单位叫继续教育学院", "继续教育学院"),
        ("employer", "改革报社", "改革报社"),
        ("employer", "在巴中第二中学。", "巴中第二中学"),
        ("sex", "男的", "male"),
        ("sex", "女", "female"),
        ("for_whom", "给我自己填", "self"),
        ("for_whom", "娃儿", "child"),
        ("for_whom", "给俺闺女", "child"),
        ("for_whom", "给我妈", "relative"),
        ("residence_detail", "江北街道滨河路12号3栋501", "江北街道滨河路12号3栋501"),
        ("photo", "photo:abc", "photo:abc"),
    ],
)
def test_an_item_is_taken_as_people_give_it(asked: Asked, ask: str, said: str, value: str) -> None:
    assert asked.value(f"declaration.{ask}", said, **FORM) == value


@pytest.mark.parametrize(
    "written", [GROWN_UP, f" {GROWN_UP[:6]} {GROWN_UP[6:14]} {GROWN_UP[14:]}", f"我的身份证号是{GROWN_UP}"]
)
def test_an_identity_number_is_taken_however_it_is_written(asked: Asked, written: str) -> None:
    assert asked.value("declaration.number", written, **FORM) == GROWN_UP


@pytest.mark.parametrize(
    ("ask", "said", "why"),
    [
        ("full_name", "王", "name_none"),
        ("full_name", "13912345678", "name_digits"),
        ("full_name", "补办要钱吗", "name_looks_like_question"),
        ("phone", "1391234567", "phone_length"),
        ("phone", "没有", "phone_none"),
        ("phone", "13912345678 13812345678", "phone_two"),
        ("phone", "12912345678", "phone_prefix"),
        ("number", GROWN_UP[:-1], "number_length"),
        ("number", "620502900308112", "number_old"),
        ("number", f"{GROWN_UP[:-1]}{'1' if GROWN_UP[-1] != '1' else '2'}", "number_check"),
        ("residence_detail", "县城", "address_too_short"),
        ("residence_detail", "住址13912345678江北街道12号", "address_contains_number"),
        ("employer", "厂", "text_too_short"),
        ("employer", "很" * 61, "text_too_long"),
        ("employer", f"单位{GROWN_UP}", "text_number"),
        ("employer", "老板电话13912345678", "text_number"),
        ("nation", "外星族", SILENT),
        ("nation", "要写民族吗", SILENT),
        ("sex", "男的女的都行", SILENT),
        ("for_whom", "给我妈和我孩子", SILENT),
        ("photo", "我没有照片", SILENT),
        ("document", "驾照", SILENT),
    ],
)
def test_what_is_refused_is_told_why(asked: Asked, ask: str, said: str, why: str) -> None:
    assert asked.value(f"declaration.{ask}", said, **FORM) == why


@pytest.mark.parametrize(
    ("answers", "number", "why"),
    [
        ({"for_whom": "self"}, GROWN_UP, None),
        ({"for_whom": "self"}, CHILD, "child"),
        ({"for_whom": "child"}, CHILD, None),
        ({"for_whom": "child"}, GROWN_UP, "no_child"),
        ({"for_whom": "relative", "proxy_number": GROWN_UP}, GROWN_UP, "same_number"),
        ({"for_whom": "self", "document": "passport"}, "E12345678", None),
    ],
)
def test_a_number_must_be_of_whom_the_form_is_for(
    asked: Asked, answers: dict[str, Any], number: str, why: str | None
) -> None:
    ask = Declaration().ask("number")
    assert ask is not None
    assert ask.check is not None
    wording = asked.tools.library.wordings["declaration"]
    scene = Scene(asked.tools, wording, {"city": "bazhong", **FORM, **answers}, NOTHING_KNOWN, TODAY)
    assert ask.check(number, scene) == why


@pytest.mark.parametrize(
    ("ask", "value", "shown"),
    [
        ("number", GROWN_UP, f"{GROWN_UP[:3]}***********{GROWN_UP[-4:]}"),
        ("phone", "13912345678", "139****5678"),
        ("phone", "5261234", "5****34"),
        ("residence_detail", "江北街道滨河路12号", "江北街…路12号（共10个字）"),
        ("residence_detail", "文昌街5号", "文昌街…（共5个字）"),
        ("photo", "photo:abc", "已交"),
    ],
)
def test_little_of_a_sensitive_item_is_shown_again(asked: Asked, ask: str, value: str, shown: str) -> None:
    found = Declaration().ask(ask)
    assert found is not None
    scene = Scene(asked.tools, asked.tools.library.wordings["declaration"], {"city": "bazhong"}, NOTHING_KNOWN, TODAY)
    assert found.field.show(value, scene) == shown


@pytest.mark.parametrize(("number", "shown"), [("12345678", "1*****78"), ("E12345678", "E******78"), ("123", "***")])
def test_of_a_short_number_three_signs_are_shown_at_most(number: str, shown: str) -> None:
    assert masked(number) == shown
