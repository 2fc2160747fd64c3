"""A page is kept as it was sent, once, with what stood there before; no word moves a count."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.invitations.models import Invitation
from feedback_service.questionnaires.questions import YES
from feedback_service.responses.collect import confirm_score
from feedback_service.responses.follow_ups.keep import KeptPage, insert_answers, keep_page
from feedback_service.responses.follow_ups.queries import answers_to_follow_ups
from feedback_service.responses.models import (
    ContactHow,
    ContactWhen,
    Remedy,
    Response,
    ResponseAnswer,
    ResponseChange,
    ResponseRevision,
    RevisionKind,
)
from feedback_service.responses.rules.answers import Answers, Contact, Given
from feedback_service.responses.rules.presses import PressSuspicion
from tests.responses.factories import answered, asked, at_once

LISBON = ZoneInfo("Europe/Lisbon")
WINDOW = timedelta(hours=24)
LATE = {"comment": Given(text="Late.")}
CALL_ME = Given(("contact",), contact=Contact(ContactHow.PHONE, ContactWhen.EVENING, "+49 30 12345"))


def _unhappy(session: Session, now: datetime) -> Response:
    """Somebody who has pressed 3."""
    person = asked(session, now)
    invitation = session.get_one(Invitation, person.invitation_id)
    kept = confirm_score(session, invitation, 3, window=WINDOW, zone=LISBON, now=now)
    session.commit()
    return kept.response


def _send(session: Session, response_id: int, said: Answers, now: datetime, *, seen: int | None = None) -> KeptPage:
    """Send a page; one that showed everything unless `seen` says otherwise."""
    current = session.scalars(select(Response.revision).where(Response.id == response_id)).one()
    kept = keep_page(session, response_id, said, seen=seen or current, window=WINDOW, zone=LISBON, now=now)
    session.commit()
    return kept


def _as_it_stands(session: Session, response_id: int) -> tuple[Response, dict[str, Given]]:
    session.rollback()
    response = session.get_one(Response, response_id, populate_existing=True)
    return response, answers_to_follow_ups(session, response)


def _revisions(session: Session) -> list[tuple[RevisionKind, str, dict[str, object]]]:
    rows = session.scalars(select(ResponseRevision).order_by(ResponseRevision.ordinal))
    return [(row.kind, row.comment, row.details) for row in rows]


def test_every_kind_of_answer_has_its_place(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    said = {
        "comment": Given(text="Late."),
        "remedy": CALL_ME,
        "driver": Given(("other",), "the cat 🐈"),
        "liked": Given(("box", "ribbon")),
        "ease": Given(("4",)),
    }
    kept = _send(session, response.id, said, now)
    after, answers = _as_it_stands(session, response.id)
    assert answers == kept.answers == {**said, "contact": Given((YES,))}
    assert (after.comment, after.wants_contact, after.remedy) == ("Late.", True, Remedy.CONTACT)
    assert (after.contact_how, after.contact_when, after.contact_phone) == ("phone", "evening", "+49 30 12345")
    rows = session.scalars(select(ResponseAnswer).order_by(ResponseAnswer.question_key))
    assert [(row.question_key, row.chosen, row.text, row.answered_at) for row in rows] == [
        ("driver", ["other"], "the cat 🐈", now),
        ("ease", ["4"], "", now),
        ("liked", ["box", "ribbon"], "", now),
    ]
    assert (after.revision, kept.revision) == (2, 2)
    assert _revisions(session)[-1] == (
        RevisionKind.CORRECTION,
        "Late.",
        {
            "driver": {"chosen": ["other"], "text": "the cat 🐈"},
            "ease": {"chosen": ["4"], "text": ""},
            "liked": {"chosen": ["box", "ribbon"], "text": ""},
            "remedy": {
                "chosen": ["contact"], "text": "", "how": "phone", "when": "evening", "phone": "+49 30 12345"
            },
        },
    )  # fmt: skip


def test_a_wish_with_a_number_is_kept_with_its_number(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    call = Given((YES,), contact=Contact(ContactHow.PHONE, ContactWhen.ANY, "+49 30 12345"))
    for _ in range(2):
        kept = _send(session, response.id, {"contact": call, "remedy": Given(("note",))}, now)
    after, answers = _as_it_stands(session, response.id)
    assert answers == kept.answers == {"contact": call, "remedy": Given(("note",))}
    assert (after.wants_contact, after.contact_phone, after.revision) == (True, "+49 30 12345", 2), (
        "sent twice, it is one"
    )
    detail = {"chosen": [YES], "text": "", "how": "phone", "when": "any", "phone": "+49 30 12345"}
    assert _revisions(session)[-1][2]["contact"] == detail
    _send(session, response.id, {"contact": Given()}, now)
    after, _ = _as_it_stands(session, response.id)
    assert (after.wants_contact, after.contact_how, after.contact_phone) == (False, None, None)


def test_no_word_moves_a_count(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    _send(session, response.id, {**LATE, "remedy": CALL_ME}, now)
    assert [(row.score, row.delta) for row in session.scalars(select(ResponseChange))] == [(3, 1)]


def test_a_page_sent_twice_is_one(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    for _ in range(2):
        _send(session, response.id, {**LATE, "driver": Given(("product",))}, now, seen=1)
    after, _ = _as_it_stands(session, response.id)
    assert (after.revision, len(_revisions(session))) == (2, 2)


def test_a_page_that_says_nothing_new_is_no_revision(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    assert _send(session, response.id, {"comment": Given(), "driver": Given()}, now).revision == 1
    assert len(_revisions(session)) == 1


def test_each_page_is_kept_beside_the_ones_before(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    _send(session, response.id, {"moved": Given((YES,))}, now)
    _send(session, response.id, {"where": Given(text="Next door.")}, now)
    assert _as_it_stands(session, response.id)[1] == {"moved": Given((YES,)), "where": Given(text="Next door.")}


def test_an_empty_page_that_was_opened_before_wipes_nothing(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    said = {**LATE, "liked": Given(("box",)), "contact": Given((YES,))}
    _send(session, response.id, said, now)
    _send(session, response.id, dict.fromkeys(said, Given()), now, seen=1)
    assert _as_it_stands(session, response.id)[1] == said


def test_what_somebody_saw_and_emptied_is_empty_and_remembered(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    said = {**LATE, "liked": Given(("box",)), "contact": Given((YES,))}
    _send(session, response.id, said, now)
    _send(session, response.id, dict.fromkeys(said, Given()), now + timedelta(minutes=1))
    after, answers = _as_it_stands(session, response.id)
    assert (answers, after.wants_contact, after.comment) == ({}, False, "")
    assert _revisions(session)[-2:] == [
        (RevisionKind.CORRECTION, "Late.", {"liked": {"chosen": ["box"], "text": ""}}),
        (RevisionKind.CORRECTION, "", {}),
    ]


def test_words_are_welcome_after_the_window(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    _send(session, response.id, LATE, now + timedelta(days=12))
    assert _revisions(session)[-1] == (RevisionKind.LATER, "Late.", {})


def test_somebody_who_thinks_again_about_the_remedy(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    _send(session, response.id, {"remedy": CALL_ME}, now)
    _send(session, response.id, {"remedy": Given(("note",))}, now)
    after, _ = _as_it_stands(session, response.id)
    assert (after.remedy, after.wants_contact, after.contact_phone, after.contact_how) == ("note", False, None, None)


def test_two_devices_that_write_at_once_lose_nothing(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        response = _unhappy(session, now)

    def device(key: str, words: str) -> None:
        with sessions() as own:
            _send(own, response.id, {key: Given(text=words)}, now, seen=1)

    at_once(
        lambda: device("comment", "From the phone."),
        lambda: device("where", "From the desk."),
        lambda: device("where", "From the sofa."),
    )
    with sessions() as session:
        after, answers = _as_it_stands(session, response.id)
        assert answers["comment"].text == "From the phone."
        ever = {str(details.get("where", {}).get("text")) for _, _, details in _revisions(session)}  # type: ignore[attr-defined]
        assert {"From the desk.", "From the sofa."} <= ever
        assert (after.revision, len(_revisions(session))) == (4, 4)


# Answers that a machine may have pressed


def _suspect(session: Session, now: datetime) -> Response:
    response = answered(session, now, 3)
    response.suspected = PressSuspicion.TOO_FAST
    session.commit()
    return response


@pytest.mark.parametrize("said", [LATE, {"driver": Given(("product",))}, {"contact": Given((YES,))}], ids=list)
def test_words_are_the_second_sign(session: Session, now: datetime, said: Answers) -> None:
    response = _suspect(session, now)
    _send(session, response.id, said, now + timedelta(minutes=1))
    after, answers = _as_it_stands(session, response.id)
    assert (after.suspected, answers) == (None, said)
    counted = select(ResponseChange).where(ResponseChange.delta != 0)
    assert [(row.score, row.delta) for row in session.scalars(counted)] == [(3, 1)]
    assert [kind for kind, _, _ in _revisions(session)] == [RevisionKind.CONFIRMED, RevisionKind.CORRECTION]


def test_an_empty_page_is_no_sign(session: Session, now: datetime) -> None:
    response = _suspect(session, now)
    _send(session, response.id, {"comment": Given(), "contact": Given(), "driver": Given()}, now)
    assert _as_it_stands(session, response.id)[0].suspected is PressSuspicion.TOO_FAST
    assert session.scalars(select(ResponseChange)).all() == []


def test_an_answer_that_was_taken_back_keeps_nothing_more(session: Session, now: datetime) -> None:
    response = _unhappy(session, now)
    response.withdrawn_at = now
    session.commit()
    _send(session, response.id, LATE, now)
    assert _as_it_stands(session, response.id)[1] == {}


def test_answers_without_a_time(session: Session, now: datetime) -> None:
    """An anonymous survey writes them with its day's midnight, beside the score."""
    midnight = now.replace(hour=0)
    response = answered(session, midnight, 3)
    insert_answers(session, response.id, {"driver": Given(("product",)), "ease": Given(), **LATE}, midnight)
    session.commit()
    rows = [(row.question_key, row.answered_at) for row in session.scalars(select(ResponseAnswer))]
    assert rows == [("driver", midnight)], "the comment has its column, and nothing said is no row"
