"""Staff promise, keep, hand on and let go in a browser without scripts, and close cases as their queue wants it."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName, User
from feedback_service.cases.models import Case, CaseState
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.queues.models import Queue
from tests.cases.deadlines.factories import away
from tests.cases.factories import hire, log_kinds, opened, send_to, signed_in, taken
from tests.cases.promises.factories import DAY, HOUR, promised
from tests.responses.factories import read


@pytest.fixture
def case(session: Session, ana: User, now: datetime) -> Case:
    """A case of Ana's."""
    case = opened(session, now, comment="It came broken.")
    taken(session, case, ana.id, now)
    return case


def _only(session: Session) -> Promise:
    session.rollback()
    promise = session.scalars(select(Promise).execution_options(populate_existing=True)).one()
    session.commit()
    return promise


def test_a_promise_from_the_case_s_page_to_the_page_of_promises(
    anas: FlaskClient, session: Session, case: Case, ana: User
) -> None:
    page = f"/cases/{case.id}"
    status, text = send_to(
        anas, page, f"/promises/of-case/{case.id}", words="Refund by Friday", due_on="2026-03-27", due_hour="12"
    )
    assert (status, "Refund by Friday" in text) == (200, True)
    promise = _only(session)
    assert promise.due_at.isoformat() == "2026-03-27T12:00:00+00:00"  # Lisbon is on UTC until the 29th
    assert promise.owner_id == ana.id
    listed = read(anas.get("/promises/")).text
    assert "Refund by Friday" in listed
    assert "7 d left" in listed
    assert "Kept. Well done." in send_to(anas, "/promises/", "/keep?back=list")[1]
    assert _only(session).kept_at is not None
    assert "No promise is open" in read(anas.get("/promises/")).text
    assert "Earlier promises (1)" in read(anas.get(page)).text


def test_what_cannot_be_promised_is_said_at_its_field(anas: FlaskClient, session: Session, case: Case) -> None:
    page, ending = f"/cases/{case.id}", f"/promises/of-case/{case.id}"
    for typed, fault in (
        ({"words": "", "due_on": "2026-03-27"}, "Say what was promised"),
        ({"words": "A call", "due_on": "2026-03-19"}, "That time has passed."),
        ({"words": "A call", "due_on": "2029-03-19"}, "within a year"),
        ({"words": "A call", "due_on": "soon"}, "Choose the day by which"),
        ({"words": "A call", "due_on": "2026-03-27", "owner": "999"}, "Choose a colleague"),
        ({"words": "A call", "due_on": "2026-03-27", "due_hour": "25"}, "Not a valid choice"),
    ):
        status, text = send_to(anas, page, ending, **typed)
        assert (status, fault in text) == (422, True), (typed, text[-3000:])
    assert session.scalars(select(Promise)).all() == []


def test_whoever_is_away_then_is_not_given_a_promise_and_nothing_typed_is_lost(
    app: Flask, anas: FlaskClient, session: Session, case: Case, ana: User, now: datetime
) -> None:
    ben = hire(app, session, "Ben", now)
    promise = promised(session, case, ana.id, now, due=7 * DAY)
    away(session, ben.id, now.date() + 5 * DAY, now.date() + 9 * DAY)
    page, said = f"/cases/{case.id}", "Ben is away on 27 Mar 2026, and nobody is named who keeps their promises."
    typed = {"words": "A call on Friday", "due_on": "2026-03-27", "owner": str(ben.id)}
    status, text = send_to(anas, page, f"/promises/of-case/{case.id}", **typed)
    assert (status, said in text) == (422, True)
    status, text = send_to(anas, page, f"/{promise.id}/hand-on", owner=str(ben.id))
    assert (status, said in text) == (422, True)
    assert _only(session).owner_id == ana.id


def test_it_is_let_go_with_a_reason_only(
    anas: FlaskClient, session: Session, case: Case, ana: User, now: datetime
) -> None:
    promise = promised(session, case, ana.id, now)
    page = f"/cases/{case.id}"
    assert send_to(anas, page, f"/{promise.id}/let-go", reason="  ")[0] == 422
    status, text = send_to(anas, page, f"/{promise.id}/let-go", reason="They cancelled.")
    assert (status, "They cancelled." in text) == (200, True)
    assert _only(session).let_go_at is not None


def test_it_is_handed_to_a_colleague_of_the_team(
    app: Flask, anas: FlaskClient, session: Session, case: Case, ana: User, now: datetime
) -> None:
    ben = hire(app, session, "Ben", now)
    hire(app, session, "Stranger", now, team=None)
    promise = promised(session, case, ana.id, now)
    page = anas.get(f"/cases/{case.id}").text
    assert ">Ben</option>" in page
    assert ">Stranger</option>" not in page
    assert send_to(anas, f"/cases/{case.id}", f"/{promise.id}/hand-on", owner=str(ben.id))[0] == 200
    assert _only(session).owner_id == ben.id
    bens = signed_in(app, ben)
    assert "Refund by Friday." in read(bens.get("/promises/")).text


def test_only_managers_see_everybody_s(
    app: Flask, anas: FlaskClient, session: Session, case: Case, ana: User, now: datetime
) -> None:
    promised(session, case, ana.id, now, due=HOUR)
    assert anas.get("/promises/?view=everybodys").status_code == 404
    mia = signed_in(app, hire(app, session, "Mia", now, role=RoleName.MANAGER, team=None))
    text = read(mia.get("/promises/?view=everybodys")).text
    assert "Refund by Friday." in text
    assert "Ana ·" in text
    assert "No promise is open" in read(mia.get("/promises/")).text


def test_a_promise_of_another_team_s_case_is_not_found(
    app: Flask, session: Session, case: Case, ana: User, now: datetime
) -> None:
    promise = promised(session, case, ana.id, now)
    stranger = signed_in(app, hire(app, session, "Stranger", now, team="other"))
    app.config["WTF_CSRF_ENABLED"] = False
    for act in ("keep", "let-go", "hand-on"):
        assert stranger.post(f"/promises/{promise.id}/{act}").status_code == 404
    assert stranger.post("/promises/999/keep").status_code == 404


# Closing


def _close(anas: FlaskClient, case: Case, **sent: str) -> tuple[int, str]:
    return send_to(anas, f"/cases/{case.id}", "/resolve", outcome="satisfied", **sent)


def _state(session: Session, case: Case) -> CaseState:
    session.rollback()
    state = session.scalars(select(Case.state).where(Case.id == case.id)).one()
    session.commit()
    return state


def test_a_case_closes_as_its_queue_wants_it(anas: FlaskClient, session: Session, case: Case) -> None:
    status, text = _close(anas, case)
    assert status == 422
    for sentence in ("Choose what caused it", "Say what was done", "Say whether the customer was reached"):
        assert sentence in text
    switches = {"needs_root_cause": False, "needs_what_was_done": False, "needs_reached": False}
    session.execute(update(Queue).values(**switches))
    session.commit()
    status, text = _close(anas, case)
    assert (status, _state(session, case)) == (200, CaseState.RESOLVED), text


def test_a_cause_that_is_gone_is_not_chosen(anas: FlaskClient, session: Session, case: Case) -> None:
    status, text = _close(anas, case, root_cause="delivery", what_was_done="Sent another.", reached="yes")
    assert (status, "This cause is offered no more." in text) == (422, True)  # a group is no cause


def test_closing_over_a_promise_wants_a_word(
    anas: FlaskClient, session: Session, case: Case, ana: User, now: datetime
) -> None:
    given = {"root_cause": "damaged", "what_was_done": "Sent another.", "reached": "no"}
    assert "Why is it closed over them?" not in read(anas.get(f"/cases/{case.id}")).text
    promised(session, case, ana.id, now, due=DAY)
    status, text = _close(anas, case, **given)
    assert (status, "A promise is not kept yet." in text) == (422, True)
    status, _ = _close(anas, case, **given, promise_words="They cancelled.")
    assert (status, _state(session, case)) == (200, CaseState.RESOLVED)
    assert _only(session).let_go_reason == "They cancelled."
    session.rollback()
    assert session.scalars(select(Case.reached)).one() is False
    assert log_kinds(session, case.id)[-2:] == ["promise_let_go", "resolved"]


def test_a_promise_made_meanwhile_is_not_overlooked(
    anas: FlaskClient, session: Session, case: Case, ana: User, now: datetime
) -> None:
    form = next(form for form in read(anas.get(f"/cases/{case.id}")).forms if form[":action"].endswith("/resolve"))
    promised(session, case, ana.id, now)
    given = {"root_cause": "damaged", "outcome": "satisfied", "what_was_done": "Sent another.", "reached": "yes"}
    sent = anas.post(form.pop(":action"), data={**form, **given})
    assert sent.status_code == 422
    assert "Why is it closed over them?" in read(sent).text
    assert "Sent another." in sent.text  # nothing typed is lost
    assert _state(session, case) == CaseState.IN_PROGRESS


def test_whoever_keeps_a_promise_may_open_its_case_until_it_is_kept(
    app: Flask, session: Session, case: Case, ana: User, now: datetime
) -> None:
    """Somebody of the warehouse, who sees nothing else of the team's."""
    ben = hire(app, session, "Ben", now, team="warehouse")
    bens, page = signed_in(app, ben), f"/cases/{case.id}"
    assert bens.get(page).status_code == 404
    promise = promised(session, case, ana.id, now, owner=ben.id)
    assert bens.get(page).status_code == 200
    assert page in bens.get("/promises/").text
    status, text = send_to(bens, page, f"/promises/{promise.id}/keep")
    assert (status, "Kept. Well done." in text) == (200, True)
    assert bens.get(page).status_code == 404
