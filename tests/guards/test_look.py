"""One palette for pages, charts and mail; and what people wrote is text, never markup."""

import re
from pathlib import Path

import pytest

from feedback_service.insights.palette import palette
from feedback_service.paths import PACKAGE, STATIC, TEMPLATES

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b")
UNESCAPED = re.compile(r"\|\s*safe\b|Markup|autoescape\s+(false|off)|\|\s*(forceescape|tojson)\b")
DARK = "@media (prefers-color-scheme: dark)"
SCRIPTS = {
    Path("walk_in/head.html"),
    Path("surveys/edit.html"),
    Path("cases/show.html"),
    Path("cases/list.html"),
    Path("inbox/answers.html"),
    Path("demo/shop.html"),
}
"""Where a page at a counter or in a panel, a manager's survey and the demo's shop load theirs; no other has any."""
OWN_SCRIPT = re.compile(
    r"""<script src="\{\{ url_for\('"""
    r"""(?:walk_in\.script', page='\w+'|walk_in\.embed', token=token|desk\.htmx'|"""
    r"""(?:editor|cases|desk|inbox|example_shop)\.script')"""
    r"""\) \}\}"(?: data-after="\d")? (?:defer|async)></script>"""
)
LOOK = {
    False: {"accent": "#1d4ed8", "promoter": "#0f766e", "passive": "#6b7280", "detractor": "#c2410c"},
    True: {"accent": "#93c5fd"},
}
"""What was decided about colour, before any of it was drawn."""


def tokens(*, dark: bool) -> dict[str, str]:
    """The colours of the stylesheet by name, as a browser in that scheme has them."""
    light, _, night = (STATIC / "tokens.css").read_text(encoding="utf-8").partition(DARK)
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", light))
    return found | (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", night)) if dark else {})


def templates(*kinds: str) -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in kinds)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_decided_colours_are_the_ones_in_use(dark: bool) -> None:
    assert LOOK[dark].items() <= tokens(dark=dark).items()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_charts_have_the_pages_colours(dark: bool) -> None:
    assert vars(palette(dark)).items() <= tokens(dark=dark).items()


def test_mail_has_the_pages_colours() -> None:
    for path in templates(".html"):
        if path.is_relative_to(TEMPLATES / "email"):
            light, _, night = path.read_text(encoding="utf-8").partition(DARK)
            night, _, rest = night.partition("</style>")
            assert set(COLOUR.findall(light + rest)) <= set(tokens(dark=False).values()), path.name
            assert set(COLOUR.findall(night)) <= set(tokens(dark=True).values()), path.name


def test_no_colour_is_written_anywhere_else() -> None:
    pages = [path for path in templates(".html") if not path.is_relative_to(TEMPLATES / "email")]
    sheets = [path for path in STATIC.glob("*.css") if path.name != "tokens.css"]
    strays = {
        path.name: found
        for path in (*pages, *sheets, *PACKAGE.rglob("*.py"))
        if (found := COLOUR.findall(_without_anchors(path.read_text(encoding="utf-8"))))
    }
    assert strays == {}


def _without_anchors(text: str) -> str:
    return re.sub(r'(href="|url\(|&)#[\w-]+', "", text)


@pytest.mark.parametrize("path", templates(".html", ".txt"), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_nothing_that_people_wrote_becomes_markup(path: Path) -> None:
    assert UNESCAPED.findall(path.read_text(encoding="utf-8")) == []


def test_no_code_makes_markup_either() -> None:
    made = [
        path.name
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bMarkup\(|import .*\bMarkup\b|render_template_string", path.read_text(encoding="utf-8"))
    ]
    assert made == []


@pytest.mark.parametrize("path", templates(".html"), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_pages_hold_no_scripts_and_no_styles_of_their_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.relative_to(TEMPLATES) in SCRIPTS:
        text = OWN_SCRIPT.sub("", text)
    assert "<script" not in text
    if not path.is_relative_to(TEMPLATES / "email"):
        assert not re.search(r"<style|\sstyle=|\son\w+=", text)
