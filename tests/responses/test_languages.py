"""The page speaks the mail's language; whoever chooses another keeps it."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service.responses.models import Response
from tests.responses.factories import NPS, Asked, asked, look, press, read


@pytest.fixture
def person(session: Session, now: datetime) -> Asked:
    return asked(session, now, survey=NPS)


def spoken(answer: TestResponse) -> str:
    head = answer.get_data(as_text=True).split("<head>")[0]
    return head[head.index("<html") :].strip()


def test_the_survey_s_languages_stand_in_a_row_under_their_own_names(client: FlaskClient, person: Asked) -> None:
    page = client.get(person.path)
    text = page.get_data(as_text=True)
    for name in ("العربية", "Deutsch", "English", "Español", "Français", "Português (Brasil)"):
        assert name in read(page).words
    assert 'lang="ar" hreflang="ar" dir="rtl"' in text
    assert text.count('aria-current="true"') == 1


def test_another_language_is_chosen_on_the_page_and_remembered(
    client: FlaskClient, session: Session, person: Asked
) -> None:
    german = client.get(f"{person.path}?lang=de&score=9")
    assert spoken(german) == '<html lang="de" dir="ltr">'
    form = dict(look(client, f"{person.path}?lang=de&score=9").forms[0])
    action = form.pop(":action")
    assert (action, form["score"]) == (f"{person.path}?lang=de", "9")
    pressed = client.post(action, data=form)
    assert pressed.location == f"{person.path}/more?lang=de"
    assert session.scalars(select(Response.locale)).one() == "de"
    assert spoken(client.get(f"{person.path}/more")) == '<html lang="de" dir="ltr">'
    assert spoken(client.get(person.path)) == '<html lang="de" dir="ltr">', "whatever link is opened later"


def test_the_language_may_be_changed_again(client: FlaskClient, session: Session, person: Asked) -> None:
    press(client, f"{person.path}?lang=de", score="9")
    press(client, f"{person.path}?lang=fr", score="9")
    session.rollback()
    assert session.scalars(select(Response.locale)).one() == "fr"


def test_arabic_is_read_from_the_right(client: FlaskClient, person: Asked) -> None:
    page = client.get(f"{person.path}?lang=ar")
    assert spoken(page) == '<html lang="ar" dir="rtl">'
    assert client.get(f"{person.path}?lang=ar").status_code == 200


@pytest.mark.parametrize("lang", ["xx", "", "DE", "de ", "../de", "de&lang=fr&lang=xx", "9" * 3000])
def test_a_language_that_the_survey_does_not_speak_is_the_mail_s(client: FlaskClient, person: Asked, lang: str) -> None:
    expected = "de" if lang.startswith("de&") else "en"
    assert spoken(client.get(f"{person.path}?lang={lang}")) == f'<html lang="{expected}" dir="ltr">'


def test_nobody_s_browser_decides(client: FlaskClient, person: Asked) -> None:
    page = client.get(person.path, headers={"Accept-Language": "de"})
    assert spoken(page) == '<html lang="en" dir="ltr">'
