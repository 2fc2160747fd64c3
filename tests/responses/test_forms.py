"""What a buyer types is measured as it is kept, and comes back whole where it is refused."""

import pytest
from flask import Flask

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_common_words
from feedback_service.responses.forms import ScoreForm, WordsForm
from feedback_service.responses.rules.words import LONGEST_COMMENT

SECRET = "a link of nobody"
COMMON = read_common_words(SURVEYS)["en"]


@pytest.fixture(scope="module")
def bare() -> Flask:
    """As much of an app as a form needs."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a secret key for tests only"
    return app


def _words(bare: Flask, comment: str, before: str = "") -> WordsForm:
    with bare.test_request_context("/", method="POST", data={"comment": comment}):
        return WordsForm(SECRET, COMMON, "Why?", "Contact me", before, wants_contact=False)


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
def test_words_as_kept(bare: Flask, typed: str, kept: str, why: str) -> None:
    assert _words(bare, typed).words == kept, why


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
def test_length_is_that_of_what_is_kept(bare: Flask, typed: str, fits: bool, why: str) -> None:
    form = _words(bare, typed)
    form.validate()
    assert ("comment" not in form.errors) is fits, why


def test_a_form_that_sends_no_comment_leaves_the_one_there_is(bare: Flask) -> None:
    with bare.test_request_context("/", method="POST", data={"wants_contact": "y"}):
        form = WordsForm(SECRET, COMMON, "Why?", "Contact me", "Said before.", wants_contact=False)
        assert (form.words, form.wants_contact.data) == ("Said before.", True)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({}, "nothing chosen"),
        ({"score": ""}, "nothing chosen, said otherwise"),
        ({"score": "11"}, "off the scale"),
        ({"score": "-1"}, "off the scale"),
        ({"score": "9.0"}, "no whole number as we print it"),
        ({"score": "09"}, "no number as we print it"),
        ({"score": "٩"}, "a nine in other digits"),
        ({"score": "9" * 5000}, "a number nobody prints"),
        ({"score": "nine"}, "no number"),
    ],
)
def test_a_score_is_one_of_the_scale(bare: Flask, sent: dict[str, str], why: str) -> None:
    with bare.test_request_context("/", method="POST", data=sent):
        form = ScoreForm(SECRET, COMMON, range(11), selected=9)
        form.validate()
        assert form.errors["score"] == ["Choose a number first, then press the button."], why
