"""Yes, no and not knowing, as it is said in the five cities; the whole message and nothing behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding.yes_no import read_yes_no, says_unknown
from tests.knowledge.reading import wide

YES = (
    "是 是的 是啊 是滴 是嘞 就是 对 对的 对头 对嘞 对着呢 没错 没有错 嗯 嗯嗯 嗯呢 好 好的 好嘞 好吧 行 行吧 行啊"
    " 中 中嘞 管 能成 成 妥 妥了 要得 要得嘛 得行 阔以 可以 可以的 没问题 没得问题 莫得问题 没麻达 没毛病 有 有的"
    " 有嘞 同意 我同意 愿意 要 要的 办了 办过 办过了 已经办了 早就办好了 登记过 交了 都换了 确认 确定 正确 无误"
    " 必须的 OK ok的 yes Y 👌 对对对 是是是 是的是的 嗯是的 嗯，是的 是，对，没错 對 對啊 是。 有！！ 還在"
).split()
NO = (
    "不 不是 不是的 不是啊 不对 不行 不中 不成 不妥 要不得 不得行 不得 没 没有 没有的 没得 没得嘞 莫得 莫得哦"
    " 么有 冇得 木有 没呢 还没 还没呢 还没有 没办 没办过 没有办 还没办 还没登记 没得办 莫得办过 从来没有办过 未办"
    " 不要 不要了 不用了 不同意 我不同意 不愿意 不需要 错 错了 有误 不正确 无 否 no N 👎 不不不 没有没有 不要不要"
    " 不，没有 不是，没有 沒有 不對 不是。 那不行 木得"
).split()
NEITHER = (
    "1 2 一 二 是吗 是吗？ 是么 对吗 对吧 是吧 有吗 没有吗 不是吗？ 行吗 是？ 不是？ 是不是 有没有 对不对 行不行"
    " 要不要 可不可以 不是没有 不是不同意 没有没办 不，不是没有 不对，是3号 是的，不过搬走了 没有，上个月才来"
    " 是，不 有，没有 对了 行了 是嘛 算了 随便 都行 可能是 应该是 好像有 差不多 不一定 无所谓 没事 不要紧 不客气"
    " 不管 哦 啊 不知道 忘了 是中国人 有居住证 没有居住证 中国 行政 管理 好不好 不错 知道 取消 。 ！ 你好 办"
    " 不是本人 有一个 对面"
).split()
UNKNOWN = (
    "不知道 我不知道 不知道啊 真不知道 知不道 不清楚 不太清楚 我也不太清楚 不是很清楚 忘了 忘记了 忘记了呢 早忘了"
    " 搞忘了 记不得 记不得了 不记得 不记得了 记不清 记不清楚了 想不起来了 搞不清 搞不清楚 弄不清 弄不机密 晓不得"
    " 晓不得哦 不晓得 不晓得嘞 说不清 说不准 说不好 不确定 不好说 没印象 拿不准 不懂 谁知道 哪个晓得哦"
    " 不知道是哪天 不记得具体哪天了 嗯，忘了 不知道，忘了 不清楚。 忘記了"
).split()
KNOWN = (
    "知道 清楚 晓得 记得 没忘 没有忘 不知道吗 不知道？ 忘了吗 忘了带身份证 不知道怎么办 不知道在哪儿办"
    " 身份证号忘了怎么办 是，忘了 不清楚流程 嗯 是 不是 不 1 。 不是不知道 知道了 不知道居住证是什么"
).split()


@pytest.mark.parametrize("said", YES)
def test_yes_is_yes(said: str) -> None:
    assert read_yes_no(said) is True


@pytest.mark.parametrize("said", NO)
def test_no_is_no(said: str) -> None:
    assert read_yes_no(said) is False


@pytest.mark.parametrize("said", ["", " ", *NEITHER])
def test_questions_double_negations_and_more_are_neither(said: str) -> None:
    assert read_yes_no(said) is None


@pytest.mark.parametrize("said", UNKNOWN)
def test_not_knowing_is_heard_and_is_no_answer(said: str) -> None:
    assert says_unknown(said)
    assert read_yes_no(said) is None


@pytest.mark.parametrize("said", ["", *KNOWN])
def test_what_is_no_not_knowing_is_left_alone(said: str) -> None:
    assert not says_unknown(said)


@given(st.sampled_from([*YES, *NO]), st.sampled_from(["", "。", "！", " ", "~", "，", "\n"]))
def test_marks_gaps_and_widths_change_nothing(said: str, mark: str) -> None:
    answer = read_yes_no(said)
    assert answer is not None
    assert read_yes_no(f" {said}{mark}") is read_yes_no(wide(said)) is read_yes_no(" ".join(said)) is answer


@given(st.sampled_from(YES), st.sampled_from(NO))
def test_yes_and_no_in_one_message_are_neither(yes: str, no: str) -> None:
    assert read_yes_no(f"{yes}，{no}") is read_yes_no(f"{no}，{yes}") is None


@given(
    st.sampled_from([*YES, *NO]), st.sampled_from(["吗", "？", "，我上个月搬的", "，是3号", "就是有点远", "，居住证呢"])
)
def test_a_question_or_more_behind_it_makes_it_no_plain_answer(said: str, more: str) -> None:
    assert read_yes_no(said + more) is None


@given(st.text(max_size=60) | st.text("是不没有对吗的了，？嗯办中", max_size=12))
def test_any_text_is_heard_and_never_as_both(text: str) -> None:
    answer, unknown = read_yes_no(text), says_unknown(text)
    assert answer in (True, False, None)
    assert not (unknown and answer is not None)


def test_a_very_long_message_is_no_plain_answer() -> None:
    assert read_yes_no("是" * 41) is None
    assert not says_unknown("我" * 100_000 + "不知道")
