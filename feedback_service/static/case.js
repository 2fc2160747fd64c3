// Keys for the case page, and who else has it open. Without it every link, button and form does the same.
(() => {
  "use strict";
  const page = document.getElementById("case");
  if (!page) return;
  const writesIn = (element) => element instanceof Element && element.closest("input, textarea, select, [contenteditable]");

  const go = (target) => {
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      const first = target.querySelector("textarea, select, input:not([type=hidden])");
      (first ?? target.querySelector("summary")).focus();
      target.scrollIntoView({ block: "nearest" });
    } else {
      target.click();
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (writesIn(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const target = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
    if (!target) return;
    event.preventDefault();
    go(target);
  });

  let typed = false;
  for (const form of page.querySelectorAll("form")) {
    form.addEventListener("submit", () => { typed = false; });
  }
  page.addEventListener("input", () => { typed = true; });
  window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });

  // Who else is here: said every few seconds, and at once when somebody begins to write.
  const { here } = page.dataset;
  const says = document.getElementById("here");
  const token = document.querySelector("input[name=csrf_token]")?.value;
  if (!here || !says || !token) return;
  const PAUSE = 60000; // ms without a key, after which nobody is writing any more
  let lastKey = -Infinity, timer;
  const isWriting = () => performance.now() - lastKey < PAUSE;
  const tell = async () => {
    clearTimeout(timer);
    if (!document.hidden) {
      try {
        const body = new URLSearchParams({ csrf_token: token, writing: isWriting() ? "1" : "0" });
        const answer = await fetch(here, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
        const said = answer.ok ? (await answer.json()).says : "";
        if (says.textContent !== said) says.textContent = said;
      } catch { /* the next one may get through */ }
    }
    timer = setTimeout(tell, 15000);
  };
  page.addEventListener("input", () => {
    const begins = !isWriting();
    lastKey = performance.now();
    if (begins) tell();
  });
  document.addEventListener("visibilitychange", tell);
  tell();
})();
