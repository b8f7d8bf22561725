"""Invented acts of every shape are read back as they were written, however the pages cut them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.act import Act
from knowledge.address import article_name
from knowledge.parsing import parse_act
from knowledge.text import squeeze, to_chinese
from tests.knowledge.reading import told_back

SHORTEST_CUT = 24
"""A page is at least this wide; parts of a sentence shorter than this are told as doubtful."""

SIGNS = "居住登记证件申领签注受理派出所公安机关流动人口持有材料真实合法稳定就业住所连续读"


@dataclass(frozen=True)
class Item:
    text: str
    subitems: tuple[str, ...]


@dataclass(frozen=True)
class Paragraph:
    text: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Article:
    number: str
    caption: str | None
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Chapter:
    heading: str | None
    articles: tuple[Article, ...]


words = st.builds(
    lambda first, middle, last: first + middle + last,
    st.sampled_from([*SIGNS, "《", "“"]),
    st.text(f"{SIGNS}，、《》", max_size=90),
    st.sampled_from(SIGNS),
)


@st.composite
def items(draw: st.DrawFn) -> tuple[Item, ...]:
    count = draw(st.integers(0, 4))
    made = []
    for position in range(count):
        subitems = tuple(f"{text}；" for text in draw(st.lists(words, max_size=3)))
        ending = "：" if subitems else draw(st.sampled_from("；。"))
        if position == count - 1 and not subitems:
            ending = "。"
        made.append(Item(f"{draw(words)}{ending}", subitems))
    return tuple(made)


@st.composite
def paragraphs(draw: st.DrawFn) -> Paragraph:
    listed = draw(items())
    if listed:
        return Paragraph(f"{draw(words)}：", listed)
    return Paragraph("。".join([*draw(st.lists(words, min_size=1, max_size=3)), ""]), ())


@st.composite
def acts(draw: st.DrawFn) -> tuple[Chapter, ...]:
    """Draw chapters (or one run of articles without a chapter), numbered through, some articles inserted later."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    has_chapters = draw(st.booleans())
    chapters, number, was_inserted = [], 0, True
    for position, size in enumerate(sizes, start=1):
        articles = []
        for _ in range(size):
            inserted = was_inserted = not was_inserted and draw(st.integers(0, 9)) == 0
            number += 0 if inserted else 1
            caption = draw(st.none() | st.sampled_from(["（目的依据）", "【适用范围】"]))
            written = tuple(draw(st.lists(paragraphs(), min_size=1, max_size=3)))
            articles.append(Article(f"{number}-1" if inserted else str(number), caption, written))
        heading = f"第{to_chinese(position)}章 {draw(st.text('申领管理服务', min_size=2, max_size=6))}"
        chapters.append(Chapter(heading if has_chapters else None, tuple(articles)))
    return tuple(chapters)


def told_by(act: Act) -> list[tuple[str | None, Article]]:
    return [
        (
            article.chapter,
            Article(
                article.number,
                article.caption,
                tuple(
                    Paragraph(
                        paragraph.text,
                        tuple(Item(item.text, tuple(sub.text for sub in item.subitems)) for item in paragraph.items),
                    )
                    for paragraph in article.paragraphs
                ),
            ),
        )
        for article in act.articles
    ]


def expected_of(chapters: tuple[Chapter, ...]) -> list[tuple[str | None, Article]]:
    return [(chapter.heading, article) for chapter in chapters for article in chapter.articles]


def lines_of(article: Article) -> list[str]:
    """Write an article as officials print it: a line for each 款, 项 and 目."""
    lines = []
    for paragraph in article.paragraphs:
        lines.append(paragraph.text)
        for number, item in enumerate(paragraph.items, start=1):
            lines.append(f"（{to_chinese(number)}）{item.text}")
            lines += [f"{count}.{text}" for count, text in enumerate(item.subitems, start=1)]
    lines[0] = f"{article_name(article.number)} {article.caption or ''}{lines[0]}"
    return lines


def printed(chapters: tuple[Chapter, ...]) -> list[str]:
    lines = ["云州市居住证管理办法"]
    for chapter in chapters:
        lines += [chapter.heading] if chapter.heading else []
        lines += [line for article in chapter.articles for line in lines_of(article)]
    return lines


def cut_somewhere(draw: st.DrawFn, line: str) -> list[str]:
    """Cut a line as the end of a page does: inside a sentence, what stands before at least a page wide."""
    places = [
        place
        for place in range(SHORTEST_CUT + 6, len(line) - 1)
        if line[place - 1] not in "。；：》" and line[place] not in "。；：》"
    ]
    if not places or draw(st.integers(0, 2)):
        return [line]
    place = draw(st.sampled_from(places))
    return [line[:place], *[""] * draw(st.integers(0, 2)), line[place:]]


@settings(max_examples=150, deadline=None)
@given(acts(), st.data())
def test_an_act_cut_by_pages_is_read_back_as_it_was_written(chapters: tuple[Chapter, ...], data: st.DataObject) -> None:
    indent = data.draw(st.sampled_from(["", "　　", "  "]))
    pieces = [piece for line in printed(chapters) for piece in cut_somewhere(data.draw, line)]
    act = parse_act("\n".join(indent + piece if piece else "" for piece in pieces))
    assert told_by(act) == expected_of(chapters)
    assert told_back(act) == squeeze("".join(pieces))
    assert act.title == "云州市居住证管理办法"


@settings(max_examples=100, deadline=None)
@given(acts())
def test_an_act_flattened_to_one_line_keeps_its_articles_and_every_word(chapters: tuple[Chapter, ...]) -> None:
    """Where a 款 begins cannot be known any more; where an article begins can."""
    lines = printed(chapters)
    act = parse_act(" ".join(lines))
    assert [article.number for article in act.articles] == [article.number for _, article in expected_of(chapters)]
    assert [article.chapter for article in act.articles] == [heading for heading, _ in expected_of(chapters)]
    assert told_back(act) == squeeze("".join(lines))


@settings(max_examples=60, deadline=None)
@given(acts(), acts())
def test_two_acts_in_one_file_are_read_like_each_alone(first: tuple[Chapter, ...], second: tuple[Chapter, ...]) -> None:
    act = parse_act("\n".join([*printed(first), *printed(second)]))
    (later,) = act.later_acts
    assert (told_by(act), told_by(later)) == (expected_of(first), expected_of(second))


MARKS = [
    "第",
    "一",
    "二",
    "十",
    "条",
    "章",
    "节",
    "款",
    "（",
    "）",
    "1",
    ".",
    "、",
    "。",
    "：",
    "\n",
    " ",
    "之",
    "办法",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*MARKS, "居住证", "第一条 ", "\n第二条 ", "第一章 总则\n", "（一）"]), max_size=60))
def test_no_heap_of_marks_is_too_much_and_each_line_is_kept_or_told(pieces: list[str]) -> None:
    raw = "".join(pieces)
    act = parse_act(raw)
    told = squeeze(told_back(act) + "".join(act.warnings) + "".join(w for a in act.later_acts for w in a.warnings))
    assert all(squeeze(line) in told or any(mark in line for mark in "第条章节") for line in raw.splitlines())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_whatever_is_read_without_an_error(raw: str) -> None:
    assert parse_act(raw).warnings
