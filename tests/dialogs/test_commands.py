"""The words of repair: as the whole message they repair the dialog, inside a longer one they are part of an answer."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.advisor import Advisor, Turn
from dialogs.effects import NOTHING_KNOWN
from dialogs.flows.commands import Command, command_in
from dialogs.flows.declaration import Declaration
from dialogs.flows.precheck import Precheck
from dialogs.flows.scene import Heard, Scene, Tools, bare
from dialogs.session import Session
from dialogs.understanding.story import StoryReader
from rules.reckoning import Reckoner
from rules.workdays import WorkCalendar

TODAY = date(2026, 11, 21)

SPOKEN = {
    Command.BACK: "上一步|返回|退一步|上一步吧|请返回|回到上一步|返回上一题|我要返回|上一步。|退回上一项|帮我返回一下",
    Command.SKIP: "跳过|跳过吧|跳过这一项|略过|请跳过|先不填|下一题|先跳过|那就跳过|不改了|先空着吧",
    Command.REPEAT: "重复|再说一遍|重复一遍|没听清|没看懂|再问一次|问的是啥|刚才问的什么|请再说一遍|麻烦您重复一下",
    Command.WHY: "为什么问|为什么要问这个|凭啥问|问这个干啥|干嘛问|为啥问我这个",
    Command.PROGRESS: "进度|到哪了|到哪一步了|填了啥|还有几个问题|看看我填的|请看看我填的|还有多少题",
    Command.CANCEL: "取消|取消吧|不办了|算了|退出|结束吧|我要取消|我想退出|请取消。|停止|不想办了|那就算了",
    Command.RESTART: "重来|从头来|重新开始|重新填|重填|再来一遍|我要重来|请从头开始|重来吧！|从头再来一遍",
    Command.GO_ON: "继续|接着来|继续填|接着办|请继续|继续吧|那就继续",
    Command.HELP: "帮助|怎么用|咋弄|help|HELP|不会填|有哪些命令",
    Command.HUMAN: "人工|转人工|找客服|人工客服|我要人工|请转人工|真人|找个真人|转工作人员",
}

NOT_COMMANDS = (
    "继续教育学院|人工智能公司|改革报社|取消农业税办公室|上一步鞋店|帮助中心|重来火锅店|跳过河村|结束鼓乐社|退出机制研究所|返回舱厂|停车场"
    "|算盘厂|客服中心外包公司|接着奏乐酒吧|进度科技有限公司|改则县|换新物业|从头越小学|我在客服上班|不办厂|改天再说|算命馆|真人CS俱乐部"
    "|人工湖村|继续医学教育中心|重新桥镇|为什么书店|下一站奶茶|取消单身婚介所"
).split("|")
"""Names of employers, shops and places, and a few sayings, that begin with a word of repair or hold one."""


@pytest.fixture(scope="module")
def tools(advisor: Advisor) -> Tools:
    library = advisor.library
    reckoner = Reckoner(WorkCalendar(library.holidays))
    return Tools(library, advisor.reader, StoryReader(advisor.reader, library.story), reckoner)


def commanded(tools: Tools, text: str, answers: dict[str, object] | None = None) -> tuple[Command, str | None] | None:
    """Return the command a message is in a pre-check of 巴中, and the ask that it names."""
    given = {"city": "bazhong"} if answers is None else answers
    scene = Scene(tools, tools.library.wordings["precheck"], given, NOTHING_KNOWN, TODAY)
    found = command_in(Heard(text, tools.reader.read(text, None, (), TODAY)), Precheck(), scene)
    return (found.command, found.ask) if found else None


@pytest.mark.parametrize(
    ("command", "text"), [(command, text) for command, texts in SPOKEN.items() for text in texts.split("|")]
)
def test_a_word_of_repair_is_heard_however_politely_it_is_said(tools: Tools, command: Command, text: str) -> None:
    assert commanded(tools, text) == (command, None)


@pytest.mark.parametrize("text", NOT_COMMANDS)
def test_a_word_of_repair_inside_a_name_is_no_command(tools: Tools, text: str) -> None:
    assert commanded(tools, text) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("请问一下进度吧。", "一下进度"),
        ("我想取消", "取消"),
        ("麻烦您继续一下谢谢！", "继续"),
        ("吧", "吧"),
        ("\uff48\uff45\uff4c\uff50", "help"),
        ("先", "先"),
    ],
)
def test_polite_words_go_and_something_always_stays(text: str, plain: str) -> None:
    assert bare(text) == plain


TOLD = {
    "city": "bazhong",
    "hukou": {"province": "甘肃省", "city": "天水市"},
    "basis": ["employment"],
    "employment": "labor_contract",
    "registered": True,
    "registered_on": ["2026-03-08", "2026-03-08"],
}


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("改户口", "hukou"),
        ("修改户籍", "hukou"),
        ("户口要改", "hukou"),
        ("户口改一下", "hukou"),
        ("我要改户口", "hukou"),
        ("换城市", "city"),
        ("改第1项", "city"),
        ("改第二项", "hukou"),
        ("改2", "hukou"),
        ("改第4项吧", "employment"),
        ("改工作", "employment"),
        ("改登记", "registered"),
        ("改登记日期", "registered_on"),
        ("请修改哪天登记的", "registered_on"),
    ],
)
def test_an_answer_to_change_is_named_by_its_number_or_its_title(tools: Tools, text: str, ask: str) -> None:
    assert commanded(tools, text, dict(TOLD)) == (Command.CHANGE, ask)


@pytest.mark.parametrize(
    "text", ["改", "改第九十九项", "改第0项", "改名字", "改天", "改嫁", "换手机了", "我改主意了", "改照片"]
)
def test_what_the_dialog_has_not_cannot_be_changed(tools: Tools, text: str) -> None:
    assert commanded(tools, text, dict(TOLD)) is None


# --- in the dialog ---


def talk(advisor: Advisor, *messages: str, session: Session | None = None) -> Turn:
    """Say the messages one after the other and return the last turn."""
    session = session or Session()
    for message in messages:
        turn = advisor.take_turn(session, message, today=TODAY)
        session = turn.session
    return turn


@pytest.fixture(scope="module")
def at_the_employer(advisor: Advisor) -> Session:
    """A declaration at the ask for the employer."""
    told = {
        "city": "bazhong",
        "consent": True,
        "for_whom": "self",
        "consent_sensitive": True,
        "full_name": "王小明",
        "nation": "汉族",
        "document": "id_card",
        "number": "62050219900308112X",
        "phone": "13912345678",
        "hukou_address": "江北街道滨河路12号",
        "residence_county": "巴州区",
        "residence_street": "江北街道",
        "residence_detail": "江北街道滨河路12号3栋501",
        "reason": "work",
    }
    begun = talk(advisor, "预先填报居住信息").session
    assert begun.flow is not None
    stored = Session(flow=type(begun.flow)("declaration", told, touched=TODAY.isoformat()))
    asked = talk(advisor, "重复", session=stored).session
    assert asked.flow is not None
    assert asked.flow.asked == "employer"
    return asked


@pytest.mark.parametrize(
    "name", ["继续教育学院", "人工智能公司", "改革报社", "取消农业税办公室", "上一步鞋店", "帮助中心", "重来火锅店"]
)
def test_an_employer_may_be_called_like_a_command(advisor: Advisor, at_the_employer: Session, name: str) -> None:
    flow = talk(advisor, name, session=at_the_employer).session.flow
    assert flow is not None
    assert flow.answers["employer"] == name


def test_to_cancel_is_asked_for_and_anything_but_a_yes_goes_on(advisor: Advisor, at_the_employer: Session) -> None:
    asked = talk(advisor, "取消", session=at_the_employer)
    assert asked.session.flow is not None
    assert asked.saying.suggestions == ("不办了", "接着办")
    for kept in ("接着办", "不", "2", "孩子能上学吗"):
        flow = talk(advisor, kept, session=asked.session).session.flow
        assert flow is not None
        assert flow.answers == at_the_employer.flow.answers if at_the_employer.flow else False
    for agreed in ("不办了", "1", "确定", "是的", "取消"):
        assert talk(advisor, agreed, session=asked.session).session.flow is None


def test_back_goes_from_answer_to_answer_and_keeps_each(advisor: Advisor) -> None:
    session = talk(advisor, "帮我看看能不能办", "巴中", "甘肃天水", "市里的城区").session
    for expected in ("residence_area", "hukou", "city"):
        session = talk(advisor, "上一步", session=session).session
        assert session.flow is not None
        assert session.flow.changing == expected
    assert session.flow is not None
    assert list(session.flow.answers) == ["city", "hukou", "residence_area"]
    assert talk(advisor, "上一步", session=session).saying.parts[0].first_line == "前面没有了，这就是第一项。"


def test_skipping_a_change_keeps_the_old_answer(advisor: Advisor) -> None:
    changing = talk(advisor, "帮我看看能不能办", "巴中", "甘肃天水", "改户口")
    assert "原来填的是" in changing.saying.parts[-1].notes[-1]
    kept = talk(advisor, "跳过", session=changing.session)
    assert kept.session.flow is not None
    assert kept.session.flow.answers["hukou"]["city"].startswith("天水")
    assert kept.session.flow.changing is None
    assert kept.saying.parts[0].first_line.startswith("没有改，还是")


def test_an_ask_that_is_needed_cannot_be_skipped(advisor: Advisor) -> None:
    for words in ("跳过", "不知道"):
        turn = talk(advisor, "预先填报居住信息", "巴中", "同意", "我自己", "同意", words)
        assert turn.session.flow is not None
        assert turn.session.flow.asked == "full_name"
        assert turn.saying.parts[0].first_line == "这一项不能空着。"


@pytest.mark.parametrize("command", ["不填了", "我不填了", "不填了。"])
def test_not_to_fill_in_any_more_is_to_give_up_not_to_skip(advisor: Advisor, command: str) -> None:
    turn = talk(advisor, "一步一步落户", "巴中", command)
    assert turn.saying.suggestions == ("不办了", "接着办")


def test_every_command_has_words_and_every_answer_of_the_form_a_name() -> None:
    assert set(SPOKEN) == set(Command) - {Command.CHANGE}
    assert Declaration().ask("employer") is not None


@pytest.mark.parametrize(("said", "stays"), [("有工作或做生意", True), ("有住的地方", False)])
def test_only_another_answer_takes_back_what_depends_on_it(advisor: Advisor, said: str, stays: bool) -> None:
    told = ("帮我看看能不能办", "开封", "甘肃天水", "有工作或做生意", "上班，没签合同")
    changed = talk(advisor, *told, "改条件", said).session.flow
    assert changed is not None
    assert ("employment" in changed.answers) is stays
