"""Somebody who writes to the WeChat account of real servers, message by message on whichever host, and opens pages."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, FormData, TCPConnector

from bot.identity import Identities
from tests.bot.declaring import PHOTO, Say, Step, Write
from tests.bot.process import ROOT, Service
from tests.bot.wechat.platform import ACCOUNT, Query, encrypt, envelope, read, text

PUBLIC = "https://jzz.example.gov.cn"
PRECHECK_PLAY = "预审_巴中_外省人今天就能办"
_LINK = re.compile(r"/page/[\w-]+")
_RECEIPT = re.compile(r"\d{4}-\d{4}-\d{4}")
_SECRET_PARTS = ((_LINK, "/page/某"), (_RECEIPT, "某回执"))
_nonces = itertools.count()
_messages = itertools.count(1)


def written_settings(folder: Path) -> dict[str, str]:
    """Write the operator's files for tests into `folder`; return the settings that name them."""
    accounts, operator = folder / "accounts.toml", folder / "operator"
    operator.mkdir(parents=True, exist_ok=True)
    accounts.write_text(
        f'[{ACCOUNT.name}]\napp_id = "{ACCOUNT.app_id}"\ntoken = "{ACCOUNT.token}"\naes_key = "{ACCOUNT.aes_key}"\n',
        encoding="utf-8",
    )
    (operator / "operators.toml").write_text(
        '[bazhong]\nname = "巴中市公安局巴州分局"\ncontact = "0827-5555555"\n'
        'legal_basis = "《四川省流动人口信息登记办法》"\nkeep_days = 30\n',
        encoding="utf-8",
    )
    return {
        "JUZHUZHENG_WECHAT_ACCOUNTS": str(accounts),
        "JUZHUZHENG_OPERATOR_DIR": str(operator),
        "JUZHUZHENG_PUBLIC_URL": PUBLIC,
    }


def precheck_steps() -> tuple[Say, ...]:
    """Return what somebody says in a whole pre-check."""
    play = (ROOT / "tests" / "transcripts" / "dialogs" / f"{PRECHECK_PLAY}.txt").read_text(encoding="utf-8")
    return tuple(Say(line.removeprefix("群众：")) for line in play.splitlines() if line.startswith("群众："))


def sealed_push(content: str, number: int, user: str) -> tuple[Query, bytes]:
    """Return a push signed now with a nonce of its own; `number` is the message's id."""
    return envelope(
        encrypt(text(content, number=number, user=user)),
        nonce=f"nonce{next(_nonces)}",
        timestamp=str(int(time.time())),
    )


def plain_of(reply: str) -> str:
    """Return what the person reads; "" when the answer is `success`."""
    return "" if reply == "success" else str(read(reply)["Content"])


def without_secrets(reply: str) -> str:
    """Return a reply without what chance made: receipt numbers and links."""
    for pattern, instead in _SECRET_PARTS:
        reply = pattern.sub(instead, reply)
    return reply


def receipts_in(reply: str) -> list[str]:
    """Return the receipt numbers in a reply."""
    return _RECEIPT.findall(reply)


def person_of(service: Service, user: str) -> str:
    """Return under which name the stores know a follower."""
    return Identities.from_file(service.data / "identity.key").of("wechat", ACCOUNT.name, user)


@asynccontextmanager
async def connected(seconds: float = 30.0) -> AsyncIterator[ClientSession]:
    """Yield a session that keeps no cookie, as the platform does not, and gives up after so many seconds."""
    settings = {"connector": TCPConnector(limit=0), "timeout": ClientTimeout(total=seconds)}
    async with ClientSession(cookie_jar=DummyCookieJar(), **settings) as session:  # type: ignore[arg-type]
        yield session


async def push(session: ClientSession, service: Service, sealed: tuple[Query, bytes]) -> str:
    """Push what is sealed; return what the person reads. Raises AssertionError for anything but a 200."""
    async with session.post(f"{service.url}/wechat/{ACCOUNT.name}", params=sealed[0], data=sealed[1]) as response:
        body = await response.text()
        assert response.status == 200, f"{response.status}: {body[:200]}"
        return plain_of(body)


@dataclass
class Follower:
    """A person: `heard` the last reply, `path` the page last offered."""

    session: ClientSession
    name: str
    heard: str = ""
    path: str = ""
    replies: list[str] = field(default_factory=list)

    async def say(self, service: Service, content: str, number: int = 0) -> str:
        """Send a message to a host, as a new one unless it has the number of an earlier one."""
        sealed = sealed_push(content, number or next(_messages), self.name)
        self._hear(await push(self.session, service, sealed))
        return self.heard

    async def write(self, service: Service, answer: str | bytes) -> None:
        """Answer on the page that was offered; then go to the next page, or back to the talk on the same host."""
        assert self.path, f"no page was offered: {self.heard}"
        response = await post_page(self.session, service, self.path, answer)
        assert response.status in (200, 303), f"{response.status}: {await response.text()}"
        self.path = response.headers.get("Location", "")
        if not self.path:
            await self.say(service, "继续")

    async def walk(self, hosts: Iterable[Service], steps: Sequence[Step]) -> list[str]:
        """Take the steps, each on the next host; return all replies without what chance made."""
        for service, step in zip(hosts, steps, strict=False):
            if isinstance(step, Write):
                await self.write(service, step.answer)
            else:
                await self.say(service, step.text)
        return [without_secrets(reply) for reply in self.replies]

    def receipt(self) -> str:
        """Return the receipt number in the last reply."""
        found = receipts_in(self.heard)
        assert found, f"no receipt in: {self.heard}"
        return found[0]

    def _hear(self, reply: str) -> None:
        self.heard = reply
        self.replies.append(reply)
        links = _LINK.findall(reply)
        self.path = links[-1] if links else ""


async def post_page(session: ClientSession, service: Service, path: str, answer: str | bytes) -> ClientResponse:
    """Post an answer on a page: a text, or a photo with the bytes that a telephone gives."""
    data: FormData | dict[str, str] = {"answer": answer} if isinstance(answer, str) else FormData()
    if isinstance(data, FormData):
        data.add_field("photo", BytesIO(PHOTO), filename="me.jpg", content_type="image/jpeg")
    response = await session.post(f"{service.url}{path}", data=data, allow_redirects=False)
    await response.read()
    return response


def in_turn(*hosts: Service) -> Iterator[Service]:
    """Return the hosts one after the other, without end."""
    return itertools.cycle(hosts)
