// The lead list: picking rows shows the bulk bar; empty fields stay out of the address.
"use strict";

(() => {
  const picks = () => [...document.querySelectorAll("[data-pick]")];
  const paint = () => {
    const bar = document.getElementById("bulk");
    if (!bar) return;
    const every = bar.querySelector("[data-every]");
    const picked = picks().filter((pick) => pick.checked);
    bar.classList.toggle("is-on", picked.length > 0 || Boolean(every && every.checked));
    bar.querySelector("[data-picked]").textContent = picked.length;
    for (const pick of picks()) pick.closest("tr").classList.toggle("is-picked", pick.checked);
    const all = document.querySelector("[data-pick-all]");
    if (all) {
      all.checked = picked.length > 0 && picked.length === picks().length;
      all.indeterminate = picked.length > 0 && !all.checked;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) {
      for (const pick of picks()) pick.checked = event.target.checked;
    }
    if (event.target.matches("[data-pick-all], [data-pick], [data-every]")) paint();
  });
  document.addEventListener("reset", (event) => {
    if (event.target.id === "bulk") setTimeout(paint);
  });
  document.addEventListener("htmx:afterSettle", paint);
  document.addEventListener("DOMContentLoaded", paint);
  window.addEventListener("pageshow", paint);

  // A menu closes by Escape and by a click beside it. The keys of rows are those of palette.js.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { closeMenus(null); closeFilters(); }
  });
  const closeMenus = (but) => {
    for (const menu of document.querySelectorAll(".list-bar details[open]")) {
      if (menu !== but) {
        if (!but && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
        menu.open = false;
      }
    }
  };
  const closeFilters = () => {
    const panel = document.getElementById("filter-panel");
    if (panel) panel.replaceChildren();
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "filter-panel") return;
    const first = event.detail.elt.querySelector("input:not([type=hidden]), select");
    if (first) first.focus();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-filters]")) closeFilters();
    closeMenus(event.target.closest(".list-bar details"));
  });

  // Without values a field says nothing: the address stays short enough to be mailed.
  const dropEmpty = (form) => {
    const empty = [...form.elements].filter((field) => field.name && !field.value);
    for (const field of empty) field.disabled = true;
    setTimeout(() => { for (const field of empty) field.disabled = false; });
  };
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-drop-empty]")) dropEmpty(event.target);
  }, true);
})();
