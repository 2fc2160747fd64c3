"""The words of an HTML mail, without the mail that it quotes where its program marks it."""

import re
from collections.abc import Mapping
from html import unescape

_NEW_LINE = frozenset(
    {"address", "blockquote", "br", "div", "h1", "h2", "h3", "h4", "hr", "li", "p", "pre", "table", "tr"}
)
_SILENT = frozenset({"script", "style", "head", "title", "noscript"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
# How Gmail, Yahoo, Thunderbird, Proton and Zoho mark what is not new; Apple uses a blockquote of type cite.
_QUOTES = re.compile(r"\b(?:gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra)\b")
# Outlook marks only where the quoted mail begins: everything after it is quoted.
_REST = re.compile(r"^(?:x_)*(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container)$", re.IGNORECASE)

LOOKED_AT = 50_000  # characters
# Each `<` looks no further than to the next one, and each value no further than to its end.
_TAG = re.compile(r"<([a-zA-Z/!?][^<>]*)>")
_NAME = re.compile(r"(/?)([a-zA-Z][\w:-]*)")
_ATTRIBUTE = re.compile(r"""(?<![\w-])(class|id|type)\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)""", re.IGNORECASE)

DEEPEST = 200  # elements in each other; nobody writes more, and every end looks through them


class _Words:
    """Collects what is shown and new."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0
        self._over = False

    def handle_starttag(self, tag: str, attributes: Mapping[str, str]) -> None:
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
    """What a reader sees of an HTML mail, in lines, without what is marked as quoted.

    Of a mail longer than LOOKED_AT the beginning is read. The standard library's parser is not used: it looks
    through all of the rest at every `<` that nothing ends, and so takes minutes over a hostile mail.
    """
    reader = _Words()
    for place, piece in enumerate(_TAG.split(_without_comments(html[:LOOKED_AT]))):
        if place % 2 == 0:
            reader.handle_data(unescape(piece))
        elif named := _NAME.match(piece):
            _hand_on(reader, ends=bool(named[1]), tag=named[2].lower(), piece=piece)
    lines = [line.strip() for line in "".join(reader.words).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _hand_on(reader: _Words, *, ends: bool, tag: str, piece: str) -> None:
    if ends:
        reader.handle_endtag(tag)
        return
    found = {name.lower(): unescape(value.strip("\"'")) for name, value in reversed(_ATTRIBUTE.findall(piece))}
    reader.handle_starttag(tag, found)


def _without_comments(html: str) -> str:
    """A comment without an end goes as far as the mail does."""
    first, *others = html.split("<!--")
    return first + "".join(each.partition("-->")[2] for each in others)
