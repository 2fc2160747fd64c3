// Keys for the queue, choosing several cases, and a list that keeps itself up to date without anything moving. Without
// it every link, button and check box does the same.
(() => {
  "use strict";
  const list = document.getElementById("queue");
  const news = document.getElementById("desk-news");
  const fresh = document.getElementById("desk-fresh");
  const bar = document.getElementById("desk-chosen");
  const help = document.getElementById("desk-keys");
  const rows = () => (list ? [...list.querySelectorAll(".case")] : []);
  let current = null, waitsForView = 0, lastPicked = null;

  const say = (words) => { news.textContent = words; };

  // Moving and acting. The focus itself moves, so that whoever cannot see the page hears where they are.
  const here = () => document.activeElement?.closest?.(".case") ?? rows().find((row) => row.dataset.id === current) ?? null;
  const goTo = (row) => { row?.querySelector(".case-words").focus(); row?.scrollIntoView({ block: "nearest" }); };
  const move = (step) => {
    const all = rows(), at = all.indexOf(here());
    goTo(at < 0 ? all[0] : all[Math.min(Math.max(at + step, 0), all.length - 1)]);
  };
  const follow = (selector) => document.querySelector(selector)?.click();

  // Choosing.
  const boxOf = (row) => row.querySelector("input[name=case]");
  const count = () => {
    const chosen = rows().filter((row) => boxOf(row).checked).length;
    bar.textContent = chosen === 1 ? "1 case chosen:" : `${chosen} cases chosen:`;
  };
  const pick = (row, through, checked) => {
    const all = rows(), from = through && lastPicked?.isConnected ? all.indexOf(lastPicked) : all.indexOf(row);
    const [first, last] = [from, all.indexOf(row)].sort((a, b) => a - b);
    for (const each of all.slice(first, last + 1)) boxOf(each).checked = checked;
    lastPicked = row;
    count();
  };
  if (list) {
    count();
    list.addEventListener("focusin", (event) => { current = event.target.closest(".case")?.dataset.id ?? current; });
    list.addEventListener("click", (event) => {
      if (event.target.matches("input[name=case]")) pick(event.target.closest(".case"), event.shiftKey, event.target.checked);
    });
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    c: () => {
      const row = here(), button = row?.querySelector(".case-take button");
      if (button) button.click();
      else if (row) say("This case is taken already.");
    },
    x: () => { const row = here(); if (row) pick(row, false, !boxOf(row).checked); },
    X: () => { const row = here(); if (row) pick(row, true, true); },
    n: () => follow("a[rel=next]"),
    p: () => follow("a[rel=prev]"),
    s: () => follow("#desk-show"),
    "/": () => document.getElementById("q").select(),
    "?": () => help.showModal(),
    g: () => { waitsForView = Date.now(); },
    Escape: () => { for (const row of rows()) boxOf(row).checked = false; if (list) count(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const view = Date.now() - waitsForView < 1500 && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    waitsForView = 0;
    const act = view ? () => view.click() : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  const opener = document.getElementById("desk-help");
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());

  // Keeping up to date. What changed changes in its place; what is new is told of; what is gone turns grey.
  const replace = (old, row) => {
    const { checked, value } = boxOf(old), focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(row);
    boxOf(row).checked = checked;
    if (checked) boxOf(row).value = value; // what came since it was chosen is not seen by that
    if (lastPicked === old) lastPicked = row;
    window.htmx?.process(row);
    if (focused) (document.getElementById(focused) ?? row.querySelector(".case-words")).focus({ preventScroll: true });
  };
  const tellNew = (many) => {
    if (news.dataset.many === String(many)) return;
    news.dataset.many = many;
    const show = document.createElement("a");
    show.id = "desk-show";
    show.href = location.href;
    show.textContent = "show";
    news.replaceChildren(...(many ? [many === 1 ? "1 new case: " : `${many} new cases: `, show] : []));
  };
  const merge = (html) => {
    const answer = document.createElement("template");
    answer.innerHTML = html;
    for (const { dataset, textContent } of answer.content.querySelectorAll("li[data-count]")) {
      const shown = document.querySelector(`.count[data-count="${dataset.count}"]`);
      if (shown && shown.textContent !== textContent) shown.textContent = textContent;
    }
    const now = new Map([...answer.content.querySelectorAll(".case")].map((row) => [row.dataset.id, row]));
    for (const old of rows()) {
      const row = now.get(old.dataset.id);
      if (row && row.dataset.mark !== old.dataset.mark) replace(old, row);
      old.classList.toggle("case-gone", !row);
      now.delete(old.dataset.id);
    }
    tellNew(now.size);
  };
  fresh.addEventListener("htmx:beforeRequest", (event) => { if (document.hidden) event.preventDefault(); });
  fresh.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.xhr.status === 200) merge(detail.xhr.responseText);
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) window.htmx?.trigger(fresh, "refresh"); });
  document.body.addEventListener("said", ({ detail }) => say(detail.value));
})();
