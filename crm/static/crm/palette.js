// The command palette (Ctrl or Cmd+K), single keys, and the sheet that lists them (?).
// Without it the search is a form with a page of its own, and every page has its links.
"use strict";

(() => {
  const TWO_KEYS = 1200; // milliseconds in which the second key of "G then T" counts
  const by = (id) => document.getElementById(id);
  const typing = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  // The palette.
  // Who types fast and presses Enter means the list of these words, not the one still shown.
  let answered = null; // the words that the list answers
  let goesOn = false; // Enter came before the answer
  const words = () => by("palette-words");
  const options = () => [...by("palette-found").querySelectorAll("[data-option]")]
    .filter((option) => option.offsetParent !== null);
  const choose = (option) => {
    for (const each of by("palette-found").querySelectorAll(".is-chosen")) {
      each.classList.remove("is-chosen");
      each.removeAttribute("aria-selected");
    }
    if (!option) { words().removeAttribute("aria-activedescendant"); return; }
    option.classList.add("is-chosen");
    option.setAttribute("aria-selected", "true");
    words().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const dress = () => {
    const found = by("search-found");
    if (!found || !by("palette-found").contains(found)) return;
    found.setAttribute("role", "listbox");
    found.setAttribute("aria-label", words().getAttribute("aria-label"));
    for (const list of found.querySelectorAll("h2, ul, li, form")) list.setAttribute("role", "presentation");
    for (const group of found.querySelectorAll("section")) group.setAttribute("role", "group");
    options().forEach((option, place) => {
      option.id = `palette-option-${place}`;
      option.setAttribute("role", "option");
      option.tabIndex = -1;
    });
    by("palette-count").textContent = `${options().length} ${by("palette-count").dataset.word}`;
    choose(options()[0]);
  };
  const pick = () => {
    const chosen = options().find((option) => option.classList.contains("is-chosen"));
    if (chosen) chosen.click(); else words().form.submit();
  };
  const open = () => {
    const palette = by("palette");
    if (!palette || palette.open || document.querySelector("dialog[open]")) return;
    palette.showModal();
    words().select();
    words().dispatchEvent(new Event("look"));
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== by("palette-found")) return;
    answered = new URLSearchParams(event.detail.pathInfo.finalRequestPath.split("?")[1]).get("q");
    dress();
    if (goesOn && answered === words().value) { goesOn = false; pick(); }
  });
  for (const fault of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(fault, (event) => {
      if (event.detail.elt !== words()) return;
      const note = document.createElement("p");
      note.className = "found-none";
      note.textContent = by("palette-found").dataset.noAnswer;
      by("palette-found").replaceChildren(note);
      answered = words().value;
      goesOn = false;
    });
  }

  // What is chosen may open a dialog of its own: the palette goes first.
  window.addEventListener("click", (event) => {
    if (event.target.closest("#palette a[data-option]")) by("palette").close();
  }, true);
  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-palette]");
    if (opens && !(event.ctrlKey || event.metaKey || event.shiftKey)) { event.preventDefault(); open(); }
    if (event.target.matches("dialog.palette")) event.target.close();
    if (event.target.closest("#palette [data-theme-switch], #palette [data-keys]")) by("palette").close();
    if (event.target.closest("[data-keys]")) by("keys-sheet").showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== words()) return;
    const all = options();
    const at = all.findIndex((option) => option.classList.contains("is-chosen"));
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (way && all.length) {
      event.preventDefault();
      choose(all[(at + way + all.length) % all.length]);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      if (answered === words().value) pick(); else goesOn = true;
    } else {
      goesOn = false;
    }
  }, true);

  // Single keys. Never while somebody types, writes Chinese, or a dialog is open.
  const rows = () => [...document.querySelectorAll("main .row-link")].filter((row) => row.offsetParent !== null);
  const step = (way) => {
    const all = rows();
    const holder = document.activeElement.closest("tr, li, article");
    const at = all.findIndex((row) => row === document.activeElement || (holder && holder.contains(row)));
    const next = all[at < 0 ? (way > 0 ? 0 : all.length - 1) : at + way];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };
  const select = () => {
    const row = document.activeElement.closest("tr, li, article");
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) box.click();
  };
  const leadHere = () => {
    const card = document.activeElement.closest("[data-lead]");
    const link = document.activeElement.closest("tr, li");
    const row = link && link.querySelector('.row-link[href*="/leads/"]');
    const path = card ? `/leads/${card.dataset.lead}/` : row ? row.pathname : location.pathname;
    const found = path.match(/^\/leads\/(\d+)\//);
    return found ? `?lead=${found[1]}` : "";
  };
  const go = (name, query = "") => {
    const address = by("key-addresses").dataset[name];
    const drawer = new CustomEvent("log:open", { detail: address + query, cancelable: true });
    if (address && (name !== "l" || document.dispatchEvent(drawer))) location.assign(address + query);
    return Boolean(address);
  };
  let first = { key: "", at: 0 };
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key === "k") {
      event.preventDefault();
      open();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(key)) return;
    if (!by("key-addresses") || typing(event.target) || document.querySelector("dialog[open]")) return;
    const second = first.key === "g" && event.timeStamp - first.at < TWO_KEYS;
    first = { key: second ? "" : key, at: event.timeStamp };
    if (second && "tlba".includes(key)) { go(`g${key.toUpperCase()}`); return; }
    const act = {
      "?": () => by("keys-sheet").showModal(),
      j: () => step(1),
      k: () => step(-1),
      x: select,
      l: () => {
        const address = by("key-addresses").dataset.l + leadHere();
        const ask = new CustomEvent("log:open", { detail: address, cancelable: true });
        if (document.dispatchEvent(ask)) location.assign(address);
      },
      n: () => go("n"),
    }[key];
    if (act) { event.preventDefault(); act(); }
  });
})();
