"""What is kept of words that somebody typed."""

import re

from feedback_service.masking import mask

LONGEST_COMMENT = 5_000  # characters; surveys/common.*.toml says so as well

# Control characters that nobody typed on purpose: PostgreSQL cannot store NUL, and terminals obey the others.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def as_kept(text: str | None) -> str:
    """The words with one kind of line break, without control characters, card numbers, passwords and outer blanks.

    A filter of text fields, so that a length is that of what is kept: browsers send two characters for a line break.
    """
    return mask(_as_typed(text))


def _as_typed(text: str | None) -> str:
    return _CONTROLS.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


LONGEST_PHONE_NUMBER = 40  # characters, an extension and a word beside it included
FEWEST_DIGITS = 5
MOST_DIGITS = 15  # ITU-T E.164


def as_phone_number(text: str | None) -> str:
    """A number as it was typed, on one line. One in ten could be a card's too, so only longer ones are masked."""
    typed = " ".join(_as_typed(text).split())
    return typed if sum(map(str.isdecimal, typed)) <= MOST_DIGITS else mask(typed)


def can_be_called(number: str) -> bool:
    """Whether it may be a phone number: some digits, in any script. Which numbers exist, only a call tells."""
    return len(number) <= LONGEST_PHONE_NUMBER and sum(map(str.isdecimal, number)) >= FEWEST_DIGITS
