"""A picture sent in the talk: the photo of a declaration, when that is being asked for; else it is not even fetched."""

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

_log = logging.getLogger(__name__)

NOT_ASKED = "现在用不到照片，我没有收下。想问什么，请打字告诉我。"
NOT_FETCHED = "照片没有收到，请再发一次；还不行就点上面的链接交。"


async def take_picture(assistant: Assistant, api: WechatApi, visit: Visit, place: Place) -> str:
    """Return what is said to the picture, rendered; it is kept only where the running dialog asks for a photo."""
    flow = (await assistant.session_of(visit.person)).flow
    if assistant.records is None or flow is None or flow.is_finished or flow.asked != PHOTO_ASK:
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
