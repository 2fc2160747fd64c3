"""Answers from before the shop moved here: they count, marked as imported, and mail nobody."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.models import Case
from feedback_service.config import Settings
from feedback_service.csvfiles import ImportCounts, Row, batches
from feedback_service.customers.erasure import Erasure
from feedback_service.delivery.models import Message
from feedback_service.insights.queries import scores_by_month
from feedback_service.invitations.models import Invitation
from feedback_service.pipeline import run_all
from feedback_service.responses.import_answers import answer_key, import_answers
from feedback_service.responses.models import Channel, Response, ResponseChange, ResponseRevision, RevisionKind
from feedback_service.responses.rules.words import LONGEST_COMMENT
from feedback_service.responses.withdraw import erase_answers
from tests.orders.factories import came_to, rows, take_in_orders

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
ANSWER = {
    "answer_id": "R-1",
    "survey": "delivery_csat",
    "order_id": "A-1",
    "customer_id": "",
    "score": "2",
    "comment": "Late, and nobody told me. 😞",
    "wants_contact": "yes",
    "answered_at": "2026-03-10T23:30:00",
    "locale": "pt-BR",
}


@pytest.fixture(autouse=True)
def _orders(session: Session) -> None:
    """Ana's two orders and Bo's, which the answers are about."""
    take_in_orders(
        session, rows({}, {"order_id": "A-2"}, {"order_id": "B-1", "customer_id": "bo", "email": "bo@example.com"})
    )


def answers(*changes: Mapping[str, str]) -> list[Row]:
    return [
        Row(line, ANSWER | dict(change), list({**ANSWER, **change}.values()))
        for line, change in enumerate(changes, start=2)
    ]


def take(session: Session, *changes: Mapping[str, str], now: datetime = NOW) -> ImportCounts:
    counts = import_answers(
        session,
        answers(*changes),
        source="shop",
        shop_zone=ZoneInfo("Europe/Lisbon"),
        shop_locale="en",
        now=now,
    )
    session.commit()
    return counts


def kept(session: Session) -> Response:
    return session.scalars(select(Response).execution_options(populate_existing=True)).one()


def counted(session: Session) -> dict[tuple[str, date, int], int]:
    """Survey, day and score, with how often: what the trend will add up."""
    sums = session.execute(
        select(
            ResponseChange.survey_key, ResponseChange.day, ResponseChange.score, func.sum(ResponseChange.delta)
        ).group_by(ResponseChange.survey_key, ResponseChange.day, ResponseChange.score)
    )
    return {(survey, day, score): int(number) for survey, day, score, number in sums if number}


def test_an_answer_is_kept_as_it_was_given(session: Session) -> None:
    assert came_to(take(session, {})) == (1, 0, 0, 0)
    response = kept(session)
    assert response.channel == Channel.IMPORT
    assert (response.score, response.comment, response.wants_contact) == (2, "Late, and nobody told me. 😞", True)
    assert response.answered_at == datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    assert response.locale == "pt-BR"
    assert response.order is not None
    assert response.order.external_id == "A-1"
    assert response.customer_id == response.order.customer_id
    assert response.invitation_id is None


def test_it_counts_on_the_shops_day(session: Session) -> None:
    take(session, {"answered_at": "2025-07-10T23:30:00Z"})
    assert counted(session) == {("delivery_csat", date(2025, 7, 11), 2): 1}
    assert session.scalars(select(ResponseChange.imported)).all() == [True]


def test_an_answer_from_the_future_is_refused(session: Session) -> None:
    assert came_to(take(session, {"answered_at": "2026-07-10T23:30:00Z"})) == (0, 0, 0, 1)


def test_it_counts_in_the_trend_and_neither_mails_nor_opens_a_case(
    session: Session, sessions: sessionmaker[Session], settings: Settings
) -> None:
    take(session, {})
    run_all(settings, sessions, NOW)
    assert session.scalar(select(func.count()).select_from(Case)) == 0
    assert session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert session.scalar(select(func.count()).select_from(Message)) == 0
    months = scores_by_month(session, "delivery_csat")
    assert len(months) == 1


def test_the_same_file_twice_changes_nothing(session: Session) -> None:
    file = ({}, {"answer_id": "R-2", "order_id": "B-1", "score": "5"})
    assert came_to(take(session, *file)) == (2, 0, 0, 0)
    before = counted(session)
    assert came_to(take(session, *file)) == (0, 0, 2, 0)
    assert counted(session) == before
    assert session.scalar(select(func.count()).select_from(ResponseRevision)) == 2


def test_a_corrected_row_corrects_the_answer_and_what_was_counted(session: Session) -> None:
    take(session, {})
    changed = {"score": "4", "answered_at": "2026-03-01T09:00:00", "survey": "delivery_csat", "comment": "Came at last"}
    assert came_to(take(session, changed, now=NOW + timedelta(days=1))) == (0, 1, 0, 0)
    assert (kept(session).score, kept(session).comment, kept(session).revision) == (4, "Came at last", 2)
    assert counted(session) == {("delivery_csat", date(2026, 3, 1), 4): 1}
    revisions = session.execute(
        select(ResponseRevision.ordinal, ResponseRevision.kind, ResponseRevision.score).order_by(
            ResponseRevision.ordinal
        )
    ).all()
    assert [tuple(revision) for revision in revisions] == [
        (1, RevisionKind.ANSWER, 2),
        (2, RevisionKind.CORRECTION, 4),
    ]


def test_what_was_erased_does_not_come_back_by_a_file(session: Session) -> None:
    take(session, {})
    response = kept(session)
    erase_answers(session, Erasure((response.id,), (), at=NOW, by="the customer", key=b""))
    session.commit()
    for changed in ({}, {"score": "5", "comment": "Came at last"}):
        assert came_to(take(session, changed)) == (0, 0, 1, 0)
    assert (kept(session).comment, set(counted(session).values()) - {0}) == ("", set())


def test_an_answer_that_moves_to_another_survey_is_counted_there(session: Session) -> None:
    take(session, {"score": "5"})
    take(session, {"score": "5", "survey": "post_purchase_nps"})
    assert counted(session) == {("post_purchase_nps", date(2026, 3, 10), 5): 1}


def test_without_an_id_an_answer_is_known_by_what_it_is_about(session: Session) -> None:
    assert came_to(take(session, {"answer_id": ""})) == (1, 0, 0, 0)
    assert came_to(take(session, {"answer_id": "", "score": "3"})) == (0, 1, 0, 0)
    assert came_to(take(session, {"answer_id": "", "order_id": "A-2"})) == (1, 0, 0, 0)


def test_one_order_may_have_several_answers(session: Session) -> None:
    assert came_to(take(session, {}, {"answer_id": "R-2", "score": "5"})) == (2, 0, 0, 0)


def test_of_one_answer_twice_in_a_file_the_last_row_counts_every_time(session: Session) -> None:
    file = ({"score": "1"}, {"score": "5"})
    counts = take(session, *file)
    assert (came_to(counts), counts.repeated) == ((1, 0, 0, 0), 1)
    counts = take(session, *file)
    assert (came_to(counts), counts.repeated) == ((0, 0, 1, 0), 1)
    assert kept(session).score == 5


def test_rows_of_one_answer_stay_in_one_portion() -> None:
    file = answers({}, *({"answer_id": f"X-{n}"} for n in range(600)), {"score": "5"})
    first = next(batches(file, answer_key))
    assert [row.line for row in first[:2]] == [2, 603]


def test_an_answer_may_be_about_a_person_only(session: Session) -> None:
    take(session, {"order_id": "", "customer_id": "bo"})
    response = kept(session)
    assert response.order_id is None
    assert response.customer is not None
    assert response.customer.external_id == "bo"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("", False), ("no", False), ("FALSE", False), ("0", False), ("TRUE", True), ("1", True), ("Yes", True)],
)
def test_a_wish_may_be_written_in_several_ways(session: Session, text: str, wanted: bool) -> None:
    take(session, {"wants_contact": text})
    assert kept(session).wants_contact == wanted


def test_a_score_may_have_the_decimal_that_spreadsheets_add(session: Session) -> None:
    take(session, {"score": "5.0"})
    assert kept(session).score == 5


def test_line_breaks_are_kept_as_one_kind(session: Session) -> None:
    take(session, {"comment": "Late.\r\nBroken.\r\n", "locale": ""})
    assert (kept(session).comment, kept(session).locale) == ("Late.\nBroken.", "en")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"survey": ""}, "survey is empty; every row needs it"),
        ({"survey": "nps"}, "survey 'nps' is none of cancellation, delivery_csat, ease_ces, employee_pulse, "),
        ({"survey": "employee_pulse"}, "survey 'employee_pulse' is anonymous; its answers must name nobody"),
        ({"score": ""}, "score is empty; every row needs it"),
        ({"score": "6"}, "score '6' is no whole number from 1 to 5"),
        ({"score": "0"}, "score '0' is no whole number from 1 to 5"),
        ({"score": "11", "survey": "post_purchase_nps"}, "score '11' is no whole number from 0 to 10"),
        ({"score": "8", "survey": "ease_ces"}, "score '8' is no whole number from 1 to 7"),
        ({"score": "4.5"}, "score '4.5' is no whole number"),
        ({"score": "-1"}, "score '-1' is no whole number"),
        ({"score": "1_0", "survey": "post_purchase_nps"}, "score '1_0' is no whole number"),
        ({"score": "9" * 5000}, "is no whole number from 1 to 5"),
        ({"order_id": "Z-9"}, "order_id 'Z-9' is not known; import its order first"),
        ({"order_id": "", "customer_id": "zé"}, "customer_id 'zé' is not known; import one of their orders first"),
        ({"order_id": "", "customer_id": ""}, "order_id and customer_id are both empty; an answer needs one of them"),
        ({"answered_at": ""}, "answered_at is empty; every row needs it"),
        ({"answered_at": "yesterday"}, "answered_at 'yesterday' is no time such as"),
        ({"wants_contact": "maybe"}, "wants_contact 'maybe' is neither true nor false"),
        ({"comment": "x" * (LONGEST_COMMENT + 1)}, f"at most {LONGEST_COMMENT} are kept"),
        ({"answer_id": "x" * 129}, "answer_id has 129 characters; at most 128 are kept"),
        ({"locale": "Klingon"}, "locale 'Klingon' is no language"),
    ],
)
def test_a_bad_row_is_refused_alone_with_the_reason(session: Session, changes: dict[str, str], said: str) -> None:
    counts = take(session, {"answer_id": "R-0"}, changes, {"answer_id": "R-9"})
    assert came_to(counts) == (2, 0, 0, 1)
    refused, reason = counts.refused[0]
    assert refused.line == 3
    assert said in reason


def test_another_shops_order_of_the_same_number_is_not_meant(session: Session) -> None:
    counts = import_answers(
        session, answers({}), source="old shop", shop_zone=ZoneInfo("UTC"), shop_locale="en", now=NOW
    )
    assert "order_id 'A-1' is not known" in counts.refused[0][1]
