"""The script for the shop's pages, with one way in's settings and the palette put in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

from feedback_service.paths import STATIC
from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.questionnaires.fill import filled

SETTINGS = "SETTINGS"
"""Stands in static/embed.js where the settings go."""
LARGEST_SCRIPT = 10 * 1024  # bytes; the shop's pages must not feel it


@dataclass(frozen=True)
class Embedded:
    """What the script must know."""

    token: str
    frame: str
    """The address of the page in the frame."""
    locale: str | None
    days: int
    """How long a browser is left alone after it was shown the panel."""


def embed_script(embedded: Embedded, words: Mapping[str, CommonWords], shop_name: str) -> str:
    """The script as it is sent. Everything put in is JSON in ASCII, so no name can end a string or a script."""
    settings = {
        "token": embedded.token,
        "frame": embedded.frame,
        "locale": embedded.locale,
        "days": embedded.days,
        "css": _panel_style(),
        "words": {locale: _panel_words(locale, common, shop_name) for locale, common in sorted(words.items())},
    }
    written = json.dumps(settings, separators=(",", ":")).replace("<", "\\u003c")
    code, _, end = _code().rpartition(SETTINGS)
    return f"{code}{written}{end}"


def _panel_words(locale: str, common: CommonWords, shop_name: str) -> dict[str, str]:
    said = filled(common.walk_in, {"shop": shop_name, "name": "", "order": "", "score": ""})
    direction = Locale.parse(locale, sep="-").text_direction
    return {"lang": locale, "dir": direction, "panel": said.panel, "close": said.close}


@cache
def _code() -> str:
    return squeezed((STATIC / "embed.js").read_text(encoding="utf-8"))


@cache
def _panel_style() -> str:
    """The panel's rules, with those colours of the palette that they name."""
    rules = (STATIC / "embed.css").read_text(encoding="utf-8")
    palette, _, _ = (STATIC / "tokens.css").read_text(encoding="utf-8").partition("\nhtml {")
    used = set(re.findall(r"var\((--[\w-]+)\)", rules))
    kept = [
        line for line in palette.splitlines() if not line.strip().startswith("--") or line.split(":")[0].strip() in used
    ]
    return re.sub(r"\s*([{}:;,])\s+", r"\1", squeezed("\n".join(kept).replace(":root", ":host") + "\n" + rules))


def squeezed(code: str) -> str:
    """Code without its comments and its indentation; our own files have neither inside of strings."""
    code = re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL)
    lines = (re.sub(r"(^|\s)// .*$", "", line).strip() for line in code.splitlines())
    return "\n".join(line for line in lines if line)
