"""When each survey was last answered, for the list of surveys."""

from datetime import timedelta

from sqlalchemy.orm import Session

from feedback_service.responses.last_answers import last_answers
from tests.conftest import NOW
from tests.responses.factories import CSAT, NPS, answered


def test_the_newest_answer_of_each_survey(session: Session) -> None:
    assert last_answers(session) == {}
    for hours, survey in ((1, NPS), (5, NPS), (7, CSAT)):
        answered(session, NOW - timedelta(hours=hours), 5, survey=survey)
    assert last_answers(session) == {NPS: NOW - timedelta(hours=1), CSAT: NOW - timedelta(hours=7)}
