"""A buyer has pressed a number and is asked why: page by page, in their own time, on any device."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service.questionnaires.questions import NO, YES, Question, QuestionType, Show
from feedback_service.responses.follow_ups.queries import answers_to_follow_ups
from feedback_service.responses.models import Response, ResponseChange, ResponseRevision
from feedback_service.responses.rules.answers import Contact, Given
from feedback_service.responses.rules.words import LONGEST_COMMENT
from tests.responses.factories import Asked, asked, everything, later, read
from tests.responses.follow_ups.factories import (
    COMMENT,
    CONTACT,
    DRIVER,
    EVERYTHING,
    LIKED,
    MOVED,
    REMEDY,
    WHERE,
    asked_about,
    give_score,
)

MISSING = "One answer is missing here. Everything else is kept."


def _pressed(client: FlaskClient, session: Session, now: datetime, score: int, *questions: Question) -> Asked:
    """Somebody who was asked these questions, and has pressed a number."""
    person = asked_about(session, now, *questions)
    give_score(client, person, score, now)
    return person


def _answer(session: Session) -> tuple[Response, dict[str, Given]]:
    session.rollback()  # look afresh
    response = session.scalars(select(Response).execution_options(populate_existing=True)).one()
    answers = answers_to_follow_ups(session, response)
    session.commit()  # a test's session would keep the next press waiting
    return response, answers


def _send(client: FlaskClient, path: str, said: dict[str, object]) -> TestResponse:
    """Open a page, fill it in and press its button."""
    form: dict[str, object] = {**read(client.get(path)).forms[0]}
    form.pop(":action")
    return client.post(path, data=form | said)


# The way through


def test_a_buyer_says_everything(client: FlaskClient, session: Session, now: datetime) -> None:
    person = _pressed(client, session, now, 2, *EVERYTHING)
    sent = _send(
        client,
        f"{person.path}/more",
        {
            "comment": "Late.\r\nVery late 😡",
            "contact": "y",
            "remedy": "put_right",
            "driver": "other",
            "driver-other": "متأخر جدا",
            "liked": ["box", "ribbon"],
            "ease": "2",
            "moved": YES,
        },
    )
    assert (sent.status_code, sent.location) == (303, f"{person.path}/more/2")
    done = _send(client, sent.location, {"where": "Next door."})
    assert (done.status_code, done.location) == (303, f"{person.path}/thanks")
    response, answers = _answer(session)
    assert response.score == 2
    assert answers == {
        "comment": Given(text="Late.\nVery late 😡"),
        "contact": Given((YES,)),
        "remedy": Given(("put_right",)),
        "driver": Given(("other",), "متأخر جدا"),
        "liked": Given(("box", "ribbon")),
        "ease": Given(("2",)),
        "moved": Given((YES,)),
        "where": Given(text="Next door."),
    }
    counted = select(ResponseChange).where(ResponseChange.delta != 0)
    assert [(row.score, row.delta) for row in session.scalars(counted)] == [(2, 1)]


def test_each_page_is_kept_as_it_is_sent(client: FlaskClient, session: Session, now: datetime) -> None:
    person = _pressed(client, session, now, 2, *EVERYTHING)
    _send(client, f"{person.path}/more", {"moved": YES, "comment": "Late."})
    assert _answer(session)[1] == {"moved": Given((YES,)), "comment": Given(text="Late.")}


def test_the_page_shows_what_was_said_before(client: FlaskClient, session: Session, now: datetime) -> None:
    person = _pressed(client, session, now, 2, *EVERYTHING)
    said = {"comment": "Late.", "driver": "other", "driver-other": "the cat", "ease": "4", "moved": YES, "contact": "y"}
    call = {"remedy": "contact", "remedy-how": "phone", "remedy-phone": "+49 30 12345", "remedy-when": "evening"}
    _send(client, f"{person.path}/more", {**said, **call, "liked": "card"})
    _send(client, f"{person.path}/more/2", {"where": "Next door."})
    first = read(client.get(f"{person.path}/more")).forms[0]
    assert {**said, **call, "liked": "card"}.items() <= first.items()
    assert read(client.get(f"{person.path}/more/2")).forms[0]["where"] == "Next door."


def test_the_score_is_shown_with_a_way_to_change_it(client: FlaskClient, session: Session, now: datetime) -> None:
    person = _pressed(client, session, now, 2, COMMENT)
    html = client.get(f"{person.path}/more").get_data(as_text=True)
    assert '<span class="given-score">2</span>' in html
    assert f'<a href="{person.path}" aria-describedby="given">Change my answer</a>' in html


def test_a_question_that_no_answer_brought_up_is_passed_over(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = _pressed(client, session, now, 2, MOVED, WHERE)
    assert client.get(f"{person.path}/more/2").location == f"{person.path}/thanks"
    assert _send(client, f"{person.path}/more", {"moved": NO}).location == f"{person.path}/thanks"
    assert client.get(f"{person.path}/more/2").location == f"{person.path}/thanks"


@pytest.mark.parametrize("number", ["0", "2", "99", "9" * 400])
def test_no_number_of_a_page_is_a_fault(client: FlaskClient, session: Session, now: datetime, number: str) -> None:
    person = _pressed(client, session, now, 2, COMMENT)
    expected = f"{person.path}/more" if number == "0" else f"{person.path}/thanks"
    assert client.get(f"{person.path}/more/{number}").location == expected


def test_a_survey_without_further_questions_says_thank_you(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = _pressed(client, session, now, 10)
    assert client.get(f"{person.path}/more").location == f"{person.path}/thanks"


def test_who_wants_to_say_nothing_has_a_link_for_it(client: FlaskClient, session: Session, now: datetime) -> None:
    person = _pressed(client, session, now, 2, COMMENT)
    assert f'<a href="{person.path}/thanks">No thanks</a>' in client.get(f"{person.path}/more").get_data(as_text=True)


def test_without_a_score_there_is_nothing_to_explain(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked_about(session, now, COMMENT)
    assert client.get(f"{person.path}/more").location == person.path
    assert client.post(f"{person.path}/more", data={"comment": "Late."}).location == person.path


def test_opening_the_pages_changes_nothing(
    client: FlaskClient, session: Session, engine: Engine, now: datetime
) -> None:
    person = _pressed(client, session, now, 2, *EVERYTHING)
    _send(client, f"{person.path}/more", {"moved": YES})
    before = everything(engine)
    for end in ("/more", "/more/2", "/more/3", "/more?comment=x"):
        assert client.get(person.path + end).status_code in (200, 303)
    assert everything(engine) == before


def test_the_chosen_language_is_carried_on(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    give_score(client, person, 2, now)
    sent = _send(client, f"{person.path}/more?lang=de", {"comment": "Zu spät."})
    assert sent.location == f"{person.path}/thanks?lang=de"


# By the band of the score

BY_BAND = (
    COMMENT,
    CONTACT.model_copy(update={"show": Show(band=("promoter", "passive"))}),
    REMEDY.model_copy(update={"show": Show(band=("detractor",))}),
    DRIVER.model_copy(update={"show": Show(band=("detractor", "passive"))}),
)


@pytest.mark.parametrize(
    ("score", "fields"),
    [
        (9, {"comment", "contact"}),
        (8, {"comment", "contact", "driver", "driver-other"}),
        (6, {"comment", "driver", "driver-other", "remedy", "remedy-how", "remedy-when", "remedy-phone"}),
    ],
)
def test_everybody_is_asked_what_fits_their_score(
    client: FlaskClient, session: Session, now: datetime, score: int, fields: set[str]
) -> None:
    person = _pressed(client, session, now, score, *BY_BAND)
    html = client.get(f"{person.path}/more").get_data(as_text=True)
    asked_for = {part.split('"')[0] for part in html.split(' name="')[1:]}
    assert asked_for - {"csrf_token", "seen", "viewport", "robots", "color-scheme"} == fields


def test_an_answer_that_no_longer_fits_is_kept_and_not_shown(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = _pressed(client, session, now, 2, *BY_BAND)
    _send(client, f"{person.path}/more", {"driver": "product", "remedy": "put_right", "comment": "Broken."})
    give_score(client, person, 10, now)
    page = read(client.get(f"{person.path}/more"))
    assert "driver" not in page.forms[0]
    assert page.forms[0]["comment"] == "Broken."
    _send(client, f"{person.path}/more", {"comment": "They mended it."})
    assert _answer(session)[1] == {
        "comment": Given(text="They mended it."),
        "driver": Given(("product",)),
        "remedy": Given(("put_right",)),
    }


@pytest.mark.parametrize(
    ("score", "label"),
    [(10, "What did you like best?"), (7, "What would make it a 9 or a 10?"), (1, "What went wrong?")],
)
def test_the_shipped_survey_asks_each_band_in_its_own_words(
    client: FlaskClient, session: Session, now: datetime, score: int, label: str
) -> None:
    person = asked(session, now)
    give_score(client, person, score, now)
    assert label in read(client.get(f"{person.path}/more")).text


def test_the_remedies_name_the_order(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    give_score(client, person, 1, now)
    order = session.scalars(select(Response)).one().order
    assert order is not None
    assert f"Put order {order.external_id} right" in read(client.get(f"{person.path}/more")).text


# What can go wrong


def test_a_missing_answer_is_said_and_everything_else_is_kept(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = _pressed(client, session, now, 2, DRIVER.model_copy(update={"required": True}), COMMENT, LIKED)
    refused = _send(client, f"{person.path}/more", {"comment": "Late.", "liked": ["box", "card"]})
    page = read(refused)
    assert refused.status_code == 422
    assert MISSING in page.text
    assert page.forms[0]["comment"] == "Late."
    assert _answer(session)[1] == {"comment": Given(text="Late."), "liked": Given(("box", "card"))}
    html = refused.get_data(as_text=True)
    assert 'aria-describedby="q-driver-hint q-driver-error"' in html
    assert html.index(" autofocus") < html.index('name="comment"'), "the first field with a fault"
    form: dict[str, object] = {**page.forms[0], "driver": "product", "comment": "", "liked": []}
    form.pop(":action")
    assert client.post(f"{person.path}/more", data=form).status_code == 303
    assert _answer(session)[1] == {"driver": Given(("product",))}, "the page that came back showed all that was kept"


def test_a_comment_that_is_too_long_is_not_lost(client: FlaskClient, session: Session, now: datetime) -> None:
    person = _pressed(client, session, now, 2, COMMENT, CONTACT)
    long = "😀" * (LONGEST_COMMENT + 1)
    refused = _send(client, f"{person.path}/more", {"comment": long, "contact": "y"})
    assert refused.status_code == 422
    page = read(refused)
    assert "Your answer to “comment?” is longer than 5,000 characters." in page.text
    assert (page.forms[0]["comment"], page.forms[0]["contact"]) == (long, "y")
    assert 'aria-invalid="true" autofocus' in refused.get_data(as_text=True)
    assert _answer(session)[1] == {"contact": Given((YES,))}


def test_a_call_without_a_number_asks_for_one(client: FlaskClient, session: Session, now: datetime) -> None:
    person = _pressed(client, session, now, 2, REMEDY)
    call = {"remedy": "contact", "remedy-how": "phone", "remedy-when": "morning", "remedy-phone": ""}
    refused = _send(client, f"{person.path}/more", call)
    assert refused.status_code == 422
    assert "Please give a number that we can call" in read(refused).text
    form = {**read(refused).forms[0], "remedy-phone": "+351 21 000"}
    form.pop(":action")
    assert client.post(f"{person.path}/more", data=form).status_code == 303
    assert _answer(session)[1]["remedy"].contact == Contact("phone", "morning", "+351 21 000")  # type: ignore[arg-type]


def test_a_page_that_was_open_too_long_comes_back_filled_in(
    client: FlaskClient, session: Session, engine: Engine, now: datetime
) -> None:
    person = _pressed(client, session, now, 2, *EVERYTHING)
    form: dict[str, object] = {**read(client.get(f"{person.path}/more")).forms[0]}
    form.pop(":action")
    before = everything(engine)
    with later(now, days=2):
        old = client.post(f"{person.path}/more", data=form | {"comment": "Late.", "liked": ["card"], "moved": YES})
        page = read(old)
        assert old.status_code == 422
        assert "This page was open for a long time." in page.text
        assert everything(engine) == before
        again: dict[str, object] = {**page.forms[0]}
        again.pop(":action")
        assert client.post(f"{person.path}/more", data=again).status_code == 303
    assert _answer(session)[1] == {
        "comment": Given(text="Late."),
        "liked": Given(("card",)),
        "moved": Given((YES,)),
    }


@pytest.mark.parametrize("nonce", [None, "", "made up"])
def test_a_page_that_is_not_ours_records_nothing(
    client: FlaskClient, session: Session, engine: Engine, now: datetime, nonce: str | None
) -> None:
    person = _pressed(client, session, now, 2, COMMENT)
    before = everything(engine)
    sent = {"comment": "Late."} | ({} if nonce is None else {"csrf_token": nonce})
    assert client.post(f"{person.path}/more", data=sent).status_code == 422
    assert everything(engine) == before


def test_two_tabs_do_not_undo_each_other(client: FlaskClient, session: Session, now: datetime) -> None:
    person = _pressed(client, session, now, 2, COMMENT, LIKED, CONTACT)
    left, right = ({**read(client.get(f"{person.path}/more")).forms[0]} for _ in range(2))
    left.pop(":action"), right.pop(":action")
    client.post(f"{person.path}/more", data={**left, "comment": "Late.", "contact": "y"})
    client.post(f"{person.path}/more", data={**right, "liked": "box"})
    assert _answer(session)[1] == {
        "comment": Given(text="Late."),
        "contact": Given((YES,)),
        "liked": Given(("box",)),
    }
    assert len(session.scalars(select(ResponseRevision)).all()) == 3


def test_every_field_has_one_id_and_a_name(client: FlaskClient, session: Session, now: datetime) -> None:
    person = _pressed(client, session, now, 2, *EVERYTHING)
    html = client.get(f"{person.path}/more").get_data(as_text=True)
    ids = [part.split('"')[0] for part in html.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    pointed_at = {
        name
        for attribute in (' for="', ' aria-describedby="')
        for part in html.split(attribute)[1:]
        for name in part.split('"')[0].split()
    }
    assert pointed_at <= set(ids)


def test_what_customers_typed_never_becomes_markup(client: FlaskClient, session: Session, now: datetime) -> None:
    person = _pressed(client, session, now, 2, COMMENT, DRIVER, Question(key="q", type=QuestionType.TEXT))
    evil = "</textarea><b>\"'&amp;"
    _send(client, f"{person.path}/more", {"comment": evil, "driver": "other", "driver-other": evil, "q": evil})
    page = client.get(f"{person.path}/more")
    assert "<b>" not in page.get_data(as_text=True)
    assert {"comment": evil, "driver-other": evil, "q": evil}.items() <= read(page).forms[0].items()
