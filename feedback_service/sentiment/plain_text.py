"""From what a buyer typed or pasted to lower-case words, faces and marks, in time linear in its length."""

import html
import re

from feedback_service.sentiment.english.vocabulary import FACES

MAX_CHARACTERS = 5_000
"""How much of a comment is read: some 900 words, more than people write, and a bound on the time."""

_MAX_RAW = 2 * MAX_CHARACTERS  # Markup may take as much room again before it is cut away.

_URL = re.compile(r"https?://\S+|www\.\S+")
_LINE_TAG = re.compile(r"</?(?:br|p|div|li|tr|h[1-6])\b[^<>]*>")
_TAG = re.compile(r"<[a-z/!][^<>]*>")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ＇`´", "'"))
# The variation selectors, the joiner and the skin tones change how a face looks, not what it says.
_DRESSING = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]")

_AUXILIARIES = "do|does|did|is|are|was|were|have|has|had|would|could|should|might|must|need"
# Each with letters that a text must hold for the rewriting to be tried: most texts hold few of them.
_REWRITES = (
    ("nt", re.compile(rf"\b({_AUXILIARIES})nt\b"), r"\1 not"),
    ("cant", re.compile(r"\bcant\b"), "can not"),
    ("cannot", re.compile(r"\bcannot\b"), "can not"),
    ("wont", re.compile(r"\bwont\b"), "will not"),
    ("aint", re.compile(r"\baint\b"), "is not"),
    ("n't", re.compile(rf"\b({_AUXILIARIES})n't\b"), r"\1 not"),
    ("can't", re.compile(r"\bcan't\b"), "can not"),
    ("won't", re.compile(r"\bwon't\b"), "will not"),
    ("ain't", re.compile(r"\bain't\b"), "is not"),
    ("n't", re.compile(r"n't\b"), " not"),
    ("s", re.compile(r"\b(where|what|it|that)'?s\b"), r"\1 is"),
    ("'", re.compile(r"'(?:s|m|re|ve|ll|d)\b"), " "),
    ("far from", re.compile(r"\bfar from\b"), "not"),
    ("anything but", re.compile(r"\banything but\b"), "not"),
    ("where near", re.compile(r"\b(?:no where near|nowhere near)\b"), "not"),
)

_RATING = re.compile(r"(?<![\d/.])(\d{1,2})\s?(?:/|out of)\s?(5|10)(?![\d/.])")
_STARS = re.compile(r"[★⭐☆]{2,}")

_FACES = "".join(face for face in FACES if not face.isascii())
_TYPED_FACES = "|".join(re.escape(face) for face in sorted(FACES, key=len, reverse=True) if face.isascii())
_TOKEN = re.compile(
    rf"""
    (?P<word>[^\W_]+)
    | (?<!\w)(?P<typed>{_TYPED_FACES})(?!\w)
    | (?P<face>[{_FACES}])(?P=face)*     # a row of the same face says it once
    | (?P<mark>[.!?;:,()\n…—–]|\s-+\s)
    """,
    re.VERBOSE,
)
BREAK = "."
"""The token that stands for any mark at which a clause ends."""


def was_cut(text: str) -> bool:
    """Whether ``text`` is longer than what is read of it."""
    return len(text) > MAX_CHARACTERS


def plain_text(text: str) -> str:
    """``text`` without markup and links, in lower case, negations spelled out, cut at ``MAX_CHARACTERS``."""
    plain = html.unescape(text[:_MAX_RAW]).lower()
    if "/" in plain or "www." in plain:
        plain = _URL.sub(" ", plain)
    if "<" in plain:
        plain = _TAG.sub(" ", _LINE_TAG.sub("\n", plain))
    plain = plain.replace("`", "'") if plain.isascii() else _plain_signs(plain)
    plain = plain[:MAX_CHARACTERS]
    if "/" in plain or "out of" in plain:
        plain = _RATING.sub(_as_stars, plain)
    for needed, pattern, replacement in _REWRITES:
        if needed in plain:
            plain = pattern.sub(replacement, plain)
    return plain


def _plain_signs(plain: str) -> str:
    """``plain`` with one kind of apostrophe, faces as they are without their dressing, and rows of stars counted."""
    plain = _DRESSING.sub("", plain.translate(_APOSTROPHES))
    return _STARS.sub(lambda row: f" {row[0].count('★') or row[0].count('⭐')} stars ", plain)


def _as_stars(found: re.Match[str]) -> str:
    """ "9/10" and "5 out of 5" as stars of five, in words that the tables know."""
    given, of = int(found[1]), int(found[2])
    return f" {round(5 * given / of)} stars " if given <= of else found[0]


def tokens(plain: str) -> list[str]:
    """The words and faces of ``plain_text``'s result in their order, with ``BREAK`` where a clause ends."""
    return [BREAK if found.lastgroup == "mark" else found[found.lastgroup or 0] for found in _TOKEN.finditer(plain)]
