"""What comes back and is no reply: the person sees the banner, the ledger says why."""

from __future__ import annotations

import pytest
from aiohttp import web
from wechatpy.replies import ArticlesReply, EmptyReply, TextReply, TransferCustomerServiceReply

from bot.sandbox.ledger import Fate, Outcome
from bot.sandbox.people import BANNER
from bot.sandbox.replies import Flaw
from tests.bot.sandbox.accounts import Pushed, boxed, sealed


async def _badly(push: Pushed, flaw: Flaw) -> web.Response:
    good = TextReply(content="好", message=push.message).render()
    long, empty = (TextReply(content=text, message=push.message) for text in ("好" * 683, " "))
    two = ArticlesReply(message=push.message)
    for title in "一二":
        two.add_article({"title": title, "description": "", "url": "https://example.com/", "image": ""})
    whole = str(sealed(push, good).text)
    answers = {
        Flaw.STATUS: web.Response(status=500, text=whole),
        Flaw.TOO_LARGE: web.Response(text="x" * 300_000),
        Flaw.NOT_TEXT: web.Response(body=b"\xff\xfe"),
        Flaw.NOT_XML: web.json_response({"content": "好"}),
        Flaw.NOT_SEALED: web.Response(text=good),
        Flaw.SIGNATURE: web.Response(text=whole.replace("<Nonce><![CDATA[", "<Nonce><![CDATA[0")),
        Flaw.ADDRESSEE: sealed(push, good.replace(push.message.source, "o-somebody-else")),
        Flaw.FIELD: sealed(push, good.replace("</xml>", "<CreateTime>1</CreateTime></xml>")),
        Flaw.EMPTY: sealed(push, empty),
        Flaw.TOO_LONG: sealed(push, long),
        Flaw.KIND: sealed(push, good.replace("text", "poem")),
        Flaw.ARTICLES: sealed(push, two),
        Flaw.EVENT_HANDOFF: sealed(push, TransferCustomerServiceReply(message=push.message)),
    }
    return answers[flaw]


@pytest.mark.parametrize("flaw", sorted(set(Flaw) - {Flaw.KEY, Flaw.SEALED}))
async def test_what_is_no_reply_shows_the_banner_at_once_and_says_why(flaw: Flaw) -> None:
    async with boxed(lambda push: _badly(push, flaw)) as (box, _):
        person = box.person()
        delivery = await (person.clicks("MENU") if flaw is Flaw.EVENT_HANDOFF else person.says("在吗"))
        assert [(one.outcome, one.flaw) for one in delivery.attempts] == [(Outcome.INVALID, flaw)]
        assert (delivery.fate, delivery.is_invalid) == (Fate.BANNER, True)
        assert person.talk[-1].text == BANNER


async def test_a_text_of_exactly_2047_bytes_is_shown() -> None:
    async def answer(push: Pushed) -> web.Response:
        return sealed(push, TextReply(content="好" * 682 + "a", message=push.message))

    async with boxed(answer) as (box, _):
        assert len((await box.person().says("长")).text.encode()) == 2047


async def test_an_empty_reply_sealed_is_no_silence() -> None:
    async def answer(push: Pushed) -> web.Response:
        return sealed(push, EmptyReply().render())

    async with boxed(answer) as (box, _):
        assert (await box.person().says("好")).attempts[0].flaw is Flaw.NOT_XML
