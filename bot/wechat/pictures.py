"""A picture sent in the talk: the photo of a declaration, when it may be one; else it is not even fetched."""

from __future__ import annotations

import asyncio
import logging

from bot.assistant import Assistant
from bot.channels.pages import PHOTO_ASK, PHOTO_WORDS
from bot.page_answers import answer_page
from bot.photo import BadPhoto, clean_photo
from bot.places import Place
from bot.store.faults import StoreError
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import ApiError
from bot.wechat.visit import Visit
from dialogs import words
from dialogs.flows.declaration import takes_picture
from dialogs.session import Session

_log = logging.getLogger(__name__)

NOT_ASKED = "现在用不到照片，我没有收下。想问什么，请打字告诉我。"
VIDEO = "视频我收不了。这里要的是照片，请拍一张照片（图片）发来。"
NOT_FETCHED = "照片没有收到，请再发一次；还不行就点上面的链接交。"


async def answer_video(assistant: Assistant, visit: Visit) -> str | None:
    """Return what is said to a video where a photo is being asked for that could be taken; None elsewhere."""
    if visit.push.type_name.lower() not in ("video", "shortvideo") or visit.desk.api is None:
        return None
    return VIDEO if _takes_picture(assistant, await assistant.session_of(visit.person)) else None


async def take_picture(assistant: Assistant, api: WechatApi, visit: Visit, place: Place) -> str:
    """Return what is said to the picture, rendered; it is kept only where the running dialog takes one now."""
    session = await assistant.session_of(visit.person)
    flow = session.flow
    if assistant.records is None or flow is None or not _takes_picture(assistant, session):
        return NOT_ASKED
    try:
        sent = await api.download(visit.push.media_id)
        photo = await asyncio.to_thread(clean_photo, sent.body)
    except ApiError as error:
        _log.error("picture not fetched: %s", error)
        return NOT_FETCHED
    except BadPhoto as problem:
        return PHOTO_WORDS[problem.problem]
    turns = assistant.turns
    try:
        token = await turns.of_records(assistant.records.open_page, visit.person, flow.flow, PHOTO_ASK, turns.now())
        answered = await answer_page(assistant, token, photo.data, place)
    except StoreError as error:
        assistant.observer.saw_store_fault("records", error)
        return words.PAUSED
    if answered is None:
        return NOT_ASKED
    return answered.problem or (visit.desk.render(answered.said) if answered.said else NOT_ASKED)


def _takes_picture(assistant: Assistant, session: Session) -> bool:
    return assistant.records is not None and takes_picture(session)
