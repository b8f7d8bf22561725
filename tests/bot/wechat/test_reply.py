"""What goes out of the WeChat callback: sealed replies, the key they are sealed with, a verification's echo."""

from __future__ import annotations

import random
from dataclasses import FrozenInstanceError

import pytest

from bot.wechat.door import (
    Article,
    open_push,
    sanitise,
    seal_article,
    seal_handoff,
    seal_reply,
)
from bot.wechat.xml import read_fields
from tests.bot.wechat.platform import (
    ACCOUNT,
    CHANGED,
    KEY,
    NOW,
    OLD_KEY,
    message,
    opened,
    read,
    sealed,
    text,
)


def test_wechatpy_in_the_platforms_place_reads_our_reply() -> None:
    push = opened(text())
    assert read(seal_reply(ACCOUNT, push, "可以。\n第八条", now=NOW)) == {
        "ToUserName": "o-user",
        "FromUserName": "gh_us",
        "CreateTime": str(NOW),
        "MsgType": "text",
        "Content": "可以。\n第八条",
    }


def test_a_user_cannot_forge_fields_of_the_reply() -> None:
    forged = "x]]></Content><Content><![CDATA[假的]]></Content><a><![CDATA["
    fields = read(seal_reply(ACCOUNT, opened(text()), forged, now=NOW))
    assert set(fields) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
    assert fields["Content"] == forged.replace("]]>", "]] ")


def test_a_control_character_cannot_hide_the_end_of_the_section() -> None:
    assert "]]>" not in sanitise("]\x00]\x01>")


def test_control_characters_and_lone_surrogates_are_left_out_and_nothing_grows() -> None:
    assert sanitise("a\x00b\x0bc\x1f\x7f\x85\ud800\uffff\r\n\td🏠") == "abc\n\td🏠"


def test_a_reply_may_have_2047_bytes_and_not_one_more() -> None:
    push = opened(text())
    assert read(seal_reply(ACCOUNT, push, "证" * 682 + "a", now=NOW))["Content"] == "证" * 682 + "a"
    with pytest.raises(ValueError, match="2048"):
        seal_reply(ACCOUNT, push, "证" * 682 + "ab", now=NOW)


@pytest.mark.parametrize("said", ["", " \n", "\x00\ud800"])
def test_an_empty_reply_is_the_plain_word_success(said: str) -> None:
    assert seal_reply(ACCOUNT, opened(text()), said, now=NOW) == "success"


@pytest.mark.parametrize("nonce", ["", "a b", "]]>", "1" * 33, "é"])
def test_a_nonce_that_could_break_the_envelope_is_not_written(nonce: str) -> None:
    with pytest.raises(ValueError, match="nonce"):
        seal_reply(ACCOUNT, opened(text()), "好", now=NOW, nonce=nonce)


def test_the_same_reply_has_the_same_plaintext_and_never_the_same_ciphertext() -> None:
    replies = []
    for later in (0, 5):
        random.seed(1)  # whoever predicts `random` must learn nothing of the prefix
        replies.append(seal_reply(ACCOUNT, opened(text()), "好", now=NOW + later, nonce="n"))
    assert read(replies[0]) == read(replies[1])
    ciphers = [read_fields(reply.encode())["Encrypt"] for reply in replies]
    assert ciphers[0] != ciphers[1]


# ------------------------------------------------------------------------------------------- one article, one hand-over

PAGE = "https://jzz.example/law/luoyang#8"
ARTICLE = Article("洛阳市：办居住证要带什么", "身份证、一张照片", PAGE, "https://jzz.example/a.png")


def test_wechatpy_in_the_platforms_place_reads_our_article() -> None:
    fields = read(seal_article(ACCOUNT, opened(text()), ARTICLE, NOW))
    item = {
        "Title": "洛阳市：办居住证要带什么",
        "Description": "身份证、一张照片",
        "PicUrl": "https://jzz.example/a.png",
        "Url": PAGE,
    }
    assert fields == {
        "ToUserName": "o-user",
        "FromUserName": "gh_us",
        "CreateTime": str(NOW),
        "MsgType": "news",
        "ArticleCount": "1",
        "Articles": {"item": item},
    }


def test_an_article_needs_neither_picture_nor_description() -> None:
    item = read(seal_article(ACCOUNT, opened(text()), Article("标题", "", PAGE), NOW))["Articles"]["item"]
    assert (item["PicUrl"], item["Description"], item["Url"]) == (None, None, PAGE)


def test_a_title_stands_on_one_line_and_what_is_too_long_ends_in_an_ellipsis() -> None:
    def shown(title: str, description: str) -> tuple[str, str]:
        sealed_article = seal_article(ACCOUNT, opened(text()), Article(title, description, PAGE), NOW)
        item = read(sealed_article)["Articles"]["item"]
        return item["Title"], item["Description"]

    assert shown("  要带\n什么 ", "一\n二") == ("要带 什么", "一\n二")
    assert shown("题" * 64, "述" * 120) == ("题" * 64, "述" * 120)
    assert shown("题" * 65, "述" * 121) == ("题" * 63 + "…", "述" * 119 + "…")


def test_nobody_can_forge_fields_of_an_article() -> None:
    forged = "x]]></Title><Url>http://evil.example</Url>\x00\ud800"
    fields = read(seal_article(ACCOUNT, opened(text()), Article(forged, forged, PAGE), NOW))
    assert set(fields["Articles"]["item"]) == {"Title", "Description", "PicUrl", "Url"}
    assert fields["Articles"]["item"]["Url"] == PAGE
    assert fields["Articles"]["item"]["Title"] == "x]] </Title><Url>http://evil.example</Url>"


@pytest.mark.parametrize(
    "address",
    [
        *["", "jzz.example", "//jzz.example", "javascript:alert(1)", "ftp://jzz.example", "https://", "https:///a"],
        *["HTTPS://a", "https://居住证.example/", "https://a/b c", "https://a/]]>", "https://a/<b>", "https://a/\n"],
        "https://a/" + "b" * 1000,
    ],
)
def test_an_address_that_is_none_of_the_web_makes_no_article(address: str) -> None:
    with pytest.raises(ValueError, match="链接应以 http"):
        Article("标题", "摘要", address)
    if address:
        with pytest.raises(ValueError, match="图片链接应以 http"):
            Article("标题", "摘要", PAGE, address)


def test_a_refused_address_is_not_repeated() -> None:
    for addresses in (("ftp://o-secret", ""), (PAGE, "ftp://o-secret")):
        with pytest.raises(ValueError, match="链接") as refused:
            Article("标题", "摘要", *addresses)
        assert "o-secret" not in str(refused.value)


@pytest.mark.parametrize("address", ["http://a", "https://[::1]:8080/a?b=%E8%AF%81&c=d#e", "https://a/" + "b" * 990])
def test_an_address_of_the_web_makes_an_article(address: str) -> None:
    article = Article("标题", "摘要", address, address)
    item = read(seal_article(ACCOUNT, opened(text()), article, NOW))["Articles"]["item"]
    assert (item["Url"], item["PicUrl"]) == (address, address)


@pytest.mark.parametrize("title", ["", " \n", "\x00"])
def test_an_article_has_a_title(title: str) -> None:
    with pytest.raises(ValueError, match="标题"):
        Article(title, "摘要", PAGE)


def test_the_repr_of_an_article_shows_nothing_of_it() -> None:
    assert repr(ARTICLE) == "Article()"


def test_an_article_that_was_checked_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        ARTICLE.url = "javascript:alert(1)"  # type: ignore[misc]


def test_wechatpy_in_the_platforms_place_reads_our_hand_over_to_anyone_or_to_one_clerk() -> None:
    push = opened(text())
    anyone = {
        "ToUserName": "o-user",
        "FromUserName": "gh_us",
        "CreateTime": str(NOW),
        "MsgType": "transfer_customer_service",
    }
    assert read(seal_handoff(ACCOUNT, push, NOW)) == anyone
    clerk = {"TransInfo": {"KfAccount": "wang_1@juzhuzheng"}}
    assert read(seal_handoff(ACCOUNT, push, NOW, "wang_1@juzhuzheng")) == anyone | clerk


@pytest.mark.parametrize("clerk", ["wang", "@x", "wang@", "wang@x]]>", "王@x", "wang@x\n", "a" * 33 + "@x"])
def test_a_clerk_who_cannot_be_one_is_not_written(clerk: str) -> None:
    with pytest.raises(ValueError, match="客服账号"):
        seal_handoff(ACCOUNT, opened(text()), NOW, clerk)


@pytest.mark.parametrize("event", ["subscribe", "CLICK", "LOCATION"])
def test_an_event_is_never_handed_over(event: str) -> None:
    with pytest.raises(ValueError, match="事件"):
        seal_handoff(ACCOUNT, opened(message("event", Event=event)), NOW)


def test_a_message_of_any_kind_can_be_handed_over() -> None:
    for kind in ("text", "image", "voice", "location", "video"):
        push = opened(message(kind, MediaId="m"))
        assert read(seal_handoff(ACCOUNT, push, NOW))["MsgType"] == "transfer_customer_service"


def test_articles_and_hand_overs_too_are_the_same_each_time_and_refuse_a_nonce_that_breaks_the_envelope() -> None:
    push = opened(text())
    assert read(seal_article(ACCOUNT, push, ARTICLE, NOW)) == read(seal_article(ACCOUNT, push, ARTICLE, NOW + 9))
    assert read(seal_handoff(ACCOUNT, push, NOW)) == read(seal_handoff(ACCOUNT, push, NOW + 9))
    with pytest.raises(ValueError, match="nonce"):
        seal_article(ACCOUNT, push, ARTICLE, NOW, nonce="]]>")
    with pytest.raises(ValueError, match="nonce"):
        seal_handoff(ACCOUNT, push, NOW, nonce="]]>")


def test_during_a_key_change_both_keys_open_and_the_answer_uses_the_key_that_did() -> None:
    for key, previous in ((OLD_KEY, False), (KEY, True)):
        query, body = sealed(text(), key=key, app_id=CHANGED.app_id)
        push = open_push(CHANGED, query, body, now=NOW)
        assert push.previous_key is previous
        assert read(seal_reply(CHANGED, push, "好", now=NOW), CHANGED, key=key)["Content"] == "好"
        assert read(seal_article(CHANGED, push, ARTICLE, NOW), CHANGED, key=key)["MsgType"] == "news"
        assert "TransInfo" not in read(seal_handoff(CHANGED, push, NOW), CHANGED, key=key)
