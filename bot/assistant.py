"""The one door between channels and dialogs: load the session, take the turn, keep it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.store.base import Conversations
from dialogs import words
from dialogs.advisor import Advisor, Turn
from dialogs.saying import Kind, Part, Saying
from rules.proof import ProofError

_log = logging.getLogger(__name__)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def today_in_shanghai() -> date:
    """Return today's date in Asia/Shanghai whatever the machine's zone."""
    return datetime.now(SHANGHAI).date()


class Assistant:
    """Answers a person on any channel. One turn at a time per process; a turn takes milliseconds.

    `person` and `message_key` are keyed hashes (`bot.identity`): who it is never reaches a store.
    """

    def __init__(
        self, advisor: Advisor, conversations: Conversations, *, today: Callable[[], date] = today_in_shanghai
    ) -> None:
        self.advisor = advisor
        self.conversations = conversations
        self._today = today

    def hear(self, person: str, text: str, *, city: str | None = None) -> Saying:
        """Answer `text` and keep the session. `city` is the city already chosen on the channel, if any."""
        turn = self._take_turn(person, text, city)
        self.conversations.save(person, turn.session)
        return turn.saying

    def hear_once(
        self,
        person: str,
        text: str,
        *,
        message_key: str,
        render: Callable[[Saying], str],
        usual_city: str | None = None,
    ) -> str:
        """Answer a message that may be delivered again: the same `message_key` gets the same rendered reply.

        `usual_city` answers a person who has not said where they live.

        The session and the reply are kept in one step, so a repeated message never takes a second turn.
        """
        given = self.conversations.reply_to(message_key)
        if given is not None:
            return given
        turn = self._take_turn(person, text, None, usual_city)
        reply = render(turn.saying)
        self.conversations.save(person, turn.session, message_key=message_key, reply=reply)
        return reply

    def _take_turn(self, person: str, text: str, city: str | None, usual_city: str | None = None) -> Turn:
        session = self.conversations.load(person)
        if session.city is None:
            city = city or usual_city
        try:
            return self.advisor.take_turn(session, text, today=self._today(), city=city)
        except ProofError as error:
            # The error names the statement and the provision, never what the person wrote.
            _log.error("reply withheld, it does not verify: %s", error)
            return Turn(session, Saying(Kind.REFUSE, None, None, (Part(Kind.REFUSE, words.PROOF_FAILED),)))
