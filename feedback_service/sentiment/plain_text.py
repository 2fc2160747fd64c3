"""From what a buyer typed or pasted to lower-case words, faces and marks, in time linear in its length."""

import html
import re

from feedback_service.sentiment.vocabulary import FACES

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
_REWRITES = (
    (re.compile(rf"\b({_AUXILIARIES})n'?t\b"), r"\1 not"),
    (re.compile(r"\b(?:can'?t|cannot)\b"), "can not"),
    (re.compile(r"\bwon'?t\b"), "will not"),
    (re.compile(r"\bain'?t\b"), "is not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(where|what|it|that)'?s\b"), r"\1 is"),
    (re.compile(r"'(?:s|m|re|ve|ll|d)\b"), " "),
    (re.compile(r"\b(?:far from|anything but|no where near|nowhere near)\b"), "not"),
)

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
    plain = _URL.sub(" ", plain)
    plain = _TAG.sub(" ", _LINE_TAG.sub("\n", plain))
    plain = _DRESSING.sub("", plain.translate(_APOSTROPHES))[:MAX_CHARACTERS]
    for pattern, replacement in _REWRITES:
        plain = pattern.sub(replacement, plain)
    return plain


def tokens(plain: str) -> list[str]:
    """The words and faces of ``plain_text``'s result in their order, with ``BREAK`` where a clause ends."""
    return [BREAK if found.lastgroup == "mark" else found[found.lastgroup or 0] for found in _TOKEN.finditer(plain)]
