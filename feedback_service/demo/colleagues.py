"""The demo shop's own people and their pulse: when the parcels went wrong, so did the days of those who answered."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.delivery.models import Message, MessageState
from feedback_service.demo.facts import chance
from feedback_service.demo.people import plain
from feedback_service.demo.purchases import MONTHS, STORY_MONTHS, months_before
from feedback_service.invitations.models import Invitation
from feedback_service.invitations.rules.triggers import next_pulse
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.questionnaires.questions import COMMENT
from feedback_service.responses.anonymous import keep_anonymous, write_anonymous
from feedback_service.responses.first_press import Press
from feedback_service.responses.models import Response
from feedback_service.responses.rules.answers import Given

PULSE = "employee_pulse"
TAKE_PART, COMMENTED = 0.82, 0.3  # shares: of colleagues, and of their answers
HARD_FROM = STORY_MONTHS[0] + 1  # months ago: the queue filled up before anybody knew why

TEAM = (
    ("Ana Moreira", "pt-BR"), ("Tom Becker", "en"), ("Maya Lind", "en"), ("Inês Caldeira", "pt-BR"),
    ("Rui Paixão", "pt-BR"), ("Sofia Brandão", "pt-BR"), ("Miguel Sarmento", "pt-BR"), ("Clara Viegas", "pt-BR"),
    ("Nuno Falcão", "pt-BR"), ("Teresa Lobo", "pt-BR"), ("Owen Hartigan", "en"), ("Maeve Dunne", "en"),
    ("Karim Aziz", "en"), ("Lena Vos", "en"), ("Jasper Kroon", "en"), ("Ravi Menon", "en"), ("Elif Demir", "en"),
    ("Hugo Lindqvist", "en"), ("Nadia Petrova", "en"), ("Paddy Roche", "en"), ("Yara Haddad", "en"),
    ("Felix Brandt", "en"), ("Marta Sobral", "pt-BR"), ("Davi Antunes", "pt-BR"), ("Ida Storm", "en"),
)  # fmt: skip
_SCORES = (10, 9, 8, 7, 6, 5, 3)
_GOOD, _HARD = (5, 7, 6, 3, 2, 1, 0), (1, 2, 4, 5, 4, 3, 2)
_WORDS = {
    ("en", False): (
        "Good people, and the coffee is free.",
        "Somebody listens when I say what slows us down.",
        "More quiet hours for the roastery, please.",
        "The new packing tables help a lot.",
        "Rosters two weeks ahead would be better than one.",
        "Proud of what we send out.",
        "Pay could be a little better.",
    ),
    ("en", True): (
        "We apologise for parcels all day and can change nothing.",
        "Too many angry calls for too few of us.",
        "Nobody told us what the carrier promised.",
        "I like the team, but these weeks were too much.",
        "Tell us sooner when something goes wrong.",
    ),
    ("pt-BR", False): (
        "Equipe boa e gente que escuta.",
        "Gosto do que fazemos aqui.",
        "A escala poderia sair mais cedo.",
        "As mesas novas ajudaram muito.",
    ),
    ("pt-BR", True): (
        "Passamos o dia pedindo desculpas por encomendas.",
        "Muita reclamação para pouca gente.",
        "Faltou informação sobre a transportadora.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _Said:
    score: int
    comment: str
    locale: str


def employee_rows(zone: ZoneInfo) -> list[dict[str, str]]:
    """The team as the import of employees takes it."""
    return [
        {
            "employee_id": f"S-{number:02d}",
            "email": f"{'.'.join(map(plain, name.split()))}@ember-and-oak.example",
            "name": name,
            "locale": locale,
            "time_zone": zone.key,
        }
        for number, (name, locale) in enumerate(TEAM, start=1)
    ]


def past_pulses(session: Session, today: date, until: date, zone: ZoneInfo) -> None:
    """Every round before `until`, kept as anonymous answers are; does nothing once there are some. All or nothing."""
    survey = published_surveys(session)[PULSE]
    if session.scalar(select(Response.id).where(Response.survey_key == PULSE).limit(1)) is not None:
        return
    for day in _rounds(survey.definition, months_before(today, MONTHS), until):
        dice = random.Random(f"demo pulse {day}")  # noqa: S311 - the same on every start, nothing secret
        for _, locale in TEAM:
            said = _said(day, today, locale, dice)
            if chance(dice, TAKE_PART):
                press = Press(PULSE, survey.version_id, said.locale, said.score)
                write_anonymous(session, press, _answers(said), day=day, zone=zone)


def colleagues_answer(session: Session, moment: datetime, today: date, zone: ZoneInfo) -> None:
    """Whoever has a mail of this round, and takes part."""
    waiting = session.execute(
        select(Invitation, Customer.external_id)
        .join(Message, Message.invitation_id == Invitation.id)
        .join(Customer, Customer.id == Invitation.customer_id)
        .where(
            Invitation.survey_key == PULSE,
            Message.state == MessageState.SENT,
            Invitation.answered_at.is_(None),
            Invitation.expires_at > moment,
        )
    ).all()
    for invitation, colleague in waiting:
        dice = random.Random(f"demo round {invitation.event_key}")  # noqa: S311 - the same on every start, nothing secret
        if not chance(dice, TAKE_PART) or colleague == "S-25":  # one link is left for whoever looks at the demo
            continue
        said = _said(invitation.created_at.astimezone(zone).date(), today, invitation.locale, dice)
        keep_anonymous(
            session,
            Press(PULSE, invitation.version_id, said.locale, said.score, invitation_id=invitation.id),
            _answers(said),
            event_key=invitation.event_key,
            asked_at=invitation.created_at,
            zone=zone,
            now=moment,
        )


def _rounds(survey: SurveyDefinition, since: date, until: date) -> Iterator[date]:
    months = survey.rules.trigger.every_months or 1
    day = next_pulse(months, since)
    while day < until:
        yield day
        day = next_pulse(months, day)


def _said(day: date, today: date, locale: str, dice: random.Random) -> _Said:
    month = today.replace(day=1)
    hard = months_before(month, HARD_FROM) <= day <= months_before(month, STORY_MONTHS[1])
    score = dice.choices(_SCORES, _HARD if hard else _GOOD)[0]
    words = dice.choice(_WORDS[locale, hard])
    return _Said(score, words if chance(dice, COMMENTED) else "", locale)


def _answers(said: _Said) -> dict[str, Given]:
    return {COMMENT: Given(text=said.comment)} if said.comment else {}
