"""What the page shows, as JSON: people, talk, exchanges, faults.

Words of an account become pieces that can be tapped.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import unescape

from bot.sandbox.box import Box
from bot.sandbox.faults import LABELS, Fault
from bot.sandbox.ledger import Attempt, Delivery, Fate, Outcome
from bot.sandbox.people import Bubble, Person
from bot.sandbox.replies import FLAW_LABELS, Said, SaidKind

MAX_EXCHANGES = 20

_ANCHOR = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_ADDRESS = re.compile(r"https?://[!-~]+")
_NUMBERED = re.compile(r"^\s*(\d{1,2})[.．、]\s*(\S.*)$", re.MULTILINE)
_MOST_NUMBERS = 12

_OUTCOMES = {
    Outcome.REPLY: "收到回复",
    Outcome.SILENCE: "不回复（success 或空）",
    Outcome.INVALID: "不是有效的回复",
    Outcome.TIMEOUT: "5 秒没有回复，断开",
    Outcome.UNREACHED: "连不上，或连接被对方断开",
    Outcome.DROPPED: "故障：没读回复就断开了",
}
_FATES = {
    Fate.PENDING: "正在推送",
    Fate.REPLIED: "已回复",
    Fate.SILENT: "没有回复内容",
    Fate.BANNER: "显示“暂时无法提供服务”",
    Fate.WITHHELD: "停推中，没有推送",
    Fate.WITH_HUMAN: "人工接待中，没有推送",
}


def state_of(box: Box, person: Person | None) -> dict[str, Any]:
    """Return everything the page shows; `person` None: nobody is chosen."""
    menu = box.api.menu or {"button": []}
    tally = box.ledger.tally()
    return {
        "people": [{"openid": one.openid, "name": one.name} for one in box.people.values()],
        "person": None if person is None else _person(box, person),
        "menu": menu["button"],
        "faults": [_fault(box, fault) for fault in Fault],
        "is_resting": box.is_resting,
        "tally": {
            "消息": tally.messages,
            "事件": tally.events,
            "推送": tally.pushes,
            "丢失": tally.lost,
            "重复处理": tally.doubled,
            "无效回复": tally.invalid,
            "超时": tally.late,
        },
    }


def _fault(box: Box, fault: Fault) -> dict[str, Any]:
    happened = box.faults.happened[fault]
    return {"fault": fault, "label": LABELS[fault], "chance": box.faults.chance_of(fault), "happened": happened}


def _person(box: Box, person: Person) -> dict[str, Any]:
    latest = islice((one for one in reversed(box.ledger.deliveries) if one.openid == person.openid), MAX_EXCHANGES)
    return {
        "openid": person.openid,
        "is_following": person.is_following,
        "is_with_human": person.is_with_human,
        "sees_typing": person.sees_typing,
        "may_be_sent": person.windows.left(box.clock.now()),
        "talk": [_bubble(bubble) for bubble in person.talk],
        "exchanges": [_exchange(delivery) for delivery in latest],
    }


def _bubble(bubble: Bubble) -> dict[str, Any]:
    shown: dict[str, Any] = {"number": bubble.number, "side": bubble.side, "text": bubble.text}
    return shown if bubble.said is None else {**shown, **said_in_pieces(bubble.said)}


def said_in_pieces(said: Said) -> dict[str, Any]:
    """Return what an account said: its text in pieces, the options to tap, an article's title and address."""
    options = [{"id": identity, "label": content, "says": content} for identity, content in said.options]
    if said.kind is SaidKind.TEXT:
        options = numbered_options(said.text)
    return {
        "kind": said.kind,
        "pieces": pieces_of(said.text),
        "options": options,
        "tail": said.tail,
        "title": said.title,
        "url": said.url if said.url.startswith(("http://", "https://")) else "",
    }


def pieces_of(text: str) -> list[dict[str, str]]:
    """Return `text` cut into plain pieces, links, and the inline options that send a message when tapped."""
    pieces: list[dict[str, str]] = []
    end = 0
    for anchor in _ANCHOR.finditer(text):
        pieces += _with_addresses(text[end : anchor.start()])
        pieces.append(_anchor(unescape(anchor[1]), anchor[2]))
        end = anchor.end()
    return pieces + _with_addresses(text[end:])


def numbered_options(text: str) -> list[dict[str, str]]:
    """Return the options that a text numbers from 1, to be answered by their number."""
    found = _NUMBERED.findall(text)[-_MOST_NUMBERS:]
    starts = [index for index, (number, _) in enumerate(found) if number == "1"]
    options = found[starts[-1] :] if starts else []
    in_order = [number for number, _ in options] == [str(index) for index in range(1, len(options) + 1)]
    return [{"label": f"{number}. {label}", "says": number} for number, label in options] if in_order else []


def _anchor(address: str, label: str) -> dict[str, str]:
    parts = urlsplit(address)
    if parts.scheme == "weixin" and parts.netloc == "bizmsgmenu":
        query = parse_qs(parts.query)
        says = query.get("msgmenucontent", [label])[0]
        return {"text": label, "says": says, "menu_id": query.get("msgmenuid", [""])[0]}
    return {"text": label, "url": address} if parts.scheme in ("http", "https") else {"text": label}


def _with_addresses(text: str) -> list[dict[str, str]]:
    pieces: list[dict[str, str]] = []
    end = 0
    for address in _ADDRESS.finditer(text):
        pieces += [{"text": text[end : address.start()]}, {"text": address[0], "url": address[0]}]
        end = address.end()
    return [piece for piece in (*pieces, {"text": text[end:]}) if piece["text"]]


def _exchange(delivery: Delivery) -> dict[str, Any]:
    return {
        "number": delivery.number,
        "what": delivery.message.name,
        "fate": _FATES[delivery.fate],
        "xml": delivery.xml,
        "pushes": [_attempt(attempt) for attempt in delivery.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    told = _OUTCOMES[attempt.outcome] if attempt.seconds else "等待回复"
    flaw = f"：{FLAW_LABELS[attempt.flaw]}" if attempt.flaw else ""
    return {
        "told": f"{told}{flaw}",
        "is_repeat": attempt.is_repeat,
        "seconds": round(attempt.seconds, 3),
        "status": attempt.status,
        "request": attempt.request,
        "response": attempt.response[:20_000],
        "plain": attempt.plain,
    }
