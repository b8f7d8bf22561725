// The chat without reloading. Everything a person typed and everything from the server is set as text, never as markup.
"use strict";
(() => {
  const KEPT = "talk";
  const KEPT_ENTRIES = 60;
  const PATIENCE = 20000;
  const SENT_BADLY = "没有发出去，网络可能断了。您写的话还在输入框里，请稍后再发。";

  const byId = (id) => document.getElementById(id);
  const log = byId("log");
  const input = byId("text");
  const chosen = byId("chosen");
  const send = document.querySelector(".send");
  let entries = [];
  let waiting = false;
  let turn = Promise.resolve();

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // --- showing

  function quotation(quote) {
    const figure = element("figure", "quote");
    const caption = element("figcaption");
    const place = element("a", "", quote.place);
    place.href = quote.href;
    caption.append(place, " ", element("span", "source", quote.source));
    const words = element("blockquote");
    if (quote.lead_in) words.append(element("p", "lead-in", quote.lead_in));
    words.append(element("p", "words", quote.text));
    figure.append(caption, words, ...quote.marks.map((mark) => element("p", "flaw", "※ " + mark)));
    return figure;
  }

  function lines(all) {
    const list = element("ul", "lines");
    all.forEach((line) => {
      const item = list.appendChild(element("li", "", line.text));
      line.places.forEach((one, index) => {
        const place = element("a", "", one.place);
        place.href = one.href;
        item.append(index ? "、" : "（", place);
      });
      if (line.places.length) item.append("）");
    });
    return list;
  }

  function link(one) {
    const paragraph = element("p", "note");
    const opened = element("a", "open", one.label);
    opened.href = one.href;
    paragraph.append(opened);
    return paragraph;
  }

  function answer(saying) {
    const bubble = element("div", "answer");
    saying.parts.forEach((part) => {
      bubble.append(element("p", "first", part.first_line));
      bubble.append(...part.workings.map((line) => element("p", "working", line)));
      if (part.lines.length) bubble.append(lines(part.lines));
      bubble.append(...part.quotations.map(quotation));
      bubble.append(...part.notes.map((note) => element("p", "note", note)));
      bubble.append(...part.links.map(link));
    });
    bubble.append(...saying.caveats.map((caveat) => element("p", "small", caveat)));
    return bubble;
  }

  function choices(suggestions) {
    const group = element("div", "choices");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "可以接着问");
    suggestions.forEach((suggestion) => {
      const chip = element("button", "chip", suggestion);
      chip.name = "tap";
      chip.value = suggestion;
      group.append(chip);
    });
    return group;
  }

  function show(entry) {
    if (entry.mine !== undefined) {
      log.querySelectorAll(".choices:not(#choose)").forEach((old) => old.remove());
      if (byId("choose")) byId("choose").hidden = true;
      return log.appendChild(element("p", "mine", entry.mine));
    }
    if (entry.told) {
      log.append(...entry.told.map((line) => element("p", "answer told", line)));
      return log.lastElementChild;
    }
    const bubble = log.appendChild(entry.saying ? answer(entry.saying) : element("p", "answer", entry.sorry));
    if (entry.saying) {
      if (entry.saying.suggestions.length) log.append(choices(entry.saying.suggestions));
      if (entry.saying.city && entry.saying.city_name) setCity(entry.saying.city, entry.saying.city_name);
    }
    return bubble;
  }

  function setCity(slug, name) {
    chosen.value = slug;
    byId("city").textContent = name;
  }

  // --- keeping the talk in this tab, so that it is still there after reading an article

  function keep(entry) {
    entries = [...entries, entry].slice(-KEPT_ENTRIES);
    try { sessionStorage.setItem(KEPT, JSON.stringify(entries)); } catch { /* full or forbidden: the page itself still shows it */ }
  }

  function drop() {
    entries = [];
    try { sessionStorage.removeItem(KEPT); } catch { /* nothing was kept */ }
  }

  function restore() {
    // The cookie is gone: ended here, in another tab, or by time. What was said goes with it.
    if (document.body.dataset.known === undefined) return drop();
    if (log.querySelector(".mine")) return;
    try { entries = JSON.parse(sessionStorage.getItem(KEPT)) || []; } catch { entries = []; }
    const linked = new URLSearchParams(location.search).has("city") && [chosen.value, byId("city").textContent];
    // What the page tells at its opening comes behind the old talk, where it is seen.
    const told = [...log.querySelectorAll(".told")];
    told.forEach((line) => line.remove());
    entries.forEach(show);
    if (told.length) add({ told: told.map((line) => line.textContent) });
    if (linked) setCity(...linked);
    if (entries.length) log.lastElementChild.scrollIntoView({ block: "end" });
  }

  // --- sending

  async function post(path, body) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const response = await fetch(path, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: stop.signal,
      });
      return await response.json();
    } finally {
      clearTimeout(timer);
    }
  }

  // Once more under the same id: what has arrived is not handled twice, its answer comes again.
  async function postTwice(path, body) {
    try { return await post(path, body); } catch { return await post(path, body); }
  }

  function newId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function setWaiting(now) {
    waiting = now;
    byId("typing").hidden = !now;
    send.setAttribute("aria-disabled", String(now));
    if (now) byId("typing").scrollIntoView({ block: "end" });
  }

  function add(entry) {
    const shown = show(entry);
    keep(entry);
    return shown;
  }

  function say(text, typed) {
    if (!waiting && text.trim()) turn = takeTurn(text, typed);
  }

  async function takeTurn(text, typed) {
    closeMenus();
    add({ mine: text.trim() });
    if (typed) input.value = "";
    setWaiting(true);
    let reply;
    try {
      const found = await postTwice("/api/say", { text, city: chosen.value || null, id: newId() });
      document.body.dataset.known = "";
      reply = found.parts ? { saying: found } : { sorry: found.error };
      if (found.told) add({ told: found.told });
    } catch {
      reply = { sorry: SENT_BADLY };
    }
    if (reply.sorry && !input.value) input.value = text;
    setWaiting(false);
    reveal(add(reply));
  }

  function reveal(bubble) {
    // The question comes to the top: a long answer is read from its beginning, a short one is shown whole.
    const question = [...log.querySelectorAll(".mine")].pop() || bubble;
    question.scrollIntoView({ block: "start" });
    // The tapped button is gone: keyboard and reader go on from the answer.
    if (document.activeElement === document.body) {
      bubble.tabIndex = -1;
      bubble.focus({ preventScroll: true });
    }
  }

  async function clear() {
    // An answer still on its way would bring the cookie back.
    await turn;
    let cleared = false;
    try { cleared = (await post("/api/clear", {})).cleared; } catch { cleared = false; }
    if (!cleared) return void reveal(show({ sorry: "没有清除成，网络可能断了。请再点一次“结束并清除”。" }));
    drop();
    log.querySelectorAll(".mine, .answer:not(:first-child), .choices:not(#choose)").forEach((old) => old.remove());
    setCity("", "");
    input.value = "";
    delete document.body.dataset.known;
    if (byId("choose")) byId("choose").hidden = false;
    reveal(log.appendChild(element("p", "answer", "已经清除，您可以放心离开，也可以重新问。")));
  }

  // --- menus

  const menus = [...document.querySelectorAll(".menus details")];

  function closeMenus(except) {
    menus.forEach((menu) => { if (menu !== except) menu.open = false; });
  }

  menus.forEach((menu) => menu.addEventListener("toggle", () => { if (menu.open) closeMenus(menu); }));
  document.addEventListener("keydown", (event) => {
    const open = menus.find((menu) => menu.open);
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".menus")) closeMenus();
    const tapped = event.target.closest("button[name=tap]");
    if (!tapped) return;
    event.preventDefault();
    say(tapped.value, false);
  });

  // --- typing

  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    say(input.value, true);
  });
  byId("clear").addEventListener("submit", (event) => {
    event.preventDefault();
    clear();
  });
  input.addEventListener("keydown", (event) => {
    // While a word is being chosen from pinyin, Enter belongs to the input method (keyCode 229 in older ones).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    say(input.value, true);
  });

  restore();
  if (location.hash === "#continue") {
    // Back from a page of its own: the dialog goes on where it was.
    history.replaceState(null, "", "/");
    say("继续", false);
  }
  if (matchMedia("(pointer: fine)").matches) input.focus({ preventScroll: true });
})();
