"""What is in the box: the people, the engine that pushes, the API, the ledger."""

from __future__ import annotations

from bot.sandbox.api import Api
from bot.sandbox.faults import Faults
from bot.sandbox.ledger import Ledger
from bot.sandbox.media import Media
from bot.sandbox.options import Clock, SandboxOptions, check_url
from bot.sandbox.people import Person
from bot.sandbox.pushing import Pushing
from bot.sandbox.sending import Sending
from bot.sandbox.tokens import Tokens

_NAMES = "小麦 阿禾 老石 春兰 大江 青苗 山杏 晓燕".split()


class Box:
    """The platform for one account, not yet served.

    `people` are by openid. `ledger` tells what became of every message, `api` what was called, `tokens` how often one
    was fetched; `faults` may be changed at any time.
    """

    def __init__(self, options: SandboxOptions) -> None:
        self.options = options
        self.clock = Clock(options.clocks.speed)
        self.faults = Faults(options.faults, options.seed)
        self.ledger = Ledger(options.clocks.late)
        self.tokens = Tokens(self.clock, options.clocks)
        self.media = Media()
        self.people: dict[str, Person] = {}
        self.pushing = Pushing(options, self.clock, self.faults, self.ledger)
        sending = Sending(options, self.clock, self.people, self.ledger, self.pushing, self.faults)
        self.api = Api(options, self.clock, self.faults, self.tokens, self.media, sending)

    @property
    def is_resting(self) -> bool:
        """Whether nothing is pushed for a while because too much has failed."""
        return self.pushing.is_resting

    def point_at(self, callback_url: str) -> None:
        """Push to this address from now on. Raises SettingsError."""
        check_url(callback_url)
        self.pushing.callback_url = callback_url

    def person(self, name: str = "") -> Person:
        """Return somebody new who follows the account; nothing was pushed of that."""
        usual = f"{_NAMES[len(self.people) % len(_NAMES)]}{len(self.people) // len(_NAMES) + 1}"
        person = Person(name or usual, self.pushing.deliver, self.media, self.clock, self.options.clocks)
        self.people[person.openid] = person
        return person

    async def verify(self) -> bool:
        """Ask the callback for its `echostr`, as the console does when an address is saved; tell whether it came."""
        return await self.pushing.verify()

    async def settled(self) -> None:
        """Return when no repeat and no event of the platform's own is under way. Raises what went wrong there."""
        await self.pushing.settled()
