"""Which dialog a message starts: one that it asks for, or one that goes on from what a person tells of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from dialogs.effects import NOTHING_KNOWN
from dialogs.flows.fields import YesNo
from dialogs.flows.flow import Flow
from dialogs.flows.readings import answers
from dialogs.flows.scene import Heard, Scene, Tools
from dialogs.flows.talk import Talk
from dialogs.session import Session
from knowledge.manner import any_word
from knowledge.wording import Wording

_TROUBLES = frozenset({"late", "lost", "damaged", "change", "address", "fake", "penalty"})
"""Whoever tells of one of these has a permit, and another question."""

_HAPPENED = re.compile("[了过]$")

_A_STORY = 3
"""Who tells so many facts and asks nothing wants to know what follows from them."""


class Starts:
    """The words that start each dialog; holds nothing of any conversation."""

    def __init__(self, flows: Iterable[Flow], tools: Tools, wordings: Mapping[str, Wording]) -> None:
        self._flows = tuple(flows)
        self._tools = tools
        self._wordings = wordings
        self._any = any_word(wordings[flow.name].starts.pattern for flow in self._flows)

    def asked_for(self, heard: Heard, today: date) -> str | None:
        """Return the dialog that a message asks for, in its own words or in those of a manner."""
        if not heard.understood.manners.found and not self._any.fullmatch(heard.bare):
            return None  # nearly every message: the dialogs need not be asked one by one
        for flow in self._flows:
            if self._wordings[flow.name].starts.fullmatch(heard.bare) or flow.is_started_by(heard, today):
                return flow.name
        return None

    def asked_beside(self, talk: Talk) -> str | None:
        """Return the dialog that a message asks for while one runs; an answer to the ask on the screen is none."""
        heard, state = talk.heard, talk.state
        name = self.asked_for(heard, talk.around.today)
        if name is None or state.is_finished:
            return name
        if self._wordings[name].starts.fullmatch(heard.bare):
            # 撤回 says yes to 确定撤回吗.
            says_yes = name == state.flow and talk.ask is not None and isinstance(talk.ask.field, YesNo)
            return None if says_yes and answers(talk) else name
        if _HAPPENED.search(heard.bare + heard.text[-1:]):
            return None  # 房东说帮我登记了 tells, and asks for nothing
        return None if answers(talk) else name

    def told_to(self, heard: Heard, session: Session, today: date) -> str | None:
        """Return the dialog for a person who tells of themselves and asks nothing: enough for it to go on from."""
        slug = heard.understood.places.residence or session.city
        asks = heard.understood.asks or heard.understood.manners.found or heard.is_question
        if asks or slug is None or heard.understood.concepts & _TROUBLES:
            return None
        for flow in self._flows:
            if flow.hears_stories:
                scene = Scene(self._tools, self._wordings[flow.name], {"city": slug}, NOTHING_KNOWN, today)
                values, hints = flow.spot(heard, scene)
                if len({*values, *hints} & {ask.name for ask in flow.asks}) >= _A_STORY:
                    return flow.name
        return None
