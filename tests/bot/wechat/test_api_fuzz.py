"""Whatever bytes, status or JSON the platform answers: a result or an ApiError."""

from __future__ import annotations

import asyncio
import contextlib
import json
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.wechat.api_errors import ApiError, Unreachable
from tests.bot.wechat.fake_api import CALLS, Platform, platform_running


class Raw:
    """Answers each request with the bytes it is told and hangs up."""

    def __init__(self) -> None:
        self.answer = b""
        self.url = ""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Raw]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
            await writer.drain()
        writer.close()


many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])

plain_values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
json_values = st.recursive(
    plain_values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)
NAMES = ["errcode", "errmsg", "access_token", "expires_in", "ticket", "url", "menu", "ip_list", "expire_seconds"]
CODES = st.sampled_from([0, -1, 40001, 40164, 45015, 46003, 43101, 45081, 10**18])
tables = st.dictionaries(st.sampled_from(NAMES), json_values | CODES, max_size=5) | st.builds(
    lambda code, said: {"errcode": code, "errmsg": said}, CODES, json_values
)
headers = st.sampled_from(
    [
        b"Content-Type: application/json",
        b"Content-Type: text/plain; charset=utf-16",
        b"Content-Type: \xff/;;=",
        b"Content-Type: image/jpeg",
        b"Content-Encoding: gzip",
        b"Content-Encoding: br",
        b"Content-Encoding: deflate",
        b"Transfer-Encoding: chunked",
        b"Content-Length: 7",
        b"Content-Length: -7",
        b"Set-Cookie: a=\x01; Domain=\xff",
        b"Location: http://[",
        b"Connection: upgrade",
        b"no colon",
        b": ",
    ]
)
lines = st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 100 Continue",
        b"HTTP/1.1 101 Switch",
        b"HTTP/1.1 999 ",
        b"HTTP/9.9 200",
        b"ICY 200",
    ]
)
bodies = st.binary(max_size=60) | tables.map(lambda table: json.dumps(table).encode())


def as_http(table: Mapping[str, Any]) -> bytes:
    body = json.dumps(table).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def spoilt(answer: bytes, place: int, piece: bytes) -> bytes:
    at = place % len(answer)
    return answer[:at] + piece + answer[at + len(piece) :]


raw_answers = st.one_of(
    st.binary(max_size=200),
    st.builds(
        lambda line, some, body: b"\r\n".join([line, *some, b"", body]), lines, st.lists(headers, max_size=3), bodies
    ),
    st.builds(spoilt, tables.map(as_http), st.integers(0, 300), st.binary(max_size=3)),
)


def leaves_only_api_errors(examples: st.SearchStrategy[tuple[str, bytes]], *, of_token: bool) -> None:
    """Let each path of `examples` be answered by those bytes; anything but an ApiError fails the test by itself."""
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()

        async def started() -> tuple[Platform, Raw]:
            return await stack.enter_async_context(platform_running()), await stack.enter_async_context(Raw().running())

        platform, raw = runner.run(started())
        good = platform.tokens(patience=0)
        seen: list[str] = []

        @many
        @given(examples)
        def check(example: tuple[str, bytes]) -> None:
            path, raw.answer = example
            tokens = platform.tokens(base=raw.url, patience=0, seconds=1) if of_token else good
            platform.notes.texts.clear()
            base = platform.url if of_token else raw.url
            error = runner.run(_ended(CALLS[path](platform.api(tokens, base=base, seconds=1))))
            seen.append(error.why.name if isinstance(error, Unreachable) else type(error).__name__)
            assert error is None or platform.fake.token not in "".join(traceback.format_exception(error))

        try:
            check()
        finally:
            runner.run(stack.aclose())
        assert len(set(seen)) > 3, f"nothing was really tried: {Counter(seen)}"


async def _ended(call: Awaitable[object]) -> ApiError | None:
    try:
        await call
    except ApiError as error:
        return error
    return None


def test_whatever_bytes_are_answered_only_an_api_error_leaves_a_call() -> None:
    leaves_only_api_errors(st.tuples(st.sampled_from(list(CALLS)), raw_answers), of_token=False)


def test_whatever_json_is_answered_only_an_api_error_leaves_a_call() -> None:
    leaves_only_api_errors(st.tuples(st.sampled_from(list(CALLS)), tables.map(as_http)), of_token=False)


def test_whatever_is_answered_in_place_of_a_token_only_an_api_error_leaves_a_call() -> None:
    answered = raw_answers | tables.map(as_http)
    leaves_only_api_errors(st.tuples(st.just("message/custom/send"), answered), of_token=True)
