"""The chat on the public site. A visitor is a random cookie; what a person writes is answered and not kept."""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.channels.links import path_of
from bot.channels.posting import form_body, json_body, refuse_flood, refuse_foreign
from bot.channels.site import COOKIE, SITE, Site, Trouble, page, visitor_of
from bot.places import Place
from bot.store.base import SESSION_SECONDS
from bot.store.declaring import LONGEST_KEPT_DAYS
from bot.telling import told_at_visit
from dialogs.saying import Kind, Line, Part, Quotation, Saying
from knowledge.library import Library

COOKIE_SECONDS = SESSION_SECONDS
"""As long as a session is kept after its last turn."""
KEPT, KEPT_SECONDS = "kept", LONGEST_KEPT_DAYS * 24 * 3600
"""Whoever has begun a dialog must find it again, and what was handed in, as long as it is kept."""
TEXT_LIMIT = 1000
_MESSAGE_ID = re.compile(r"[0-9a-z-]{8,64}")
_DIALOGS = ("precheck", "declaration", "endorsement", "replacement", "address", "proxy", "settle", "status", "erase")
"""The dialogs of the menu; the title of each is a message that starts it."""

_FIRST_QUESTIONS = (
    "conditions",
    "materials",
    "apply_where",
    "issue_time",
    "endorsement_window",
    "overdue",
    "registration_how",
)


_RENDER: web.AppKey[Callable[[Saying], str]] = web.AppKey("render", Callable[[Saying], str])  # type: ignore[arg-type]
"""One function for as long as the site runs: what it has made of a saying can be kept (`bot.recent_turns`)."""


def setup_routes(app: web.Application) -> None:
    """Add the chat page, what its script calls, and the same two acts as plain forms for a browser without scripts."""
    library = app[SITE].library

    def render(saying: Saying) -> str:
        return json.dumps(saying_to_json(saying, library), ensure_ascii=False)

    app[_RENDER] = render
    app.router.add_get("/", _chat_page)
    app.router.add_post("/api/say", _say)
    app.router.add_post("/api/clear", _clear)
    app.router.add_post("/say", _say_by_form)
    app.router.add_post("/clear", _clear_by_form)


async def _chat_page(request: web.Request) -> web.Response:
    site = request.app[SITE]
    visitor = visitor_of(request)
    asked_for = request.query.get("city")
    city = asked_for if asked_for in site.library.cities else None
    if city is None and visitor is not None:
        city = (await site.assistant.session_of(_person(site, visitor))).city
    return _render(request, city, told=await _told_at_opening(request))


async def _told_at_opening(request: web.Request) -> tuple[str, ...]:
    """Return what the page says above the talk; a page that a browser only fetches beforehand says nothing."""
    is_shown = request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")
    return await _told(request, visitor_of(request), secrets.token_hex(16)) if is_shown else ()


async def _told(request: web.Request, visitor: str | None, key: str) -> tuple[str, ...]:
    """Return what the visitor is told beside the answer: only who has begun a dialog can have anything to be told."""
    if visitor is None or KEPT not in request.cookies:
        return ()
    site = request.app[SITE]
    return await told_at_visit(site.assistant, _person(site, visitor), key)


async def _say(request: web.Request) -> web.Response:
    refuse_foreign(request)
    await refuse_flood(request)
    message = await json_body(request)
    site, visitor = request.app[SITE], visitor_of(request) or secrets.token_hex(16)
    key = site.identities.of("web", visitor, _message_id(message.get("id")))
    reply = await site.assistant.hear_once(
        _person(site, visitor),
        _message(message.get("text")),
        message_key=key,
        render=request.app[_RENDER],
        place=_place(site, message.get("city")),
    )
    told = await _told(request, visitor, key)
    said = json.dumps({**json.loads(reply), "told": told}, ensure_ascii=False) if told else reply
    response = web.json_response(text=said, headers={"Cache-Control": "no-store"})
    _remember(request, response, visitor, in_dialog=json.loads(reply)["kind"] == Kind.FLOW)
    return response


def _message_id(given: object) -> str:
    """Return the id under which the page sends a message once more when no answer came; a random one without it."""
    return given if isinstance(given, str) and _MESSAGE_ID.fullmatch(given) else secrets.token_hex(16)


async def _say_by_form(request: web.Request) -> web.Response:
    refuse_foreign(request)
    await refuse_flood(request)
    form = await form_body(request)
    text = form.get("tap") or form.get("text")
    saying, visitor = await _hear(request, text, form.get("city"))
    told = await _told(request, visitor, secrets.token_hex(16))
    response = _render(request, saying.city or form.get("city"), said=text, saying=saying, told=told)
    _remember(request, response, visitor, in_dialog=saying.kind is Kind.FLOW)
    return response


async def _clear(request: web.Request) -> web.Response:
    refuse_foreign(request)
    response = web.json_response({"cleared": True})
    await _forget(request, response)
    return response


async def _clear_by_form(request: web.Request) -> web.Response:
    refuse_foreign(request)
    response = web.Response(status=303, headers={"Location": "/"})
    await _forget(request, response)
    return response


def saying_to_json(saying: Saying, library: Library) -> dict[str, Any]:
    """Return what the page's script shows: every word of the saying, and a link for every quotation."""
    city = library.cities.get(saying.city or "")
    return {
        "kind": saying.kind,
        "city": saying.city,
        "city_name": city.name if city else None,
        "topic": saying.topic,
        "parts": [_part_to_json(part) for part in saying.parts],
        "caveats": list(saying.caveats),
        "suggestions": list(saying.suggestions),
    }


def _part_to_json(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "topic": part.topic,
        "first_line": part.first_line,
        "quotations": [_quotation_to_json(quotation) for quotation in part.quotations],
        "workings": list(part.workings),
        "lines": [_line_to_json(line) for line in part.lines],
        "links": [{"label": link.label, "href": link.href} for link in part.links],
        "notes": list(part.notes),
    }


def _line_to_json(line: Line) -> dict[str, Any]:
    places = [{"place": name, "href": path_of(line.city, address)} for name, address in line.places]
    return {"text": line.text, "places": places}


def _quotation_to_json(quotation: Quotation) -> dict[str, Any]:
    return {
        "city": quotation.city,
        "place": quotation.place,
        "source": quotation.source,
        "lead_in": quotation.lead_in,
        "text": quotation.text,
        "marks": list(quotation.marks),
        "href": path_of(quotation.city, quotation.address),
    }


def _render(
    request: web.Request,
    city: str | None,
    *,
    said: str | None = None,
    saying: Saying | None = None,
    told: tuple[str, ...] = (),
) -> web.Response:
    """Return the chat page; without a script it shows the last exchange, which is all that it has.

    `told` stands above the talk: reminders, and what an office decided.
    """
    site = request.app[SITE]
    return page(
        request,
        "chat.html",
        cities=site.library.cities,
        city=site.library.cities.get(city or ""),
        questions=_questions(site),
        dialogs=[site.library.wordings[name].say("title") for name in _DIALOGS],
        known=visitor_of(request) is not None,
        limit=TEXT_LIMIT,
        said=said,
        saying=saying,
        told=told,
    )


def _questions(site: Site) -> list[str]:
    """Return the questions of the menu, as people ask them; a library without these topics offers its first ones."""
    topics = site.library.topics
    chosen = [topics[slug] for slug in _FIRST_QUESTIONS if slug in topics] or list(topics.values())[:7]
    return [topic.examples[0] for topic in chosen if topic.examples]


async def _hear(request: web.Request, text: object, city: object) -> tuple[Saying, str]:
    site = request.app[SITE]
    visitor = visitor_of(request) or secrets.token_hex(16)
    saying = await site.assistant.hear(_person(site, visitor), _message(text), _place(site, city))
    return saying, visitor


def _place(site: Site, city: object) -> Place:
    return Place(links="", city=_known_city(site, city), channel="web")


def _message(text: object) -> str:
    """Return the message without characters that nobody types (control characters, halves of a pair)."""
    if not isinstance(text, str):
        raise Trouble(400, "没有收到您的话", "没有收到您写的话，请写在输入框里再发。")
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()
    if not kept:
        raise Trouble(400, "还没有写字", "还没有写字。请写下您想问的事再发。")
    if len(kept) > TEXT_LIMIT:
        advice = f"这段话有{len(kept)}个字，太长了。请用{TEXT_LIMIT}字以内，先说最要紧的一件事。"
        raise Trouble(413, "写得太长了", advice)
    return kept


def _known_city(site: Site, city: object) -> str | None:
    if city is None or city == "":
        return None
    if not isinstance(city, str) or city not in site.library.cities:
        names = "、".join(known.name for known in site.library.cities.values())
        raise Trouble(400, "没有这个城市", f"现在能回答的城市有：{names}。")
    return city


def _person(site: Site, visitor: str) -> str:
    return site.identities.of("web", visitor)


def _remember(request: web.Request, response: web.Response, visitor: str, *, in_dialog: bool) -> None:
    """Set the cookie; a second one, which says nothing, notes that it must outlast the day."""
    secure = request.app[SITE].is_behind_tls
    is_kept = in_dialog or KEPT in request.cookies
    for name, value in ((COOKIE, visitor), *([(KEPT, "1")] if is_kept else [])):
        seconds = KEPT_SECONDS if is_kept else COOKIE_SECONDS
        response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=secure)


async def _forget(request: web.Request, response: web.Response) -> None:
    site = request.app[SITE]
    visitor = visitor_of(request)
    if visitor is not None:
        await site.assistant.forget(_person(site, visitor))
    for name in (COOKIE, KEPT):
        response.del_cookie(name, httponly=True, samesite="Lax", secure=site.is_behind_tls)
