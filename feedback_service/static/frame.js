/* A customer's page inside the panel of embed.js: says how high it is, lets Escape close it, and opens links outside. */
(function () {
  "use strict";
  if (window.parent === window) return;

  function tell(message) {
    // No page of ours tells anything but its height; who may hold the frame, frame-ancestors has decided.
    window.parent.postMessage(message, "*");
  }

  function typed() {
    return Array.prototype.some.call(document.querySelectorAll("textarea, input[type=text], input[type=tel]"),
      function (field) { return field.value !== field.defaultValue; });
  }

  var wait = 50; // milliseconds

  /* While the page around waits for its styles, a frame has no height yet, and no observer says when it gets one. */
  function tellHeight() {
    var height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (height) return tell({ feedbackHeight: height });
    setTimeout(tellHeight, wait);
    wait *= 2;
  }

  addEventListener("load", tellHeight); // a browser observes nothing in a frame that is not shown yet
  new ResizeObserver(tellHeight).observe(document.documentElement);

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !event.isComposing && !typed()) tell({ feedbackClose: true });
  });

  document.querySelectorAll("a[href]").forEach(function (link) {
    if (link.origin !== location.origin) {
      link.target = "_blank";
      link.rel = "noopener";
    }
  });
})();
