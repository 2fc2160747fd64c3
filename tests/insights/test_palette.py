"""Charts and pages wear the same colours."""

from dataclasses import asdict

import pytest

from feedback_service.insights.palette import Palette, palette

ROLES = ["ink", "muted", "line", "paper", "surface", "accent", "promoter", "passive", "detractor", "band", "second"]
LIGHT = ":root {" + "".join(f"--{role}: #11111{place:x};" for place, role in enumerate(ROLES)) + "}"
SHEET = (
    LIGHT
    + "/* --ink: #bad000; */ @media (prefers-color-scheme: dark) { :root { --ink: #EEEEEE; } } html { --s1: 4px; }"
)


def test_light_takes_the_root_block() -> None:
    assert list(asdict(Palette.from_css(SHEET, dark=False)).values()) == [f"#11111{place:x}" for place in range(11)]


def test_dark_overrides_only_what_it_names() -> None:
    light, dark = (Palette.from_css(SHEET, dark=dark) for dark in (False, True))

    assert dark.ink == "#EEEEEE"
    assert dark.muted == light.muted


def test_a_colour_that_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match=r"six-digit hex colour for --ink, --band\.$"):
        Palette.from_css(LIGHT.replace("--ink: #111110;", "").replace("#111119", "teal"), dark=False)


def test_the_installed_stylesheet_has_both() -> None:
    light, dark = palette(dark=False), palette(dark=True)

    assert light != dark
    assert (light.promoter, light.detractor) == ("#0f766e", "#c2410c")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("role", ["ink", "muted", "accent", "passive", "second"])
def test_what_charts_write_is_readable_on_their_ground(role: str, dark: bool) -> None:
    colours = palette(dark)

    assert contrast(getattr(colours, role), colours.surface) >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG 2.2 defines it."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
