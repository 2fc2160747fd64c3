"""A colleague of the demo reads comments without their verdict, a few each morning, and says how they read."""

import random
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.demo.facts import chance
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Response
from feedback_service.sentiment.checks.label import label_blind
from feedback_service.sentiment.checks.queries import next_to_check
from feedback_service.sentiment.languages.train import label_of_score
from feedback_service.sentiment.models import CheckedLabel

A_MORNING = 5
TORN = 0.06  # share of comments that read neither well nor badly, whatever the score says


def check_blind(session: Session, by: str, moment: datetime) -> None:
    """Label the next comments as the buyer meant them; `by` is the address that the colleague signs in with."""
    reader = session.scalar(select(User.id).where(User.email == by))
    for _ in range(A_MORNING if reader is not None else 0):
        waiting = next_to_check(session)
        if waiting is None or reader is None:
            return
        score, kind = session.execute(
            select(Response.latest_score, Survey.kind)
            .join(Survey, Survey.key == Response.survey_key)
            .where(Response.id == waiting.response_id)
        ).one()
        dice = random.Random(f"demo check {waiting.comment}")  # noqa: S311 - the same on every start, nothing secret
        meant = CheckedLabel.NEUTRAL if chance(dice, TORN) else CheckedLabel(label_of_score(kind, score))
        label_blind(session, waiting.response_id, meant, by=reader, now=moment)
