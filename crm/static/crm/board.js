// The board with a pointer and with keys: drag a card, press M for its menu, walk by arrows.
// Every move is the plain form's POST; the card goes at once and comes back when it was refused.
"use strict";

(() => {
  // Looked up each time: a talk that is logged in the drawer renews the middle of the page.
  const board = () => document.getElementById("board");
  const said = () => document.getElementById("board-said");
  const dialog = () => document.getElementById("board-dialog");
  const part = () => document.getElementById("board-dialog-part");
  const FAR = 6; // pixels before a press becomes a drag
  const EDGE = 48; // pixels from the edge at which the page scrolls along
  const back = () => location.search.slice(1);
  const cardOf = (element) => element && element.closest && element.closest(".board-card");

  // One move at a time is on its way; `undo` puts its card back where it was.
  let waiting = null;
  const carry = (card, stage) => {
    const from = card.parentElement;
    const next = card.nextElementSibling;
    const to = board().querySelector(`#column-${stage} .board-cards`);
    if (!to || to === from) return;
    to.prepend(card);
    card.classList.add("is-waiting");
    waiting = { undo: () => { from.insertBefore(card, next); card.classList.remove("is-waiting"); } };
  };
  const failed = () => {
    if (!waiting) return;
    waiting.undo();
    waiting = null;
    const toast = document.createElement("div");
    toast.className = "board-toast";
    const words = document.createElement("p");
    words.className = "board-toast-words";
    words.textContent = board().dataset.noAnswer;
    toast.append(words);
    said().replaceChildren(toast);
  };
  for (const fault of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(fault, failed);
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt.closest("form[data-moves]");
    if (!form) return;
    const card = document.getElementById(form.dataset.moves);
    const stage = event.detail.requestConfig.formData.get("to_stage");
    if (dialog().open) dialog().close();
    if (card && stage) carry(card, stage);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!said() || event.detail.target !== said()) return;
    waiting = null;
    const toast = said().querySelector("[data-card]");
    const card = toast && document.getElementById(toast.dataset.card);
    if (card) card.querySelector(".row-link").focus({ preventScroll: false });
  });

  const move = (card, stage) => {
    if (waiting || card.dataset.stage === stage) return;
    carry(card, stage);
    const token = document.querySelector("#board-moves [name=csrfmiddlewaretoken]").value;
    htmx.ajax("POST", card.querySelector("[data-menu]").pathname, {
      target: "#board-said",
      swap: "innerHTML",
      values: { to_stage: stage, version: card.dataset.version, back: back(), csrfmiddlewaretoken: token },
    });
  };

  // The sheet: a card's menu, or the form that closes a lead.
  let opener = null;
  const show = (address) => {
    part().replaceChildren();
    return htmx.ajax("GET", address, { target: "#board-dialog-part", swap: "innerHTML" }).then(() => {
      if (!part().children.length) { location.assign(address); return; }
      if (!dialog().open) dialog().showModal();
      const first = part().querySelector("input:checked, .board-item:not(:disabled), input[type=radio]");
      if (first) first.focus();
    });
  };
  const openMenu = (card) => {
    opener = card.id;
    const link = card.querySelector("[data-menu]");
    show(`${link.pathname}?back=${encodeURIComponent(back())}`);
  };
  const openClose = (card, outcome) => {
    opener = card.id;
    const query = new URLSearchParams({ outcome, back: back(), board: "1" });
    show(`/leads/${card.dataset.lead}/close/?${query}`);
  };
  document.addEventListener("close", (event) => {
    const card = event.target === dialog() && document.getElementById(opener);
    if (card && !said().querySelector("[data-focus]")) card.querySelector(".row-link").focus();
  }, true);

  document.addEventListener("click", (event) => {
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
    const menu = event.target.closest("[data-menu]");
    const closes = event.target.closest("[data-closes]");
    const tab = event.target.closest("[data-tab]");
    if (event.target === dialog()) dialog().close();
    else if (event.target.closest("[data-close-said]")) said().replaceChildren();
    else if (event.target.closest("[data-close-dialog]")) dialog().close();
    else if (plain && menu && dialog()) { event.preventDefault(); openMenu(cardOf(menu)); }
    else if (plain && closes && dialog()) { event.preventDefault(); show(closes.href); }
    else if (plain && tab) { event.preventDefault(); turnTo(tab); }
  });

  // Tabs of the phone.
  const turnTo = (tab) => {
    for (const each of document.querySelectorAll("[data-tab]")) each.removeAttribute("aria-current");
    tab.setAttribute("aria-current", "true");
    for (const column of board().querySelectorAll(".board-column")) {
      column.classList.toggle("is-tab", column.dataset.drop === tab.dataset.tab);
    }
    history.replaceState(null, "", tab.href);
  };

  // Keys: arrows go from card to card, M opens the menu, digits choose in it.
  const links = (column) => [...column.querySelectorAll(".row-link")];
  const beside = (card, way) => {
    const filled = [...board().querySelectorAll(".board-column")].filter((column) => links(column).length);
    const here = card.closest(".board-column");
    const next = filled[filled.indexOf(here) + way];
    if (!next) return null;
    const row = links(here).indexOf(card.querySelector(".row-link"));
    return links(next)[Math.min(row, links(next).length - 1)];
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    if (dialog() && dialog().open) {
      const items = [...part().querySelectorAll(".board-item:not(:disabled)")];
      const at = items.indexOf(document.activeElement);
      const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const chosen = /^[1-9]$/.test(event.key) && part().querySelectorAll("button.board-item")[event.key - 1];
      if (way && items.length) { event.preventDefault(); items[(at + way + items.length) % items.length].focus(); }
      else if (chosen && !chosen.disabled) { event.preventDefault(); chosen.click(); }
      return;
    }
    const card = cardOf(document.activeElement);
    if (!card) return;
    if (event.key.toLowerCase() === "m" && dialog()) { event.preventDefault(); openMenu(card); return; }
    const column = links(card.closest(".board-column"));
    const at = column.indexOf(card.querySelector(".row-link"));
    const next = {
      ArrowDown: () => column[at + 1],
      ArrowUp: () => column[at - 1],
      ArrowRight: () => beside(card, 1),
      ArrowLeft: () => beside(card, -1),
    }[event.key];
    if (!next) return;
    event.preventDefault();
    const link = next();
    if (link) { link.focus(); link.scrollIntoView({ block: "nearest", inline: "nearest" }); }
  });

  // Dragging with a mouse or a pen; fingers scroll and use the menu.
  let drag = null;
  const over = (event) => {
    const under = document.elementFromPoint(event.clientX, event.clientY);
    return under && under.closest("[data-drop]");
  };
  const lift = (event) => {
    const box = drag.card.getBoundingClientRect();
    drag.ghost = drag.card.cloneNode(true);
    drag.ghost.removeAttribute("id");
    drag.ghost.classList.add("board-ghost");
    drag.ghost.setAttribute("aria-hidden", "true");
    drag.ghost.style.width = `${box.width}px`;
    drag.dx = box.left - drag.x;
    drag.dy = box.top - drag.y;
    document.body.append(drag.ghost);
    document.documentElement.classList.add("is-dragging");
    drag.card.classList.add("is-lifted");
    board().setPointerCapture(event.pointerId);
  };
  const light = (target) => {
    for (const each of board().querySelectorAll(".is-over")) each.classList.remove("is-over");
    if (target) target.classList.add("is-over");
  };
  const drop = () => {
    if (!drag) return;
    if (drag.ghost) {
      drag.ghost.remove();
      drag.card.classList.remove("is-lifted");
      document.documentElement.classList.remove("is-dragging");
      light(null);
    }
    drag = null;
  };
  document.addEventListener("dragstart", (event) => { if (cardOf(event.target)) event.preventDefault(); });
  document.addEventListener("pointerdown", (event) => {
    const card = cardOf(event.target);
    const free = card && !event.target.closest("[data-menu]") && !waiting;
    if (!free || !("moves" in board().dataset) || event.button || event.pointerType === "touch") return;
    drag = { card, x: event.clientX, y: event.clientY, ghost: null };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.ghost) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
      lift(event);
    }
    drag.ghost.style.transform = `translate(${event.clientX + drag.dx}px, ${event.clientY + drag.dy}px)`;
    light(over(event));
    if (event.clientY < EDGE) window.scrollBy(0, -12);
    if (event.clientY > window.innerHeight - EDGE) window.scrollBy(0, 12);
    if (event.clientX > window.innerWidth - EDGE) board().scrollBy(12, 0);
  });
  document.addEventListener("pointerup", (event) => {
    if (!drag || !drag.ghost) { drop(); return; }
    const card = drag.card;
    const target = over(event);
    drop();
    // The click that ends a drag opens nothing.
    const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
    window.addEventListener("click", swallow, true);
    window.setTimeout(() => window.removeEventListener("click", swallow, true), 50);
    if (!target) return;
    const place = target.dataset.drop;
    if (place === "WON" || place === "ENDED") openClose(card, place);
    else move(card, place);
  });
  document.addEventListener("pointercancel", drop);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") drop(); });
})();
