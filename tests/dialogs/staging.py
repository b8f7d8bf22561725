"""What happens around a conversation: days pass, the machine starts anew, an operator is set, a page is opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.render import as_text
from dialogs import effects as do
from dialogs.advisor import Advisor, Turn
from dialogs.effects import Declared, Effect, Known, Operator, Reminder, Status
from dialogs.greeting import placed, welcome
from dialogs.results import DUPLICATE, REASON, REFUSED, REGISTERED_ON, completed
from dialogs.returning import RETURN_REASONS
from dialogs.session import Session
from knowledge.library import Library
from knowledge.text import in_chinese, to_int
from tests.dialogs.transcripts import AGAIN, ON_PAGE, PERSON, WITHOUT_WORDS, Beat, Transcript, TranscriptError

TODAY = date(2026, 11, 21)
RECEIPT = "1231-8447-1098"
ITEMS = ("姓名", "公民身份号码", "联系电话", "居住地住址")
_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_RESULTS = {
    do.PAGE: "（一次性的网页）",
    do.CALENDAR: "（日历文件）",
    do.EXPORTED: "（存着的全部内容）",
    do.RECEIPT: RECEIPT,
    do.STATUS: Status.WAITING,
}
_SLOT_OF = {
    do.OpenPage: do.PAGE,
    do.Remind: do.CALENDAR,
    do.Export: do.EXPORTED,
    do.Submit: do.RECEIPT,
    do.LookUp: do.STATUS,
}
_STATES = {"还没受理": Status.WAITING, "退回来了": Status.RETURNED, "已经登记": Status.REGISTERED}
_STATES |= {"已经撤回": Status.WITHDRAWN, "重复了": Status.DUPLICATE}
_REASONS = {reason.label: code for code, reason in RETURN_REASONS.items()}


@dataclass(frozen=True)
class Answer:
    """What is shown after a beat, and the turn behind it; None for a page that takes nothing."""

    text: str
    effects: tuple[str, ...] = ()
    turn: Turn | None = None


class Stage:
    """One conversation as it goes on; sessions travel through JSON between all turns."""

    def __init__(self, library: Library, advisor: Advisor) -> None:
        self.library, self.advisor = library, advisor
        self.today, self.known, self.city = TODAY, Known(), ""
        self.session = self.before = Session()
        self.pages: list[str] = []
        self.outcome: dict[str, str] = {}
        self._last: tuple[Beat, Answer] | None = None

    def play(self, beat: Beat) -> Answer | None:
        """Play a beat; returns what is answered, None for a direction. Raises TranscriptError for an unknown one."""
        if beat.cue == AGAIN:
            self._repeat()
            return None
        if beat.cue.startswith(PERSON):
            return self._answered(beat, self._turn(beat.text))
        if beat.cue.startswith(ON_PAGE):
            return self._on_page(beat)
        if beat.cue.startswith(WITHOUT_WORDS):
            return self._answered(beat, self._shown_without_words(beat.cue))
        if not beat.cue.startswith("#"):
            self._directed(beat)
        return None

    def _turn(self, text: str) -> Turn:
        session = Session.from_json(self.session.to_json())
        return self.advisor.take_turn(session, text, today=self.today, city=self.city or None, known=self.known)

    def _shown_without_words(self, cue: str) -> Turn:
        """Play a scanned code, a place that was sent, or following the account."""
        session = Session.from_json(self.session.to_json())
        name = cue.partition("：")[2].rstrip("）")
        if cue.startswith("（发来位置："):
            turn = placed(self.library, session, self.advisor.reader.gazetteer.find(name).residence)
        else:
            turn = welcome(self.library, session, self._city_named(name) if name else "")
        return self.advisor.resumed(turn, today=self.today, known=self.known)

    def _answered(self, beat: Beat, turn: Turn) -> Answer:
        self.before, self.session = self.session, turn.session
        results = {_SLOT_OF[type(e)]: _RESULTS[_SLOT_OF[type(e)]] for e in turn.effects if type(e) in _SLOT_OF}
        if not self.known.can_open_page:
            results = {slot: told for slot, told in results.items() if slot not in (do.PAGE, do.CALENDAR)}
        results |= self.outcome if turn.effects else {}
        self.outcome = {} if turn.effects else self.outcome
        self.pages += [effect.ask for effect in turn.effects if isinstance(effect, do.OpenPage)]
        saying = completed(self.library, turn.saying, results)
        answer = Answer(as_text(saying), tuple(map(self._shown, turn.effects)), turn)
        self._last = (beat, answer)
        return answer

    def _on_page(self, beat: Beat) -> Answer:
        told = re.fullmatch(r"（打开(前一个)?网页填：(.*)）", beat.cue)
        if told is None or not self.pages:
            raise TranscriptError(f"第{beat.number}行：没有可以打开的网页")
        ask = self.pages[-2 if told[1] else -1]
        session = Session.from_json(self.session.to_json())
        turn = self.advisor.take_answer(session, ask, told[2], today=self.today, known=self.known)
        if isinstance(turn, Turn):
            return self._answered(beat, turn)
        return Answer(f"网页：{turn or '这一页已经不用填了。'}")

    def _repeat(self) -> None:
        """Send the last message again in the session it came into: the turn is pure, so the same is said and done."""
        if self._last is None or not self._last[0].cue.startswith(PERSON):
            raise TranscriptError("没有可以重发的消息")
        beat, answer = self._last
        self.session, outcome = self.before, self.outcome
        again = self._answered(beat, self._turn(beat.text))
        self.outcome = outcome
        if (again.text, again.effects) != (answer.text, answer.effects):
            raise AssertionError(f"重发“{beat.text}”，回答不一样：\n{again.text}")

    # --- directions ---

    def _directed(self, beat: Beat) -> None:
        for pattern, act in _DIRECTIONS.items():
            told = re.fullmatch(pattern, beat.cue)
            if told is not None:
                act(self, told)
                return
        raise TranscriptError(f"第{beat.number}行：没有这样的舞台说明：{beat.cue}")

    def _city_named(self, name: str) -> str:
        found = [slug for slug, city in self.library.cities.items() if name in (city.short, city.name)]
        if not found:
            raise TranscriptError(f"没有这个市：{name}")
        return found[0]

    def pass_days(self, told: re.Match[str]) -> None:
        """（三天后）"""
        self.today += timedelta(days=to_int(told[1]) or 0)

    def start_anew(self, told: re.Match[str]) -> None:
        """（重启）"""
        del told
        self.advisor, self.session = Advisor(self.library), Session.from_json(self.session.to_json())

    def set_operator(self, told: re.Match[str]) -> None:
        """（单位已设定：巴中，可以直接发，替人填，自定内容）"""
        city = self._city_named(told[1])
        more = set(filter(None, (told[2] or "").split("，")))
        operator = Operator(
            name=f"{told[1]}某某派出所",
            contact="12345",
            legal_basis=self.library.cities[city].source,
            keep_days=30,
            items=ITEMS if "自定内容" in more else (),
            items_basis="单位的规定" if "自定内容" in more else "",
            typed="可以直接发" in more,
            for_others="替人填" in more,
        )
        self.know(operators=(*self.known.operators, (city, operator)))

    def declare(self, told: re.Match[str]) -> None:
        """（已有一份申报：1231-8447-1098，巴中，2026年11月1日，退回来了：照片不清楚）"""
        state, rest = told[6], told[7] or ""
        on = re.fullmatch(_DAY, rest)
        declared = Declared(
            receipt=told[1],
            city=self._city_named(told[2]),
            status=_STATES[state],
            submitted_on=_day(told[3], told[4], told[5]),
            registered_on=_day(*on.groups()) if on else None,
            reason="" if on else rest,
            returned_for=_REASONS.get(rest, ""),
        )
        self.know(declarations=(*self.known.declarations, declared))

    def keep_reminder(self, told: re.Match[str]) -> None:
        """（已设提醒：巴中，2027年5月21日，申领）"""
        what = {"申领": "apply", "签注": "endorse", "最后一天": "last_day"}[told[5]]
        reminder = Reminder(self._city_named(told[1]), _day(told[2], told[3], told[4]), what)
        self.know(reminders=(*self.known.reminders, reminder))

    def result_will_be(self, told: re.Match[str]) -> None:
        """（查到的是退回来了：照片不清楚）"""
        on = re.fullmatch(_DAY, told[2] or "")
        state = {**_STATES, "没有": "none", "锁住了": "locked"}[told[1]]
        registered = {REGISTERED_ON: _day(*on.groups()).isoformat()} if on else {REASON: told[2] or ""}
        self.outcome = {do.STATUS: state, **registered}

    def know(self, **changes: object) -> None:
        """Change what is known of the person before the next turn."""
        self.known = replace(self.known, **changes)  # type: ignore[arg-type]

    # --- effects as they are shown ---

    def _shown(self, effect: Effect) -> str:
        told = "，".join(self._parts(effect))
        return f"〔{_CALLED[type(effect)]}{'：' if told else ''}{told}〕"

    def _parts(self, effect: Effect) -> list[str]:
        values = vars(effect) if type(effect) not in (do.OpenPage,) else {"ask": self._title(effect)}
        return [part for name, value in values.items() if (part := self._part(name, value))]

    def _title(self, effect: Effect) -> str:
        flow = self.session.flow
        wording = self.library.wordings[flow.flow] if flow else None
        name = effect.ask if isinstance(effect, do.OpenPage) else ""
        return wording.sentences.get(f"{name}.title", name) if wording else name

    def _part(self, name: str, value: object) -> str:
        if name == "city":
            return self.library.cities[str(value)].short
        if name == "kind":
            return {"basic": "一般信息", "sensitive": "敏感信息"}[str(value)]
        if name == "what":
            return self.library.wordings["remind"].options["what"][str(value)].label
        if name == "keep_days":
            return f"最多存{value}天"
        if name == "is_useful":
            return "有用" if value else "没用"
        if name == "station":
            return f"归{value}" if value else ""
        if name == "is_demonstration":
            return "演示" if value else ""
        if isinstance(value, date):
            return in_chinese(value)
        return "；".join(f"{item}={told}" for item, told in value) if isinstance(value, tuple) else str(value)


_CALLED: dict[type, str] = {
    do.Consent: "记下同意",
    do.Submit: "交上申报",
    do.Correct: "更正申报",
    do.Withdraw: "撤回申报",
    do.Export: "导出",
    do.Erase: "全部删除",
    do.LookUp: "查回执",
    do.Remind: "记下提醒",
    do.CancelReminders: "取消提醒",
    do.OpenPage: "开网页",
    do.HandOff: "转人工",
    do.Rate: "记下评价",
}

_RECEIPT = r"(\d{4}-\d{4}-\d{4})"
_STATE = f"({'|'.join(_STATES)})(?:：(.+))?"
_DIRECTIONS: dict[str, Callable[[Stage, re.Match[str]], None]] = {
    rf"今天：{_DAY}(?:.*)": lambda stage, told: setattr(stage, "today", _day(*told.groups())),
    rf"（到了{_DAY}）": lambda stage, told: setattr(stage, "today", _day(*told.groups())),
    r"（([一两二三四五六七八九十百\d]+)天后）": Stage.pass_days,
    r"（重启）": Stage.start_anew,
    r"（能打开网页）": lambda stage, told: stage.know(can_open_page=True),
    r"（不能打开网页）": lambda stage, told: stage.know(can_open_page=False),
    r"（能直接发照片）": lambda stage, told: stage.know(takes_pictures=True),
    r"（存不下）": lambda stage, told: stage.know(keeps=False),
    r"（又能存了）": lambda stage, told: stage.know(keeps=True),
    r"（单位已设定：([^，]+)(?:，(.+))?）": Stage.set_operator,
    rf"（已有一份申报：{_RECEIPT}，([^，]+)，{_DAY}，{_STATE}）": Stage.declare,
    r"（申报都没有了）": lambda stage, told: stage.know(declarations=()),
    rf"（已设提醒：([^，]+)，{_DAY}，(申领|签注|最后一天)）": Stage.keep_reminder,
    r"（提醒都没有了）": lambda stage, told: stage.know(reminders=()),
    r"（页面上选了城市：(.+)）": lambda stage, told: setattr(stage, "city", stage._city_named(told[1])),
    r"（这个号码填报过）": lambda stage, told: stage.outcome.update({DUPLICATE: "yes"}),
    r"（刚刚被受理了）": lambda stage, told: stage.outcome.update({REFUSED: "yes"}),
    rf"（查到的是({'|'.join(_STATES)}|没有|锁住了)(?:：(.+))?）": Stage.result_will_be,
}


def _day(*parts: str) -> date:
    year, month, day = map(int, parts)
    return date(year, month, day)


def replayed(library: Library, advisor: Advisor, transcript: Transcript) -> list[Answer]:
    """Return what is answered to each turn of a transcript now."""
    stage = Stage(library, advisor)
    answers = []
    for beat in transcript.beats:
        try:
            answer = stage.play(beat)
        except Exception as error:
            error.add_note(f"{transcript.file.name}：第{beat.number}行：{beat.cue}")
            raise
        if answer is not None:
            answers.append(answer)
    return answers


def with_answer(beat: Beat, answer: Answer) -> Beat:
    """Return the beat with what is answered now."""
    from_page = answer.turn is None
    return replace(beat, reply=answer.text.removeprefix("网页："), effects=answer.effects, from_page=from_page)
