// Buttons that copy a text. Without a script they stay hidden and the text can be selected.
"use strict";

(() => {
  const copy = async (field) => {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(field.value);
      return true;
    }
    field.focus();
    field.select();
    return document.execCommand("copy");
  };
  const note = (form) => {
    if (form) fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
  };

  for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.querySelector(button.dataset.copy);
    const form = field.closest(".copy-one").querySelector("form");
    if (button.matches("button")) event.preventDefault();
    let copied = false;
    try { copied = await copy(field); } catch { field.focus(); field.select(); }
    if (!copied) return;
    const words = button.querySelector("span");
    const before = words.textContent;
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 4000);
    note(form);
  });
})();
