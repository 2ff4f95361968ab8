// The log form in a drawer: on a wide screen it slides over the page that one is reading.
// Without a script, and on a phone, the same addresses are pages of their own.
"use strict";

(() => {
  const WIDE = window.matchMedia("(min-width: 768px)");
  const drawer = () => document.getElementById("log-drawer");
  const body = () => document.getElementById("log-drawer-body");

  const load = (address) => htmx.ajax("GET", address, { target: "#log-drawer-body", swap: "innerHTML" });
  const open = (address) => {
    const here = drawer();
    if (!here || !WIDE.matches || typeof htmx === "undefined") return false;
    if (!here.open) {
      body().textContent = "";
      here.querySelector("[data-draft-note]").textContent = "";
      delete here.dataset.saved;
      here.showModal();
    }
    load(address);
    return true;
  };

  document.addEventListener("click", (event) => {
    const here = drawer();
    if (!here) return;
    if (event.target === here || event.target.closest("[data-drawer-close]")) {
      event.preventDefault();
      here.close();
      return;
    }
    const link = event.target.closest("a[href]");
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey && !event.button;
    if (!link || !plain || link.target || link.origin !== location.origin) return;
    if (link.pathname === here.dataset.address && open(link.pathname + link.search)) event.preventDefault();
  }, true);
  document.addEventListener("log:open", (event) => { if (open(event.detail)) event.preventDefault(); });

  // What was saved shows behind the drawer, too: the page is read again, and only its middle swapped.
  const refresh = async () => {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("content");
    const old = document.getElementById("content");
    if (!fresh || !old) return;
    old.replaceChildren(...fresh.childNodes);
    htmx.process(old);
  };
  document.addEventListener("htmx:afterSettle", () => {
    const here = drawer();
    if (!here || !here.open) return;
    const part = here.querySelector("#log-part");
    const told = part && part.querySelector("[data-saved-word]");
    if (!told) {
      const first = part && part.querySelector("input:not([type=hidden]):not(:disabled)");
      if (first && !here.contains(document.activeElement.closest("#log-part"))) first.focus();
    } else if (!part.querySelector("[hx-trigger]")) {
      refresh();
    }
  });
  document.addEventListener("DOMContentLoaded", () => {
    const here = drawer();
    if (!here) return;
    here.addEventListener("close", () => {
      body().textContent = "";
      // The opener may have been swapped meanwhile: then its like on the new page takes the focus.
      const link = document.querySelector(`#content a[href^="${here.dataset.address}"]`);
      if (document.activeElement === document.body && link) link.focus();
    });
  });
})();
