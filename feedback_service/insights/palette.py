"""The colours of the charts, read from the pages' own stylesheet so that the two never drift apart."""

import re
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Self

_BLOCK = re.compile(r":root\s*\{([^}]*)\}")
_COLOUR = re.compile(r"--([\w-]+)\s*:\s*(#[0-9a-fA-F]{6})\s*;")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DARK = "@media (prefers-color-scheme: dark)"


@dataclass(frozen=True)
class Palette:
    """One colour per role, each as `#rrggbb`; the names are those of the custom properties."""

    ink: str
    muted: str
    line: str
    paper: str
    surface: str
    accent: str
    promoter: str
    passive: str
    detractor: str
    band: str
    second: str

    @classmethod
    def from_css(cls, css: str, *, dark: bool) -> Self:
        """Read the `:root` block, and for dark what its `prefers-color-scheme` block overrides.

        Raises ValueError naming every colour that is missing or no six-digit hex.
        """
        light, _, night = _COMMENT.sub("", css).partition(_DARK)
        found = _colours(light) | (_colours(night) if dark else {})
        names = [field.name for field in fields(cls)]
        missing = [f"--{name}" for name in names if name not in found]
        if missing:
            raise ValueError(f"tokens.css needs a six-digit hex colour for {', '.join(missing)}.")
        return cls(**{name: found[name] for name in names})


@cache
def palette(dark: bool) -> Palette:
    """The palette of the installed stylesheet, light or dark; read once per process."""
    css = files("feedback_service").joinpath("static", "tokens.css").read_text(encoding="utf-8")
    return Palette.from_css(css, dark=dark)


def _colours(css: str) -> dict[str, str]:
    block = _BLOCK.search(css)
    return dict(_COLOUR.findall(block[1])) if block else {}
