"""What decided the score, in the buyer's own choice."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.questionnaires.models import SurveyVersion
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.questions import Show
from feedback_service.responses.follow_ups.keep import insert_answers
from feedback_service.responses.follow_ups.queries import driver_of
from feedback_service.responses.models import Response
from feedback_service.responses.rules.answers import Given
from tests.responses.factories import answered
from tests.responses.follow_ups.factories import COMMENT, DRIVER, LIKED, survey_of

DELIVERY, THE_CAT = Given(("delivery",)), Given(("other",), "the cat")


def _answered(session: Session, now: datetime, score: int, said: dict[str, Given], *, unhappy_only: bool) -> Response:
    """An answer to a survey with a driver question."""
    shown = Show(band=("detractor",)) if unhappy_only else Show()
    survey = survey_of(COMMENT, LIKED, DRIVER.model_copy(update={"show": shown}))
    take_in(session, {survey.key: survey}, now)
    response = answered(session, now, score, survey=survey.key)
    response.version_id = session.scalars(select(SurveyVersion.id).filter_by(survey_key=survey.key)).one()
    insert_answers(session, response.id, said, now)
    session.commit()
    return response


@pytest.mark.parametrize(
    ("score", "said", "unhappy_only", "driver", "why"),
    [
        (3, {"driver": DELIVERY}, False, DELIVERY, "one of the options"),
        (3, {"driver": THE_CAT}, False, THE_CAT, "in the buyer's words"),
        (3, {"liked": Given(("box",))}, False, None, "another question says nothing about it"),
        (3, {}, False, None, "passed over"),
        (3, {"driver": DELIVERY}, True, DELIVERY, "asked of this band"),
        (9, {"driver": DELIVERY}, True, None, "the score was changed to one that is not asked"),
    ],
)
def test_what_decided_the_score(
    session: Session,
    now: datetime,
    score: int,
    said: dict[str, Given],
    unhappy_only: bool,
    driver: Given | None,
    why: str,
) -> None:
    response = _answered(session, now, score, said, unhappy_only=unhappy_only)
    assert driver_of(session, response.id) == driver, why


def test_an_imported_answer_says_nothing_about_it(session: Session, now: datetime) -> None:
    assert driver_of(session, answered(session, now, 3).id) is None
