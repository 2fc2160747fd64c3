// Keys for the inbox of answers. Without it every button and link does the same.
(() => {
  "use strict";
  const lines = [...document.querySelectorAll("#answers > .answer")];
  const told = document.getElementById("answers-told");
  if (!lines.length) return;
  const writesIn = (element) => element instanceof Element && element.closest("input:not([type=checkbox]), textarea, select");
  const current = () => lines.findIndex((line) => line.contains(document.activeElement));

  const go = (step) => {
    const at = current();
    const next = lines[at < 0 ? 0 : Math.min(Math.max(at + step, 0), lines.length - 1)];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  const markRead = async (form) => {
    const line = form.closest(".answer");
    const held = line.contains(document.activeElement);
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" }, redirect: "error",
      });
      if (!answer.ok) throw new Error(answer.statusText);
    } catch {
      form.submit(); // the page says what is wrong
      return;
    }
    line.classList.remove("answer-unread");
    line.querySelector(".answer-unseen")?.remove();
    form.remove();
    if (held) line.focus({ preventScroll: true });
    if (told) told.textContent = "Marked as read.";
  };

  for (const form of document.querySelectorAll(".answer-read")) {
    form.addEventListener("submit", (event) => { event.preventDefault(); markRead(form); });
  }

  const acts = {
    j: () => go(1),
    k: () => go(-1),
    m: (line) => { const form = line?.querySelector(".answer-read"); if (form) markRead(form); },
    o: (line) => { line?.querySelector(".answer-case, .answer-open button")?.click(); },
    Enter: (line) => { const more = line.querySelector("details"); more.open = !more.open; },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writesIn(event.target)) return;
    const act = acts[event.key], line = lines[current()];
    if (!act || (event.key === "Enter" && document.activeElement !== line)) return; // on a button, Enter presses it
    event.preventDefault();
    act(line);
  });
})();
