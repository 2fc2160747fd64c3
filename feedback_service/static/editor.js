// Draws the preview while somebody types, and warns before typed words are lost. Without it, buttons do the same.
(() => {
  "use strict";
  const form = document.getElementById("editor");
  let typed = false;
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", (event) => { if (event.submitter?.formTarget !== "preview") typed = false; });
  window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });

  const frame = document.getElementById("preview-frame");
  if (!frame) return;
  const buttons = [...document.querySelectorAll("[data-preview]")];
  const says = document.getElementById("preview-says");
  let chosen = buttons.find((button) => button.ariaPressed === "true"), timer, asked;

  for (const button of buttons) {
    button.addEventListener("click", () => {
      chosen = button;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
  }

  // The page in the frame keeps its head, and with it its stylesheet and its place; only what it says is replaced.
  async function draw() {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(chosen.formAction, {
        method: "POST", body: new URLSearchParams(new FormData(form)), signal: asked.signal, redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
      const shown = frame.contentDocument;
      shown.documentElement.lang = drawn.documentElement.lang;
      shown.documentElement.dir = drawn.documentElement.dir;
      shown.body.replaceWith(shown.adoptNode(drawn.body));
      says.textContent = "Drawn as you type. Nothing is sent from here.";
    } catch (error) {
      if (error.name !== "AbortError") says.textContent = "The preview could not be drawn. What you typed is still here; save it as a draft.";
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(draw, 300);
  });
})();
