"""What somebody calls a comment blind is kept once, is staff's word, and alone says how often models are right."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, sessionmaker

from feedback_service.sentiment.analyzer import MODEL_VERSION, SentimentLabel
from feedback_service.sentiment.checks.draw import draw_weekly_sample
from feedback_service.sentiment.checks.label import label_blind
from feedback_service.sentiment.checks.queries import checks_by_version, count_to_check, next_to_check
from feedback_service.sentiment.correct import correct
from feedback_service.sentiment.models import Assessment, BlindCheck, CheckedLabel
from tests.cases.factories import colleague
from tests.responses.factories import at_once
from tests.sentiment.factories import WEEK, read_many

UTC_ZONE = ZoneInfo("UTC")


def _drawn(session: Session, now: datetime, count: int) -> list[int]:
    ids = read_many(session, now, count)
    draw_weekly_sample(session, now + WEEK, 100, zone=UTC_ZONE)
    session.commit()
    return ids


def test_comments_are_offered_one_at_a_time_and_may_be_left_out(session: Session, now: datetime) -> None:
    _drawn(session, now, 3)
    first = next_to_check(session)
    assert first is not None
    second = next_to_check(session, first.response_id)
    assert second is not None
    third = next_to_check(session, second.response_id)
    assert third is not None
    assert len({first.response_id, second.response_id, third.response_id}) == 3
    assert next_to_check(session, third.response_id) == first, "and round again"
    assert count_to_check(session) == 3


def test_agreement_is_counted_by_model_and_by_what_it_said(session: Session, now: datetime) -> None:
    ids = _drawn(session, now, 4)
    user = colleague(session, "Marta", now)
    for response_id in ids:
        said = session.get_one(BlindCheck, response_id).model_label
        label = CheckedLabel(said.value) if response_id != ids[0] else CheckedLabel.NEUTRAL
        assert label_blind(session, response_id, label, by=user, now=now + WEEK)
    session.commit()
    (checks,) = checks_by_version(session)
    assert checks.model_version == MODEL_VERSION
    assert (checks.agreement.right, checks.agreement.checked) == (3, 4)
    assert (checks.saying("positive").right, checks.saying("positive").checked) == (2, 2)
    assert (checks.saying("negative").right, checks.saying("negative").checked) == (1, 2)
    assert next_to_check(session) is None


def test_what_is_found_by_chance_does_not_count(session: Session, now: datetime) -> None:
    ids = _drawn(session, now, 2)
    user = colleague(session, "Marta", now)
    correct(session, ids[0], label=CheckedLabel.NEUTRAL, language=None, themes=None, by=user, now=now)
    session.commit()
    assert checks_by_version(session) == []
    assert count_to_check(session) == 2


def test_the_label_counts_as_staffs_word(session: Session, now: datetime) -> None:
    ids = _drawn(session, now, 1)
    user = colleague(session, "Marta", now)
    label_blind(session, ids[0], CheckedLabel.NEUTRAL, by=user, now=now + WEEK)
    session.commit()
    assessment = session.get_one(Assessment, ids[0])
    assert (assessment.label, assessment.model_label) == (SentimentLabel.NEUTRAL, SentimentLabel.NEGATIVE)


def test_of_two_people_at_once_one_labels(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        ids = _drawn(session, now, 1)
        user = colleague(session, "Marta", now)
    kept: list[bool] = []

    def press() -> None:
        with sessions() as own:
            ours = label_blind(own, ids[0], CheckedLabel.POSITIVE, by=user, now=now + WEEK)
            own.commit()
            kept.append(ours)

    at_once(press, press)
    assert sorted(kept) == [False, True]
