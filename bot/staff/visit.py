"""What every page of the console is given: who asks, from where, and what it is served from."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment
from markupsafe import Markup

from bot.assistant import Assistant
from bot.channels.posting import form_body
from bot.channels.site import Trouble
from bot.identity import Identities
from bot.staff.passwords import Passwords
from bot.staff.rights import ROLE_WORDS, Right, Role, may
from bot.store.questions import storable
from bot.store.records import Records
from bot.store.records_staff import Signed
from bot.store.staffing import Officer
from bot.store.work import in_shanghai
from dialogs.lookup import Clerk
from knowledge.city import City
from knowledge.library import Library

T = TypeVar("T")
MOST_FIELDS = 60


@dataclass(frozen=True)
class Console:
    """What the pages are served from. `is_beyond`: the console is reached from other machines than this one.

    `done`: what a page says after an act, by the word in its address (`?done=`).
    """

    assistant: Assistant
    records: Records
    library: Library
    identities: Identities
    clerk: Clerk
    templates: Environment
    passwords: Passwords
    is_beyond: bool
    done: Mapping[str, str]
    public_url: str | None = None
    proxies: frozenset[str] = frozenset()


CONSOLE: web.AppKey[Console] = web.AppKey("console", Console)
_FORM: web.RequestKey[dict[str, str]] = web.RequestKey("form", dict)


@dataclass(frozen=True)
class Visit:
    """One request. `signed` is None on the page for signing in alone."""

    request: web.Request = field(repr=False)
    console: Console = field(repr=False)
    signed: Signed | None = field(repr=False)

    @property
    def officer(self) -> Officer:
        """Return who asks. Raises Trouble where nobody is signed in."""
        if self.signed is None:
            raise Trouble(403, "请先登录", "请先登录再继续。", links=(("登录", "/staff/login"),))
        return self.signed.officer

    @property
    def form_key(self) -> str:
        """Return what every form of this session must hold, so that no other site can post it; "" for nobody."""
        return "" if self.signed is None else form_key_of(self.signed.token)

    @property
    def library(self) -> Library:
        """Return the library."""
        return self.console.library

    @property
    def now(self) -> float:
        """Return seconds since 1970."""
        return self.console.assistant.turns.now()

    @property
    def today(self) -> date:
        """Return the day in Shanghai."""
        return in_shanghai(self.now).date()

    def may(self, right: Right) -> bool:
        """Tell whether whoever asks has the right."""
        return self.signed is not None and may([Role(role) for role in self.officer.roles], right)

    @property
    def cities(self) -> tuple[City, ...]:
        """Return the cities whose declarations whoever asks may see."""
        own = self.officer.cities
        return tuple(city for city in self.library.cities.values() if not own or city.slug in own)

    def city(self, slug: str) -> City:
        """Return one of the person's cities. Raises Trouble for any other."""
        found = next((city for city in self.cities if city.slug == slug), None)
        if found is None:
            raise Trouble(403, "不是您负责的城市", "这个城市的填报不归您看。需要的话，请管理员给您加上。")
        return found

    def asked(self, name: str, longest: int = 200) -> str:
        """Return what the address holds under this name, "" for nothing; longer than `longest` is cut."""
        return storable(self.request.query.get(name, ""))[:longest].strip()

    def number_asked(self, name: str, otherwise: int, highest: float = math.inf) -> int:
        """Return a whole number from the address, at least 1 and at most `highest`."""
        text = self.asked(name, 9)
        is_number = text.isascii() and text.isdigit()
        return int(min(max(int(text), 1), highest)) if is_number else otherwise

    async def form(self) -> dict[str, str]:
        """Return the posted fields, the last of each name. Raises Trouble for what is no form, or too large."""
        if _FORM not in self.request:  # the guard reads it first, and a body is read once
            form = await form_body(self.request, most_fields=MOST_FIELDS)
            # What a database cannot take would look like its outage, and every dialog would wait for it.
            self.request[_FORM] = {name: storable(value) for name, value in form.items()}
        return self.request[_FORM]

    async def of_records(self, method: Callable[..., T], *given: object, **named: object) -> T:
        """Return what a method of the records returns, called off the event loop. Raises StoreError."""
        return await self.console.assistant.turns.of_records(lambda: method(*given, **named))

    async def bring_into_force(self) -> None:
        """Have this process answer by what was just published; the others ask every few seconds."""
        assistant = self.console.assistant
        if assistant.publishing is not None:
            await assistant.publishing.refresh(assistant)

    def page(self, template: str, *, status: int = 200, **context: Any) -> web.Response:
        """Return a page of the console; its template finds `visit`, `may`, `Right` besides what it is given."""
        shared = {
            "visit": self,
            "Right": Right,
            "role_words": ROLE_WORDS,
            "done": self.console.done.get(self.asked("done", 40)),
            "form_key": lambda: Markup('<input type="hidden" name="form_key" value="{}">').format(self.form_key),
        }
        text = self.console.templates.get_template(f"staff/{template}").render(**shared, **context)
        return web.Response(text=text, status=status, content_type="text/html", headers={"Cache-Control": "no-store"})

    def see_other(self, path: str, **asked: str) -> web.Response:
        """Return the way to a page after an act; `asked` goes into its address (done="…" says what was done)."""
        return web.Response(status=303, headers={"Location": f"{path}?{urlencode(asked)}" if asked else path})


def form_key_of(token: str) -> str:
    """Return the key of a session's forms: it follows from the token, which no other site can read."""
    return hmac.new(token.encode(), b"forms", hashlib.sha256).hexdigest()


Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


class Need(IntEnum):
    """How far somebody must have come in signing in: each includes those before it."""

    PASSWORD = 0
    CODE = 1
    """The second factor too, where there is one."""
    OWN_PASSWORD = 2
    """The password is no longer the one another gave out."""
    ALL = 3
    """There is a second factor where one is asked for."""


@dataclass(frozen=True)
class Route:
    """One address of the console. `right` None: also for somebody who is not signed in."""

    method: str
    path: str
    handler: Handler
    right: Right | None
    needs: Need = Need.ALL
