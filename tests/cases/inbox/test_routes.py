"""The inbox in the browser: reading, marking, and opening a case; by buttons, which need no script."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.cases.inbox.models import Seen
from feedback_service.cases.inbox.queries import PAGE
from feedback_service.cases.models import Case
from tests.cases.factories import hire, opened, signed_in
from tests.responses.factories import CSAT, NPS, answered, read, say_more


def _words(client: FlaskClient, path: str) -> str:
    return read(client.get(path)).text


def test_an_empty_inbox_says_what_will_appear(anas: FlaskClient) -> None:
    assert "What customers say appears here" in _words(anas, "/answers/")
    assert "Every answer was read" in _words(anas, "/answers/?show=unseen")
    assert "You have read them all" in _words(anas, "/answers/?show=unread")
    assert "Choose fewer filters" in _words(anas, "/answers/?words=1")


def test_an_answer_is_read_by_one_and_unread_for_another(
    app: Flask, anas: FlaskClient, session: Session, now: datetime
) -> None:
    answer = answered(session, now, 9, comment="A lovely lamp.")
    assert "A lovely lamp." in _words(anas, "/answers/?show=unread")
    form = read(anas.get("/answers/")).form(having="answer-0")
    sent = anas.post(form[":action"], data={**form})
    assert sent.status_code == 303
    assert "A lovely lamp." not in _words(anas, "/answers/?show=unread")
    ben = signed_in(app, hire(app, session, "Ben", now))
    assert "A lovely lamp." in _words(ben, "/answers/?show=unread")
    assert "A lovely lamp." not in _words(ben, "/answers/?show=unseen")
    session.rollback()
    session.refresh(answer)
    assert answer.read_at == now


def test_all_of_a_page_at_once_and_back_to_the_same_filters(anas: FlaskClient, session: Session, now: datetime) -> None:
    for _ in range(PAGE + 2):
        answered(session, now, 3, survey=CSAT, comment="Well.")
    path = f"/answers/?survey={CSAT}&words=1"
    form = read(anas.get(path)).form(having=f"answer-{PAGE - 1}")
    sent = anas.post(form[":action"], data=form, follow_redirects=False)
    assert sent.status_code == 303
    assert (f"survey={CSAT}" in sent.location, "words=1" in sent.location) == (True, True)
    assert f"{PAGE} marked as read." in _words(anas, sent.location)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Seen)) == PAGE


def test_the_script_gets_no_page_in_return(anas: FlaskClient, session: Session, now: datetime) -> None:
    answered(session, now, 9)
    form = read(anas.get("/answers/")).form(having="answer-0")
    answer = anas.post(form.pop(":action"), data=form, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert anas.get("/answers/answers.js").mimetype == "text/javascript"
    assert "script-src 'self'" in anas.get("/answers/").headers["Content-Security-Policy"]


def test_words_that_come_while_the_page_is_open_stay_unread(anas: FlaskClient, session: Session, now: datetime) -> None:
    answer = answered(session, now, 9)
    form = read(anas.get("/answers/")).form(having="answer-0")
    say_more(session, answer, comment="And it burnt.")
    by_script = anas.post("/answers/read", data=form, headers={"Accept": "application/json"})
    assert by_script.status_code == 409, "the script loads the page anew"
    anas.post("/answers/read", data=form)
    page = _words(anas, "/answers/?show=unseen")
    assert "And it burnt." in page
    form = read(anas.get("/answers/")).form(having="answer-0")
    anas.post("/answers/read", data=form)
    assert "And it burnt." not in _words(anas, "/answers/?show=unseen")


@pytest.mark.parametrize(
    "sent", [{}, {"answer-0": "x"}, {"answer-0": "-4"}, {"answer-0": "4"}, {"answer-0": f"{2**70}-1"}]
)
def test_ids_that_are_none_change_nothing(
    anas: FlaskClient, session: Session, now: datetime, sent: dict[str, str]
) -> None:
    answered(session, now, 9)
    form = read(anas.get("/answers/")).form(having="answer-0")
    assert anas.post("/answers/read", data={"csrf_token": form["csrf_token"], **sent}).status_code == 422


def test_one_button_opens_a_case_and_pressed_again_leads_there(
    anas: FlaskClient, session: Session, now: datetime
) -> None:
    answer = answered(session, now, 10, comment="Could you send another?")
    page = read(anas.get("/answers/"))
    form = next(form for form in page.forms if form[":action"].endswith("/case"))
    for _ in range(2):
        sent = anas.post(form[":action"], data={"csrf_token": form["csrf_token"]})
        case = session.scalars(select(Case.id)).one()
        session.rollback()
        assert (sent.status_code, sent.location) == (303, f"/cases/{case}")
    assert f"Case {case}" in _words(anas, "/answers/")
    session.refresh(answer)
    assert answer.read_at == now


@pytest.mark.parametrize("path", ["/answers/999/case", f"/answers/{2**70}/case"])
def test_of_no_answer_no_case_is_opened(anas: FlaskClient, session: Session, now: datetime, path: str) -> None:
    answered(session, now, 9)
    token = read(anas.get("/answers/")).form(having="answer-0")["csrf_token"]
    assert anas.post(path, data={"csrf_token": token}).status_code == 404


def test_another_teams_case_is_no_link_and_its_words_are_still_read(
    app: Flask, session: Session, now: datetime
) -> None:
    case = opened(session, now, comment="Broken.")
    outsider = signed_in(app, hire(app, session, "Olga", now, team="warehouse"))
    page = read(outsider.get("/answers/"))
    assert ("Broken." in page.text, "With another team" in page.text) == (True, True)
    token = page.form(having="answer-0")["csrf_token"]
    sent = outsider.post(f"/answers/{case.response_id}/case", data={"csrf_token": token})
    assert sent.location == "/answers/"
    assert "The case is with another team." in _words(outsider, sent.location)
    manager = signed_in(app, hire(app, session, "Max", now, role=RoleName.MANAGER, team=None))
    assert f"Case {case.id}" in _words(manager, "/answers/")


@pytest.mark.parametrize(
    "query",
    [
        "show=x",
        "band=x",
        "before=x",
        f"before={10**40}",
        f"before={'9' * 5000}",
        "before=-1",
        "survey=x",
        "survey=%00",
        "survey=a%00b&show=unread",
        "words=2",
    ],
)
def test_what_makes_no_sense_in_the_address_does_no_harm(anas: FlaskClient, query: str) -> None:
    assert anas.get(f"/answers/?{query}").status_code == 200


def test_a_page_that_found_nothing_yet_offers_to_look_further(
    anas: FlaskClient, session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback_service.cases.inbox.queries.WINDOW", 2)
    answered(session, now, 2, comment="Long ago.")
    for _ in range(2):
        answered(session, now, 9)
    page = _words(anas, "/answers/?words=1")
    assert "Nothing among 2 answers. Look further back" in page
    link = next(part for part in anas.get("/answers/?words=1").text.split('"') if "before=" in part)
    assert "Long ago." in _words(anas, link.replace("&amp;", "&"))


def test_a_long_comment_opens_in_place_and_is_markup_nowhere(
    anas: FlaskClient, session: Session, now: datetime
) -> None:
    answered(session, now, 9, comment="<b>word</b> " * 100)
    html = anas.get("/answers/").text
    assert "&lt;b&gt;word&lt;/b&gt; …" in html
    assert "<b>word</b>" not in html


def test_the_answers_behind_a_number_are_named_and_kept_while_one_looks(
    anas: FlaskClient, session: Session, now: datetime
) -> None:
    answered(session, now, 2, comment="It came too late.", locale="de")
    answered(session, now, 9, comment="All is well.", locale="de")
    answered(session, now, 3, comment="It broke.")
    path = f"/answers/?survey={NPS}&from=2026-03-01&to=2026-03-31&by=language&is=de&low=0&high=6"
    page = read(anas.get(path))
    assert "Only 1 Mar 2026 to 31 Mar 2026 · Language: German · Score 0 to 6" in " ".join(page.text.split())
    assert "It came too late." in page.text
    assert "All is well." not in page.text
    assert "It broke." not in page.text
    html = anas.get(path).get_data(as_text=True)
    for name, value in {"from": "2026-03-01", "by": "language", "is": "de", "low": "0"}.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in html
    assert "show=unread" in html
    assert "from=2026-03-01&amp;" in html, "the other views look at the same answers"


@pytest.mark.parametrize(
    "asked",
    ["from=yesterday", "to=2026-13-01", "from=2026-02-30&to=%00", "by=colour&is=red", "by=order.&is=x", "by=language",
     "by=order.a%00&is=x", "is=de", "low=-1", "high=abc", "low=%D9%A1", "by=language&is=%00", "low=999999999999"],
)  # fmt: skip
def test_what_makes_no_sense_is_no_filter(anas: FlaskClient, session: Session, now: datetime, asked: str) -> None:
    answered(session, now, 2, comment="It came too late.")
    page = anas.get(f"/answers/?{asked}")
    assert page.status_code == 200
    assert "It came too late." in page.get_data(as_text=True)
    assert "Only" not in read(page).words


@pytest.mark.parametrize("asked", ["from=0001-01-01&to=9999-12-31", "from=2026-04-01&to=2026-03-01", "low=7&high=3"])
def test_any_days_and_scores_are_looked_up(anas: FlaskClient, session: Session, now: datetime, asked: str) -> None:
    answered(session, now, 2)
    for survey in ("", NPS):
        assert anas.get(f"/answers/?{asked}&survey={survey}").status_code == 200
