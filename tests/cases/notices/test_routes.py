"""A colleague's page of notices, as they use it."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.cases.notices.models import Notice, NoticeKind
from feedback_service.cases.notices.notify import notify
from tests.cases.factories import hire, opened, signed_in
from tests.responses.factories import read


@pytest.fixture
def case_id(session: Session, now: datetime) -> int:
    return opened(session, now).id


@pytest.fixture
def desk(app: Flask, session: Session, now: datetime) -> tuple[FlaskClient, int]:
    """Ana's browser, and her id."""
    ana = hire(app, session, "Ana", now)
    return signed_in(app, ana), ana.id


def remind(session: Session, user_id: int, case_id: int, now: datetime, count: int = 1) -> None:
    for number in range(count):
        at = now - timedelta(minutes=count - number)
        facts = {"reason": "the first response is due in 1 h"}
        notify(session, user_id, NoticeKind.REMINDED, key=f"rung:{number}", case_id=case_id, facts=facts, now=at)
    session.commit()


def states(session: Session) -> list[bool]:
    """Which are read, oldest first."""
    session.rollback()
    found = [at is not None for at in session.scalars(select(Notice.read_at).order_by(Notice.id))]
    session.rollback()
    return found


def test_praise_leads_to_the_answer(
    session: Session, desk: tuple[FlaskClient, int], case_id: int, now: datetime
) -> None:
    client, ana = desk
    answer = session.get_one(Case, case_id).response_id or 0
    notify(session, ana, NoticeKind.PRAISED, key="praise", response_id=answer, now=now)
    session.commit()
    page = client.get("/notices/")
    assert "A happy customer named you in an answer." in read(page).text
    assert f"before={answer + 1}#answer-{answer}" in page.text


def test_somebody_new_reads_what_will_be_here(desk: tuple[FlaskClient, int]) -> None:
    client, _ = desk
    page = read(client.get("/notices/")).text
    assert "Nothing new" in page
    assert "Nothing read yet" in read(client.get("/notices/?view=read")).text


def test_what_is_new_stands_on_the_page_and_in_the_navigation(
    session: Session, desk: tuple[FlaskClient, int], case_id: int, now: datetime
) -> None:
    client, ana = desk
    remind(session, ana, case_id, now, 2)
    page = client.get("/notices/")
    assert f"Case {case_id} waits for you: the first response is due in 1 h." in read(page).text
    assert f'href="/cases/{case_id}"' in page.text
    assert "Notices (2)" in read(client.get("/cases/")).text
    assert states(session) == [False, False], "looking is not reading"


def test_one_is_marked_as_read_and_goes_to_the_others(
    session: Session, desk: tuple[FlaskClient, int], case_id: int, now: datetime
) -> None:
    client, ana = desk
    remind(session, ana, case_id, now, 2)
    form = next(form for form in read(client.get("/notices/")).forms if form[":action"].endswith("/1/read"))
    for _ in range(2):
        assert client.post(form[":action"], data=form).status_code == 303
    assert states(session) == [True, False]
    assert "waits for you" in read(client.get("/notices/?view=read")).text


def test_all_are_marked_as_read_but_not_what_came_meanwhile(
    session: Session, desk: tuple[FlaskClient, int], case_id: int, now: datetime
) -> None:
    client, ana = desk
    remind(session, ana, case_id, now, 2)
    form = read(client.get("/notices/")).form(having="up_to")
    notify(session, ana, NoticeKind.PRAISED, key="later", now=now)
    session.commit()
    answer = client.post(form[":action"], data=form, follow_redirects=True)
    assert "2 marked as read." in read(answer).text
    assert states(session) == [True, True, False]


def test_nobody_reads_for_a_colleague(
    app: Flask, session: Session, desk: tuple[FlaskClient, int], case_id: int, now: datetime
) -> None:
    client, ana = desk
    remind(session, ana, case_id, now)
    form = read(client.get("/notices/")).form(having="up_to")
    other = signed_in(app, hire(app, session, "Ben", now))
    assert "waits for you" not in read(other.get("/notices/")).text
    token = read(other.get("/cases/")).form(having="csrf_token")["csrf_token"]
    other.post("/notices/1/read", data={"csrf_token": token})
    other.post("/notices/read", data={**form, "csrf_token": token})
    assert states(session) == [False]


def test_many_come_page_by_page(session: Session, desk: tuple[FlaskClient, int], case_id: int, now: datetime) -> None:
    client, ana = desk
    remind(session, ana, case_id, now, 60)
    first = client.get("/notices/")
    assert first.text.count('class="notice"') == 50
    assert client.get("/notices/?before=11").text.count('class="notice"') == 10


@pytest.mark.parametrize("address", ["/notices/?before=-1", f"/notices/?before={2**70}", "/notices/?before=x"])
def test_no_address_breaks_the_page(desk: tuple[FlaskClient, int], address: str) -> None:
    client, _ = desk
    assert client.get(address).status_code in {200, 404}
