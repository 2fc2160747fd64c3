"""Colleagues who sign in, and cases for them to work on."""

import re
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName, User
from feedback_service.accounts.people import add_user
from feedback_service.accounts.teams import team_id
from feedback_service.cases.models import Case, CaseOrigin, CaseState, EntryKind, Outcome
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.queries import log_of
from feedback_service.cases.queues.found import queue_of_team
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.take_replies import take_replies
from feedback_service.cases.work import claim, resolve
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import Reply
from feedback_service.invitations.links import token
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.responses.collect import add_words, confirm_score
from feedback_service.responses.models import Channel, Response
from tests.responses.factories import LINK_KEYS, NPS, Asked, Page, answered, asked, read

KEY = b"a privacy key for tests only"
PASSWORD = "a long enough password"
CLOSING = {"root_cause": "damaged", "outcome": "satisfied", "reached": "yes", "what_was_done": "Sent another."}
"""What whoever closes a case types into its page."""
_numbers = count(1)


def hire(
    app: Flask, session: Session, name: str, at: datetime, *, role: RoleName = RoleName.STAFF, team: str | None = "care"
) -> User:
    """A colleague with an account and a password that works; committed."""
    with app.app_context():
        user = add_user(
            session,
            email=f"{name.lower()}{next(_numbers)}@corner-shop.example",
            name=name,
            password=PASSWORD,
            role=role,
            team=team,
            now=at,
        )
    session.commit()
    return user


def colleague(session: Session, name: str, at: datetime) -> int:
    """A colleague who never signs in, since nobody needs a password to be named in a log; committed."""
    number = next(_numbers)
    user = User(
        email=f"{name.lower()}{number}@corner-shop.example",
        name=name,
        password="none",
        fs_uniquifier=f"colleague-{number}",
        created_at=at,
    )
    session.add(user)
    session.commit()
    return user.id


def signed_in(app: Flask, user: User) -> FlaskClient:
    """A browser in which a colleague has signed in by the sign-in page."""
    client = app.test_client()
    form = read(client.get("/sign-in")).form(having="password")
    address = form.pop(":action") or "/sign-in"
    sent = client.post(address, data={**form, "email": user.email, "password": PASSWORD})
    assert sent.status_code == 302, sent.get_data(as_text=True)
    return client


def send(client: FlaskClient, page: str, having: str, **typed: str) -> tuple[int, Page]:
    """Open a page, fill in the form that has a certain field, send it; the status, and the page that follows."""
    form = {**read(client.get(page)).form(having=having), **typed}
    sent = client.post(form.pop(":action"), data=form, follow_redirects=True)
    return sent.status_code, read(sent)


def send_to(client: FlaskClient, page: str, ending: str, **typed: str) -> tuple[int, str]:
    """The same by the address to which a form goes, with the words that follow; a field is named without its prefix."""
    form = next(form for form in read(client.get(page)).forms if form[":action"].endswith(ending))
    names = {field: next((name for name in form if re.fullmatch(rf"(.*-)?{field}", name)), field) for field in typed}
    said = {names[field]: value for field, value in typed.items()}
    answer = client.post(form.pop(":action"), data={**form, **said}, follow_redirects=True)
    return answer.status_code, read(answer).text


def opened(session: Session, at: datetime, score: int = 2, *, comment: str = "", survey: str = NPS) -> Case:
    """A case as the pipeline opens it; committed."""
    response = answered(session, at, score, comment=comment, survey=survey)
    open_cases(session, at, 1000, key=KEY)
    case = session.scalars(select(Case).where(Case.response_id == response.id)).one()
    session.commit()  # and no transaction is left open: on SQLite it would keep everybody else from writing
    return case


def complained(
    session: Session, at: datetime, score: int = 2, *, comment: str = "", survey: str = NPS, locale: str = "en"
) -> tuple[Asked, Case]:
    """Somebody who was asked by mail and was unhappy, with the case that came of it; committed."""
    person = asked(session, at, survey=survey, locale=locale)
    invitation = session.get_one(Invitation, person.invitation_id)
    day = timedelta(days=1)
    confirm_score(session, invitation, score, window=day, zone=ZoneInfo("UTC"), now=at)
    if comment:
        add_words(session, invitation, comment=comment, wants_contact=False, window=day, now=at)
    open_cases(session, at, 1000, key=KEY)
    case = session.scalars(select(Case).order_by(Case.id.desc())).first()
    assert case is not None
    session.commit()
    return person, case


def status_path(session: Session, person: Asked) -> str:
    """Where they read what became of it."""
    invitation = session.get_one(Invitation, person.invitation_id)
    session.commit()
    return f"/s/{token(LINK_KEYS, LinkScope.STATUS, invitation.uid, 1)}"


def taken(session: Session, case: Case, user_id: int, at: datetime) -> None:
    """A colleague takes the case; committed."""
    claim(session, case.id, user_id=user_id, key=KEY, now=at)
    session.commit()


def resolved(session: Session, case: Case, user_id: int, at: datetime, *, told: str = "") -> None:
    """Whoever has the case closes it, and may tell the customer; committed."""
    resolve(
        session,
        case.id,
        root_cause="damaged",
        outcome=Outcome.SATISFIED,
        text="Sent another.",
        told=told,
        user_id=user_id,
        key=KEY,
        now=at,
    )
    session.commit()


def drop_guard(engine: Engine) -> None:
    """What somebody does who has the database's password and would rewrite the log."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER case_entries_no_{act}"))
        else:
            connection.execute(text("DROP TRIGGER case_entries_append_only ON case_entries"))


def log_kinds(session: Session, case_id: int) -> list[EntryKind]:
    """The log's kinds, oldest first, as the database has them now."""
    session.rollback()
    kinds = [entry.kind for entry, _, _ in reversed(log_of(session, case_id))]
    session.rollback()
    return kinds


def written(session: Session, at: datetime, words: str, *, customer_name: str = "Ana Souza") -> Case:
    """A case of somebody who wrote back instead of answering, as the pipeline opens it; committed."""
    customer = Customer(source="shop", external_id=f"w{next(_numbers)}", name=customer_name, created_at=at)
    session.add(customer)
    session.flush()
    reply = wrote_back(session, at, words, customer_id=customer.id)
    take_replies(session, at, 1000, key=KEY)
    case = session.scalars(select(Case).where(Case.reply_id == reply.id)).one()
    session.commit()
    return case


def wrote_back(
    session: Session, at: datetime, words: str, *, invitation_id: int | None = None, customer_id: int | None = None
) -> Reply:
    """A mail that somebody wrote back, which nobody took in yet; committed."""
    reply = Reply(
        message_key=f"{next(_numbers):064x}",
        invitation_id=invitation_id,
        customer_id=customer_id,
        sender="ana@buyers.example",
        subject="Re: How was it?",
        words=words,
        received_at=at,
    )
    session.add(reply)
    session.commit()
    return reply


def queued(
    session: Session,
    at: datetime,
    *,
    sort_hours: list[float],
    owner: int | None = None,
    state: CaseState = CaseState.OPEN,
) -> list[int]:
    """Cases that are in the queue at these hours from `at`, in this order of ids; without a log, for lists only."""
    queue = queue_of_team(session, team_id(session, "care"))
    responses = [
        Response(
            channel=Channel.MAIL,
            survey_key=NPS,
            locale="en",
            score=2,
            answered_at=at,
            counted_on=at.date(),
            routed_revision=1,
        )
        for _ in sort_hours
    ]
    session.add_all(responses)
    session.flush()
    cases = [
        Case(
            origin_kind=CaseOrigin.RESPONSE,
            origin_key=str(response.id),
            response_id=response.id,
            queue_id=queue,
            owner_id=owner,
            reason=CaseReason.DETRACTOR,
            state=state,
            rule="Detractors",
            priority=3,
            priority_words="Low + 1: unhappy",
            opened_at=at,
            due_at=at + timedelta(hours=hours + 2),
            sort_at=at + timedelta(hours=hours),
        )
        for response, hours in zip(responses, sort_hours, strict=True)
    ]
    session.add_all(cases)
    session.commit()
    return [case.id for case in cases]
