"""What every page of the public site shares: what it is served from, templates, and calm errors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.assistant import Assistant
from bot.channels.links import path_of
from bot.identity import Identities
from knowledge.library import Library
from knowledge.text import in_chinese

STATIC = Path(__file__).parent.parent / "static"
_TEMPLATES = Path(__file__).parent.parent / "templates"
COOKIE = "visitor"
_VISITOR = re.compile(r"[0-9a-f]{32}")
_STATUS_WORDS = {"in_force": "现行", "draft": "草案", "repealed": "已废止"}


def content_policy(*, scripts: str = "'self'", styles: str = "'self'", images: str = "'self'") -> str:
    """Return the content policy of a page: only what is ours, and what it names besides."""
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src {images}; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


SECURITY_HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it a browser sends "Origin: null" from our own forms, and those would look foreign.
    "Referrer-Policy": "same-origin",
    "Server": "juzhuzheng",  # the default one names our versions
}


def add_headers(response: web.StreamResponse, headers: Mapping[str, str]) -> None:
    """Give a response the headers it has not got itself: a page may need one of its own. Versions are never told."""
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = headers["Server"]


@dataclass(frozen=True)
class Site:
    """What the handlers of the public site need."""

    public_url: str | None
    assistant: Assistant
    library: Library
    identities: Identities
    templates: Environment
    proxies: frozenset[str] = frozenset()
    """Addresses whose word we take for whom they speak for."""
    posts_a_minute: int = 300

    @property
    def is_behind_tls(self) -> bool:
        """True when people reach the site by https, so that a cookie must never travel without it."""
        return (self.public_url or "").startswith("https://")


SITE: web.AppKey[Site] = web.AppKey("site", Site)


class Trouble(Exception):
    """A request we cannot serve, in words for the person: what is wrong, and where to go from here.

    `links` are (label, path) pairs; the way home is always added.
    """

    def __init__(self, status: int, heading: str, text: str, *, links: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(heading)
        self.status = status
        self.heading = heading
        self.text = text
        self.links = links


def page(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """Return the rendered page. It is revalidated on every visit, so that a changed text is never read from a cache."""
    text = request.app[SITE].templates.get_template(template).render(**context)
    # Not no-store: without scripts, going back from a provision to the answer would fail.
    headers = {"Cache-Control": "private, no-cache"}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def visitor_of(request: web.Request) -> str | None:
    """Return the visitor's random cookie, if the browser has one."""
    cookie = request.cookies.get(COOKIE, "")
    return cookie if _VISITOR.fullmatch(cookie) else None


def make_templates() -> Environment:
    """Return the templates: everything is escaped, and an unknown name is an error rather than an empty place."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    versions = {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in STATIC.iterdir()}
    environment.globals["static"] = lambda name: f"/static/{name}?v={versions[name]}"
    environment.globals["path_of"] = path_of
    environment.filters["in_chinese"] = in_chinese
    environment.filters["status_word"] = lambda status: _STATUS_WORDS.get(status, "文本未写明效力")
    return environment
