"""The batch commands: one JSON object a line in, one a line out, same order (docs/batch.md)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from bot.faults import trace_of
from bot.render import as_wechat_text, no_links
from dialogs.advisor import Advisor
from dialogs.lookup import Clerk
from dialogs.saying import Saying
from dialogs.session import Session
from dialogs.understanding.reading import Reader
from dialogs.understanding.story import StoryReader, merged
from dialogs.verdicts import verdict_text
from knowledge.city import City
from knowledge.library import Library
from rules.eligibility import assess
from rules.person import BadFacts, read_person
from rules.proof import ProofError

MAX_LINE_CHARACTERS = 100_000

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_log = logging.getLogger(__name__)


_YEARS = range(1990, 2090)


class BadLine(Exception):
    """A line that cannot be worked on; the text says what is wrong with it."""


def run(lines: Iterable[str], answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Yield one output line for each input line, and whether it worked; a bad line yields its error in its place."""
    for line in lines:
        if not line.strip():
            continue
        request: dict[str, Any] = {}
        try:
            request = _read(line)
            result, worked = {"id": _id(request), **answer(request)}, True
        except BadLine as problem:
            result, worked = {"id": _id(request), "error": str(problem)}, False
        except Exception as error:  # the run goes on; what the person wrote stays out of the log
            _log.error("in a line: %s", trace_of(error))
            result, worked = {"id": _id(request), "error": "程序出错，这一行没有结果；请把它单独发给维护人员"}, False
        yield json.dumps(result, ensure_ascii=False), worked


def _id(request: dict[str, Any]) -> Any:
    """Return the line's own id; one with NaN or Infinity, which JSON does not know, as text."""
    given = request.get("id")
    try:
        json.dumps(given, allow_nan=False)
    except ValueError:
        return str(given)
    return given


def _read(line: str) -> dict[str, Any]:
    if len(line) > MAX_LINE_CHARACTERS:
        raise BadLine(f"这一行超过 {MAX_LINE_CHARACTERS} 个字符，请拆短")
    if "\ufffd" in line:
        raise BadLine("这一行不是 UTF-8，请另存为 UTF-8 再发")
    try:
        request = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # ValueError: no JSON, or a number of thousands of digits
        raise BadLine("不是一个 JSON 对象，请检查引号和括号") from error
    if not isinstance(request, dict):
        raise BadLine('应是一个 JSON 对象，例如 {"id": "1", "text": "…"}')
    return request


def _text(request: dict[str, Any], key: str) -> str:
    value = request.get(key)
    if not isinstance(value, str):
        raise BadLine(f"缺少“{key}”，或者它不是文字")
    return value.encode("utf-8", "replace").decode("utf-8")


def _expect_city(library: Library, slug: object) -> City:
    city = library.cities.get(slug) if isinstance(slug, str) else None
    if city is None:
        raise BadLine(f"没有“{slug}”这个城市；可用：{'、'.join(library.cities)}")
    return city


class Asking:
    """`ask`: questions to answers. Lines with the same `user` are one conversation."""

    def __init__(self, advisor: Advisor, today: date) -> None:
        self._advisor = advisor
        self._today = today
        self._sessions: dict[str, Session] = {}

    def __call__(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer one line. Raises BadLine."""
        text, city, user = _text(request, "text"), request.get("city"), request.get("user")
        if city is not None:
            _expect_city(self._advisor.library, city)
        if user is not None and not isinstance(user, str):
            raise BadLine('user 应写成文字，例如 "u1"')
        session = self._sessions.get(user, Session()) if user is not None else Session()
        try:
            turn = self._advisor.take_turn(session, text, today=_day(request.get("as_of"), self._today), city=city)
        except ProofError as error:
            raise BadLine(f"回答没有通过核对，不能给出：{error}") from error
        if user is not None:
            self._sessions[user] = turn.session
        return saying_to_json(turn.saying)


def _day(given: object, today: date) -> date:
    """Return `as_of`, or `today` when it is not given. Raises BadLine."""
    if given is None:
        return today
    if not isinstance(given, str) or not _DATE.fullmatch(given):
        raise BadLine("as_of 应写成 2026-11-21 这样的日期")
    try:
        day = date.fromisoformat(given)
    except ValueError as error:
        raise BadLine(f"没有 {given} 这一天") from error
    if day.year not in _YEARS:
        raise BadLine(f"as_of 应在 {_YEARS.start} 年到 {_YEARS.stop - 1} 年之间")
    return day


def saying_to_json(saying: Saying) -> dict[str, Any]:
    """Return a saying as the batch contract writes it; `text` is the message as WeChat would carry it."""
    return {
        "kind": saying.kind.value,
        "city": saying.city,
        "topic": saying.topic,
        "text": as_wechat_text(saying, no_links),
        "citations": [
            {"city": shown.city, **shown.address.to_json(), "quote": shown.text} for shown in saying.quotations
        ],
        "dates": [
            {"name": named.name, "date": named.day.isoformat(), "article": named.address.article}
            for named in saying.dates
        ],
        "suggestions": list(saying.suggestions),
        "confidence": saying.confidence,
    }


class Checking:
    """`check`: a person's story and facts to a verdict; `facts` win where both speak."""

    def __init__(self, library: Library, today: date) -> None:
        self._library, self._today = library, today
        self._stories = StoryReader(Reader(library), library.story)

    def __call__(self, request: dict[str, Any]) -> dict[str, Any]:
        """Assess one line. Raises BadLine."""
        city, facts = _expect_city(self._library, request.get("city")), request.get("facts")
        if facts is not None and not isinstance(facts, dict):
            raise BadLine("facts 应是一个对象")
        today = _day(request.get("as_of"), self._today)
        told = self._stories.read(_text(request, "story"), city, today) if request.get("story") else {}
        try:
            person = read_person(merged(told, facts or {}))
        except BadFacts as problem:
            raise BadLine(str(problem)) from problem
        found = assess(city, person, today)
        return {
            "verdict": found.verdict.value,
            "earliest_date": found.earliest.isoformat() if found.earliest else None,
            "missing": list(found.missing),
            "reasons": [
                {**reason.address.to_json(), "quote": city.provision(reason.address).text, "met": reason.met}
                for reason in found.reasons
            ],
            "text": verdict_text(self._library, city, person, found, today),
        }


class Citing:
    """`cite`: staff look-ups."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk

    def __call__(self, request: dict[str, Any]) -> dict[str, Any]:
        """Look one line up. Raises BadLine."""
        query, limit = _text(request, "query"), request.get("limit")
        if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
            raise BadLine("limit 应是 1 以上的整数")
        found = self._clerk.look_up(query, limit)
        hits = [
            {
                "city": hit.city,
                **(hit.address.to_json() if hit.address else {"article": None, "paragraph": None, "item": None}),
                "text": hit.text,
            }
            for hit in found.hits
        ]
        return {"kind": found.kind.value, "hits": hits, "message": found.message}
