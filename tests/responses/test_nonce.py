"""The nonce of a form belongs to one link and one day."""

from datetime import timedelta

import pytest
import time_machine
from werkzeug.datastructures import MultiDict
from wtforms import Form

from feedback_service.responses.nonce import NONCE_SECONDS, LinkNonce


def _form(link: str, key: str = "a secret key", sent: str | None = None) -> Form:
    class Question(Form):
        """A form of nothing but its nonce."""

        class Meta:
            csrf = True
            csrf_class = LinkNonce
            csrf_context = link
            nonce_key = key
            nonce_too_old = "Once more, please."

    if sent is None:
        return Question()
    return Question(MultiDict({"csrf_token": sent}))


def _nonce(link: str, key: str = "a secret key") -> str:
    return str(_form(link, key).csrf_token.current_token)


def test_the_nonce_of_this_link_is_taken() -> None:
    assert _form("link", sent=_nonce("link")).validate()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (_nonce("another link"), "another buyer's"),
        (_nonce("link", key="a guessed key"), "forged"),
        (_nonce("link")[:-1], "cut off"),
        ("", "missing"),
        ("ä€\0", "no nonce at all"),
        ("." * 5000, "no nonce at all, and long"),
    ],
    ids=["another buyer's", "forged", "cut off", "missing", "no nonce", "long"],
)
def test_any_other_is_refused_in_the_survey_s_words(sent: str, why: str) -> None:
    form = _form("link", sent=sent)
    assert not form.validate(), why
    assert form.errors == {"csrf_token": ["Once more, please."]}


def test_a_refused_form_brings_a_fresh_nonce_that_works() -> None:
    refused = _form("link", sent="stale")
    refused.validate()
    assert _form("link", sent=refused.csrf_token._value()).validate()


def test_it_lasts_over_lunch_and_not_for_good() -> None:
    with time_machine.travel("2026-03-20T10:00:00Z", tick=False) as traveller:
        nonce = _nonce("link")
        traveller.shift(timedelta(seconds=NONCE_SECONDS))
        assert _form("link", sent=nonce).validate()
        traveller.shift(timedelta(seconds=1))
        assert not _form("link", sent=nonce).validate()
