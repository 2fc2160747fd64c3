"""Cuts text into words in the one form in which cases are found, the same for both databases.

Large and small letters are one, and so are letters with and without accents. Scripts that put no space between words
are cut into their signs, and a phrase finds them; a picture such as an emoji is a word of its own.
"""

import re
import unicodedata

LONGEST_WORD = 60  # characters; what is longer is cut, here and in what is searched for
_UNMARKED = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ـ": None}
)
"""Letters that Unicode does not take apart, and the stroke that only stretches Arabic words."""
_DROPPED = {"Mn", "Mc", "Me", "Cf", "Sk"}
"""Categories of what only marks, joins or colours a sign: accents, vowel signs, joiners, skin tones."""
_SIGNS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Japanese and Chinese
)
_PICTURES = r"\u2190-\u2bff\U0001f000-\U0001faff"
_WORDS = re.compile(rf"[{_SIGNS}{_PICTURES}]|[^\W_{_SIGNS}]+")


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in their order. Words that came out of here go in again unchanged."""
    return [word[:LONGEST_WORD] for word in _WORDS.findall(_folded(text))]


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(_plain(sign) for sign in apart if unicodedata.category(sign) not in _DROPPED)
    return unicodedata.normalize("NFC", plain).translate(_UNMARKED)


def _plain(sign: str) -> str:
    """Digits of every script are ours."""
    return sign if sign.isascii() or not sign.isdecimal() else str(unicodedata.decimal(sign))
