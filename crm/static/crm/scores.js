// The cards of the score page that a phone shows folded: open on a wide screen, on paper and
// when a link leads into one. Without this script they open by themselves where CSS can do it.
"use strict";

(() => {
  const wide = window.matchMedia("(min-width: 768px)");
  const folds = () => document.querySelectorAll(".fold");

  const spread = () => {
    for (const fold of folds()) {
      if (wide.matches) fold.open = true;
      fold.classList.add("is-ready");
    }
  };
  // Browsers open what an address names; this serves those that do not yet.
  const reveal = () => {
    const named = location.hash && document.getElementById(location.hash.slice(1));
    const fold = named && named.closest(".fold");
    if (!fold || fold.open) return;
    fold.open = true;
    named.scrollIntoView();
  };

  document.addEventListener("DOMContentLoaded", () => { spread(); reveal(); });
  wide.addEventListener("change", spread);
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", () => {
    for (const fold of folds()) {
      if (fold.open) continue;
      fold.open = true;
      fold.dataset.printed = "1";
    }
  });
  window.addEventListener("afterprint", () => {
    for (const fold of document.querySelectorAll(".fold[data-printed]")) {
      fold.open = false;
      delete fold.dataset.printed;
    }
  });
})();
