"""The words of an HTML mail, without the mail that it quotes where its program marks it."""

import re
from html.parser import HTMLParser

_NEW_LINE = frozenset(
    {"address", "blockquote", "br", "div", "h1", "h2", "h3", "h4", "hr", "li", "p", "pre", "table", "tr"}
)
_SILENT = frozenset({"script", "style", "head", "title", "noscript"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
# How Gmail, Yahoo, Thunderbird, Proton and Zoho mark what is not new; Apple uses a blockquote of type cite.
_QUOTES = re.compile(r"\b(?:gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra)\b")
# Outlook marks only where the quoted mail begins: everything after it is quoted.
_REST = re.compile(r"^(?:x_)*(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container)$", re.IGNORECASE)


DEEPEST = 200  # elements in each other; nobody writes more, and every end looks through them


class _Words(HTMLParser):
    """Collects what is shown and new."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0
        self._over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._over = self._over or bool(_REST.match(attributes.get("id", "")))
        if tag in _NEW_LINE:
            self.words.append("\n")
        if tag in _VOID or len(self._open) == DEEPEST:
            return
        cited = tag == "blockquote" and attributes.get("type", "").lower() == "cite"
        hides = tag in _SILENT or cited or bool(_QUOTES.search(attributes.get("class", "")))
        self._open.append((tag, hides))
        self._hidden += hides

    def handle_endtag(self, tag: str) -> None:
        if tag in _NEW_LINE:
            self.words.append("\n")
        if not any(name == tag for name, _ in self._open):
            return
        while self._open:  # what was left open inside ends with it
            name, hides = self._open.pop()
            self._hidden -= hides
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._hidden and not self._over:
            self.words.append(re.sub(r"\s+", " ", data))


def words_of_html(html: str) -> str:
    """What a reader sees of an HTML mail, in lines, without what is marked as quoted."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.words).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
