"""The files of tests/transcripts/dialogs: what a person says, what is answered, what is done, and what happens around.

A file is read by an officer, so it is Chinese all through:

    # 这一份看什么
    今天：2026年11月21日

    （能打开网页）
    群众：帮我看看能不能办
    助手：好，我一项一项问……
    第二行；一句一句都照原样，空行也是。
    〔记下提醒：巴中，2027年5月21日，可以去申领居住证〕

（……） is a stage direction (`staging.py` has the list), 网页： what a page answers that takes nothing. To some that a
person does without words something is answered too: （扫码：洛阳）, （发来位置：巴中市巴州区）, （关注）.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "transcripts" / "dialogs"
PERSON, ASSISTANT, PAGE_SAYS, MARGIN = "群众：", "助手：", "网页：", "　　"
ON_PAGE, AGAIN = "（打开", "（同一条消息重发）"
WITHOUT_WORDS = ("（扫码：", "（发来位置：", "（关注）")


class TranscriptError(Exception):
    """A line that is none of a transcript: file, line and what is wrong with it."""


@dataclass(frozen=True)
class Beat:
    """A line of a transcript with what follows from it. `reply` None: nothing is answered, or not written yet."""

    number: int
    cue: str
    reply: str | None = None
    effects: tuple[str, ...] = ()
    from_page: bool = False

    @property
    def is_turn(self) -> bool:
        """Whether something is answered: a message, a page, a scanned code."""
        return self.cue.startswith((PERSON, ON_PAGE, *WITHOUT_WORDS))

    @property
    def text(self) -> str:
        """What was written by the person."""
        return self.cue.removeprefix(PERSON)


@dataclass(frozen=True)
class Transcript:
    """A file with its beats in order."""

    file: Path
    beats: tuple[Beat, ...]

    @property
    def turns(self) -> tuple[Beat, ...]:
        """The beats to which something is answered."""
        return tuple(beat for beat in self.beats if beat.is_turn)


def transcripts(folder: Path = FOLDER) -> tuple[Transcript, ...]:
    """Return every transcript of the folder, in the order of their names."""
    return tuple(map(read_transcript, sorted(folder.glob("*.txt"))))


def read_transcript(file: Path) -> Transcript:
    """Read a file. Raises TranscriptError."""
    beats: list[Beat] = []
    lines = file.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if line.startswith(MARGIN) or not line:
            if beats and beats[-1].reply is not None and not beats[-1].effects:
                beats[-1] = replace(beats[-1], reply=f"{beats[-1].reply}\n{line.removeprefix(MARGIN)}")
            elif line:
                raise TranscriptError(f"{file.name}:{number}：这一行前面没有“{ASSISTANT}”")
        elif line.startswith((ASSISTANT, PAGE_SAYS)):
            beats[-1] = _answered(file, beats[-1] if beats else None, number, line)
        elif line.startswith("〔"):
            beats[-1] = replace(beats[-1], effects=(*beats[-1].effects, line))
        elif line.startswith((PERSON, "（", "#", "今天：")):
            beats.append(Beat(number, line))
        else:
            raise TranscriptError(f"{file.name}:{number}：看不懂这一行")
    return Transcript(file, tuple(_stripped(beat) for beat in beats))


def _answered(file: Path, beat: Beat | None, number: int, line: str) -> Beat:
    if beat is None or not beat.is_turn or beat.reply is not None:
        raise TranscriptError(f"{file.name}:{number}：这一行前面没有“{PERSON}”")
    head = ASSISTANT if line.startswith(ASSISTANT) else PAGE_SAYS
    return replace(beat, reply=line.removeprefix(head), from_page=head == PAGE_SAYS)


def _stripped(beat: Beat) -> Beat:
    return beat if beat.reply is None else replace(beat, reply=beat.reply.rstrip("\n"))


def write_transcript(transcript: Transcript) -> str:
    """Return the text of a file, as `read_transcript` reads it: an empty line after every turn."""
    blocks: list[list[str]] = [[]]
    for beat in transcript.beats:
        blocks[-1] += _lines(beat)
        if beat.is_turn or beat.cue.startswith("今天："):
            blocks.append([])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _lines(beat: Beat) -> Iterable[str]:
    yield beat.cue
    if beat.reply is not None:
        first, *others = beat.reply.split("\n")
        yield f"{PAGE_SAYS if beat.from_page else ASSISTANT}{first}"
        yield from (f"{MARGIN}{line}" if line else "" for line in others)
    yield from beat.effects
