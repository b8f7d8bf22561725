"""One article of news for a long answer: it leads to the provision, between the plain answer and the rest of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.render import WECHAT_BYTES, as_wechat_pieces, tappable
from bot.wechat.desk import PIECES_APART
from bot.wechat.news import HERE_TOO, in_text, news_in, with_news
from bot.wechat.owed import NO_MORE
from bot.wechat.reply import MAX_DESCRIPTION_CHARACTERS, MAX_TITLE_CHARACTERS, Article
from dialogs.saying import Kind, Part, Quotation, Saying
from knowledge.address import Address
from tests.bot.wechat.platform import ACCOUNT, Platform, read, serve, text

PUBLIC = "https://jzz.example.gov.cn"
ARTICLE = Article("《某办法》第一条", "开头是这样…", f"{PUBLIC}/law/luoyang/1#cited")
SOURCE = "《某市居住证办法》（某政办发〔2017〕1号）"
OPTIONS = ("补办要钱吗", "要多久")


def quoted(number: int) -> Quotation:
    return Quotation("luoyang", Address(str(number)), f"第{number}条", SOURCE, f"第{number}条的话。" * 60)


def saying(count: int) -> Saying:
    part = Part(Kind.ANSWER, "一句明白话。", quotations=tuple(quoted(number) for number in range(1, count + 1)))
    return Saying(Kind.ANSWER, "luoyang", None, (part,), suggestions=OPTIONS)


def pieces_of(said: Saying, public_url: str | None = PUBLIC) -> tuple[str, ...]:
    return with_news(as_wechat_pieces(said, option=tappable), said, public_url)


def all_news_in(pieces: tuple[str, ...]) -> list[int]:
    return [index for index, piece in enumerate(pieces) if news_in(piece) is not None]


@pytest.mark.parametrize("count", range(1, 12))
def test_only_what_takes_more_than_two_messages_gets_news_and_nothing_else_changes(count: int) -> None:
    plain = as_wechat_pieces(saying(count), option=tappable)
    pieces = pieces_of(saying(count))
    assert all_news_in(pieces) == ([1] if len(plain) > 2 else [])
    assert [piece for piece in pieces if news_in(piece) is None] == [*plain]


def test_the_news_leads_to_what_the_first_message_left_out() -> None:
    pieces = pieces_of(saying(6))
    news = news_in(pieces[1])
    assert news is not None
    left_out = next(one for one in saying(6).quotations if one.text not in pieces[0])
    assert news.title == f"{SOURCE}{left_out.place}"
    assert news.url == f"{PUBLIC}/law/luoyang/{left_out.address.article}#cited"
    assert news.description.endswith(HERE_TOO)
    assert len(news.description) <= MAX_DESCRIPTION_CHARACTERS
    assert "<a" not in news.description
    assert left_out.text[:20] in news.description


def test_a_long_title_keeps_the_place() -> None:
    said = saying(6)
    long = replace(said.parts[0].quotations[0], source=f"《{'很长的' * 15}办法》（某政办发〔2017〕1号）")
    said = replace(said, parts=(replace(said.parts[0], quotations=(long,) * 6),))
    news = news_in(pieces_of(said)[1])
    assert news is not None
    assert news.title.endswith("》第1条")
    assert len(news.title) <= MAX_TITLE_CHARACTERS


def test_without_a_public_address_or_a_provision_there_is_no_news() -> None:
    assert all_news_in(pieces_of(saying(8), None)) == []
    told = replace(saying(0), parts=(Part(Kind.ANSWER, "一句。", notes=tuple("很长的话。" * 150 for _ in range(8))),))
    assert len(pieces_of(told)) > 2
    assert all_news_in(pieces_of(told)) == []


def test_news_is_written_and_read_and_a_text_is_none() -> None:
    assert news_in(in_text(ARTICLE)) == ARTICLE
    assert news_in(in_text(replace(ARTICLE, description="带\x1f和\x1e\x1d的\n两行"))) == replace(
        ARTICLE, description="带和的 两行"
    )
    assert PIECES_APART not in in_text(ARTICLE)
    assert news_in("一句话") is None


async def said_to(platform: Platform, content: str, number: int) -> dict[str, object]:
    _, reply = await platform.post(*platform.pushed(text(content, number=number)))
    return dict(read(reply))


async def test_the_first_more_is_the_news_and_then_the_pieces_go_on(tmp_path: Path) -> None:
    pieces = pieces_of(saying(8))
    async with serve(tmp_path, ACCOUNT, say=lambda _: PIECES_APART.join(pieces)) as platform:
        first = await said_to(platform, "要带什么", 1)
        assert (first["MsgType"], first["Content"]) == ("text", pieces[0])
        told = [await said_to(platform, "更多", 2) for _ in range(3)]
        assert [one["MsgType"] for one in told] == ["news"] * 3
        assert told[0] == told[1] == told[2], "pushed again: the same"
        told = [(await said_to(platform, "更多", number))["Content"] for number in range(3, 3 + len(pieces) - 2)]
        assert told == [*pieces[2:]]
        assert all(len(piece.encode()) <= WECHAT_BYTES for piece in pieces if news_in(piece) is None)
        assert (await said_to(platform, "更多", 99))["Content"] == NO_MORE
