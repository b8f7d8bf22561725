"""Writes into the transcripts of dialogs what is said now: `python -m tests.dialogs.rewrite [--new] [--accept-law]`.

Other words are taken over. What the law says is not: where a provision, a quotation, a date, a number, a verdict or
something done is another than before, nothing is written and the exit status is 1, unless --accept-law is given.
--new writes only what stands unanswered in the files: a new one needs no more than the lines of the person.
"""

from __future__ import annotations

import argparse
import re
import string
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dialogs import words
from dialogs.advisor import Advisor
from knowledge.library import Library
from knowledge.loading import open_library
from tests.dialogs.staging import Answer, replayed, with_answer
from tests.dialogs.transcripts import FOLDER, Beat, Transcript, transcripts, write_transcript

_NUMERAL = "[一二三四五六七八九十百千半两]"
_OF_THE_LAW = {
    "条款": re.compile(
        rf"第{_NUMERAL}+条(?:第{_NUMERAL}+款)?(?:第?（{_NUMERAL}+）(?:、（{_NUMERAL}+）)*项)?|《[^》]+》"
    ),
    "原文": re.compile(r"「[^」]*」"),
    "日期": re.compile(r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日"),
    "数": re.compile(rf"\d+|{_NUMERAL}+(?=个?[年月日天周岁元份次])"),
}
_VERDICTS = [
    words.CHECK_ELIGIBLE,
    words.CHECK_NOT_ELIGIBLE,
    words.CHECK_NEED_MORE,
    words.CHECK_NOT_YET,
    words.CHECK_NOT_YET_ON,
    words.CHECK_PEOPLE,
    *words.CHECK_MET.values(),
]


def changes_of_law(old: Beat, new: Answer) -> Iterator[str]:
    """Yield what differs between two answers that no change of words may change."""
    for name, pattern in _OF_THE_LAW.items():
        before, now = pattern.findall(old.reply or ""), pattern.findall(new.text)
        if before != now:
            yield f"{name}：{_difference(before, now)}"
    before, now = _verdicts(old.reply or ""), _verdicts(new.text)
    if before != now:
        yield f"结论：{_difference(before, now)}"
    if old.effects != new.effects:
        yield f"办的事：{_difference(old.effects, new.effects)}"


def _verdicts(reply: str) -> list[str]:
    """Return the verdict sentences and what each condition is found to be, their places left open."""
    patterns = [".*?".join(re.escape(text) for text, *_ in string.Formatter().parse(one)) for one in _VERDICTS]
    return [pattern for pattern in patterns for _ in re.findall(pattern, reply)]


def _difference(before: Iterable[str], now: Iterable[str]) -> str:
    return f"原来是 {'、'.join(before) or '没有'}；现在是 {'、'.join(now) or '没有'}"


def rewritten(transcript: Transcript, answers: Sequence[Answer], *, only_new: bool) -> tuple[Transcript, list[str]]:
    """Return the transcript with what is said now, and the differences that are the law's."""
    differences, told, beats = [], iter(answers), []
    for beat in transcript.beats:
        answer = next(told) if beat.is_turn else None
        if answer is None or (only_new and beat.reply is not None):
            beats.append(beat)
            continue
        if beat.reply is not None:
            place = f"{transcript.file.name}:{beat.number} {beat.cue}"
            differences += [f"{place}\n  {change}" for change in changes_of_law(beat, answer)]
        elif not only_new:
            differences.append(f"{transcript.file.name}:{beat.number} {beat.cue}\n  还没有回答：用 --new")
        beats.append(with_answer(beat, answer))
    return replace(transcript, beats=tuple(beats)), differences


def rewrite(library: Library, advisor: Advisor, folder: Path, *, only_new: bool, accept_law: bool) -> list[str]:
    """Rewrite the folder; returns what was refused. Nothing at all is written then."""
    texts: dict[Path, str] = {}
    refused: list[str] = []
    for transcript in transcripts(folder):
        after, differences = rewritten(transcript, replayed(library, advisor, transcript), only_new=only_new)
        refused += differences
        texts[transcript.file] = write_transcript(after)
    if refused and not accept_law:
        return refused
    for file, text in texts.items():
        if file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            print(f"写了 {file.name}")
    return []


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.dialogs.rewrite", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--new", action="store_true", help="只写还没有回答的")
    parser.add_argument("--accept-law", action="store_true", help="条款、日期、数、结论、办的事变了也写")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    library = open_library()
    refused = rewrite(library, Advisor(library), given.folder, only_new=given.new, accept_law=given.accept_law)
    if refused:
        print("没有写。下面这些不只是换了说法：", *refused, sep="\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
