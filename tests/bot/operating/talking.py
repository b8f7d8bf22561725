"""Somebody who talks to a running service over HTTP, again and again as somebody new."""

from __future__ import annotations

import json
import time
import urllib.request
from http.cookiejar import CookieJar

CONSENTING = ("我要申报", "巴中", "同意")
_PATIENCE_SECONDS = 60


class Talker:
    """Begins declarations at `url`; `begun` counts them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.begun = 0

    def begin_a_declaration(self) -> None:
        """Consent to a declaration as a new visitor: the service writes to its conversations, records and keys."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        for text in CONSENTING:
            body = json.dumps({"text": text}).encode()
            headers = {"Content-Type": "application/json"}
            request = urllib.request.Request(f"{self._url}/api/say", body, headers)  # noqa: S310  # this machine
            with browser.open(request, timeout=30) as response:
                assert json.load(response)["kind"] == "flow"
        self.begun += 1

    def wait_for(self, number: int) -> None:
        """Return when so many have been begun. Raises TimeoutError."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self.begun < number:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.begun} of {number}")
            time.sleep(0.02)
