// 大字: remembered in this browser only. Runs before the page is drawn, so that text never jumps.
"use strict";
(() => {
  const root = document.documentElement;

  function remembered() {
    try { return localStorage.getItem("text-size") === "big"; } catch { return false; }
  }

  function remember(big) {
    try { localStorage.setItem("text-size", big ? "big" : "normal"); } catch { /* a browser that keeps nothing */ }
  }

  function apply(big) {
    root.classList.toggle("big", big);
    document.querySelectorAll("[data-text-size]").forEach((button) => {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(big));
    });
  }

  // What was being read stays where it was, although everything above it grows.
  function keepingPlace(change) {
    const lines = [...document.querySelectorAll("main p, main h1, main h2")];
    const place = lines.find((line) => line.getBoundingClientRect().top > innerHeight / 10);
    const before = place ? place.getBoundingClientRect().top : 0;
    change();
    if (place) scrollBy(0, place.getBoundingClientRect().top - before);
  }

  apply(remembered());
  document.addEventListener("DOMContentLoaded", () => {
    apply(remembered());
    document.querySelectorAll("[data-text-size]").forEach((button) => {
      button.addEventListener("click", () => {
        const big = !root.classList.contains("big");
        remember(big);
        keepingPlace(() => apply(big));
      });
    });
  });
})();
