"""Two colleagues who work the demo's queue: they ring, replace and refund, and tell the customer what was done."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseState, EntryKind, Outcome
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.work import claim, log_action, resolve
from feedback_service.responses.follow_ups.queries import driver_of
from feedback_service.responses.models import Channel, Response

HALF_A_DAY = timedelta(hours=12)
LEFT_FOR_VISITORS = timedelta(days=6)  # cases younger than this are mostly untouched: there must be something to do
SHARE_FORGOTTEN, SHARE_RESOLVED = 0.1, 0.85


@dataclass(frozen=True)
class Story:
    """How a case goes: what was done, what colleagues read in the end, and what the customer reads of it."""

    cause: str
    outcome: Outcome
    act: EntryKind
    did: str
    ended: str
    told: str = ""
    told_pt: str = ""

    def told_in(self, locale: str) -> str:
        """The customer's words in their language; "" where nobody was reached who could be told."""
        return self.told_pt if locale.startswith("pt") else self.told


STORIES = {story.cause: story for story in (
    Story(
        "late_delivery", Outcome.SATISFIED, EntryKind.CALLED,
        "Rang in the morning, explained what held the parcel up and waived the shipping.",
        "Shipping paid back; the buyer was glad somebody rang.",
        "Your parcel lay in a depot for days, and nobody told you. We paid the shipping back, and from now on we write"
        " as soon as a parcel stands still.",
        "Sua encomenda ficou dias parada num depósito e ninguém avisou. Devolvemos o frete e, a partir de agora,"
        " escrevemos assim que uma encomenda parar no caminho.",
    ),
    Story(
        "damaged", Outcome.SATISFIED, EntryKind.REPLACED,
        "A new one left the warehouse today, double boxed.",
        "Replacement arrived whole.",
        "A new one is on its way to you, in two boxes this time. You need not send the other one back.",
        "Um novo já está a caminho, desta vez em duas caixas. Não é preciso devolver o outro.",
    ),
    Story(
        "product_quality", Outcome.PARTLY_SATISFIED, EntryKind.MAILED,
        "Asked what was wrong with it and offered another of the buyer's choice.",
        "Another one on its way; what was wrong is passed on to the maker.",
        "Thank you for telling us: whoever makes it looks into it now. Another one of your choice is on its way.",
        "Obrigado por avisar: quem fabrica já está verificando. Outro, à sua escolha, está a caminho.",
    ),
    Story(
        "price", Outcome.SATISFIED, EntryKind.REFUNDED,
        "Refunded the difference to the card.",
        "Refund confirmed by the buyer.",
        "You paid more than the week before, and nothing said why. The difference is back on your card in three days.",
        "Você pagou mais do que na semana anterior, sem explicação. A diferença volta para o cartão em até três dias.",
    ),
    Story(
        "staff", Outcome.SATISFIED, EntryKind.APOLOGISED,
        "Rang and apologised: the question had lain in an inbox that nobody reads.",
        "Question answered; two people look after that inbox now.",
        "Your question lay in an inbox that nobody looked after. Two people do now, and your question is answered.",
        "Sua pergunta ficou numa caixa que ninguém lia. Agora duas pessoas cuidam dela, e a pergunta foi respondida.",
    ),
    Story(
        "website", Outcome.NOT_REACHED, EntryKind.CALLED,
        "Two calls, no answer; left a message with our direct number.",
        "Could not be reached. What was said about the shop's pages is with the web team.",
    ),
)}  # fmt: skip

BY_DRIVER = {
    "product": "product_quality",
    "parcel": "damaged",
    "complete": "damaged",
    "price": "price",
    "service": "staff",
    "courier": "staff",
    "ordering": "website",
}
"""What the buyer says decided the score leads to the cause; a delivery may have been late, or the parcel broken."""

QUESTION = Story(
    "not_ours", Outcome.SATISFIED, EntryKind.CALLED,
    "Rang back: nothing wrong, only a question about the next roast.",
    "Question answered.",
    "You asked when the next roast comes: it is in the shop from the first of the month.",
    "Você perguntou quando chega a próxima torra: ela está na loja a partir do dia primeiro.",
)  # fmt: skip
"""What it mostly is when a happy buyer asks to be contacted."""

DESK, WEB_PAGES = (
    Story(
        "staff", Outcome.NO_ACTION_POSSIBLE, EntryKind.FIXED_CAUSE,
        "Spoke with the store: two people at the desk on Saturdays from now on.",
        "Nobody to answer, since nobody said who they were; the rota is changed.",
    ),
    Story(
        "website", Outcome.NO_ACTION_POSSIBLE, EntryKind.NOTED,
        "Shown to the web team, who had heard it before.",
        "Nobody to answer; it is on the web team's list for this month.",
    ),
)  # fmt: skip
"""What is left to do about somebody who walked in and is not known."""


def staff_work(session: Session, key: bytes, moment: datetime, until: datetime) -> None:
    """The owners take what is half a day old, say what they did, and resolve most of it."""
    due = session.execute(
        select(Case, Response.locale)
        .outerjoin(Response, Response.id == Case.response_id)
        .where(
            Case.state == CaseState.OPEN,
            Case.owner_id.is_not(None),
            Case.opened_at <= moment - HALF_A_DAY,
            Case.opened_at <= until - LEFT_FOR_VISITORS,
        )
    ).all()
    for case, locale in due:
        dice = random.Random(f"demo {case.origin_key}")  # noqa: S311 - the same on every start, nothing secret
        if dice.random() >= SHARE_FORGOTTEN:  # somebody is always forgotten, or there would be no queue
            _see_to(session, case, locale or "en", dice, key, moment)


def _see_to(session: Session, case: Case, locale: str, dice: random.Random, key: bytes, moment: datetime) -> None:
    story = _story(session, case)
    owner, at = case.owner_id or 0, moment + timedelta(minutes=dice.randint(5, 400))
    claim(session, case.id, user_id=owner, key=key, now=at)
    log_action(session, case.id, story.act, story.did, user_id=owner, key=key, now=at + timedelta(minutes=20))
    if dice.random() < SHARE_RESOLVED:
        resolve(
            session,
            case.id,
            root_cause=story.cause,
            outcome=story.outcome,
            text=story.ended,
            told=story.told_in(locale),
            user_id=owner,
            key=key,
            now=at + timedelta(hours=3),
        )


def _story(session: Session, case: Case) -> Story:
    """One that fits what is known about the order, and what the buyer says."""
    if case.reason != CaseReason.DETRACTOR or case.response is None:
        return QUESTION
    if case.customer_id is None:
        return DESK if case.response.channel is Channel.KIOSK else WEB_PAGES
    driver = driver_of(session, case.response.id)
    cause = BY_DRIVER.get(driver.chosen[0]) if driver else None
    if cause is None:
        cause = "late_delivery" if _late(case) else "damaged" if driver else "product_quality"
    return STORIES[cause]


def _late(case: Case) -> bool:
    order = case.order
    if order is None or order.promised_on is None:
        return False
    return order.delivered_at is None or order.delivered_at.date() > order.promised_on
