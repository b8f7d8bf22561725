"""How each field reads what people say, in their own words and dialects, and what it must not take for an answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dialogs.advisor import Advisor
from dialogs.effects import NOTHING_KNOWN
from dialogs.flows.all import FLOWS
from dialogs.flows.field import Read, Rejected
from dialogs.flows.scene import Heard, Scene, Tools
from dialogs.understanding.story import StoryReader
from rules.reckoning import Reckoner
from rules.workdays import WorkCalendar

TODAY = date(2026, 11, 21)
SILENT = "nothing read"


class Asked:
    """Reads messages as the answer to an ask of a dialog."""

    def __init__(self, advisor: Advisor) -> None:
        library = advisor.library
        reckoner = Reckoner(WorkCalendar(library.holidays))
        self.tools = Tools(library, advisor.reader, StoryReader(advisor.reader, library.story), reckoner)

    def read(self, place: str, text: str, **answers: Any) -> Read | str:
        """Return what the ask `dialog.ask` reads; the code of a rejection; SILENT when it is no answer."""
        name, ask_name = place.split(".")
        ask = next(flow for flow in FLOWS if flow.name == name).ask(ask_name)
        assert ask is not None
        given = {"city": "bazhong", **answers}
        scene = Scene(self.tools, self.tools.library.wordings[name], given, NOTHING_KNOWN, TODAY)
        heard = Heard(text, self.tools.reader.read(text, given["city"], (), TODAY))
        try:
            return ask.field.read(heard, scene) or SILENT
        except Rejected as problem:
            return problem.code

    def value(self, place: str, text: str, **answers: Any) -> Any:
        """Return the value read, or why there is none."""
        read = self.read(place, text, **answers)
        return read.value if isinstance(read, Read) else read


@pytest.fixture(scope="module")
def asked(advisor: Advisor) -> Asked:
    return Asked(advisor)


def spoken(**forms: str) -> list[tuple[str, str]]:
    """Return (value, form) of every form, which are divided by |."""
    return [(value, form) for value, said in forms.items() for form in said.split("|")]


# --- one of several ---

HOUSING = spoken(
    own_house="自己的房|自己买的房|买了房|按揭的|有房产证|1|第一个",
    rent_contract="租房，有合同|租的房子签了合同|有租房合同|签了租赁合同的|2",
    rent_no_contract_landlord_cert="租房没合同，房东能开证明|租房没合同房东能开证明|房东给开证明",
    rent_no_contract_no_cert="没得合同|没有合同|租嘞房没合同|房子没签合同|口头说的|没签过合同|没有租房合同|莫得合同|没签租赁合同",
    employer_dorm="单位宿舍|公司宿舍|住厂里宿舍|工棚|工地宿舍|住在员工宿舍|老板给的宿舍",
    school_dorm="学校宿舍|住校|学校里的宿舍",
    relative_home="住亲戚家|借住朋友家|住我姐家|住在儿子家|女儿家",
    none_fixed="没有固定住处|流浪|住网吧|没住处",
)
EMPLOYMENT = spoken(
    labor_contract="签了劳动合同|有合同|签了合同的|有劳动合同",
    public_employer="事业单位|我是老师|公务员|有编制|国企上班",
    biz_licence_23="有营业执照|个体户|有照|办了执照",
    gig_no_contract="跑外卖|送快递的|打零工|跑滴滴|骑手|日结工|灵活就业",
    no_contract_job="没签合同|没得合同|没有劳动合同|上班没签|还没签合同|口头说好的",
    primary_sector="种地|搞养殖|养猪的|种大棚|放牧|务农",
)
AREA = spoken(
    城区="市里的城区|市区|城里头|街道上|1", 县城="县城|县里|城关镇|2", 乡镇="乡镇、村里|镇上|村里头|乡下|苏木|农村|3"
)


@pytest.mark.parametrize(("code", "said"), HOUSING)
def test_how_people_say_where_they_live(asked: Asked, code: str, said: str) -> None:
    assert chosen(asked, "precheck.housing", said) == code


@pytest.mark.parametrize(("code", "said"), EMPLOYMENT)
def test_how_people_say_what_they_work(asked: Asked, code: str, said: str) -> None:
    assert chosen(asked, "precheck.employment", said) == code


@pytest.mark.parametrize(("code", "said"), AREA)
def test_how_people_say_town_or_village(asked: Asked, code: str, said: str) -> None:
    assert chosen(asked, "precheck.residence_area", said) == code


def chosen(asked: Asked, place: str, said: str) -> Any:
    """Return the option read; a number is the label it stands for, as the advisor puts it in."""
    name, ask = place.split(".")
    labels = [option.label for option in asked.tools.library.wordings[name].options[ask].values()]
    number = {"第一个": 1}.get(said) or (int(said) if said.isdigit() else 0)
    return asked.value(place, labels[number - 1] if number else said)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("precheck.housing", "没合同能办吗"),
        ("precheck.housing", "有合同和没合同有啥区别"),
        ("precheck.housing", "今天天气好"),
        ("precheck.employment", "开店要办居住证吗"),
        ("precheck.employment", "不知道"),
        ("precheck.residence_area", "城区和县城有什么不一样"),
        ("replacement.what", "丢了怎么办"),
        ("settle.way", "租房能落户吗？"),
    ],
)
def test_a_question_or_another_matter_is_no_choice(asked: Asked, place: str, said: str) -> None:
    assert asked.value(place, said) == SILENT


YES = "登记过|登记了|办过了|有|是的|要得|中|对头|早就登记了|登过|嗯|报过"
NO = "没登记过|没得|没有|还没|没去登记|从来没登记过|莫得|没办过|冇|没报|木有"


@pytest.mark.parametrize("said", YES.split("|"))
def test_how_people_say_that_they_registered(asked: Asked, said: str) -> None:
    assert asked.value("precheck.registered", said) is True


@pytest.mark.parametrize("said", NO.split("|"))
def test_how_people_say_that_they_did_not(asked: Asked, said: str) -> None:
    assert asked.value("precheck.registered", said) is False


@pytest.mark.parametrize("said", ["登记了没", "登记要钱吗", "是吗", "登记过没有？", "什么叫登记"])
def test_whether_to_register_is_no_yes_and_no_no(asked: Asked, said: str) -> None:
    assert asked.value("precheck.registered", said) == SILENT


# --- several of them ---


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("1和2", ["employment", "housing"]),
        ("12", ["employment", "housing"]),
        ("1、3", ["employment", "study"]),
        ("第一个跟第三个", ["employment", "study"]),
        ("都有", ["employment", "housing", "study"]),
        ("有工作或做生意", ["employment"]),
        ("打工，租房住", ["employment", "housing"]),
        ("租嘞房", ["housing"]),
        ("租房，别的都没有", ["housing"]),
        ("2和4", ["housing"]),
        ("都没有", ["none"]),
        ("啥都没有", ["none"]),
        ("一样都没得", ["none"]),
        ("4", ["none"]),
        ("娃儿在读书", ["study"]),
        ("在上班", ["employment"]),
        ("2 3", ["housing", "study"]),
        ("我选2", ["housing"]),
        ("全都有", ["employment", "housing", "study"]),
    ],
)
def test_several_choices_at_once(asked: Asked, said: str, codes: list[str]) -> None:
    assert asked.value("precheck.basis", said) == codes


@pytest.mark.parametrize("said", ["19", "1和9", "0", "有啥区别", "要上班才行吗", "你好"])
def test_a_number_that_is_not_there_chooses_nothing(asked: Asked, said: str) -> None:
    assert asked.value("precheck.basis", said) == SILENT


# --- places ---


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("巴中", "bazhong"),
        ("俺在开封", "kaifeng"),
        ("洛阳市", "luoyang"),
        ("兰考县", "kaifeng"),
        ("我住汉滨区", "ankang"),
    ],
)
def test_the_city_is_named_by_itself_or_by_a_county(asked: Asked, said: str, slug: str) -> None:
    assert asked.value("precheck.city", said, city=None) == slug


def test_a_city_we_have_not_is_named_back(asked: Asked) -> None:
    assert asked.value("precheck.city", "深圳", city=None) == "unsupported"
    assert asked.value("precheck.city", "开封的要带什么", city=None) == SILENT


@pytest.mark.parametrize(
    ("said", "province", "city"),
    [
        ("甘肃天水", "甘肃", "天水"),
        ("甘肃的", "甘肃", None),
        ("陕西省西安市", "陕西", "西安"),
        ("俺信阳嘞", "河南", "信阳"),
        ("俺是信阳嘞", "河南", "信阳"),
        ("我是四川南充的", "四川", "南充"),
        ("户口在老家周口", "河南", "周口"),
        ("额是宝鸡的", "陕西", "宝鸡"),
        ("内蒙古通辽", "内蒙古", "通辽"),
        ("东北的，黑龙江", "黑龙江", None),
        ("湖南", "湖南", None),
        ("吉林长春", "吉林", "长春"),
        ("重庆", "重庆", None),
        ("本地的", "四川", "巴中"),
        ("就是本地人", "四川", "巴中"),
    ],
)
def test_where_the_household_is_registered(asked: Asked, said: str, province: str, city: str | None) -> None:
    value = asked.value("precheck.hukou", said)
    assert isinstance(value, dict), value
    assert value.get("province", "").startswith(province)
    assert city is None or value.get("city", "").startswith(city)


@pytest.mark.parametrize("said", ["香港", "我是台湾人", "外国"])
def test_a_household_beyond_the_mainland(asked: Asked, said: str) -> None:
    assert asked.value("precheck.hukou", said) == {"country": "港澳台或外国"}


@pytest.mark.parametrize("said", ["户口在外地能办吗", "不知道", "我也说不清", "打工", "甘肃的要带什么"])
def test_what_names_no_place_is_no_household(asked: Asked, said: str) -> None:
    assert asked.value("precheck.hukou", said) == SILENT


@pytest.mark.parametrize(
    ("said", "county"), [("巴州区", "巴州区"), ("通江", "通江县"), ("住在南江县城", "南江县"), ("平昌嘞", "平昌县")]
)
def test_a_county_of_this_city(asked: Asked, said: str, county: str) -> None:
    assert asked.value("precheck.residence_county", said) == county


@pytest.mark.parametrize("said", ["巴州区还是恩阳区", "汉滨区", "县里", "巴州区要带什么"])
def test_two_counties_or_none_of_ours_are_no_county(asked: Asked, said: str) -> None:
    assert asked.value("precheck.residence_county", said) == SILENT
