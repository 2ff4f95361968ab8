// Copying the calendar's link; without a script the field is there to mark and copy.
"use strict";

(() => {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const field = document.querySelector(button.dataset.copy);
    const words = button.querySelector("span");
    const before = words.textContent;
    button.hidden = false;
    field.addEventListener("focus", () => field.select());
    button.addEventListener("click", async () => {
      field.select();
      let copied = false;
      try {
        if (navigator.clipboard && window.isSecureContext) {
          await navigator.clipboard.writeText(field.value);
          copied = true;
        } else {
          copied = document.execCommand("copy");
        }
      } catch { copied = false; }
      if (!copied) return;
      words.textContent = button.dataset.copied;
      setTimeout(() => { words.textContent = before; }, 4000);
    });
  }
})();
