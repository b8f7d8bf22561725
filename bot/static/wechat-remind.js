// The page on which a person allows one reminder: only WeChat's own browser knows the tag.
"use strict";

(() => {
  const given = document.getElementById("remind").dataset;
  const said = document.getElementById("said");
  const tell = (text) => { said.textContent = text; };
  if (typeof wx === "undefined") {
    return; // not WeChat, or its script did not come: the page says what to do instead
  }
  wx.config({
    appId: given.appId,
    timestamp: Number(given.timestamp),
    nonceStr: given.nonce,
    signature: given.signature,
    jsApiList: [],
    openTagList: ["wx-open-subscribe"],
  });
  wx.ready(() => tell("点一下按钮，再选“允许”。"));
  wx.error(() => tell("现在打不开提醒，请把日子存进手机日历。"));
  const button = document.getElementById("subscribe");
  button.addEventListener("success", (event) => {
    const accepted = JSON.stringify(event.detail).includes("accept");
    tell(accepted ? "好了，到日子会提醒您一次。可以回到对话了。" : "没有允许，到日子不发消息。请把日子存进手机日历。");
  });
  button.addEventListener("error", () => tell("没有办成，请过一会儿再试，或把日子存进手机日历。"));
})();
