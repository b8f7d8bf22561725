"""Text of a file → `Act`: the steps of reading, in order."""

from __future__ import annotations

from dataclasses import replace

from knowledge.act import Act
from knowledge.parsing import metadata
from knowledge.parsing.acts import Body, split_acts
from knowledge.parsing.articles import build_article, drop_running_heads
from knowledge.parsing.colophon import split_colophon, warn_of_afterthoughts
from knowledge.parsing.lines import Line, logical_lines


def parse_act(raw: str) -> Act:
    """Read one regulation. A second and later act in the file is in `later_acts`.

    Never raises on text: what is doubtful is a warning that names its line, and a text without articles
    gives an act without articles and a warning.
    """
    lines, warnings = logical_lines(raw)
    bodies = split_acts(lines, warnings)
    first = _build(bodies[0], warnings)
    if not first.articles:
        warnings.append("没有找到任何「第…条」，请确认文件是法规正文")
    return replace(first, warnings=tuple(warnings), later_acts=tuple(_build_later(body) for body in bodies[1:]))


def _build_later(body: Body) -> Act:
    warnings: list[str] = []
    return replace(_build(body, warnings), warnings=tuple(warnings))


def _build(body: Body, warnings: list[str]) -> Act:
    tail: list[Line] = []
    preamble = [line.text for line in body.preamble]
    if body.drafts:
        last = body.drafts[-1]
        last.lines, tail = split_colophon(last.lines, warnings)
        drop_running_heads(body, warnings)
        warn_of_afterthoughts(last.lines, warnings)
    articles = tuple(build_article(draft, warnings) for draft in body.drafts)
    facts = metadata.read(preamble, [line.text for line in tail], articles, warnings)
    return Act(
        title=facts.title,
        number=facts.number,
        issuer=facts.issuer,
        adopted=facts.adopted,
        effective=facts.effective,
        status=facts.status,
        preamble="\n".join(preamble),
        tail="\n".join(line.text for line in tail),
        articles=articles,
    )
