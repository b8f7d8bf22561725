"""Several processes that answer on the same sockets: started, watched, replaced when they die, stopped together."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from bot.faults import trace_of
from bot.identity import DamagedKey
from bot.settings import Settings, SettingsError
from bot.store.faults import StoreError
from dialogs.advisor import Advisor

_log = logging.getLogger(__name__)

CANNOT_START = 78
"""The exit status of a worker that found its stores or settings unusable."""
_REST_SECONDS = 1.0
"""A worker that lived shorter than this is replaced only after as long: no storm of starts."""
_STOPS = (signal.SIGTERM, signal.SIGINT)

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where several processes leave their counts; read when `bot.metrics` is first imported."""


def share_counts(folder: Path) -> None:
    """Have the processes to come leave their counts in `folder`; what an earlier start left there is removed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()
    os.environ[FOLDER_VARIABLE] = str(folder)


class Workers:
    """The processes of one service. The parent answers nobody; it only watches."""

    def __init__(self, settings: Settings, advisor: Advisor, public: socket.socket, internal: socket.socket) -> None:
        self._settings, self._advisor = settings, advisor
        self._sockets = public, internal
        self._started: dict[int, float] = {}
        self._is_stopping = False

    def run(self) -> int:
        """Serve until told to stop; return the exit status: that of a worker that could not start, else 0."""
        for number in _STOPS:
            signal.signal(number, self._stop)
        for _ in range(self._settings.workers):
            self._start()
        first = frozenset(self._started)
        while self._started:
            process, status = os.wait()
            code = os.waitstatus_to_exitcode(status)
            lived = time.monotonic() - self._started.pop(process, 0.0)
            self._forget_counts(process)
            if self._is_stopping:
                continue
            if code == CANNOT_START and process in first:
                self._stop(signal.SIGTERM, None)
                self._wait_for_all()
                return 1
            # Also when a replacement could not start: what was in order at the first start comes back, and the others
            # go on meanwhile.
            _log.error("worker ended and is replaced", extra={"status": code})
            time.sleep(max(0.0, _REST_SECONDS - lived))
            self._start()
        return 0

    def _start(self) -> None:
        """Start one more, unless told to stop."""
        # Told between the fork and its being noted, a stop would miss the new process.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        if not self._is_stopping:
            process = os.fork()
            if process == 0:
                self._be_a_worker()
            self._started[process] = time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def _be_a_worker(self) -> NoReturn:
        """Work in the new process, which never returns into its parent's code."""
        status = 1
        try:
            status = self._work()
        except BaseException as error:
            _log.error("worker failed: %s", trace_of(error))
        finally:
            logging.shutdown()
            sys.stderr.flush()
            os._exit(status)

    def _work(self) -> int:
        from bot.serving import serve_here

        for number in _STOPS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        try:
            serve_here(self._settings, self._advisor, *self._sockets)
        except (StoreError, SettingsError, DamagedKey) as error:
            _log.error("%s", error)
            return CANNOT_START
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopping = True
        # Who connects from now on is refused at once and may go to another host; kept open here, it would wait in vain.
        for listener in self._sockets:
            listener.close()
        for process in self._started:
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(process, signal.SIGTERM)

    def _wait_for_all(self) -> None:
        for process in [*self._started]:
            os.waitpid(process, 0)

    @staticmethod
    def _forget_counts(process: int) -> None:
        from bot.metrics import forget_process

        forget_process(process)


def serve_with_workers(settings: Settings, advisor: Advisor, public: socket.socket, internal: socket.socket) -> None:
    """Serve with `settings.workers` processes until told to stop. Exits with 1 when they cannot start."""
    status = Workers(settings, advisor, public, internal).run()
    if status:
        raise SystemExit(status)
