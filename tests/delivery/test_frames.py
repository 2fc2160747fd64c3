"""A frame that is filled says the same as its template rendered in full; an edited template is seen."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import css_inline
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError, select_autoescape

from feedback_service.delivery import frames
from feedback_service.delivery.frames import Pages, pages
from feedback_service.paths import TEMPLATES

WORDS = ("subject", "preheader", "greeting", "intro", "question", "low", "high", "why", "stop", "signature")
OTHERS = (
    *("answer_url", "unsubscribe_url", "shop_name", "postal_address", "privacy_url", "data_kept"),
    *(f"score_{score}" for score in range(11)),
)


@dataclass(frozen=True)
class Survey:
    """The survey mail's layout, on a scale."""

    last: int = 10

    def context(self, values: Mapping[str, object]) -> Mapping[str, object]:
        scores = [(score, values[f"score_{score}"]) for score in range(self.last + 1)]
        return {**values, "wording": {"mail": values}, "scores": scores, "locale": "ar", "direction": "rtl"}


@dataclass(frozen=True)
class Bare:
    """Values by their names and nothing else."""

    def context(self, values: Mapping[str, object]) -> Mapping[str, object]:
        return values


class Nodes(HTMLParser):
    """What a reader's program makes of a page: tags with their attributes, and the words between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        if self.found and isinstance(self.found[-1], str) and self.found[-1].startswith("words: "):
            self.found[-1] += data
        else:
            self.found.append(f"words: {data}")


def in_full(folder: Path, values: Mapping[str, str], layout: frames.Layout) -> Pages:
    """The slow way: render each template, then inline the whole page."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    subject, text, html = (
        environment.get_template(name).render(layout.context(values))
        for name in ("subject.txt", "body.txt", "body.html")
    )
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return Pages(subject.strip(), text, inliner.inline(html))


def same(found: Pages, expected: Pages) -> bool:
    return (found.subject, found.text) == (expected.subject, expected.text) and (
        Nodes(found.html).found == Nodes(expected.html).found
    )


# Characters that an HTML parser itself replaces (NUL, CR, a form feed in an attribute) are no text.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30) | st.sampled_from(
    ["<b>Eve</b>", "&amp; & &lt;", "\"'`=", "{{ 7 * 7 }}{% raw %}", "\ue0000\ue001", "]]>--><!--", "</style><script>"]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
@given(st.fixed_dictionaries(dict.fromkeys((*WORDS, *OTHERS), TEXT)), st.sampled_from([4, 6, 7, 10]))
def test_a_filled_frame_is_the_template_with_its_css_inlined(values: dict[str, str], last: int) -> None:
    layout = Survey(last)
    assert same(pages("survey", layout, values), in_full(TEMPLATES / "email/survey", values, layout))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of mail templates of one's own."""
    monkeypatch.setattr(frames, "TEMPLATES", tmp_path)
    _forget()
    mine = tmp_path / "email/mine"
    mine.mkdir(parents=True)
    (mine / "subject.txt").write_text("{{ name }}")
    (mine / "body.txt").write_text("Hello {{ name }}")
    (mine / "body.html").write_text(PAGE % "{{ name }}")
    yield mine
    _forget()


def _forget() -> None:
    """For as long as a process runs, its templates lie in one place."""
    frames._templates.cache_clear()
    frames._paths.cache_clear()


PAGE = "<html><head><style>p { color: red }</style></head><body><p>%s</p></body></html>"
NAMES = {"name": "O'Neil <b>", "other": ""}


def test_what_a_shop_writes_itself_is_inlined_and_escaped(folder: Path) -> None:
    assert same(pages("mine", Bare(), NAMES), in_full(folder, NAMES, Bare()))
    assert '<p style="color: red;">O&#39;Neil &lt;b&gt;</p>' in pages("mine", Bare(), NAMES).html


def test_an_edited_layout_is_seen_at_once_too(folder: Path) -> None:
    layout = folder.parent / "note.html"
    layout.write_text(PAGE % "{% block content %}{% endblock %}, yours")
    frames._paths.cache_clear()  # files are edited while a process runs; new ones come with a new version of it
    (folder / "body.html").write_text('{% extends "email/note.html" %}{% block content %}{{ name }}{% endblock %}')
    assert "O&#39;Neil &lt;b&gt;, yours" in pages("mine", Bare(), NAMES).html
    before = layout.stat().st_mtime_ns
    layout.write_text(PAGE % "{% block content %}{% endblock %}, ours")
    os.utime(layout, ns=(before + 10**9, before + 10**9))
    assert "O&#39;Neil &lt;b&gt;, ours" in pages("mine", Bare(), NAMES).html


def test_an_edited_template_is_seen_at_once(folder: Path) -> None:
    assert pages("mine", Bare(), NAMES).text == "Hello O'Neil <b>"
    body = folder / "body.txt"
    before = body.stat().st_mtime_ns
    body.write_text("Good morning {{ name }}")
    os.utime(body, ns=(before + 10**9, before + 10**9))
    assert pages("mine", Bare(), NAMES).text == "Good morning O'Neil <b>"


@pytest.mark.parametrize(
    "inside",
    [
        "{{ name | upper }}",
        "{{ name | truncate(3) }}",
        "{{ name | length }}",
        "{{ name ~ '!' }}",
        '{% if name == "O\'Neil <b>" %}we know you{% endif %}',
        "{% if 'Neil' in name %}we know you{% endif %}",
        "{{ name | safe }}",
        "{{ name | striptags }}",
        "{{ name | urlize }}",
        "{% set both %}{{ name }}{{ name }}{% endset %}{{ both | length }}",
        "{% filter upper %}{{ name }}a{% endfilter %}",
        "{{ name is string }}",
        "{% if other %}there{% else %}not there{% endif %} {{ other | default('nobody', true) }}",
        "{% for letter in name %}{{ letter }}-{% endfor %}",
        "{{ [name, name] | join(', ') }}",
        "<a title='{{ name }}'>x</a>",
    ],
)
def test_whatever_a_template_does_with_a_value_comes_out_right(folder: Path, inside: str) -> None:
    for name, value in (("body.html", PAGE % inside), ("body.txt", inside)):
        (folder / name).write_text(value)
    assert same(pages("mine", Bare(), NAMES), in_full(folder, NAMES, Bare()))
    others = {"name": "Zoe", "other": "there"}
    assert same(pages("mine", Bare(), others), in_full(folder, others, Bare()))


def test_a_template_that_asks_for_what_is_not_there_is_an_error(folder: Path) -> None:
    (folder / "body.txt").write_text("{{ nmae }}")
    with pytest.raises(UndefinedError):
        pages("mine", Bare(), NAMES)
    shutil.rmtree(folder)
    with pytest.raises(FileNotFoundError):
        pages("mine", Bare(), NAMES)
