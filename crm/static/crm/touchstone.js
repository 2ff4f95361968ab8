// What pages gain from a script: the colour scheme, drafts of forms, focus after a swap.
// Everything works without it. Loaded in the head, so the scheme stands before the first paint.
"use strict";

(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const store = (key, value) => {
    try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); }
    catch { /* private windows keep nothing */ }
  };

  // The scheme follows the system until someone chooses.
  const scheme = () => stored("theme") || (system.matches ? "dark" : "light");
  const paint = () => { root.dataset.bsTheme = scheme(); };
  root.classList.add("js");
  paint();
  system.addEventListener("change", paint);
  // Paper is white.
  window.addEventListener("beforeprint", () => { root.dataset.bsTheme = "light"; });
  window.addEventListener("afterprint", paint);

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = scheme() === "dark" ? "light" : "dark";
    store("theme", next === (system.matches ? "dark" : "light") ? null : next);
    paint();
  });

  // Drafts: every change of a form[data-draft] is kept until the server has taken it.
  const draftKey = (form) => `draft:${form.dataset.draft}`;
  const fields = (form) => [...form.elements].filter(
    (field) => field.name && field.name !== "csrfmiddlewaretoken" && field.type !== "submit");
  const say = (form) => {
    const note = document.querySelector("[data-draft-note]");
    if (note) note.textContent = form.dataset.draftWord || "";
  };
  const keep = (form) => {
    const values = fields(form)
      .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
      .map((field) => [field.name, field.value]);
    store(draftKey(form), JSON.stringify(values));
    say(form);
  };
  const restore = (form) => {
    const draft = stored(draftKey(form));
    if (!draft || form.dataset.bound) return;
    const values = JSON.parse(draft);
    for (const field of fields(form)) {
      const mine = values.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["radio", "checkbox"].includes(field.type)) field.checked = mine.includes(field.value);
      else if (mine.length) field.value = mine[0];
    }
    say(form);
  };

  // Hours follow the kind until someone touches them.
  const prefill = (form, kind) => {
    const hours = form.querySelectorAll("[name=hours]");
    if (form.dataset.hoursTouched || !kind.dataset.hours) return;
    for (const field of hours) field.checked = field.value === kind.dataset.hours;
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form) return;
    if (event.target.name === "hours") form.dataset.hoursTouched = "1";
    if (event.target.name === "kind") prefill(form, event.target);
    if (event.target.name === "next") {
      const date = form.querySelector("[data-next-date]");
      if (date) date.textContent = event.target.dataset.says || "";
    }
    if (form.dataset.draft) keep(form);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) form.requestSubmit();
  });

  // Single keys press what carries them: 1-7 label a lead. Never while somebody types.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const key = CSS.escape(event.key.toLowerCase());
    const pressed = document.querySelector(`#label-queue [data-key="${key}"]`);
    if (pressed) pressed.click();
  });

  // A form that got no answer says so beside its button; what was typed stays.
  const silence = (form) => { for (const note of form.querySelectorAll(".no-answer")) note.remove(); };
  const sayNoAnswer = (event) => {
    const form = event.detail.elt.closest("form");
    if (!form) return;
    silence(form);
    const note = document.createElement("p");
    note.className = "wrong no-answer";
    note.setAttribute("role", "alert");
    note.textContent = document.body.dataset.noAnswer;
    form.append(note);
  };
  for (const fault of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(fault, sayNoAnswer);
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (form) silence(form);
  });

  const arrive = (part) => {
    for (const done of part.querySelectorAll("[data-draft-done]")) {
      store(`draft:${done.dataset.draftDone}`, null);
      const note = document.querySelector("[data-draft-note]");
      if (note) note.textContent = done.dataset.savedWord || "";
    }
    for (const form of part.querySelectorAll("form[data-draft]")) restore(form);
    const focus = part.querySelector("[data-focus]");
    if (focus) focus.focus();
  };
  document.addEventListener("DOMContentLoaded", () => arrive(document));
  document.addEventListener("htmx:afterSettle", (event) => arrive(event.detail.elt.parentElement || document));
})();
