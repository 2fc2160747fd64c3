"""Comments that have been read, and colleagues who judge them."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.models import Assessment
from tests.responses.factories import answered

PRAISE = "Great lamp, fast delivery, thank you so much!"
COMPLAINT = "Terrible. It arrived broken and nobody answers my mails."
WEEK = timedelta(weeks=1)


def read_comment(
    session: Session, at: datetime, score: int, comment: str, *, locale: str = "en"
) -> tuple[Response, Assessment]:
    """An answer whose comment has been read; committed."""
    response = answered(session, at, score, comment=comment, locale=locale)
    assess_comments(session, at, 1_000)
    session.commit()
    found = session.get_one(Assessment, response.id)
    session.commit()  # even a look takes SQLite's writer lock outside of a page
    return response, found


def read_many(session: Session, at: datetime, count: int) -> list[int]:
    """Comments that were read at that time, praise and complaint in turn; committed. Returns the answers' ids."""
    responses = [
        answered(session, at, 9 if number % 2 else 1, comment=f"{PRAISE if number % 2 else COMPLAINT} {number}")
        for number in range(count)
    ]
    assess_comments(session, at, 1_000)
    session.commit()
    return [response.id for response in responses]
