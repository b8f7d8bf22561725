"""The other floor: WeRoBot's echo in encrypted mode on its own server. `python -m tests.bench.echo_werobot PORT`.

Its own server is the one bottle picks where no other is installed, wsgiref: one thread, a connection for each request.
"""

from __future__ import annotations

import sys
from typing import Any
from wsgiref.simple_server import WSGIServer

from werobot import WeRoBot  # type: ignore[import-untyped]

from tests.bench.sealing import ACCOUNT


class PatientServer(WSGIServer):
    """Lets more than five connections wait: the sixth would otherwise be refused and try again a second later."""

    request_queue_size = 128


def make_robot() -> WeRoBot:
    """Return a robot that says what it heard."""
    robot = WeRoBot(token=ACCOUNT.token, enable_session=False)
    robot.config["APP_ID"] = ACCOUNT.app_id
    robot.config["ENCODING_AES_KEY"] = ACCOUNT.aes_key

    @robot.text  # type: ignore[untyped-decorator]
    def said(message: Any) -> str:
        return str(message.content)

    return robot


if __name__ == "__main__":
    # As `WeRoBot.run` does, but quiet: a line of log for each request would be held against it.
    make_robot().wsgi.run(
        server="wsgiref", server_class=PatientServer, host="127.0.0.1", port=int(sys.argv[1]), quiet=True
    )
