// The sandbox's page. All that comes from a person or an account is set as text, never as markup.
"use strict";
(() => {
  const LOOK_EVERY = 700;
  const byId = (id) => document.getElementById(id);
  const log = byId("log");
  let person = "";
  let isFollowing = true;
  let shown = "";
  let exchanged = "";
  let asking = null;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function button(label, className, tapped) {
    const made = element("button", className, label);
    made.type = "button";
    made.addEventListener("click", tapped);
    return made;
  }

  // --- sending

  function complain(text) {
    byId("problem").textContent = text;
    byId("problem").hidden = !text;
  }

  async function post(name, given) {
    try {
      const response = await fetch("/sandbox/" + name, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given),
      });
      const answer = await response.json();
      complain(answer.error || "");
      return answer;
    } catch {
      complain("沙箱没有应答，可能已经停了。请看运行它的终端。");
      return {};
    }
  }

  async function act(action, given = {}) {
    await post("do", { person, action, ...given });
    await look();
  }

  const say = (text, menuId) => act("says", { text, menu_id: menuId });

  // --- showing the talk

  function piece(one) {
    if (one.says) return button(one.text, "tap", () => say(one.says, one.menu_id));
    if (!one.url) return document.createTextNode(one.text);
    const link = element("a", "", one.text);
    link.href = one.url;
    link.rel = "noreferrer";
    link.target = "_blank";
    return link;
  }

  function bubble(entry) {
    const made = element("div", "bubble " + entry.side);
    if (!entry.kind) {
      made.textContent = entry.text;
      return made;
    }
    if (entry.kind === "notification") made.append(element("strong", "", "订阅通知"));
    if (entry.title) made.append(element("strong", "", entry.title));
    made.append(...entry.pieces.map(piece));
    if (entry.url) made.append(element("br"), piece({ text: "打开：" + entry.url, url: entry.url }));
    if (entry.tail) made.append(element("div", "", entry.tail));
    return made;
  }

  function options(entry) {
    const group = element("div", "options");
    entry.options.forEach((one) => group.append(button(one.label, "", () => say(one.says, one.id))));
    return group;
  }

  function showTalk(talk) {
    const state = person + ":" + (talk.length ? talk[talk.length - 1].number : 0);
    if (state === shown) return;
    shown = state;
    log.replaceChildren(...talk.map(bubble));
    const last = talk[talk.length - 1];
    if (last && last.options && last.options.length) log.append(options(last));
    log.scrollTop = log.scrollHeight;
  }

  // --- showing the side

  function raw(title, text) {
    return text ? [element("strong", "", title), element("pre", "", text)] : [];
  }

  function exchange(one) {
    const made = element("details", "exchange");
    made.dataset.number = one.number;
    made.append(element("summary", "", `第 ${one.number} 条 ${one.what}：${one.fate}，推送 ${one.pushes.length} 次`));
    made.append(...raw("推送的原文（解密后）", one.xml));
    one.pushes.forEach((push, index) => {
      const again = push.is_repeat ? "（回复以后又推的）" : "";
      made.append(element("p", "", `第 ${index + 1} 次${again}：${push.told}，${push.seconds} 秒，状态码 ${push.status || "无"}`));
      made.append(...raw("回复的原文（解密后）", push.plain), ...raw("线上的请求", push.request), ...raw("线上的回复", push.response));
    });
    return made;
  }

  function showExchanges(all) {
    const state = JSON.stringify(all);
    if (state === exchanged) return;
    exchanged = state;
    const opened = new Set([...document.querySelectorAll(".exchange[open]")].map((one) => one.dataset.number));
    byId("exchanges").replaceChildren(...all.map(exchange));
    document.querySelectorAll(".exchange").forEach((one) => { one.open = opened.has(one.dataset.number); });
  }

  function fault(one) {
    const item = element("li");
    const label = item.appendChild(element("label"));
    const box = label.appendChild(element("input"));
    box.type = "checkbox";
    box.checked = one.chance > 0;
    box.addEventListener("change", async () => {
      await post("fault", { fault: one.fault, chance: box.checked ? 0.33 : 0 });
      await look();
    });
    label.append(element("span", "", one.label), element("span", "soft"));
    return item;
  }

  function showFaults(all) {
    if (!byId("faults").children.length) byId("faults").append(...all.map(fault));
    [...byId("faults").children].forEach((item, index) => {
      item.querySelector("input").checked = all[index].chance > 0;
      item.querySelector(".soft").textContent = all[index].happened ? `${all[index].happened} 次` : "";
    });
  }

  function menuButton(one) {
    const tapped = one.type === "view" ? () => act("view", { url: one.url, label: one.name }) : () => act("click", { key: one.key, label: one.name });
    if (!one.sub_button || !one.sub_button.length) return button(one.name, "", tapped);
    const group = element("details");
    group.append(element("summary", "", one.name), ...one.sub_button.map(menuButton));
    return group;
  }

  function showMenu(buttons) {
    const state = JSON.stringify(buttons);
    if (byId("menu").dataset.state === state) return;
    byId("menu").dataset.state = state;
    byId("menu").replaceChildren(...buttons.map(menuButton));
  }

  function showPeople(people) {
    const list = byId("people");
    if (list.options.length !== people.length) {
      list.replaceChildren(...people.map((one) => new Option(one.name, one.openid)));
    }
    if (!person && people.length) person = people[0].openid;
    list.value = person;
  }

  function showPerson(one) {
    isFollowing = one.is_following;
    byId("follow").textContent = isFollowing ? "取消关注" : "关注";
    byId("typing").hidden = !one.sees_typing;
    byId("human").hidden = !one.is_with_human;
    byId("sendable").textContent = `公众号现在还能主动发给这个人 ${one.may_be_sent} 条客服消息。`;
    showTalk(one.talk);
    showExchanges(one.exchanges);
  }

  function showTally(tally) {
    byId("tally").replaceChildren(...Object.entries(tally).map(([name, count]) => {
      const pair = element("div");
      pair.append(element("dt", "", name), element("dd", "", count));
      return pair;
    }));
  }

  async function look() {
    try {
      const response = await fetch("/sandbox/state?person=" + encodeURIComponent(person));
      const state = await response.json();
      showPeople(state.people);
      showMenu(state.menu);
      showFaults(state.faults);
      showTally(state.tally);
      byId("resting").hidden = !state.is_resting;
      if (state.person && state.person.openid === person) showPerson(state.person);
    } catch {
      complain("沙箱没有应答，可能已经停了。请看运行它的终端。");
    }
  }

  // --- what is tapped

  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("text").value.trim();
    if (!text) return;
    byId("text").value = "";
    say(text);
  });
  byId("text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("composer").requestSubmit();
  });
  byId("people").addEventListener("change", () => { person = byId("people").value; look(); });
  byId("add").addEventListener("click", async () => { person = (await post("person", {})).openid || person; look(); });
  byId("follow").addEventListener("click", () => act(isFollowing ? "unfollow" : "follow"));
  byId("verify").addEventListener("click", async () => {
    const answer = await post("verify", {});
    byId("verified").textContent = answer.is_verified ? "通过。" : "没有通过：请核对服务、token、EncodingAESKey 和 AppID。";
  });
  byId("picture").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    let binary = "";
    for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
    event.target.value = "";
    await act("image", { picture: btoa(binary) });
  });
  document.querySelectorAll("[data-action]").forEach((one) => one.addEventListener("click", () => {
    if (!one.dataset.ask) {
      act(one.dataset.action);
      return;
    }
    asking = one;
    byId("ask").textContent = one.dataset.ask;
    byId("answer").value = "";
    byId("asked").hidden = false;
    byId("answer").focus();
  }));
  byId("cancel").addEventListener("click", () => { byId("asked").hidden = true; asking.focus(); });
  byId("asked").addEventListener("submit", (event) => {
    event.preventDefault();
    const answer = byId("answer").value.trim();
    if (!answer && asking.dataset.empty === undefined) return;
    byId("asked").hidden = true;
    act(asking.dataset.action, { [asking.dataset.as || "text"]: answer, url: "https://example.com/", accepts: true });
  });

  setInterval(look, LOOK_EVERY);
  look();
})();
