/* A survey as a small panel on a page of the shop's. The service puts its settings in; docs/ways-in.md says the rest. */
(function (settings) {
  "use strict";
  var script = document.currentScript;
  if (window.feedbackSurvey || !script || !document.adoptedStyleSheets) return; // one question on a page is enough

  var wish = script.dataset;
  var key = "feedback-survey-" + settings.token;
  var service = new URL(settings.frame).origin;
  var lang = wish.lang || settings.locale || document.documentElement.lang || navigator.language || "";
  var words = settings.words[lang] || settings.words[nearest(lang)];
  var days = settings.days * 86400000;
  var host = null, before = null;

  function nearest(wanted) {
    var language = wanted.toLowerCase().split(/[-_]/)[0];
    var known = Object.keys(settings.words);
    return known.filter(function (name) { return name.toLowerCase().split("-")[0] === language; })[0] || known[0];
  }

  /* When it was last shown here: in the page's own storage, or else in a cookie of the page's own. */
  function lastShown() {
    try {
      return Number(localStorage.getItem(key));
    } catch (refused) {
      var found = document.cookie.split("; ").filter(function (pair) { return pair.indexOf(key + "=") === 0; })[0];
      return Number((found || "=0").split("=")[1]);
    }
  }

  function remember(now) {
    try {
      localStorage.setItem(key, String(now));
    } catch (refused) {
      document.cookie = key + "=" + now + "; Max-Age=" + days / 1000 + "; Path=/; SameSite=Lax" +
        (location.protocol === "https:" ? "; Secure" : "");
    }
    return lastShown() === now;
  }

  function make(name, attributes, parent) {
    var element = document.createElement(name);
    Object.keys(attributes).forEach(function (attribute) { element.setAttribute(attribute, attributes[attribute]); });
    return parent.appendChild(element);
  }

  /* The panel is made unseen and shown once its page says how high it is: a page that was refused is never seen. */
  function open(asked) {
    if (host) return;
    host = make("div", { lang: words.lang, dir: words.dir }, document.body);
    var root = host.attachShadow({ mode: "open" });
    var sheet = new CSSStyleSheet();
    sheet.replaceSync(settings.css);
    root.adoptedStyleSheets = [sheet];
    var panel = make("section", { "aria-label": words.panel }, root);
    var bar = make("header", {}, panel);
    var status = make("p", { role: "status" }, bar); // filled when it is shown, so that it is read out then
    var button = make("button", { type: "button", "aria-label": words.close, title: words.close }, bar);
    button.textContent = "\u00d7";
    button.addEventListener("click", close);
    var address = new URL(settings.frame);
    address.searchParams.set("lang", lang);
    if (wish.order) address.searchParams.set("order", wish.order);
    var frame = make("iframe", { src: address.href, title: words.panel, referrerpolicy: "no-referrer" }, panel);
    host.addEventListener("focusin", function (event) { before = event.relatedTarget || before; });
    host.addEventListener("keydown", function (event) { if (event.key === "Escape") close(); });
    host.listen = function (event) {
      if (event.origin !== service || event.source !== frame.contentWindow || !event.data) return;
      var height = Number(event.data.feedbackHeight);
      if (event.data.feedbackClose) close();
      else if (height > 0) show(frame, height, asked, status);
    };
    addEventListener("message", host.listen);
  }

  function show(frame, height, asked, status) {
    frame.style.height = Math.min(Math.max(height, 80), 4000) + "px";
    if (host.className) return;
    // A browser that keeps nothing would be asked on every page; there the panel opens only where somebody wants it.
    if (!remember(Date.now()) && !asked) return close();
    host.className = "shown";
    status.textContent = words.panel;
  }

  function close() {
    if (!host) return;
    var inside = document.activeElement === host;
    removeEventListener("message", host.listen);
    host.remove();
    host = null;
    if (inside && before && before.focus) before.focus();
  }

  window.feedbackSurvey = { open: function () { open(true); }, close: close };

  function whenSeen() {
    if (document.visibilityState === "visible") return open(false);
    document.addEventListener("visibilitychange", whenSeen, { once: true });
  }

  if (wish.open !== "manual" && Date.now() - lastShown() >= days) {
    setTimeout(whenSeen, 1000 * (wish.after === undefined ? 10 : Number(wish.after) || 0));
  }
})(SETTINGS);
