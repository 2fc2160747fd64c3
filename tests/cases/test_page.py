"""Staff work a case on its page without scripts: it rests, is merged and put right there, and nothing is overlooked."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName, Team, User
from feedback_service.cases.models import Case, CaseState, EntryKind
from feedback_service.cases.status.say import add_to_case
from feedback_service.cases.work import take_over
from feedback_service.customers.models import Customer
from feedback_service.sentiment.assess import assess_comments
from tests.cases.factories import (
    KEY,
    colleague,
    complained,
    hire,
    log_kinds,
    opened,
    resolved,
    send,
    signed_in,
    taken,
    written,
)
from tests.responses.factories import Asked, Page, read

WORDS = "Sent a new lamp."


@pytest.fixture
def mine(session: Session, ana: User, now: datetime) -> tuple[Asked, Case]:
    """A case in Ana's hands, and whoever it is about."""
    person, case = complained(session, now, comment="The lamp came broken.")
    taken(session, case, ana.id, now)
    return person, case


def _path(case: Case) -> str:
    return f"/cases/{case.id}"


def _press(client: FlaskClient, page: str, act: str) -> Page:
    """Press the button of a form that has nothing to fill in."""
    form = next(form for form in read(client.get(page)).forms if form[":action"].endswith(f"/{act}"))
    return read(client.post(form.pop(":action"), data=form, follow_redirects=True))


def test_it_waits_for_the_customer_and_goes_on(anas: FlaskClient, session: Session, mine: tuple[Asked, Case]) -> None:
    _, case = mine
    status, page = send(anas, _path(case), "waiting_for", waiting_for="Which colour?")
    assert (status, "the deadline stands still" in page.text, "Which colour?" in page.text) == (200, True, True)
    assert not any("waiting_for" in form or "until" in form for form in page.forms)
    page = _press(anas, _path(case), "go-on")
    assert "back among the cases to be seen to" in page.text
    assert log_kinds(session, case.id)[-2:] == [EntryKind.WAITING, EntryKind.RESUMED]


def test_it_sleeps_until_a_day_that_is_to_come(
    anas: FlaskClient, session: Session, mine: tuple[Asked, Case], now: datetime
) -> None:
    _, case = mine
    for day in ("", "2026-03-20", "2020-01-01", "2036-01-01", "x"):
        status, page = send(anas, _path(case), "until", until=day, why="They are away.")
        assert status == 422
        assert page.form(having="until")["why"] == "They are away."
    status, page = send(anas, _path(case), "until", until="2026-03-29", why="They are away.")
    assert (status, "Asleep until 29 Mar 2026, 00:00" in page.text) == (200, True)
    session.refresh(case)
    assert case.snoozed_until == datetime(2026, 3, 29, tzinfo=now.tzinfo)
    path = _path(case)
    session.rollback()  # on SQLite, a session that only reads would keep the browser from writing
    _press(anas, path, "go-on")
    assert log_kinds(session, case.id)[-2:] == [EntryKind.SNOOZED, EntryKind.WOKEN]


def _twin(session: Session, case: Case, now: datetime) -> Case:
    """Another open case of the same customer."""
    _, twin = complained(session, now + timedelta(minutes=1))
    twin.customer_id = case.customer_id
    session.commit()
    return twin


def test_it_is_merged_into_one_that_the_page_offers_and_taken_apart(
    anas: FlaskClient, session: Session, mine: tuple[Asked, Case], now: datetime
) -> None:
    _, case = mine
    twin = _twin(session, case, now)
    offered = read(anas.get(_path(case))).text
    assert f"Case {twin.id}, opened in 1 min" in offered
    status, page = send(anas, _path(case), "number", into=str(twin.id))
    assert (status, f"Case {twin.id} goes on for this one." in page.text) == (200, True)
    assert f'href="/cases/{twin.id}"' in anas.get(_path(case)).get_data(as_text=True)
    assert not any("kind" in form or "number" in form for form in page.forms)
    assert f"Took in case {case.id}" in read(anas.get(_path(twin))).text
    assert "It stands for itself again" in _press(anas, _path(case), "unmerge").text
    assert any("kind" in form for form in read(anas.get(_path(case))).forms)


def test_whoever_takes_apart_what_stands_for_itself_is_told_so(anas: FlaskClient, mine: tuple[Asked, Case]) -> None:
    """As after a colleague did it first, in another window."""
    _, case = mine
    token = next(form["csrf_token"] for form in read(anas.get(_path(case))).forms if "csrf_token" in form)
    for sent in ({}, {"seen": "1"}):
        answer = anas.post(f"{_path(case)}/unmerge", data={**sent, "csrf_token": token}, follow_redirects=True)
        assert answer.status_code == 200
        assert "This case stands for itself already. Nothing was changed." in read(answer).text


def test_a_number_that_does_not_fit_is_refused_in_words(
    anas: FlaskClient, session: Session, mine: tuple[Asked, Case], now: datetime
) -> None:
    _, case = mine
    _, stranger = complained(session, now)
    for number, why in (
        ("", "Choose a case, or write its number."),
        ("999999", "There is no case 999999 that you see."),
        (str(case.id), "A case cannot go on for itself."),
        (str(stranger.id), f"Case {stranger.id} is another customer's."),
        ("9" * 30, "Write a case's number."),
    ):
        status, page = send(anas, _path(case), "number", number=number)
        assert status == 422
        assert why in page.text
        assert page.form(having="number")["number"] == number
    assert EntryKind.MERGED not in log_kinds(session, case.id)


def test_what_was_written_is_put_right_and_both_stay(
    anas: FlaskClient, session: Session, mine: tuple[Asked, Case]
) -> None:
    _, case = mine
    send(anas, _path(case), "kind", kind="noted", text="Refunded 20.")
    html = anas.get(_path(case)).get_data(as_text=True)
    link = re.search(r'href="(\?correct=\d+)', html)
    assert link is not None
    status, page = send(anas, f"{_path(case)}{link[1]}", "words", words="Refunded 25.")
    assert (status, "Put right." in page.text) == (200, True)
    html = anas.get(_path(case)).get_data(as_text=True)
    assert "<s>Refunded 20.</s>" in html
    assert "Refunded 25." in html
    for address in ("?correct=1", "?correct=99", "?correct=x", f"?correct={'9' * 40}", "?since=x"):
        answer = anas.get(f"{_path(case)}{address}")
        assert answer.status_code == 200
        assert not any("ordinal" in form for form in read(answer).forms)


def test_a_name_that_is_not_clear_is_asked_about_and_the_note_is_kept(
    anas: FlaskClient, session: Session, mine: tuple[Asked, Case]
) -> None:
    _, case = mine
    status, page = send(anas, _path(case), "kind", kind="noted", text="@Bernadette look")
    assert status == 422
    assert "Nobody here is called “Bernadette”." in page.text
    assert page.form(having="kind")["text"] == "@Bernadette look"
    assert log_kinds(session, case.id)[-1] == EntryKind.CLAIMED


@pytest.mark.parametrize(
    ("having", "typed"),
    [
        ("root_cause", {"root_cause": "damaged", "outcome": "satisfied", "reached": "yes", "what_was_done": WORDS}),
        ("number", {"number": "1"}),
    ],
)
def test_what_came_meanwhile_is_read_first_and_what_was_typed_is_kept(
    anas: FlaskClient,
    session: Session,
    mine: tuple[Asked, Case],
    now: datetime,
    having: str,
    typed: dict[str, str],
) -> None:
    person, case = mine
    form = {**read(anas.get(_path(case))).form(having=having), **typed}
    add_to_case(session, case.id, "And it smells.", invitation_id=person.invitation_id, key=KEY, now=now)
    session.commit()
    refused = anas.post(form.pop(":action"), data=form)
    page, html = read(refused), refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "Since you opened this page: the customer wrote back, just now." in page.text
    assert re.search(
        r'log-new">\s*<p><b>The customer added something on their page</b> <span class="tag tag-open">New', html
    )
    again = page.form(having=having)
    assert {name: again[name] for name in typed} == typed
    assert anas.post(again.pop(":action"), data=again).status_code in (303, 422)  # no longer for being unseen


def test_whoever_takes_a_case_over_knows_what_came_meanwhile(
    anas: FlaskClient, session: Session, ana: User, now: datetime
) -> None:
    person, case = complained(session, now)
    ben = colleague(session, "Ben", now)
    taken(session, case, ben, now)
    form = read(anas.get(_path(case))).form(having="seen_owner")
    add_to_case(session, case.id, "And it smells.", invitation_id=person.invitation_id, key=KEY, now=now)
    session.commit()
    told = read(anas.post(form.pop(":action"), data=form, follow_redirects=True))
    assert "the customer wrote back" in told.text
    assert "New" in told.words
    again = told.form(having="seen_owner")
    assert "The case is yours." in read(anas.post(again.pop(":action"), data=again, follow_redirects=True)).text
    session.rollback()
    assert session.get_one(Case, case.id, populate_existing=True).owner_id == ana.id


def test_own_acts_in_another_window_are_no_news(anas: FlaskClient, session: Session, mine: tuple[Asked, Case]) -> None:
    _, case = mine
    form = read(anas.get(_path(case))).form(having="root_cause")
    send(anas, _path(case), "kind", kind="noted", text="Seen.")
    typed = {"root_cause": "damaged", "outcome": "satisfied", "reached": "yes", "what_was_done": WORDS}
    assert anas.post(form.pop(":action"), data={**form, **typed}).status_code == 303
    assert log_kinds(session, case.id)[-1] == EntryKind.RESOLVED


def test_a_form_that_does_not_say_what_was_seen_is_refused(anas: FlaskClient, mine: tuple[Asked, Case]) -> None:
    _, case = mine
    for seen in ("", "x", "-1", "9" * 40):
        status, page = send(anas, _path(case), "waiting_for", seen=seen)
        assert status == 422
        assert "Reload the page" in page.text


def test_a_case_of_a_queue_that_somebody_does_not_see_is_not_there(
    app: Flask, session: Session, ana: User, now: datetime
) -> None:
    case = opened(session, now)
    stranger = signed_in(app, hire(app, session, "Ben", now, team=None))
    manager = signed_in(app, hire(app, session, "Cleo", now, team=None, role=RoleName.MANAGER))
    for address in (_path(case), f"{_path(case)}/next"):
        assert stranger.get(address).status_code == 404
        assert manager.get(address).status_code in (200, 302)
    session.scalars(select(Team)).one().open_to_all = True
    session.commit()
    assert stranger.get(_path(case)).status_code == 200
    assert ana.id


def test_the_next_case_is_one_s_own_while_this_one_is(
    anas: FlaskClient, session: Session, mine: tuple[Asked, Case], ana: User, now: datetime
) -> None:
    _, case = mine
    assert "That was the last one." in read(anas.get(f"{_path(case)}/next", follow_redirects=True)).text
    _, other = complained(session, now + timedelta(minutes=1))
    taken(session, other, ana.id, now)
    ben = colleague(session, "Ben", now)
    _, bens = complained(session, now + timedelta(minutes=2))
    taken(session, bens, ben, now)
    assert anas.get(f"{_path(case)}/next").location == _path(other)
    assert anas.get(f"{_path(other)}/next").location == _path(case)  # and from the last to the first
    assert anas.get(f"{_path(bens)}/next").location == _path(case)


def test_the_story_stands_beside_the_case(
    anas: FlaskClient, session: Session, mine: tuple[Asked, Case], now: datetime
) -> None:
    _, case = mine
    twin = _twin(session, case, now)
    customer = session.get_one(Customer, case.customer_id)
    customer.lifetime_minor, customer.lifetime_currency, customer.lifetime_orders = 142350, "EUR", 7
    session.commit()
    text = read(anas.get(_path(case))).text
    for words in (
        "€1,423.50 in 7 orders",
        f"Case {twin.id}",
        "Other cases",
        "Orders",
        "First response",
    ):
        assert words in text


@pytest.fixture
def said() -> Iterator[list[tuple[str, str]]]:
    """All that is said to the database, with its values."""
    heard: list[tuple[str, str]] = []

    def listen(_connection: object, _cursor: object, sql: str, values: object, *_more: object) -> None:
        heard.append((sql, repr(values)))

    event.listen(Engine, "before_cursor_execute", listen)
    yield heard
    event.remove(Engine, "before_cursor_execute", listen)


def test_the_page_takes_few_statements_however_long_the_story(
    anas: FlaskClient, session: Session, said: list[tuple[str, str]], mine: tuple[Asked, Case], now: datetime
) -> None:
    _, case = mine
    anas.get(_path(case))
    said.clear()
    anas.get(_path(case))
    little = len(said)
    for number in range(6):
        twin = _twin(session, case, now + timedelta(hours=number))
        take_over_by_ben(session, twin, now)
    said.clear()
    anas.get(_path(case))
    assert len(said) <= little + 1  # the queues that Ana sees, since there are cases to lead to


def test_the_page_asks_for_nothing_twice_and_for_nothing_that_cannot_be(
    anas: FlaskClient, session: Session, said: list[tuple[str, str]], mine: tuple[Asked, Case], ana: User, now: datetime
) -> None:
    """Each statement is a round trip, and building what it found takes longer still."""
    _, untouched = complained(session, now, comment="It came late.")
    _, closed = complained(session, now, comment="It came late, and broken.")
    taken(session, closed, ana.id, now)
    resolved(session, closed, ana.id, now, told="We sent another.")
    silent, letter = opened(session, now), written(session, now, "Where is my lamp?")
    assess_comments(session, now, 10)
    session.commit()
    for case, most in ((untouched, 17), (mine[1], 19), (closed, 20), (silent, 8), (letter, 12)):
        path = _path(case)
        said.clear()
        assert anas.get(path).status_code == 200
        asked = [each for each in said if each[0].startswith(("SELECT", "WITH"))]
        assert len(asked) <= most, [sql for sql, _ in asked]
        assert len(set(asked)) == len(asked)
        assert not [sql for sql, _ in asked if re.search(r"1 ?!= ?1", sql)], "a list of nothing is not looked for"


def take_over_by_ben(session: Session, case: Case, now: datetime) -> None:
    """A colleague works on it too, so that there are names to be found."""
    first, second = colleague(session, "Ben", now), colleague(session, "Cleo", now)
    taken(session, case, first, now)
    take_over(session, case.id, user_id=second, seen_owner=first, key=KEY, now=now)
    session.commit()
    assert case.state == CaseState.IN_PROGRESS


def test_the_script_is_ours_and_kept_by_browsers(anas: FlaskClient, mine: tuple[Asked, Case]) -> None:
    _, case = mine
    assert '<script src="/cases/case.js" defer></script>' in anas.get(_path(case)).get_data(as_text=True)
    script = anas.get("/cases/case.js")
    assert script.mimetype == "text/javascript"
    assert anas.get("/cases/case.js", headers={"If-None-Match": script.headers["ETag"]}).status_code == 304
