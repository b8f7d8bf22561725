"""A video where a photo is asked for: a kind word that a picture is needed; elsewhere as everything without words."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from bot.identity import Identities
from bot.store.base import Claim, Kept
from bot.wechat.answering import ASK_TO_TYPE
from bot.wechat.pictures import NOT_ASKED, VIDEO
from dialogs.advisor import Advisor
from dialogs.flows.declaration import PHOTO
from dialogs.flows.state import FlowState
from dialogs.session import Session
from tests.bot.sandbox.accounts import ACCOUNT
from tests.bot.wechat.sandbox_site import site


@pytest.mark.parametrize(
    ("flow", "said"),
    [(FlowState("declaration", asked=PHOTO), VIDEO),
     (FlowState("declaration", asked="truthful", answers={PHOTO: "kept"}), VIDEO),
     (FlowState("declaration", asked="name"), ASK_TO_TYPE),
     (FlowState("declaration", asked=PHOTO, is_finished=True), ASK_TO_TYPE),
     (None, ASK_TO_TYPE)],
)  # fmt: skip
async def test_a_video_is_answered_by_what_is_being_asked(
    advisor: Advisor, tmp_path: Path, flow: FlowState | None, said: str
) -> None:
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, assistant):
        person = box.person()
        who = Identities(bytes(32)).of("wechat", ACCOUNT.name, person.openid)
        claim = await assistant.conversations.claim(who, secrets.token_hex(8))
        assert isinstance(claim, Claim)
        await assistant.conversations.save(claim, Kept(Session(flow=flow)))
        assert (await person.sends_video()).text == said


async def test_a_picture_nobody_asked_for_is_not_taken(advisor: Advisor, tmp_path: Path) -> None:
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, _assistant):
        assert (await box.person().sends_image(b"jpeg")).text == NOT_ASKED
        assert "/cgi-bin/media/get" not in box.api.calls
