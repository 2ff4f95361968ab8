// Copying a message: into the clipboard, and noted as copied. Without a script the form notes it.
"use strict";

(() => {
  const read = (form) => document.querySelector(form.dataset.copies).innerText.trim();
  const mark = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const chosen = getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  };
  const copy = async (form) => {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(read(form));
      return true;
    }
    mark(document.querySelector(form.dataset.copies));
    return document.execCommand("copy");
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-copies]");
    if (!form) return;
    event.preventDefault();
    const words = form.querySelector("[data-copied] span");
    const before = words.textContent;
    let copied = false;
    try { copied = await copy(form); } catch { mark(document.querySelector(form.dataset.copies)); }
    if (!copied) return;
    words.textContent = words.parentElement.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 4000);
    fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
  });
})();
