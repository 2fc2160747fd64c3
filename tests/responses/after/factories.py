"""People who have answered, as the pages before the last one leave it."""

from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service.invitations.models import Invitation
from feedback_service.questionnaires.models import SurveyVersion, VersionState
from feedback_service.responses.models import Channel, Collector, Response, ResponseRevision, RevisionKind
from feedback_service.responses.walk_in_links import sign_walk_in
from tests.responses.factories import LINK_KEYS, NPS, Asked, asked, read

WORDS = "The lamp is lovely. The parcel came late, though."


def has_answered(
    session: Session, at: datetime, score: int, *, comment: str = "", asking: dict[str, Any] | None = None, **said: Any
) -> Asked:
    """Somebody who was asked and gave that score; committed. `asking` goes to the invitation, `said` to the answer."""
    person = asked(session, at, **(asking or {}))
    invitation = session.get_one(Invitation, person.invitation_id)
    invitation.answered_at = at
    response = Response(
        invitation_id=invitation.id,
        version_id=invitation.version_id,
        channel=Channel.MAIL,
        survey_key=invitation.survey_key,
        customer_id=invitation.customer_id,
        order_id=invitation.order_id,
        locale=invitation.locale,
        score=score,
        comment=comment,
        answered_at=at,
        counted_on=at.date(),
        **said,
    )
    _keep(session, response)
    return person


def walked_in(session: Session, at: datetime, score: int, **said: Any) -> Asked:
    """Somebody who answered by the link on a receipt; committed. Nobody knows who it was."""
    collector = Collector(
        token="receipts", name="Receipts", survey_key=NPS, channel=Channel.LINK, created_at=at, created_by="Mia"
    )
    version = session.scalars(select(SurveyVersion.id).filter_by(survey_key=NPS, state=VersionState.PUBLISHED)).one()
    session.add(collector)
    session.flush()
    response = Response(
        collector_id=collector.id,
        uid="walkin1",
        version_id=version,
        channel=Channel.LINK,
        survey_key=NPS,
        locale="en",
        score=score,
        answered_at=at,
        counted_on=at.date(),
        **said,
    )
    _keep(session, response)
    return Asked(0, sign_walk_in(LINK_KEYS, "walkin1"))


def _keep(session: Session, response: Response) -> None:
    """The answer with its first revision; committed."""
    session.add(response)
    session.flush()
    session.add(
        ResponseRevision(
            response_id=response.id,
            ordinal=1,
            kind=RevisionKind.ANSWER,
            score=response.score,
            comment=response.comment,
            wants_contact=response.wants_contact,
            recorded_at=response.answered_at,
        )
    )
    session.commit()


def send(client: FlaskClient, person: Asked, end: str, **changed: str) -> TestResponse:
    """Open the last page, change some fields of the form that goes to `end`, and press its button."""
    page = read(client.get(f"{person.path}/thanks"))
    form = next(form for form in page.forms if form[":action"].endswith(end))
    action = form.pop(":action")
    return client.post(action, data={**form, **changed})
