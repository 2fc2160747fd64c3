"""What a buyer types is measured as it is kept, and comes back whole where it is refused."""

import pytest
from flask import Flask

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_common_words
from feedback_service.responses.forms import ScoreForm, score_in

SECRET = "a link of nobody"
COMMON = read_common_words(SURVEYS)["en"]


@pytest.fixture(scope="module")
def bare() -> Flask:
    """As much of an app as a form needs."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a secret key for tests only"
    return app


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
    assert score_in(sent.get("score"), range(11)) is None, why
