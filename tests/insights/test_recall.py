"""A figure that was made before is given again, until anything it shows has changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.insights.figures.figure import Figure, Scale, Shape
from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.frame import Page
from feedback_service.insights.recall import figures_of
from feedback_service.insights.scope import Scope
from feedback_service.questionnaires.queries import survey_summaries
from tests.insights.factories import corrected, counted
from tests.responses.factories import NPS


def page(session: Session, now: datetime, **changes: object) -> Page:
    surveys = survey_summaries(session)
    survey = next(each for each in surveys if each.key == NPS)
    return Page(Scope(now.date(), survey=NPS).but(**changes), survey, surveys)


class Maker:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> list[Figure]:
        self.made += 1
        return [Figure(f"figure-{self.made}", "A title", Shape.TREND, Scale.SCORE, ())]


def test_made_once_and_again_after_every_change(session: Session, now: datetime) -> None:
    response = counted(session, now, 9)
    session.commit()
    make = Maker()

    def look(**changes: object) -> str:
        (found,) = figures_of(session, page(session, now, **changes), make)
        session.commit()
        return found.name

    assert [look(), look(), look()] == ["figure-1"] * 3
    assert look(by="language", value="en") == "figure-2"
    assert look() == "figure-1"
    corrected(session, response, 3)
    session.commit()
    assert [look(), look()] == ["figure-3"] * 2
    fold_changes(session, now, 100)
    session.commit()
    assert look() == "figure-4", "nothing else has changed, but who could tell"
