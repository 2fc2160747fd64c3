"""The colleagues who work the demo's queues: they ring, write, replace and refund, and say what was done."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import passed
from feedback_service.accounts.calendars import hours_of
from feedback_service.cases.merge import merge
from feedback_service.cases.models import Case, CaseKind, CaseState, EntryKind, Outcome
from feedback_service.cases.note import write_down
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.work import claim, resolve
from feedback_service.demo.conversations import answered_cases, ask_by_mail
from feedback_service.responses.follow_ups.queries import driver_of
from feedback_service.responses.models import Channel

HALF_A_DAY = timedelta(hours=12)
LEFT_FOR_VISITORS = timedelta(days=3)  # cases younger than this are mostly untouched: there must be something to do
FORGOTTEN_FROM, FORGOTTEN_UNTIL = timedelta(days=10), timedelta(days=6)  # before the visit: one lies there for certain
FOUND_AGAIN = timedelta(days=8)  # what was forgotten or left lying is seen to then, late
WAITED_ENOUGH = timedelta(days=5)
SHARE_FORGOTTEN, SHARE_RESOLVED = 0.12, 0.85


@dataclass(frozen=True)
class Story:
    """How a case goes: what was done, what colleagues read in the end, and what the customer reads of it."""

    cause: str | None
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
    "website", Outcome.SATISFIED, EntryKind.CALLED,
    "Rang back: nothing wrong, only a question about the next roast.",
    "Question answered.",
    "You asked when the next roast comes: it is in the shop from the first of the month.",
    "Você perguntou quando chega a próxima torra: ela está na loja a partir do dia primeiro.",
)  # fmt: skip
"""What it mostly is when a happy buyer asks to be contacted."""

MISREAD = Story(
    "not_ours",
    Outcome.SATISFIED,
    EntryKind.CALLED,
    "Rang to ask what was meant: all is well, the scale was held upside down.",
    "Content; a slip of the finger. Thanked for the words.",
)
"""What it mostly is when score and words contradict each other."""

ANSWERED = Story(
    "product_quality",
    Outcome.SATISFIED,
    EntryKind.MAILED,
    "",
    "Another one left today; what was wrong is passed on to the maker.",
    "Thank you for the mail. Another one is on its way to you, and whoever makes it knows what was wrong.",
    "Obrigado pelo e-mail. Outro já está a caminho, e quem fabrica sabe o que estava errado.",
)
"""How a conversation by mail ends."""

SILENT = Story(
    "product_quality",
    Outcome.NOT_REACHED,
    EntryKind.MAILED,
    "",
    "No answer to our mail for five days; they know where to find us.",
)

CALLED_TO_THANK = Story(
    None,
    Outcome.SATISFIED,
    EntryKind.CALLED,
    "Rang to say thank you; they had not expected that anybody reads it.",
    "Thanked.",
)
"""A call to somebody who is content."""

DESK, WEB_PAGES = (
    Story(
        "staff", Outcome.NO_ACTION_POSSIBLE, EntryKind.FIXED_CAUSE,
        "From now on two of us are at the desk on Saturdays.",
        "Nobody to answer, since nobody said who they were; the rota is changed.",
    ),
    Story(
        "website", Outcome.NO_ACTION_POSSIBLE, EntryKind.NOTED,
        "Shown to the web team, who had heard it before.",
        "Nobody to answer; it is on the web team's list for this month.",
    ),
)  # fmt: skip
"""What is left to do about somebody who walked in and is not known."""


class Staff:
    """Everybody who answers customers, at work on one morning."""

    def __init__(self, session: Session, key: bytes, shop: str, moment: datetime) -> None:
        self._session, self._key, self._shop, self._moment = session, key, shop, moment

    def work(self, until: datetime) -> None:
        """Take what is half a day old, say what was done, and resolve most of it; nothing while a team is closed."""
        left_alone = self._left_alone(until)
        for case in self._due(until):
            who = case.customer.external_id if case.customer else case.origin_key
            dice = random.Random(f"demo {who} {case.opened_at:%Y%m%d}")  # noqa: S311 - the same on every start
            forgotten = dice.random() < SHARE_FORGOTTEN or case.id == left_alone  # or there would be no ladder
            if not forgotten or case.opened_at <= self._moment - FOUND_AGAIN:
                self._see_to(case, dice)
        if self._moment <= until - LEFT_FOR_VISITORS:
            self._go_on()

    def _due(self, until: datetime) -> list[Case]:
        found = self._session.scalars(
            select(Case)
            .where(
                Case.state == CaseState.OPEN,
                Case.owner_id.is_not(None),
                Case.opened_at <= self._moment - HALF_A_DAY,
                Case.opened_at <= until - LEFT_FOR_VISITORS,
            )
            .order_by(Case.id)
        )
        return [case for case in found if self._here(case)]

    def _left_alone(self, until: datetime) -> int | None:
        """The case of which the visitor finds that it was forgotten."""
        return self._session.scalar(
            select(Case.id)
            .where(
                Case.opened_at.between(until - FORGOTTEN_FROM, until - FORGOTTEN_UNTIL),
                Case.kind == CaseKind.FOLLOW_UP,
                Case.customer_id.is_not(None),
            )
            .order_by(Case.id.desc())
            .limit(1)
        )

    def _here(self, case: Case) -> bool:
        """Whether the case's team works today."""
        hours = hours_of(self._session, case.queue.team_id)
        return hours is None or passed(hours, self._moment, self._moment + HALF_A_DAY) > timedelta()

    def _see_to(self, case: Case, dice: random.Random) -> None:
        owner, at = case.owner_id or 0, self._moment + timedelta(minutes=dice.randint(65, 400))
        other = self._same_customers(case)
        if other is not None:
            merge(self._session, case.id, other, user_id=owner, key=self._key, now=at)
            return
        story = story_of(self._session, case)
        claim(self._session, case.id, user_id=owner, key=self._key, now=at)
        at += timedelta(minutes=20)
        if story.act is EntryKind.MAILED and ask_by_mail(
            self._session, case, user_id=owner, key=self._key, now=at, shop=self._shop
        ):
            return
        reached = story.outcome is not Outcome.NOT_REACHED
        write_down(self._session, case.id, story.act, story.did, reached=reached, user_id=owner, key=self._key, now=at)
        if dice.random() < SHARE_RESOLVED:
            self._resolve(case, story, reached and case.customer_id is not None, at + timedelta(minutes=160))

    def _same_customers(self, case: Case) -> int | None:
        """A case that the same customer has in somebody's hands already."""
        if case.customer_id is None:
            return None
        return self._session.scalar(
            select(Case.id)
            .where(Case.customer_id == case.customer_id, Case.state == CaseState.IN_PROGRESS, Case.id != case.id)
            .order_by(Case.id)
            .limit(1)
        )

    def _go_on(self) -> None:
        """Close what was answered by mail, what waited in vain, and what was left lying."""
        for case in answered_cases(self._session):
            self._close(case, ANSWERED, True)
        begun = select(Case).where(Case.state == CaseState.IN_PROGRESS).order_by(Case.id)
        for case in self._session.scalars(begun.where(Case.waiting_since <= self._moment - WAITED_ENOUGH)).all():
            self._close(case, SILENT, False)
        left = begun.where(Case.waiting_since.is_(None), Case.opened_at <= self._moment - FOUND_AGAIN)
        for case in self._session.scalars(left).all():
            self._close(case, story_of(self._session, case), case.customer_id is not None)

    def _close(self, case: Case, story: Story, reached: bool) -> None:
        if self._here(case):
            self._resolve(case, story, reached, self._moment + timedelta(minutes=90))

    def _resolve(self, case: Case, story: Story, reached: bool, at: datetime) -> None:
        resolve(
            self._session,
            case.id,
            root_cause=story.cause,
            outcome=story.outcome,
            text=story.ended,
            told=story.told_in(case.response.locale if case.response else "en"),
            reached=reached,
            user_id=case.owner_id or 0,
            key=self._key,
            now=at,
        )


def story_of(session: Session, case: Case) -> Story:
    """One that fits what is known about the order, and what the buyer says."""
    if case.kind is not CaseKind.FOLLOW_UP:
        return MISREAD if case.kind is CaseKind.REVIEW else CALLED_TO_THANK
    if case.reason is CaseReason.BY_HAND:
        return STORIES["late_delivery"]
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
