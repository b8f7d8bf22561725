"""What a store needs once before it is used, and again at its next use as long as the server is out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from bot.store.faults import StoreUnavailable

_log = logging.getLogger(__name__)


class Preparation:
    """Done when it is made; `may_wait`: a server that is out then is no reason not to start.

    Raises what `prepare` raises, but StoreUnavailable where it may wait.
    """

    def __init__(self, prepare: Callable[[], None], *, may_wait: bool) -> None:
        self._prepare = prepare
        self._lock = threading.Lock()
        self.is_done = False
        """Whether the store can be used."""
        try:
            self.ensure()
        except StoreUnavailable as error:
            if not may_wait:
                raise
            _log.error("%s；先不等它，启动以后会自己接上", error)

    def ensure(self) -> None:
        """Return when it is done. Raises what `prepare` raises."""
        if self.is_done:
            return
        with self._lock:
            if not self.is_done:
                self._prepare()
                self.is_done = True
