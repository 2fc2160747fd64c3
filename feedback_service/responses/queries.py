"""Reads of answers."""

from typing import Any

from sqlalchemy import Connection, Select, bindparam, select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.database import spelled_out
from feedback_service.invitations.models import Invitation, InvitationLink, LinkScope
from feedback_service.orders.models import Order
from feedback_service.questionnaires.models import Survey, SurveyVersion
from feedback_service.questionnaires.recall import RULES
from feedback_service.responses.models import Response
from feedback_service.responses.prepared import Prepared


def response_to(session: Session, invitation: Invitation) -> Response | None:
    """The confirmed answer to an invitation; none where it is suspected, or was taken back."""
    return session.scalar(
        select(Response).where(
            Response.invitation_id == invitation.id, Response.suspected.is_(None), Response.withdrawn_at.is_(None)
        )
    )


_ANSWER = (
    Response.id.label("response_id"),
    Response.score,
    Response.latest_score,
    Response.comment,
    Response.wants_contact,
    Response.remedy,
    Response.contact_how,
    Response.contact_when,
    Response.contact_phone,
    Response.answered_at,
    Response.revision,
    Response.suspected,
    Response.withdrawn_at,
    Response.locale,
)
_SURVEY = (
    Survey.key.label("survey_key"),
    Survey.metric,
    RULES,
    SurveyVersion.id.label("version_id"),
    SurveyVersion.content_hash,
)
_ASKED: Select[*tuple[Any, ...]] = (
    select(
        Invitation.id.label("invitation_id"),
        Invitation.uid,
        Invitation.link_generation,
        Invitation.customer_id,
        Invitation.order_id,
        Invitation.event_key,
        Invitation.locale.label("asked_in"),
        Invitation.created_at,
        Invitation.expires_at,
        Invitation.cancelled_at,
        Invitation.answered_at.label("spent_at"),
        Customer.name.label("customer_name"),
        Customer.time_zone,
        Order.external_id.label("order_number"),
        *_SURVEY,
        *_ANSWER,
    )
    .select_from(InvitationLink)
    .join(Invitation, Invitation.id == InvitationLink.invitation_id)
    .join(Customer, Customer.id == Invitation.customer_id)
    .outerjoin(Order, Order.id == Invitation.order_id)
    .join(SurveyVersion, SurveyVersion.id == Invitation.version_id)
    .join(Survey, Survey.key == SurveyVersion.survey_key)
    .outerjoin(Response, Response.invitation_id == Invitation.id)
    .where(
        InvitationLink.token_hash == bindparam("token_hash"),
        InvitationLink.scope == spelled_out(LinkScope.ANSWER),
    )
)
_WALKED_IN: Select[*tuple[Any, ...]] = (
    select(
        Response.uid,
        Response.channel,
        Response.collector_id,
        Response.customer_id,
        Response.order_id,
        Order.external_id.label("order_number"),
        *_SURVEY,
        *_ANSWER,
    )
    .select_from(Response)
    .outerjoin(Order, Order.id == Response.order_id)
    .join(SurveyVersion, SurveyVersion.id == Response.version_id)
    .join(Survey, Survey.key == SurveyVersion.survey_key)
    .where(Response.uid == bindparam("uid"))
)


_ASKED_BEHIND, _WALK_IN_ANSWER = Prepared(_ASKED), Prepared(_WALKED_IN)


def asked_behind(connection: Connection, token_hash: str) -> Any:
    """All that a page needs of the invitation behind an answering link, with its answer if there is one; or None."""
    return _ASKED_BEHIND.first(connection, {"token_hash": token_hash})


def walk_in_answer(connection: Connection, uid: str) -> Any:
    """The same of an answer that nobody asked for by mail."""
    return _WALK_IN_ANSWER.first(connection, {"uid": uid})
