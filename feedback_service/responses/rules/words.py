"""What is kept of words that somebody typed."""

import re

LONGEST_COMMENT = 5_000  # characters; surveys/common.*.toml says so as well

# Control characters that nobody typed on purpose: PostgreSQL cannot store NUL, and terminals obey the others.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def as_kept(text: str | None) -> str:
    """The words with one kind of line break, without control characters and without blanks around them.

    A filter of text fields, so that a length is that of what is kept: browsers send two characters for a line break.
    """
    return _CONTROLS.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()
