"""What the API brings to a person: customer-service messages, the typing sign, notifications."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from bot.sandbox import api_call as numbers
from bot.sandbox import messages
from bot.sandbox.api_call import Call, Json, Refusal, text_of
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.ledger import Ledger
from bot.sandbox.options import AccountKind, Clock, SandboxOptions
from bot.sandbox.people import Person, Side
from bot.sandbox.pushing import Pushing
from bot.sandbox.quota import Left
from bot.sandbox.replies import Said, SaidKind

MAX_TEXT_BYTES = 2048
_WINDOW_NUMBERS = {Left.CLOSED: numbers.WINDOW_CLOSED, Left.USED_UP: numbers.WINDOW_USED_UP}


class Sending:
    """Sends to the people of one account as far as the platform lets it."""

    def __init__(
        self,
        options: SandboxOptions,
        clock: Clock,
        people: Mapping[str, Person],
        ledger: Ledger,
        pushing: Pushing,
        faults: Faults,
    ) -> None:
        self._faults = faults
        self._options = options
        self._clock = clock
        self._people = people
        self._ledger = ledger
        self._pushing = pushing

    async def send(self, call: Call) -> Json:
        """Send a customer-service message: a text, one article or a msgmenu."""
        person = self._person(call)
        said = self._said(call)
        left = person.windows.take(self._clock.now())
        if left is not Left.YES:
            raise Refusal(_WINDOW_NUMBERS[left])
        person.show(Side.ACCOUNT, said=said)
        self._ledger.note_api_message(person.openid, said)
        return {}

    async def type(self, call: Call) -> Json:
        """Show or hide the sign that somebody is typing: within 30 seconds of what the person wrote, for 15."""
        person, now = self._person(call), self._clock.now()
        command = call.text("command", numbers.WRONG_COMMAND)
        if command == "CancelTyping":
            person.typing_until = 0.0
            return {}
        if command != "Typing":
            raise Refusal(numbers.WRONG_COMMAND)
        if person.wrote_at is None or now - person.wrote_at > self._options.clocks.typing_window:
            raise Refusal(numbers.TYPING_TOO_LATE)
        if person.sees_typing:
            raise Refusal(numbers.TYPING_ALREADY)
        person.typing_until = now + self._options.clocks.typing
        return {}

    async def notify(self, call: Call) -> Json:
        """Send a notification that the person has granted: one grant, one notification.

        Taken is not delivered: what became of it, an event tells.
        """
        person = self._person(call)
        template_id = call.text("template_id", numbers.WRONG_TEMPLATE)
        data = call.table("data", numbers.WRONG_DATA)
        lines = [_value(name, entry) for name, entry in data.items()]
        if not lines:
            raise Refusal(numbers.WRONG_DATA)
        grant = person.grants.get(template_id)
        if grant is None or not (grant.left or grant.is_long_term):
            raise Refusal(numbers.NOT_GRANTED)
        grant.left -= not grant.is_long_term
        is_delivered = not self._faults.happens(Fault.UNDELIVERED)
        if is_delivered:
            said = Said(SaidKind.NOTIFICATION, "\n".join(lines), url=str(call.body.get("page") or ""))
            person.show(Side.ACCOUNT, said=said)
            self._ledger.note_api_message(person.openid, said)
        message_id = secrets.randbelow(10**18)
        told = messages.notification_sent(template_id, message_id, is_delivered=is_delivered)
        self._pushing.in_background(self._pushing.deliver(person, told))
        return {}

    def _person(self, call: Call) -> Person:
        person = self._people.get(call.text("touser", numbers.WRONG_OPENID))
        if person is None:
            raise Refusal(numbers.WRONG_OPENID)
        if not person.is_following:
            raise Refusal(numbers.NOT_FOLLOWING)
        return person

    def _said(self, call: Call) -> Said:
        kind = call.text("msgtype", numbers.WRONG_MESSAGE_TYPE)
        if kind == "text":
            content = text_of(call.table("text", numbers.EMPTY_CONTENT), "content", numbers.EMPTY_CONTENT)
            return Said(SaidKind.TEXT, _short(content))
        if kind == "news":
            return _article(call.table("news", numbers.EMPTY_CONTENT))
        if kind == "msgmenu":
            if self._options.kind_held is not AccountKind.SERVICE:
                raise Refusal(numbers.WRONG_ACCOUNT_TYPE)
            return _options(call.table("msgmenu", numbers.EMPTY_CONTENT))
        raise Refusal(numbers.WRONG_MESSAGE_TYPE)


def _short(content: str) -> str:
    try:
        if len(content.encode()) > MAX_TEXT_BYTES:
            raise Refusal(numbers.TOO_LONG)
    except UnicodeEncodeError as error:
        raise Refusal(numbers.NOT_JSON) from error
    return content


def _article(news: Json) -> Said:
    articles = news.get("articles")
    if not isinstance(articles, list) or not articles or not isinstance(articles[0], dict):
        raise Refusal(numbers.EMPTY_CONTENT)
    if len(articles) > 1:
        raise Refusal(numbers.TOO_MANY_ARTICLES)
    article = articles[0]
    title, url = (text_of(article, name, numbers.EMPTY_CONTENT) for name in ("title", "url"))
    description, picture_url = (str(article.get(name) or "") for name in ("description", "picurl"))
    return Said(SaidKind.NEWS, _short(description), _short(title), url, picture_url)


def _options(menu: Json) -> Said:
    entries = menu.get("list")
    if not isinstance(entries, list) or not entries:
        raise Refusal(numbers.EMPTY_CONTENT)
    options = tuple(_option(entry) for entry in entries)
    head, tail = (_short(str(menu.get(name) or "")) for name in ("head_content", "tail_content"))
    return Said(SaidKind.OPTIONS, head, options=options, tail=tail)


def _option(entry: object) -> tuple[str, str]:
    if not isinstance(entry, dict):
        raise Refusal(numbers.EMPTY_CONTENT)
    identity = entry.get("id")
    if not isinstance(identity, str | int):
        raise Refusal(numbers.WRONG_DATA)
    return str(identity), text_of(entry, "content", numbers.EMPTY_CONTENT)


def _value(name: str, entry: Any) -> str:
    if not isinstance(entry, dict) or not isinstance(entry.get("value"), str) or not entry["value"]:
        raise Refusal(numbers.WRONG_DATA)
    return f"{name}：{entry['value']}"
