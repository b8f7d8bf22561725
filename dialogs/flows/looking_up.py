"""查回执: how a declaration stands, asked from another device than the one it was filled in on."""

from __future__ import annotations

from dialogs.effects import STATUS, LookUp
from dialogs.flows.field import Field, Read, Rejected
from dialogs.flows.flow import Ask, Outcome
from dialogs.flows.form import Paged
from dialogs.flows.personal import AnyDocumentNumber
from dialogs.flows.scene import Heard, Scene
from dialogs.receipts import BadReceipt, find_receipt
from dialogs.saying import Kind, Part


class _ReceiptNumber(Field):
    """A receipt number as it was given out."""

    is_free = True

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        found = find_receipt(heard.text)
        if isinstance(found, BadReceipt):
            raise Rejected("mistyped")
        if found is None:
            raise Rejected("no_receipt")
        return Read(found)

    def rejections(self) -> tuple[str, ...]:
        return ("mistyped", "no_receipt")


class LookingUp(Paged):
    """查回执: from another device, with the receipt number and the document number."""

    name = "look_up"
    needs_records = True

    receipt = Ask(_ReceiptNumber(), needed=True)
    number = Ask(AnyDocumentNumber(), needed=True)

    def ending(self, scene: Scene) -> Outcome:
        wanted = LookUp(scene.answers["receipt"], scene.answers["number"])
        return Outcome((Part(Kind.FLOW, scene.wording.say("found", status=STATUS)),), (wanted,))
