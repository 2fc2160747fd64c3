"""What a buyer types is measured as it is kept."""

import pytest
from flask import Flask

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_common_words, read_surveys
from feedback_service.responses.pulse_form import PulseForm
from feedback_service.responses.rules.words import LONGEST_COMMENT, as_kept

PULSE = read_surveys(SURVEYS)["employee_pulse"]
COMMON = read_common_words(SURVEYS)["en"]
FACTS = {"name": "", "shop": "Corner Shop", "order": "", "score": ""}


@pytest.mark.parametrize(
    ("typed", "kept", "why"),
    [
        ("  Late.  ", "Late.", "blanks around it say nothing"),
        ("one\r\ntwo", "one\ntwo", "browsers send two characters for a line break"),
        ("one\rtwo", "one\ntwo", "and very old ones a third kind"),
        ("a\0b", "ab", "PostgreSQL cannot store NUL"),
        ("\0", "", "NUL alone is nothing"),
        ("שלום عالم", "שלום عالم", "from right to left"),
        ("\u202eevil", "\u202eevil", "text is kept as it was typed; the page isolates it"),
        ("=1+1", "=1+1", "a formula is text"),
    ],
)
def test_words_as_kept(typed: str, kept: str, why: str) -> None:
    assert as_kept(typed) == kept, why


@pytest.mark.parametrize(
    ("typed", "fits", "why"),
    [
        ("😀" * LONGEST_COMMENT, True, "an emoji is one character"),
        ("😀" * (LONGEST_COMMENT + 1), False, "one too many"),
        ("x" + "\r\n" * (LONGEST_COMMENT - 2) + "x", True, "a line break is one character"),
        ("x" * LONGEST_COMMENT + "  \r\n", True, "blanks at the end are not kept and not counted"),
        ("", True, "saying nothing is allowed"),
    ],
)
def test_length_is_that_of_what_is_kept(typed: str, fits: bool, why: str) -> None:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a secret key for tests only"
    with app.test_request_context("/", method="POST", data={"comment": typed}):
        form = PulseForm(PULSE.structure.follow_ups, PULSE.wordings["en"], COMMON, FACTS)
        assert form.validate() is fits, why
