// Makes the frame of a mail as high as the mail; without a script its height is a good guess.
"use strict";

(() => {
  for (const frame of document.querySelectorAll(".mail-frame")) {
    const fit = () => {
      const mail = frame.contentDocument;
      if (!mail || !mail.body || mail.URL === "about:blank") return;
      frame.height = 0; // a page is never less high than its frame
      frame.height = mail.documentElement.scrollHeight;
    };
    frame.addEventListener("load", fit);
    window.addEventListener("resize", fit);
    fit();
  }
})();
