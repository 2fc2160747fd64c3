"""A press that looks like a machine's is kept and counts nowhere, until somebody shows that they are a person."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service.customers.models import Address
from feedback_service.invitations.links import token
from feedback_service.invitations.models import Invitation, LinkScope, LinkVisit
from feedback_service.invitations.rules.visits import VisitSuspicion
from feedback_service.responses.models import Response, ResponseChange, ResponseRevision, RevisionKind
from feedback_service.responses.rules.presses import PressSuspicion
from tests.evidence import write_evidence
from tests.responses.factories import LINK_KEYS, Asked, asked, everything, later, look, press, read

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"}
BLINK = timedelta(milliseconds=80)


def run(client: FlaskClient, person: Asked, score: str, **headers: str) -> TestResponse:
    """What a machine does that runs the page: it presses as soon as it can."""
    form = {**look(client, person.path, BLINK).forms[0], "score": score}
    return client.post(person.path, data=form, headers=headers or PHONE)


def answer(session: Session) -> Response:
    session.rollback()
    return session.scalars(select(Response).execution_options(populate_existing=True)).one()


def counted(session: Session) -> dict[int, int]:
    sums = select(ResponseChange.score, func.sum(ResponseChange.delta)).group_by(ResponseChange.score)
    return {score: total for score, total in session.execute(sums) if total}


def revisions(session: Session) -> list[tuple[RevisionKind, int]]:
    rows = session.scalars(select(ResponseRevision).order_by(ResponseRevision.ordinal))
    return [(row.kind, row.score) for row in rows]


def test_a_machine_s_press_is_kept_and_counts_nowhere(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    pressed = run(client, person, "0")
    assert (pressed.status_code, pressed.location) == (303, f"{person.path}/more"), (
        "it looks the same to whoever pressed"
    )
    kept = answer(session)
    assert (kept.score, kept.suspected) == (0, PressSuspicion.TOO_FAST)
    assert (kept.routed_revision, kept.assessed_revision) == (kept.revision, kept.revision), "nobody's work"
    assert counted(session) == {}
    invitation = session.get_one(Invitation, person.invitation_id)
    assert invitation.answered_at is None, "so that the reminder still goes"
    assert session.get_one(Address, invitation.address_hash).last_answered_at is None


def test_the_next_page_asks_for_one_more_press_and_that_settles_it(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = asked(session, now)
    run(client, person, "9")
    more = look(client, f"{person.path}/more")
    assert "One last press, so that we know a person chose this." in more.text
    form = dict(more.form(having="score"))
    assert (form.pop(":action"), form["score"]) == (person.path, "9")
    with later(now, minutes=2) as confirmed_at:
        assert client.post(person.path, data=form, headers=PHONE).location == f"{person.path}/more"
    kept = answer(session)
    assert (kept.score, kept.suspected, kept.answered_at) == (9, None, confirmed_at)
    assert kept.routed_revision < kept.revision, "now it is somebody's work"
    assert counted(session) == {9: 1}
    assert revisions(session) == [(RevisionKind.ANSWER, 9), (RevisionKind.CONFIRMED, 9)]
    assert session.get_one(Invitation, person.invitation_id, populate_existing=True).answered_at == confirmed_at
    assert "One last press" not in read(client.get(f"{person.path}/more")).text


def test_a_word_settles_it_as_well(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    run(client, person, "3")
    assert press(client, f"{person.path}/more", comment="It came late.").status_code == 303
    kept = answer(session)
    assert (kept.score, kept.comment, kept.suspected) == (3, "It came late.", None)
    assert counted(session) == {3: 1}


def test_whoever_comes_after_the_machine_says_what_counts(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    run(client, person, "0")
    with later(now, hours=3) as afterwards:
        assert "One last press" in look(client, person.path).text
        press(client, person.path, score="10")
    kept = answer(session)
    assert (kept.score, kept.latest_score, kept.suspected, kept.answered_at) == (10, 10, None, afterwards)
    assert kept.counted_on == afterwards.date()
    assert counted(session) == {10: 1}
    assert revisions(session) == [(RevisionKind.ANSWER, 0), (RevisionKind.CONFIRMED, 10)]


def test_a_machine_that_presses_every_score_confirms_none(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    for score in range(11):
        assert run(client, person, str(score)).status_code == 303
    assert answer(session).suspected is not None
    assert counted(session) == {}


def test_a_machine_cannot_change_what_a_person_confirmed(
    client: FlaskClient, session: Session, engine: Engine, now: datetime
) -> None:
    person = asked(session, now)
    press(client, person.path, score="9")
    before = everything(engine)
    refused = run(client, person, "0")
    assert refused.status_code == 422
    assert everything(engine) == before
    page = read(refused)
    assert "One last press" in page.text
    assert page.forms[0]["score"] == "0", "a person who was too fast has lost nothing"
    form = {name: value for name, value in page.forms[0].items() if name != ":action"}
    with later(now, seconds=3):
        assert client.post(person.path, data=form, headers=PHONE).status_code == 303
    assert answer(session).score == 0


def test_a_machine_that_says_again_what_a_person_said_is_shown_on(
    client: FlaskClient, session: Session, engine: Engine, now: datetime
) -> None:
    person = asked(session, now)
    press(client, person.path, score="9")
    before = everything(engine)
    assert run(client, person, "9").status_code == 303
    assert everything(engine) == before


def test_a_known_scanner_that_takes_its_time_is_still_one(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    for agent in ("Mozilla/5.0 (compatible; SafeLinks)", "", "python-requests/2.32"):
        form = {**look(client, person.path).forms[0], "score": "5"}
        client.post(person.path, data=form, headers={"User-Agent": agent})
    assert answer(session).suspected is PressSuspicion.KNOWN_AGENT
    assert counted(session) == {}


def test_a_page_that_went_one_way_and_came_back_another(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    form = {**look(client, person.path).forms[0], "score": "5"}
    client.post(person.path, data=form, headers=PHONE, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert answer(session).suspected is PressSuspicion.OTHER_NETWORK


@pytest.mark.parametrize("written", [True, False], ids=["written down", "not yet written down"])
def test_a_scanner_that_opened_the_mail_s_links_side_by_side(
    client: FlaskClient, session: Session, now: datetime, *, written: bool
) -> None:
    person = asked(session, now)
    stop = token(LINK_KEYS, LinkScope.UNSUBSCRIBE, session.get_one(Invitation, person.invitation_id).uid, 1)
    session.commit()
    with later(now, seconds=-4):
        client.get(f"/u/{stop}", headers=PHONE)
        form = {**read(client.get(person.path, headers=PHONE)).forms[0], "score": "5"}
    if written:
        write_evidence(client.application)
    assert client.post(person.path, data=form, headers=PHONE).status_code == 303
    assert answer(session).suspected is PressSuspicion.SCANNED_LINKS


def test_a_press_without_the_page_s_nonce_is_evidence_and_nothing_else(
    client: FlaskClient, session: Session, engine: Engine, now: datetime
) -> None:
    person = asked(session, now)
    before = everything(engine)
    for data in ({"score": "9"}, {"score": "9", "csrf_token": "made up"}, {}):
        assert client.post(person.path, data=data, headers=PHONE).status_code == 422
    write_evidence(client.application)
    assert everything(engine) == before
    rows = session.scalars(select(LinkVisit).order_by(LinkVisit.id)).all()
    assert [(row.method, row.suspected) for row in rows] == [("POST", VisitSuspicion.NO_NONCE)] * 3


def test_a_page_that_was_open_too_long_is_no_evidence(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    form = {**look(client, person.path, timedelta(hours=25)).forms[0], "score": "9"}
    assert client.post(person.path, data=form, headers=PHONE).status_code == 422
    write_evidence(client.application)
    assert VisitSuspicion.NO_NONCE not in session.scalars(select(LinkVisit.suspected)).all()
