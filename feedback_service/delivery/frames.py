"""Mail templates drawn once and filled for each mail.

Rendering a template and inlining its CSS costs more than all the rest of a mail. So a template is rendered with
marks where its values belong, its CSS is inlined, and what lies between the marks is kept: the frame. Filling it is
putting escaped values between its pieces. Each frame is proved against the template as it is drawn; a template that
does more with a value than print it has none, and is rendered for each mail.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NoReturn, Protocol

import css_inline
import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from markupsafe import escape

from feedback_service.paths import TEMPLATES

NAMES = ("subject.txt", "body.txt", "body.html")
FRAMES_KEPT = 1000  # one for each language, scale and set of empty values; an edited template makes new ones

# Two characters that are nobody's; while a frame is drawn they stand around the number of a value.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_MARKUP = re.compile("[&<>'\"]")  # most values have none of it, and looking is cheaper than escaping
_PROOF = "<b> &amp; {{ 'É' }} https://x.example/?a=1&b=\"2\""

log = structlog.get_logger(__name__)


class Layout(Protocol):
    """Everything a template is given that is no value: equal layouts share their frames, so it must be hashable."""

    def context(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """The template's context, with each value at its place."""

    def __hash__(self) -> int:
        """The same for equal layouts."""


@dataclass(frozen=True)
class Pages:
    """A mail's three texts."""

    subject: str
    text: str
    html: str


def pages(kind: str, layout: Layout, values: Mapping[str, str]) -> Pages:
    """The mail `kind` (a folder of templates/email/) with `values` in it, escaped in the HTML.

    An edited template is seen at once. Raises what Jinja raises when a template cannot be rendered.
    """
    folder = f"email/{kind}"
    names, empty = tuple(values), frozenset(name for name, value in values.items() if not value)
    frames = _frames(folder, _edition(folder), layout, names, empty)
    subject, text, html = (
        frame.filled(values) if frame else _rendered(f"{folder}/{name}", layout, values)
        for name, frame in frames.items()
    )
    return Pages(subject.strip(), text, html)


@dataclass(frozen=True)
class _Frame:
    """A drawn template: `pieces[0]`, the value named `names[0]`, `pieces[1]`, and so on."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]
    is_html: bool

    def filled(self, values: Mapping[str, str]) -> str:
        if self.is_html:
            values = {name: str(escape(value)) if _MARKUP.search(value) else value for name, value in values.items()}
        parts = [self.pieces[0]]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            parts += (values[name], piece)
        return "".join(parts)


class _Mark:
    """Stands for a value while a frame is drawn: it can be printed and asked whether it is empty, nothing else."""

    def __init__(self, number: int, empty: bool) -> None:
        self._number, self._empty = number, empty

    def __html__(self) -> str:
        return f"{_OPEN}{self._number}{_CLOSE}"

    def __bool__(self) -> bool:
        return not self._empty

    def _is_asked_for(self, *_: object) -> NoReturn:
        raise TypeError("only the value itself can answer that")

    __str__ = __eq__ = __hash__ = _is_asked_for


@lru_cache(maxsize=FRAMES_KEPT)
def _frames(
    folder: str, edition: tuple[int, ...], layout: Layout, names: tuple[str, ...], empty: frozenset[str]
) -> Mapping[str, _Frame | None]:
    """A frame for each template, or None where it has none. `edition` is there for the cache alone."""
    return {name: _frame(f"{folder}/{name}", layout, names, empty) for name in ("subject.txt", "body.txt", "body.html")}


def _frame(name: str, layout: Layout, names: tuple[str, ...], empty: frozenset[str]) -> _Frame | None:
    marks = {value: _Mark(number, value in empty) for number, value in enumerate(names)}
    proof = {value: "" if value in empty else f"{_PROOF} {value}" for value in names}
    try:
        drawn = _templates(marking=True).get_template(name).render(layout.context(marks))
        expected = _templates().get_template(name).render(layout.context(proof))
    except (TypeError, TemplateError):  # computes with a value; if it is simply wrong, rendering it will say so
        log.debug("template without a frame", template=name)
        return None
    is_html = name.endswith(".html")
    if _cut(drawn, names, is_html).filled(proof) != expected:
        log.debug("template without a frame", template=name)
        return None
    return _cut(_inlined(drawn), names, is_html) if is_html else _cut(drawn, names, is_html)


def _cut(drawn: str, names: tuple[str, ...], is_html: bool) -> _Frame:
    parts = _MARK.split(drawn)
    return _Frame(tuple(parts[::2]), tuple(names[int(number)] for number in parts[1::2]), is_html)


def _rendered(name: str, layout: Layout, values: Mapping[str, str]) -> str:
    """The long way round."""
    page = _templates().get_template(name).render(layout.context(values))
    return _inlined(page) if name.endswith(".html") else page


def _edition(folder: str) -> tuple[int, ...]:
    """Another one whenever one of the templates was changed."""
    return tuple(os.stat(path).st_mtime_ns for path in _paths(folder))  # noqa: PTH116 - for every mail, and twice as fast


@cache
def _paths(folder: str) -> tuple[str, ...]:
    """Its own three files, and the layouts beside the folder, which it may extend."""
    layouts = sorted((TEMPLATES / folder).parent.glob("*.html"))
    return tuple(str(path) for path in [*(TEMPLATES / folder / name for name in NAMES), *layouts])


@cache
def _templates(*, marking: bool = False) -> Environment:
    """While marking, everything is escaped, which is how a mark learns that it is printed."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html", "txt"] if marking else ["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _inlined(page: str) -> str:
    return str(_inliner().inline(page))


@cache
def _inliner() -> css_inline.CSSInliner:
    # Reads no file and no address; media queries stay in the style block.
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
