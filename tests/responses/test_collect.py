"""A press is kept once, a correction moves the counts, and nothing anybody sent is lost."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.invitations.models import Invitation
from feedback_service.responses.changes import business_day
from feedback_service.responses.collect import (
    Confirmed,
    Outcome,
    add_words,
    confirm_score,
    keep_press,
    keep_revision,
    second_sign,
)
from feedback_service.responses.first_press import Press
from feedback_service.responses.models import Response, ResponseChange, ResponseRevision, RevisionKind
from feedback_service.responses.rules.presses import PressSuspicion
from tests.responses.factories import Asked, asked, at_once

LISBON = ZoneInfo("Europe/Lisbon")
WINDOW = timedelta(hours=24)


def _press(session: Session, person: Asked, score: int, now: datetime) -> Confirmed:
    kept = confirm_score(
        session,
        session.get_one(Invitation, person.invitation_id),
        score,
        window=WINDOW,
        zone=LISBON,
        now=now,
    )
    session.commit()
    return kept


def _write(session: Session, person: Asked, comment: str, now: datetime, *, wants_contact: bool = False) -> Response:
    response = add_words(
        session,
        session.get_one(Invitation, person.invitation_id),
        comment=comment,
        wants_contact=wants_contact,
        window=WINDOW,
        now=now,
    )
    session.commit()
    return response


def _deltas(session: Session) -> Counter[int]:
    """The change of each score's count; zeros left out."""
    sums: Counter[int] = Counter()
    for score, delta in session.execute(select(ResponseChange.score, ResponseChange.delta)):
        sums[score] += delta
    return Counter({score: delta for score, delta in sums.items() if delta})


def _revisions(session: Session) -> list[tuple[RevisionKind, int, str]]:
    rows = session.scalars(select(ResponseRevision).order_by(ResponseRevision.ordinal))
    return [(row.kind, row.score, row.comment) for row in rows]


def test_the_first_press_makes_the_answer(session: Session, now: datetime) -> None:
    person = asked(session, now)
    kept = _press(session, person, 9, now)
    assert (kept.response.score, kept.score_stands) == (9, False)
    assert session.get_one(Invitation, person.invitation_id).answered_at == now
    assert _deltas(session) == {9: 1}
    assert _revisions(session) == [(RevisionKind.ANSWER, 9, "")]


def test_pressing_again_changes_nothing(session: Session, now: datetime) -> None:
    person = asked(session, now)
    _press(session, person, 9, now)
    kept = _press(session, person, 9, now + timedelta(minutes=1))
    assert (kept.response.revision, kept.score_stands) == (1, False)
    assert session.get_one(Invitation, person.invitation_id).answered_at == now
    assert _deltas(session) == {9: 1}
    assert len(_revisions(session)) == 1


def test_the_same_score_much_later_needs_no_word_about_it(session: Session, now: datetime) -> None:
    person = asked(session, now)
    _press(session, person, 9, now)
    assert not _press(session, person, 9, now + timedelta(days=9)).score_stands
    assert len(_revisions(session)) == 1


def test_four_devices_at_once_give_one_answer(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        person = asked(session, now)

    def device() -> bool:
        with sessions() as own:
            return _press(own, person, 3, now).score_stands

    assert at_once(device, device, device, device) == [False] * 4
    with sessions() as session:
        assert [(row.score, row.revision) for row in session.scalars(select(Response))] == [(3, 1)]
        assert _deltas(session) == {3: 1}
        assert session.get_one(Invitation, person.invitation_id).answered_at == now
        assert len(_revisions(session)) == 1


def test_two_devices_that_disagree_give_an_answer_and_its_correction(
    sessions: sessionmaker[Session], now: datetime
) -> None:
    with sessions() as session:
        person = asked(session, now)

    def device(score: int) -> None:
        with sessions() as own:
            _press(own, person, score, now)

    at_once(lambda: device(2), lambda: device(10))
    with sessions() as session:
        response = session.scalars(select(Response)).one()
        revisions = _revisions(session)
        assert response.revision == 2
        assert [kind for kind, _, _ in revisions] == [RevisionKind.ANSWER, RevisionKind.CORRECTION]
        assert {score for _, score, _ in revisions} == {2, 10}
        assert revisions[-1][1] == response.score
        assert _deltas(session) == {response.score: 1}


def test_a_correction_moves_the_count_and_keeps_both_scores(session: Session, now: datetime) -> None:
    person = asked(session, now)
    _press(session, person, 9, now)
    kept = _press(session, person, 2, now + WINDOW - timedelta(seconds=1))
    assert (kept.response.score, kept.response.revision, kept.response.answered_at) == (2, 2, now)
    assert _deltas(session) == {2: 1}
    assert _revisions(session) == [(RevisionKind.ANSWER, 9, ""), (RevisionKind.CORRECTION, 2, "")]


def test_a_correction_on_the_next_day_counts_on_the_day_of_the_answer(session: Session, now: datetime) -> None:
    person = asked(session, now)
    _press(session, person, 9, now)
    _press(session, person, 2, now + timedelta(hours=20))
    assert set(session.scalars(select(ResponseChange.day))) == {now.date()}


def test_after_the_window_the_score_stands_and_the_later_one_is_kept_beside_it(session: Session, now: datetime) -> None:
    person = asked(session, now)
    _press(session, person, 9, now)
    kept = _press(session, person, 2, now + WINDOW)
    assert (kept.response.score, kept.response.latest_score, kept.score_stands) == (9, 2, True)
    assert kept.response.revision == 2, "staff look at it again"
    assert _deltas(session) == {9: 1}
    assert _revisions(session) == [(RevisionKind.ANSWER, 9, ""), (RevisionKind.LATER, 2, "")]


def test_words_count_as_a_revision_and_leave_the_counts_alone(session: Session, now: datetime) -> None:
    person = asked(session, now)
    _press(session, person, 4, now)
    response = _write(session, person, "It came broken.", now + timedelta(minutes=2), wants_contact=True)
    assert (response.comment, response.wants_contact, response.revision) == ("It came broken.", True, 2)
    assert _deltas(session) == {4: 1}
    assert _revisions(session)[-1] == (RevisionKind.CORRECTION, 4, "It came broken.")


def test_words_are_welcome_after_the_window(session: Session, now: datetime) -> None:
    person = asked(session, now)
    _press(session, person, 4, now)
    response = _write(session, person, "Now it broke.", now + timedelta(days=12))
    assert (response.score, response.comment, response.revision) == (4, "Now it broke.", 2)
    assert _revisions(session)[-1] == (RevisionKind.LATER, 4, "Now it broke.")


def test_words_rewritten_keep_what_stood_there(session: Session, now: datetime) -> None:
    person = asked(session, now)
    _press(session, person, 4, now)
    _write(session, person, "Bad.", now)
    _write(session, person, "Bad.", now)
    _write(session, person, "Bad, then mended.", now + timedelta(minutes=1))
    assert [comment for _, _, comment in _revisions(session)] == ["", "Bad.", "Bad, then mended."]


def test_an_empty_box_from_a_stale_page_wipes_no_words(session: Session, now: datetime) -> None:
    person = asked(session, now)
    _press(session, person, 4, now)
    _write(session, person, "Bad.", now)
    response = _write(session, person, "", now + timedelta(minutes=1))
    assert response.comment == "Bad."


def test_two_devices_that_write_at_once_lose_no_words(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        person = asked(session, now)
        _press(session, person, 4, now)

    def device(comment: str) -> None:
        with sessions() as own:
            _write(own, person, comment, now)

    at_once(lambda: device("From the phone."), lambda: device("From the desk."))
    with sessions() as session:
        assert {comment for _, _, comment in _revisions(session)} == {"", "From the phone.", "From the desk."}
        assert session.scalars(select(Response.revision)).one() == 3


@pytest.mark.parametrize(
    ("answered_at", "day", "why"),
    [
        ("2026-07-31T22:59:59+00:00", date(2026, 7, 31), "a minute before midnight in Lisbon's summer"),
        ("2026-07-31T23:30:00+00:00", date(2026, 8, 1), "half past midnight in Lisbon's summer"),
        ("2026-12-31T23:30:00+00:00", date(2026, 12, 31), "in winter Lisbon keeps UTC"),
        ("2026-03-29T00:59:59+00:00", date(2026, 3, 29), "the second before the clocks change"),
        ("2026-10-24T23:15:00+00:00", date(2026, 10, 25), "the last summer night"),
    ],
)
def test_the_shop_s_calendar_decides_the_day(answered_at: str, day: date, why: str) -> None:
    assert business_day(datetime.fromisoformat(answered_at), LISBON) == day, why


def _suspected(session: Session, person: Asked, now: datetime) -> int:
    invitation = session.get_one(Invitation, person.invitation_id)
    press = Press(
        survey_key=invitation.survey_key,
        version_id=invitation.version_id,
        locale="en",
        score=7,
        invitation_id=invitation.id,
        customer_id=invitation.customer_id,
        suspected=PressSuspicion.TOO_FAST,
    )
    kept = keep_press(session, press, window=WINDOW, zone=LISBON, now=now)
    session.commit()
    assert kept.outcome is Outcome.SUSPECTED
    assert kept.response_id is not None
    return kept.response_id


def test_a_second_sign_counts_from_then_on(session: Session, now: datetime) -> None:
    person = asked(session, now)
    response_id = _suspected(session, person, now)
    assert _deltas(session) == {}
    later = now + timedelta(days=2)
    assert second_sign(session, response_id, later, LISBON)
    assert not second_sign(session, response_id, later, LISBON), "once is enough"
    session.commit()
    response = session.get_one(Response, response_id)
    assert (response.suspected, response.answered_at, response.counted_on) == (None, later, later.date())
    assert _deltas(session) == {7: 1}
    assert session.get_one(Invitation, person.invitation_id, populate_existing=True).answered_at == later


def test_two_second_signs_at_once_count_it_once(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        person = asked(session, now)
        response_id = _suspected(session, person, now)

    def sign() -> bool:
        with sessions() as own:
            settled = second_sign(own, response_id, now, LISBON)
            own.commit()
            return settled

    assert sorted(at_once(sign, sign, sign, sign)) == [False, False, False, True]
    with sessions() as session:
        assert _deltas(session) == {7: 1}
        assert [kind for kind, _, _ in _revisions(session)] == [RevisionKind.ANSWER, RevisionKind.CONFIRMED]


def test_an_answer_that_nobody_has_cannot_be_settled(session: Session, now: datetime) -> None:
    assert not second_sign(session, 4711, now, LISBON)


def test_a_correction_keeps_what_else_was_answered(session: Session, now: datetime) -> None:
    person = asked(session, now)
    response = _press(session, person, 9, now).response
    keep_revision(session, response, RevisionKind.CORRECTION, now, {"driver": {"chosen": ["delivery"], "text": ""}})
    session.commit()
    _press(session, person, 3, now + timedelta(minutes=1))
    newest = session.scalars(select(ResponseRevision).order_by(ResponseRevision.ordinal.desc())).first()
    assert newest is not None
    assert (newest.score, newest.details) == (3, {"driver": {"chosen": ["delivery"], "text": ""}})
