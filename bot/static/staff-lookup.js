// The clerk's box: results while typing, everything by keyboard. Without this script the form and the links do the same.
//
// The results are a list box of its own and not the popup of a combo box: while the focus is in a text field, an input
// method takes the letters, and 「c」 could not copy.
"use strict";

(() => {
  const WAIT = 120, SLOW = 1500, LONGEST = 8000, SHOWN = 2500;
  const box = document.getElementById("q"), found = document.getElementById("found");
  const leaf = document.getElementById("leaf"), told = document.getElementById("told");
  const filter = document.querySelector("[data-filter]");
  const byHand = document.getElementById("by-hand"), copied = document.getElementById("copied");
  let timer = 0, sent = null, shown = box ? box.value.trim() : "", looking = null;

  const tell = (text) => { told.textContent = text; };

  // --- asking the server ---

  const fetched = async (path, signal) => {
    const response = await fetch(path, { signal, headers: { Accept: "text/html" } });
    if (response.ok) return response.text();
    const said = await response.json().catch(() => ({}));
    throw new Error(said.error || "没有查成。请再试一次。");
  };

  // Returns the piece of the page, or null: another request came after it, or it failed (which is told).
  const ask = async (path) => {
    if (sent) sent.abort();
    const mine = sent = new AbortController();
    const slow = setTimeout(() => tell("还在查，请稍等……"), SLOW);
    const late = setTimeout(() => mine.abort("late"), LONGEST);
    try {
      const piece = await fetched(path, mine.signal);
      return mine === sent ? piece : null;
    } catch (error) {
      if (mine !== sent) return null;
      const isOurs = error instanceof Error && error.name === "Error";
      tell(isOurs ? error.message : "连不上，没有查成。您写的还在，请再按一次 Enter。");
      return null;
    } finally {
      clearTimeout(slow);
      clearTimeout(late);
    }
  };

  // --- the list ---

  const options = () => found ? [...found.querySelectorAll(".hit")] : [];

  const choose = (option) => {
    for (const one of options()) {
      one.tabIndex = one === option ? 0 : -1;
      one.setAttribute("aria-selected", String(one === option));
    }
    option.focus();
  };

  const prepare = (root) => {
    for (const button of root.querySelectorAll("button[data-citation]")) button.hidden = false;
    const list = root.querySelector(".hits");
    if (!list) return;
    list.setAttribute("role", "listbox");
    for (const item of list.children) item.setAttribute("role", "presentation");
    options().forEach((option, place) => {
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      if (option.matches(".silent")) option.setAttribute("aria-disabled", "true");
      option.tabIndex = place === 0 ? 0 : -1;
    });
  };

  const look = async (text) => {
    const address = new URLSearchParams({ q: text });
    if (!text) {
      if (sent) sent.abort();
      sent = null;
      found.replaceChildren();
      leaf.hidden = true;
      tell("");
      shown = "";
      history.replaceState(null, "", "/staff");
      return;
    }
    const piece = await ask(`/staff/api/look-up?${address}`);
    if (piece === null) return;
    found.innerHTML = piece;
    prepare(found);
    leaf.hidden = true;
    leaf.replaceChildren();
    shown = text;
    tell(found.firstElementChild.dataset.told);
    history.replaceState(null, "", `/staff?${address}`);
  };

  const lookNow = () => {
    clearTimeout(timer);
    const text = box.value.trim();
    if (text !== shown || looking) looking = look(text).finally(() => { looking = null; });
    return looking || Promise.resolve();
  };

  // --- one article ---

  // Beside the list the article scrolls by itself, as far as that will do: the box and what is told stay in sight.
  const showBeside = (goal) => {
    leaf.scrollTop = 0;
    const { top } = leaf.getBoundingClientRect(), place = goal.getBoundingClientRect();
    const seen = Math.min(leaf.clientHeight, innerHeight - top);
    if (place.bottom > top + seen) leaf.scrollTop = place.top - top - Math.max((seen - place.height) / 2, 0);
    const now = goal.getBoundingClientRect();
    if (now.bottom > innerHeight || now.top < 0) goal.scrollIntoView({ block: "nearest" });
  };

  const open = async (href) => {
    const piece = await ask(href.replace("/staff/law/", "/staff/api/law/"));
    if (piece === null) return;
    leaf.innerHTML = piece;
    leaf.hidden = false;
    prepare(leaf);
    const cited = leaf.querySelector(".law [id=cited]");
    const heading = leaf.querySelector("#opened");
    heading.focus({ preventScroll: true });
    if (getComputedStyle(leaf).position === "sticky") showBeside(cited || heading);
    else (cited || heading).scrollIntoView({ block: cited ? "center" : "start" });
  };

  const step = (direction) => {
    const link = leaf.querySelector(`[rel=${direction}]`);
    if (link) open(link.getAttribute("href"));
    else if (!leaf.hidden) tell(direction === "next" ? "后面没有了。" : "前面没有了。");
  };

  const back = () => {
    const field = box || filter;
    if (!field) return;
    field.focus();
    field.select();
  };

  // --- copying ---

  // In a page that came by plain http from another machine there is no clipboard: the old way is tried, then by hand.
  const copyBySelection = (text) => {
    const before = document.activeElement;
    copied.value = text;
    byHand.hidden = false;
    copied.focus();
    copied.select();
    const isDone = document.execCommand("copy");
    if (!isDone) return false;
    byHand.hidden = true;
    if (before) before.focus({ preventScroll: true });
    return true;
  };

  const copy = async (source) => {
    if (!source) return;
    if (!source.dataset.citation) return tell("这个城市没有写，没有可复制的。");
    let isDone = false;
    if (navigator.clipboard) {
      isDone = await navigator.clipboard.writeText(source.dataset.citation).then(() => true, () => false);
    }
    if (!isDone) isDone = copyBySelection(source.dataset.citation);
    tell(isDone ? `已复制：${source.dataset.name}` : "请按 Ctrl+C 复制。");
    if (isDone) flash(told.textContent);
  };

  // What is told stands at the top of the page; somebody further down sees that it was copied, too.
  const flash = (text) => {
    const { top, bottom } = told.getBoundingClientRect();
    if (bottom > 0 && top < innerHeight) return;
    document.querySelector(".copied-now")?.remove();
    const note = document.body.appendChild(document.createElement("p"));
    note.className = "copied-now";
    note.setAttribute("aria-hidden", "true");
    note.textContent = text;
    setTimeout(() => note.remove(), SHOWN);
  };

  // --- keys ---

  const isPlain = (event) => !(event.ctrlKey || event.altKey || event.metaKey || event.isComposing);

  const inList = (event, option) => {
    const all = options(), place = all.indexOf(option);
    const goals = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: all.length - 1 };
    if (!(event.key in goals)) return false;
    if (goals[event.key] < 0) back();
    else choose(all[Math.min(goals[event.key], all.length - 1)]);
    return true;
  };

  const nearLeaf = (event) => {
    const direction = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (!direction || !leaf || leaf.hidden) return false;
    step(direction);
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (!isPlain(event) || event.target === box) return;
    if (event.target.matches("input, select, textarea") && (event.key !== "Escape" || event.target === filter)) return;
    const option = event.target.closest(".hit");
    let isDone = true;
    if (event.key === "Escape" || event.key === "/") {
      if (byHand) byHand.hidden = true;
      const chosen = found && found.querySelector("[aria-selected=true]");
      if (event.key === "Escape" && chosen && leaf.contains(event.target)) choose(chosen);
      else back();
    } else if (event.key === "c" || (event.code === "KeyC" && !event.shiftKey)) {
      copy(option || event.target.closest("[data-citation]") || leaf?.querySelector("button[data-citation]"));
    } else isDone = (option && inList(event, option)) || nearLeaf(event);
    if (isDone) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-citation]");
    if (button) copy(button);
    const link = event.target.closest("a.hit, .leaf .steps a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.matches(".hit")) choose(link);
    open(link.getAttribute("href"));
  });

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // --- the topics, narrowed while typing ---

  const narrow = () => {
    const wanted = filter.value.split(/\s+/).filter(Boolean);
    let number = 0;
    for (const group of document.querySelectorAll("[data-group]")) {
      for (const one of group.querySelectorAll("[data-words]")) {
        one.hidden = !wanted.every((word) => one.dataset.words.includes(word));
        number += one.hidden ? 0 : 1;
      }
      group.hidden = !group.querySelector("[data-words]:not([hidden])");
    }
    tell(wanted.length ? `${number} 个题目${number ? "" : "。按 Enter 按意思找"}` : "");
  };

  if (filter) filter.addEventListener("input", (event) => { if (!event.isComposing) narrow(); });
  if (filter) filter.addEventListener("compositionend", narrow);

  prepare(document);
  document.querySelector(".keys")?.removeAttribute("hidden");
  if (!box) return;

  box.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(lookNow, WAIT);
  });
  box.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(lookNow, WAIT);
  });
  box.addEventListener("keydown", async (event) => {
    if (!isPlain(event)) return;
    if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      await lookNow();
      const first = options()[0];
      if (!first || shown !== box.value.trim()) return;
      choose(first);
      if (event.key === "Enter" && first.href) await open(first.getAttribute("href"));
    } else if (event.key === "Escape") {
      box.select();
    }
  });
  box.form.addEventListener("submit", (event) => {
    event.preventDefault();
    lookNow();
  });
})();
