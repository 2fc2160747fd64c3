"""Parts that the forms of several pages share."""

import re
import secrets

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import Length

LONGEST_ENTRY = 10_000  # characters of what is written into a log
LONGEST_TOLD = 2_000  # characters; a mail that somebody reads to its end
_UID = re.compile(r"[0-9a-f]{32}")


def longest(characters: int) -> Length:
    """No more than so many characters."""
    return Length(max=characters, message=f"Please keep it to {characters:,} characters.")


class PressForm(FlaskForm):
    """A button alone."""


class OnceForm(FlaskForm):
    """A form with a mark of its own, `uid`: sent twice, it is one act."""

    uid = HiddenField()

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        if not _UID.fullmatch(self.uid.data or ""):
            self.uid.data = secrets.token_hex(16)
