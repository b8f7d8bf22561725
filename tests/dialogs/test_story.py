"""A person's own story becomes facts; what is not said stays unknown, and what is given beside it wins."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.advisor import Advisor
from dialogs.understanding.story import StoryReader, merged
from knowledge.divisions import short_name
from knowledge.library import Library
from rules.person import read_person

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def stories(advisor: Advisor, library: Library) -> StoryReader:
    return StoryReader(advisor.reader, library.story)


def facts(stories: StoryReader, library: Library, story: str, city: str = "bazhong") -> dict[str, Any]:
    return stories.read(story, library.cities[city], TODAY)


def test_half_a_sentence_each_fills_five_facts(stories: StoryReader, library: Library) -> None:
    told = facts(stories, library, "我甘肃天水的，去年十月来巴州城区打工，签了合同，租房住，登记是今年3月8号办的")
    assert short_name(told["hukou_place"]["city"]) == "天水"
    assert told["residence_place"] == {"city": "巴中市", "county": "巴州区", "area": "城区"}
    assert told["moved_month"] == "2025-10"
    assert told["registered_on"] == "2026-03-08"
    assert {base["type"] for base in told["basis"]} == {"employment", "housing"}


@pytest.mark.parametrize(
    ("story", "code"),
    [
        ("进厂签了合同", "labor_contract"),
        ("开小卖部，有营业执照", "biz_licence_23"),
        ("送外卖的，没合同", "gig_no_contract"),
        ("买了房", "own_house"),
        ("租房合同有", "rent_contract"),
        ("租房没合同，房东也不肯开证明", "rent_no_contract_no_cert"),
        ("租房没合同，房东肯开证明", "rent_no_contract_landlord_cert"),
        ("住厂里宿舍", "employer_dorm"),
        ("住我姨家", "relative_home"),
        ("没固定住的地方，睡网吧", "none_fixed"),
        ("在上大学，有学籍", "fulltime_enrolled"),
        ("孩子在这借读小学", "study_no_local_xueji"),
        ("在美发培训班学手艺", "training_class"),
        ("娃上幼儿园", "kindergarten"),
    ],
)
def test_everyday_words_name_the_kind(stories: StoryReader, library: Library, story: str, code: str) -> None:
    assert code in {base["code"] for base in facts(stories, library, story).get("basis", [])}


@pytest.mark.parametrize(
    ("story", "key", "value"),
    [
        ("还没登记", "registered", False),
        ("登记早就办了", "registered", True),
        ("我是台湾人", "nationality", "港澳台居民"),
        ("她是越南人", "nationality", "外国人"),
        ("我妈走不动路", "mobility_impaired", True),
        ("还没办身份证", "has_id_card", False),
        ("中间回老家住了三个月", "interrupted", True),
        ("孩子4岁", "age", 4),
    ],
)
def test_what_decides_is_heard(stories: StoryReader, library: Library, story: str, key: str, value: object) -> None:
    assert facts(stories, library, story)[key] == value


@pytest.mark.parametrize(
    ("story", "key"),
    [
        ("老板是台湾人，我在厂里上班", "nationality"),
        ("在一家日本的公司上班", "nationality"),
        ("登记大概半年了", "months_registered"),
        ("登记差不多半年了", "months_registered"),
    ],
)
def test_what_is_said_of_others_or_only_roughly_decides_nothing(
    stories: StoryReader, library: Library, story: str, key: str
) -> None:
    assert key not in facts(stories, library, story)


@pytest.mark.parametrize(
    ("story", "key", "value"),
    [
        ("劳动合同2025年1月1日签的，忘了登记", "registered", False),
        ("2024年10月来的，10月20号暂住登记", "registered_on", "2024-10-20"),
        ("2026年1月1号登记，7月注销了，10月8号重新登记", "registered_on", "2026-10-08"),
        ("8月份回家住了两个月，9月底又回来", "interrupted", True),
    ],
)
def test_what_a_story_means_is_not_taken_for_another_thing(
    stories: StoryReader, library: Library, story: str, key: str, value: object
) -> None:
    assert facts(stories, library, story)[key] == value


@pytest.mark.parametrize(
    "story", ["六月初一登记的，在厂里上班", "初三学生的家长，没工作", "已经辞职了，原来有劳动合同"]
)
def test_a_lunar_day_a_parent_and_a_past_job_make_no_basis(stories: StoryReader, library: Library, story: str) -> None:
    codes = {base["code"] for base in facts(stories, library, story).get("basis", [])}
    assert not codes & {"fulltime_enrolled", "labor_contract"}


def test_where_one_comes_from_is_not_where_one_lives(stories: StoryReader, library: Library) -> None:
    told = facts(stories, library, "我是甘肃天水农村的，今年1月5号来巴州租房住")
    assert "area" not in told["residence_place"]


def test_a_stay_of_days_is_no_negative_number(stories: StoryReader, library: Library) -> None:
    assert read_person(facts(stories, library, "来洛阳才三天", "luoyang")).months_resided is not None


def test_what_is_not_said_is_not_known(stories: StoryReader, library: Library) -> None:
    told = facts(stories, library, "我想问问能不能办居住证")
    assert set(told) == {"residence_place"}
    assert read_person(told).registered is None


def test_given_facts_win_over_the_story() -> None:
    told = {"moved_month": "2026-03", "registered": True, "hukou_place": {"city": "天水市"}, "age": 4}
    given_facts = {"moved_on": "2026-04-01", "hukou_place": {"county": "秦安县"}, "age": None, "basis": []}
    both = merged(told, given_facts)
    assert both["moved_on"] == "2026-04-01"
    assert "moved_month" not in both
    assert both["hukou_place"] == {"city": "天水市", "county": "秦安县"}
    assert (both["age"], both["registered"], both["basis"]) == (4, True, [])
    elsewhere = merged({"hukou_place": {"city": "达州市", "county": "渠县"}}, {"hukou_place": {"city": "天水市"}})
    assert elsewhere["hukou_place"] == {"city": "天水市"}
    unknown = merged({"residence_place": {"county": "平昌县"}}, {"residence_place": {"city": "巴中市", "county": None}})
    assert unknown["residence_place"] == {"city": "巴中市", "county": "平昌县"}


WORDS = st.lists(
    st.sampled_from(
        "我 户口 在 达州 巴州 城区 租房 合同 没 登记 3月8号 去年 十月 来 住 了 八个月 执照 外卖 宿舍 16岁"
        " 才 不到 三天 大概 半年 ， 。 搬 换 中间 回老家".split()
    ),
    max_size=25,
)


@given(WORDS, st.sampled_from(["bazhong", "chifeng", "luoyang"]))
def test_whatever_is_told_the_facts_can_be_read(
    stories: StoryReader, library: Library, words: list[str], city: str
) -> None:
    read_person(facts(stories, library, "".join(words), city))
