// What is shown once is gone on reload and on going back: the browser then asks for the page anew, under covers.
(() => {
  "use strict";
  history.replaceState(null, "", location.href);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
})();
