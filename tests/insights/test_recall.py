"""A figure that was made before is given again, until anything it shows has changed."""

from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from feedback_service import clock
from feedback_service.insights.figures.figure import Figure, Scale, Shape
from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.frame import Page
from feedback_service.insights.recall import recalled
from tests.insights.factories import corrected, counted
from tests.responses.factories import NPS, at_once


class Maker:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, session: Session, page: Page) -> list[Figure]:
        assert page.scope.survey == NPS
        self.made += 1
        return [Figure(f"figure-{self.made}", "A title", Shape.TREND, Scale.SCORE, ())]


def test_made_once_and_again_after_every_change(app: Flask, session: Session, now: datetime) -> None:
    response = counted(session, now, 9)
    session.commit()
    make = Maker()

    def look(**args: str) -> str:
        with app.app_context():
            (found,) = recalled(session, "some page", {"survey": NPS, **args}, make)
        session.commit()
        return found.name

    assert [look(), look(), look()] == ["figure-1"] * 3
    assert look(by="language", **{"is": "en"}) == "figure-2"
    assert look() == "figure-1"
    corrected(session, response, 3)
    session.commit()
    assert [look(), look()] == ["figure-3"] * 2
    fold_changes(session, now, 100)
    session.commit()
    assert look() == "figure-4", "nothing else has changed, but who could tell"


def test_what_is_made_from_more_than_scores_is_kept_for_a_moment(app: Flask, session: Session, now: datetime) -> None:
    make, moment = Maker(), timedelta(seconds=30)

    def look(seconds: int) -> str:
        with clock.running_on(lambda: now + timedelta(seconds=seconds)), app.app_context():
            (found,) = recalled(session, "another page", {"survey": NPS}, make, moment)
        session.commit()
        return found.name

    assert [look(0), look(29), look(30), look(31)] == ["figure-1", "figure-1", "figure-2", "figure-2"]


def test_whoever_asks_while_they_are_made_waits_for_these(
    app: Flask, sessions: sessionmaker[Session], now: datetime
) -> None:
    """A browser asks for all pictures of a page at once; each would otherwise read the whole page anew."""
    make, another = Maker(), Barrier(2)

    def made(session: Session, page: Page) -> list[Figure]:
        with suppress(BrokenBarrierError):
            another.wait(timeout=0.5)  # for somebody else who makes them too
        return make(session, page)

    def look() -> str:
        with app.app_context(), sessions() as session:
            session.info["read_only"] = True
            (found,) = recalled(session, "a third page", {"survey": NPS}, made)
        return found.name

    assert at_once(look, look, look) == ["figure-1"] * 3
