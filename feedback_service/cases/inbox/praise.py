"""Lets praise reach whom it is about: a happy customer's words that name a colleague."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.queues.facts import texts_of
from feedback_service.cases.rules.named import named_in
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Response
from feedback_service.responses.rules.bands import band
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.models import Assessment


def praise(session: Session, responses: Sequence[Response], now: datetime) -> int:
    """Tell colleagues of the answers that praise them by name, each once; returns how many were told.

    Called where answers are routed, which happens anew when their words were read or changed: words that are yet to be
    read are left for then.
    """
    texts = {response_id: words for response_id, words in texts_of(session, responses).items() if any(words)}
    happy = _happy(session, [response for response in responses if response.id in texts])
    if not happy:
        return 0
    people = dict(session.execute(select(User.id, User.name).where(User.active)).all())
    return sum(
        notify(session, user_id, NoticeKind.PRAISED, key=f"praise:{response.id}", response_id=response.id, now=now)
        for response in happy
        for user_id in named_in(texts[response.id], people)
    )


def _happy(session: Session, responses: Sequence[Response]) -> list[Response]:
    """Those whose words read as praise or, where nobody can tell how they read, whose score does; no unhappy one."""
    readings = {
        reading.response_id: reading.label
        for reading in session.scalars(
            select(Assessment).where(Assessment.response_id.in_([response.id for response in responses]))
        )
    }
    surveys = {survey.key: survey for survey in session.scalars(select(Survey))}
    found = []
    for response in responses:
        if response.comment and response.assessed_revision < response.revision:
            continue
        survey, label = surveys[response.survey_key], readings.get(response.id)
        threshold = Rules.model_validate(survey.rules).thresholds.detractor_max
        within = band(survey.kind, response.latest_score, threshold)
        praises = within != "detractor" if label is SentimentLabel.POSITIVE else within == "promoter"
        if praises and label is not SentimentLabel.NEGATIVE:
            found.append(response)
    return found
