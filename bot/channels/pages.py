"""Pages opened by a one-time link, where number, telephone, address and photo are given: never in the talk."""

from __future__ import annotations

import asyncio

from aiohttp import BodyPartReader, ClientError, web

from bot.channels.posting import BODY_SECONDS, form_body, refuse_flood, refuse_foreign
from bot.channels.site import SITE, Trouble, page, visitor_of
from bot.page_answers import PageAnswer, answer_page, notes_on, page_of
from bot.photo import MAX_BYTES, BadPhoto, clean_photo
from bot.places import Place
from bot.store.faults import StoreError
from bot.store.records import Page

PHOTO_ASK = "photo"
_TEXT_LIMIT = 200
PHOTO_WORDS = {
    "empty": "没有收到照片，请选一张再交。",
    "too_big": "照片超过5兆，请换一张小的。",
    "not_a_picture": "这不是JPEG或PNG照片，请换一张。",
    "too_many_pixels": "照片的像素太多，请换一张小的。",
    "too_small": "照片太小，看不清，请换一张。",
    "broken": "照片打不开，可能没传全，请再交一次。",
}


def setup_routes(app: web.Application) -> None:
    """Add the page of an ask."""
    app.router.add_get("/page/{token}", _show)
    app.router.add_post("/page/{token}", _receive)


async def _show(request: web.Request) -> web.Response:
    return await _form(request, await _bound(request))


async def _receive(request: web.Request) -> web.Response:
    refuse_foreign(request)
    await refuse_flood(request)
    bound = await _bound(request)
    try:
        answer = await (_photo(request) if bound.ask == PHOTO_ASK else _text(request))
    except BadPhoto as problem:
        return await _form(request, bound, PHOTO_WORDS[problem.problem])
    answered = await _answered(request, answer)
    if answered is None:
        raise _gone()
    if answered.problem is not None:
        return await _form(request, bound, answered.problem)
    if answered.next_page is not None:
        raise web.HTTPSeeOther(answered.next_page)
    return page(request, "page_done.html", saying=answered.saying, is_ours=_is_visitor(request, bound))


def _is_visitor(request: web.Request, bound: Page) -> bool:
    """Tell whether this browser is where the dialog runs: in WeChat the page opens in a browser that knows nobody."""
    visitor = visitor_of(request)
    return visitor is not None and request.app[SITE].identities.of("web", visitor) == bound.person


async def _bound(request: web.Request) -> Page:
    """Return what the link was made for. Raises Trouble."""
    try:
        bound = await page_of(request.app[SITE].assistant, request.match_info["token"])
    except StoreError:
        raise Trouble(503, "现在打不开", "现在存不下您填的，请过一会儿再打开这个链接。") from None
    if bound is None:
        raise _gone()
    return bound


def _gone() -> Trouble:
    return Trouble(410, "这个链接用不了了", "链接只能用一次，15分钟内有效。请回到对话，说“重复”，会给您一个新的。")


async def _answered(request: web.Request, answer: str | bytes) -> PageAnswer | None:
    token, place = request.match_info["token"], Place(links="", channel="page")
    try:
        return await answer_page(request.app[SITE].assistant, token, answer, place)
    except StoreError:
        raise Trouble(503, "现在存不下", "现在存不下您填的，请过一会儿再交一次。") from None


async def _form(request: web.Request, bound: Page, problem: str | None = None) -> web.Response:
    """Return the form of an ask, with what was wrong with the last answer; what was written is not sent back."""
    wording = request.app[SITE].library.wordings[bound.draft]
    response = page(
        request,
        "page.html",
        status=422 if problem else 200,
        title=wording.title(bound.ask),
        is_photo=bound.ask == PHOTO_ASK,
        problem=problem,
        notes=await notes_on(request.app[SITE].assistant, bound),
        limit=_TEXT_LIMIT,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


async def _text(request: web.Request) -> str:
    return (await form_body(request)).get("answer", "")[:_TEXT_LIMIT]


async def _photo(request: web.Request) -> bytes:
    """Return the posted photo, cleaned. Raises BadPhoto, Trouble."""
    if request.content_type != "multipart/form-data":
        raise Trouble(415, "没看懂", "请用页面上的按钮选照片。")
    data = bytearray()
    try:
        async with asyncio.timeout(4 * BODY_SECONDS):
            part = await (await request.multipart()).next()
            while isinstance(part, BodyPartReader) and (chunk := await part.read_chunk(64 * 1024)):
                data += chunk
                if len(data) > MAX_BYTES:
                    raise BadPhoto("too_big")
    except (TimeoutError, ConnectionError, ClientError, web.RequestPayloadError, ValueError):
        raise Trouble(408, "没收全", "照片没有收全，请再交一次。") from None
    return clean_photo(bytes(data)).data
