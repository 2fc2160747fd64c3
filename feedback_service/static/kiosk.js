/* A counter's page: starts afresh for the next person, and leaves nothing of the one before. */
(function () {
  "use strict";
  var notice = document.querySelector("[data-kiosk-start]");
  if (!notice) return;
  var start = notice.dataset.kioskStart;
  var quiet = 1000 * Number(notice.dataset.kioskQuiet);
  var warning = 1000 * Number(notice.dataset.kioskWarning);
  var refresh = 600000; // a page that nobody touches is fetched anew now and then, so that it never gets too old
  var timer;

  function clear() {
    document.querySelectorAll("form").forEach(function (form) { form.reset(); });
  }

  function again() {
    clear();
    location.replace(start); // the way back leads to no page of theirs
  }

  function warn() {
    if (!warning) return again();
    notice.hidden = false;
    timer = setTimeout(again, warning);
  }

  function untouched() {
    return location.pathname + location.search === start && !document.querySelector("input:checked");
  }

  function touched() {
    clearTimeout(timer);
    notice.hidden = true;
    timer = untouched() ? setTimeout(again, refresh) : setTimeout(warn, quiet);
  }

  // Every touch and every letter counts, so that nobody is interrupted while they write.
  ["pointerdown", "keydown", "input", "change", "wheel", "touchmove"].forEach(function (name) {
    document.addEventListener(name, touched, { passive: true });
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link) return;
    event.preventDefault();
    if (link.origin === location.origin) location.replace(link.href);
  });
  ["contextmenu", "dragstart"].forEach(function (name) {
    document.addEventListener(name, function (event) { event.preventDefault(); });
  });
  addEventListener("pageshow", function (event) {
    if (event.persisted) again();
  });
  touched();
})();
