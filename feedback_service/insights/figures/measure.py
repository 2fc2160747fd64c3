"""How much room words take, reckoned from the widest of the system fonts, so that they fit in whichever is there."""

from functools import lru_cache
from unicodedata import category, combining, east_asian_width

_EMS = {
    0.29: "'ijlIJ",
    0.34: " \N{NO-BREAK SPACE},./:;\\|·",
    0.41: "-!frt()[]",
    0.54: '"*_`–?sczç',
    0.6: "FLPTYaeikovxyäéè",
    0.64: "bdghnpquESß0123456789${}ñöü",
    0.7: "ABCKRVXZ",
    0.8: "DGHNOQUw&",
    0.88: "#+<=>^~−M",
    1.0: "%mW@…",
}
_EM = {character: ems for ems, characters in _EMS.items() for character in characters}
_USUAL, _CAPITAL, _IDEOGRAPH, _PICTURE = 0.66, 0.8, 1.02, 1.4
_BOLD = 1.11
ELLIPSIS = "…"


@lru_cache(maxsize=8192)
def width_of(text: str, size: int, *, bold: bool = False) -> float:
    """At most how many CSS pixels wide the text is."""
    return sum(map(_em, text)) * size * (_BOLD if bold else 1)


def fit(text: str, room: float, size: int, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as there is room for, with an ellipsis."""
    if width_of(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width_of(kept + ELLIPSIS, size, bold=bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def wrapped(text: str, room: float, size: int, *, most: int, bold: bool = False) -> tuple[str, ...]:
    """The text in at most so many lines; what does not fit is cut off."""
    lines: list[str] = []
    words = text.split(" ")
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and width_of(f"{line} {words[0]}", size, bold=bold) <= room:
            line = f"{line} {words.pop(0)}"
        lines.append(fit(line, room, size, bold=bold))
    if words:
        lines.append(fit(" ".join(words), room, size, bold=bold))
    return tuple(line for line in lines if line)


def _em(character: str) -> float:
    known = _EM.get(character)
    if known is not None:
        return known
    kind = category(character)
    if combining(character) or kind in {"Cf", "Mn", "Me"}:
        return 0
    if kind in {"So", "Co", "Cn"}:
        return _PICTURE
    if east_asian_width(character) in {"W", "F"}:
        return _IDEOGRAPH
    return _CAPITAL if kind == "Lu" else _USUAL
