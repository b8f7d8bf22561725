"""Findings → what is said: plain first line, the law's own words, where to ask when it is silent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from dialogs import words
from dialogs.saying import Kind, Line, Part, Quotation, Saying
from knowledge.city import City, Provision, Stance
from knowledge.library import Library
from knowledge.text import in_chinese, missing_counts
from rules.findings import Finding, find
from rules.proof import ProofError, check_quote, check_statement

_KINDS = {Stance.STATED: Kind.ANSWER, Stance.SILENT: Kind.NOT_COVERED, Stance.NATIONAL: Kind.REFER_NATIONAL}


def document_word(city: City) -> str:
    """Return how the text is spoken of: 草案 for a draft, 办法 else."""
    return "草案" if city.is_draft else "办法"


def quotation(city: City, provision: Provision) -> Quotation:
    """Return a provision as it is shown."""
    return Quotation(
        city=city.slug,
        address=provision.address,
        place=city.name_of(provision.address),
        source=city.source,
        text=provision.text,
        lead_in=provision.lead_in,
        marks=tuple(f"「{erratum.quote}」{erratum.note}" for erratum in provision.errata),
    )


def topic_part(library: Library, city: City, topic: str) -> Part:
    """Return the answer to one topic for one city."""
    finding = find(city, topic)
    kind = _KINDS[finding.stance]
    quotations = tuple(quotation(city, provision) for provision in finding.evidence)
    return Part(kind, _first_line(library, city, finding), topic, quotations, _notes(finding))


def _first_line(library: Library, city: City, finding: Finding) -> str:
    if finding.statement is not None:
        return finding.statement
    subject = library.topics[finding.topic].subject
    return words.SILENT.format(city=city.short, document=document_word(city), subject=subject)


def _notes(finding: Finding) -> tuple[str, ...]:
    if finding.stance is Stance.SILENT:
        return (words.NEAREST, words.ASK_ELSEWHERE) if finding.evidence else (words.ASK_ELSEWHERE,)
    return (words.NATIONAL_TEXT,) if finding.stance is Stance.NATIONAL else ()


def joint_kind(parts: Iterable[Part]) -> Kind:
    """Return the kind of several parts: answered if one is, else referred if one is, else not covered."""
    kinds = [part.kind for part in parts]
    return next((kind for kind in (Kind.ANSWER, Kind.REFER_NATIONAL) if kind in kinds), Kind.NOT_COVERED)


def caveats(city: City, today: date) -> tuple[str, ...]:
    """Return what every answer from this city says beside the law: a draft's warning, its term, when it was checked."""
    checked = (f"文本核对日期：{in_chinese(city.last_checked)}。",) if city.last_checked else ()
    is_over = city.term_ends is not None and today.year > city.term_ends
    term = (words.TERM_PASSED.format(document=document_word(city), year=city.term_ends),) if is_over else ()
    return ((city.caveat,) if city.caveat else ()) + term + checked


def verify_part(library: Library, part: Part) -> None:
    """Raise ProofError unless every quote is the stored text and every number of the first line stands in one."""
    provisions = [Provision(shown.address, shown.text, shown.lead_in) for shown in part.quotations]
    for shown, provision in zip(part.quotations, provisions, strict=True):
        city = library.cities[shown.city]
        check_quote(city, provision)
        if shown.place != city.name_of(shown.address) or shown.source != city.source:
            raise ProofError(f"{shown.city} {shown.address}：条款名称或文件名不对")
    if part.kind in (Kind.ANSWER, Kind.REFER_NATIONAL):
        if not part.quotations:
            raise ProofError(f"「{part.first_line}」：没有依据")
        said = "\n".join((part.first_line, *part.workings))
        check_statement(library.cities[part.quotations[0].city], _without(said, part.computed), provisions)
    for line in part.lines:
        _verify_line(library.cities[line.city], line)


def _verify_line(city: City, line: Line) -> None:
    """Raise ProofError unless the line's places are so called and every number of it stands there."""
    if any(name != city.name_of(address) for name, address in line.places):
        raise ProofError(f"{city.slug}「{line.text}」：条款名称不对")
    articles = (name[: name.find("条") + 1] for name, _ in line.places)
    said = _without(line.text, (*line.computed, *articles))
    if line.places or missing_counts(said, ""):
        check_statement(city, said, [city.provision(address) for _, address in line.places])


def _without(text: str, computed: Iterable[str]) -> str:
    """Return `text` without what was computed from the person's dates: the rest must stand in the law's words."""
    for one in sorted(computed, key=len, reverse=True):
        text = text.replace(one, "")
    return text


def verify(library: Library, saying: Saying, has_proven: Callable[[Part], bool] = lambda _: False) -> None:
    """Raise ProofError unless every part verifies and a draft's caveat is there.

    Stands between the composer and every channel; the comparison page, which shows parts alone, calls `verify_part`.
    A part is passed over when `has_proven` says that all there is to prove of it was proven against this library.
    """
    for part in saying.parts:
        if not has_proven(part):
            verify_part(library, part)
    for slug in {shown.city for shown in saying.quotations}:
        city = library.cities[slug]
        if city.is_draft and city.caveat not in saying.caveats:
            raise ProofError(f"{slug}：草案的回答缺少提示")
