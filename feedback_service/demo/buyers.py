"""The demo's buyers answer their mails, and say whether what was done about it helped."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, cast, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.advocacy.sign import first_name
from feedback_service.cases.models import Case, CaseState, Outcome
from feedback_service.cases.status.queries import feedback_behind
from feedback_service.cases.status.say import accept
from feedback_service.delivery.models import Message, MessagePurpose, MessageState
from feedback_service.demo.facts import chance
from feedback_service.demo.follow_ups import Reply
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order, Touchpoint
from feedback_service.questionnaires.queries import survey_version
from feedback_service.questionnaires.questions import COMMENT, YES
from feedback_service.responses.collect import confirm_score
from feedback_service.responses.follow_ups.keep import keep_page
from feedback_service.responses.models import ContactHow, ContactWhen, Remedy, Response
from feedback_service.responses.rules.answers import CONTACT, REMEDY, Answers, Contact, Given

RECOVERY = "recovery_csat"
SAY_WHETHER_IT_HELPED, ACCEPT = 0.65, 0.4  # shares of those who were asked, and of those who were told
A_DAY = timedelta(days=1)
_HELPED = {
    Outcome.SATISFIED: (5, 5, 4, 4),
    Outcome.PARTLY_SATISFIED: (4, 3, 3),
    Outcome.NOT_REACHED: (3, 3, 2),
}
_WORDS = {
    "en": {
        True: ("{agent} sorted it out at once. Thank you!", "Glad somebody rang.", ""),
        False: ("I never got a call.", ""),
    },
    "pt-BR": {True: ("Obrigada, {agent} resolveu tudo.", "Gostei da ligação.", ""), False: ("Ninguém me ligou.", "")},
}


def buyers_answer(session: Session, planned: dict[tuple[str, str], Reply], moment: datetime, zone: ZoneInfo) -> None:
    """Whoever has a mail about an order, and by the plan has made up their mind."""
    waiting = session.execute(_mailed().add_columns(Order.external_id).join(Order)).all()
    for invitation, order_id in waiting:
        reply = planned.get((order_id, invitation.survey_key))
        if reply is None:
            continue
        at = max(datetime.fromisoformat(reply["answered_at"]), invitation.created_at + timedelta(minutes=17))
        if at <= moment:
            _answer(session, invitation, int(reply["score"]), said(reply), at, zone)


def say_whether_it_helped(session: Session, moment: datetime, zone: ZoneInfo) -> None:
    """Whoever was asked, a day ago, whether we put it right."""
    waiting = session.execute(
        _mailed()
        .add_columns(Touchpoint.attributes, User.name)
        .join(Touchpoint, Touchpoint.id == Invitation.touchpoint_id)
        .join(Case, cast(Case.id, String) == Touchpoint.external_id)
        .join(User, User.id == Case.owner_id)
        .where(Invitation.survey_key == RECOVERY, Invitation.created_at <= moment - A_DAY)
    ).all()
    for invitation, resolved, owner in waiting:
        dice = random.Random(f"demo {invitation.event_key}")  # noqa: S311 - the same on every start, nothing secret
        score = dice.choice(_HELPED[Outcome(resolved["outcome"])])
        words = dice.choice(_WORDS[invitation.locale][score > 3])  # noqa: PLR2004 - the middle of five
        words = words.format(agent=first_name(owner))
        if chance(dice, SAY_WHETHER_IT_HELPED):
            _answer(session, invitation, score, {COMMENT: Given(text=words)}, moment, zone)


def accept_what_was_done(session: Session, key: bytes, moment: datetime) -> None:
    """Some of those who were told say, on their page, that it is settled."""
    told = session.execute(
        select(Invitation, Case)
        .join(Response, Response.invitation_id == Invitation.id)
        .join(Case, Case.response_id == Response.id)
        .where(
            Case.state == CaseState.RESOLVED,
            Case.verdict.is_(None),
            Case.released_at > moment - 2 * A_DAY,
            Case.released_at <= moment - A_DAY,
        )
    ).all()
    for invitation, case in told:
        dice = random.Random(f"demo verdict {case.origin_key}")  # noqa: S311 - the same on every start, nothing secret
        standing = feedback_behind(session, invitation).case
        if chance(dice, ACCEPT) and standing is not None:
            accept(session, case.id, "", seen=standing.seen, invitation_id=invitation.id, key=key, now=moment)


def said(reply: Reply) -> dict[str, Given]:
    """A reply's page of answers, by question key."""
    answers = {COMMENT: Given(text=reply["comment"])}
    if reply["driver"]:
        answers["driver"] = Given((reply["driver"],))
    if reply["remedy"]:
        answers[REMEDY] = Given((reply["remedy"],), contact=_contact(reply))
    elif reply["wants_contact"] == "true":
        answers[CONTACT] = Given((YES,))
    return answers


def _contact(reply: Reply) -> Contact | None:
    if reply["remedy"] != Remedy.CONTACT:
        return None
    return Contact(ContactHow(reply["how"]), ContactWhen(reply["when"]), reply["phone"])


def _mailed() -> Select[Invitation]:
    """Whoever has a mail that asks, and has not answered."""
    return (
        select(Invitation)
        .join(Message, Message.invitation_id == Invitation.id)
        .where(
            Message.state == MessageState.SENT,
            Message.purpose == MessagePurpose.INVITATION,
            Invitation.answered_at.is_(None),
        )
        .order_by(Invitation.event_key, Invitation.survey_key)  # ids differ from one start to the next
    )


def _answer(
    session: Session, invitation: Invitation, score: int, answers: Answers, at: datetime, zone: ZoneInfo
) -> None:
    """The score, and a minute later the page after it."""
    asking = survey_version(session, invitation.version_id).definition.rules.asking
    window = timedelta(hours=asking.correction_hours)
    kept = confirm_score(session, invitation, score, window=window, zone=zone, now=at)
    keep_page(
        session,
        kept.response.id,
        answers,
        seen=kept.response.revision,
        window=window,
        zone=zone,
        now=at + timedelta(minutes=1),
    )
