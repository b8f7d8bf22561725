"""The files people sent, by MediaId."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

_KEPT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class File:
    """One file. Its repr does not show it."""

    content: bytes = field(repr=False)
    content_type: str


class Media:
    """Keeps the newest files, 64 MiB of them; the platform keeps them for three days."""

    def __init__(self) -> None:
        self.base_url = ""
        self._files: OrderedDict[str, File] = OrderedDict()
        self._bytes = 0

    def keep(self, content: bytes, content_type: str) -> str:
        """Keep a file and return its MediaId."""
        media_id = secrets.token_urlsafe(48)
        self._files[media_id] = File(content, content_type)
        self._bytes += len(content)
        while self._bytes > _KEPT_BYTES and len(self._files) > 1:
            _, oldest = self._files.popitem(last=False)
            self._bytes -= len(oldest.content)
        return media_id

    def find(self, media_id: str) -> File | None:
        """Return the file, None when there is none."""
        return self._files.get(media_id)

    def url_of(self, media_id: str) -> str:
        """Return the address that stands as PicUrl in a message."""
        return f"{self.base_url}/sandbox/picture/{media_id}"
