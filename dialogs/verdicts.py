"""An assessment in plain words: the verdict, each condition with its provision, what is missing, what comes next."""

from __future__ import annotations

from dialogs import words
from dialogs.compose import caveats, document_word, topic_part
from knowledge.city import City
from knowledge.library import Library
from knowledge.text import in_chinese
from rules.eligibility import Assessment, Reason, Verdict

_FIRST_LINES = {
    Verdict.ELIGIBLE: words.CHECK_ELIGIBLE,
    Verdict.NOT_ELIGIBLE: words.CHECK_NOT_ELIGIBLE,
    Verdict.NEED_MORE_INFO: words.CHECK_NEED_MORE,
}
_NEXT_TOPICS = ("apply_where", "materials", "issue_time", "fee_first")


def verdict_text(library: Library, city: City, found: Assessment) -> str:
    """Return the whole answer to a pre-check, for people."""
    lines = [_first_line(city, found), city.source, *_conditions(city, found)]
    if found.missing:
        lines.append(
            words.CHECK_MISSING.format(what="；".join(words.CHECK_KEYS.get(key, key) for key in found.missing))
        )
    if found.presumed:
        what = "、".join(words.CHECK_CONDITIONS.get(name, name) for name in found.presumed)
        lines.append(words.CHECK_PRESUMED.format(what=what))
    if found.verdict is Verdict.ELIGIBLE:
        lines += _what_next(library, city)
    return "\n".join([*lines, *caveats(city), words.CHECK_NOT_BINDING])


def _first_line(city: City, found: Assessment) -> str:
    if found.verdict is Verdict.NOT_YET:
        return words.CHECK_NOT_YET_ON.format(day=in_chinese(found.earliest)) if found.earliest else words.CHECK_NOT_YET
    return _FIRST_LINES[found.verdict].format(city=city.short, document=document_word(city))


def _conditions(city: City, found: Assessment) -> list[str]:
    """Return a line for each condition, its places named once, in the order they were judged."""
    grouped: dict[tuple[str, bool | None, str], list[Reason]] = {}
    for reason in found.reasons:
        grouped.setdefault((reason.condition, reason.met, reason.detail), []).append(reason)
    lines = []
    for (condition, met, detail), reasons in grouped.items():
        if condition in found.presumed:
            continue
        places = "、".join(dict.fromkeys(city.name_of(reason.address) for reason in reasons))
        told = words.CHECK_RELATED if condition in words.CHECK_HOW else words.CHECK_MET[met]
        kind = f"（{words.CHECK_CODES[detail]}）" if detail in words.CHECK_CODES else ""
        lines.append(f"· {words.CHECK_CONDITIONS.get(condition, condition)}{kind}：{told}（{places}）")
    return lines


def _what_next(library: Library, city: City) -> list[str]:
    parts = ((library.topics[topic].title, topic_part(library, city, topic)) for topic in _NEXT_TOPICS)
    return [words.CHECK_NEXT, *(f"· {title}：{part.first_line}" for title, part in parts)]
