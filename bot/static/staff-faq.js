// The form of an answer: what residents would read is asked for while somebody types. Without this script 「看效果」 does it.
"use strict";

(() => {
  const WAIT = 400;
  const form = document.getElementById("write"), shown = document.getElementById("shown");
  let timer = 0, sent = null;

  const ask = async () => {
    if (sent) sent.abort();
    const mine = sent = new AbortController();
    try {
      const response = await fetch("/staff/api/faq/preview", {
        method: "POST", body: new URLSearchParams(new FormData(form)), signal: mine.signal,
      });
      if (!response.ok || mine !== sent) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const found = page.getElementById("preview");
      if (found && mine === sent) shown.replaceChildren(found);
    } catch {
      // Away or stopped: what is typed stays, and the buttons of the form do the same.
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
})();
