"""The last days of the demo's queue, played so that a visitor finds one of everything: a promise kept, one broken, one
for tomorrow, a conversation by mail, a case that waits for its customer, one put off, one that took a double in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import passed
from feedback_service.accounts.calendars import hours_of
from feedback_service.cases.by_hand.open_by_hand import Written, open_by_hand
from feedback_service.cases.mails.reply import reply
from feedback_service.cases.mails.way import why_no_mail
from feedback_service.cases.merge import merge
from feedback_service.cases.models import Case, CaseEntryWords, CaseKind, CaseState, EntryKind
from feedback_service.cases.note import write_down
from feedback_service.cases.promises.promise import keep, make
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.rest import snooze
from feedback_service.cases.work import claim
from feedback_service.demo.conversations import ask_by_mail
from feedback_service.demo.doors import MANAGER, SECOND_STAFF, STAFF
from feedback_service.demo.staff import FORGOTTEN_UNTIL
from feedback_service.demo.teams import CARE, id_of

A_DAY, A_MINUTE = timedelta(days=1), timedelta(minutes=1)
NEW = FORGOTTEN_UNTIL  # before the visitor comes; older cases are no part of the last days

CALLED_FIRST = "Rang at once: the box was open, and the slip of another order lay in it. Very patient about it."
KEPT = "What was missing leaves us today, and the tracking number comes by mail this afternoon."
ASKED_ROUND = f"@{SECOND_STAFF[1]} you packed that day: were two orders mixed up? @{MANAGER[1]} for your list."
WROTE = {
    "en": "Hello {name},\n\nthe parcel with what was missing has left us, the tracking number is {number}."
    " I pay the shipping of your first order back as well; you will have it by tomorrow evening."
    "\n\nDid anything else arrive damaged?",
    "pt-BR": "Olá, {name},\n\no pacote com o que faltava já saiu; o número de rastreio é {number}."
    " Também devolvo o frete do primeiro pedido; você recebe até amanhã à noite."
    "\n\nMais alguma coisa chegou danificada?",
}
DUE_TOMORROW = "The shipping of the first order is paid back."
RANG_AGAIN = "Rang about the same parcel while we were writing. Wants to be told once, by one of us."
TOLD_THEM = "Told them on the phone that a colleague has it, and what is on its way."
OWED = "Rang and apologised. They would rather have their money back than another one."
BROKEN = "The money is on the card."
SEEN_BEFORE = "Asking for a photo first: two from the same box looked like this last week."
NOBODY_THERE = "Rang twice, nobody there; a recording says they are back in three days."


class By(TypedDict):
    """Who does something, as every act asks."""

    user_id: int
    key: bytes


@dataclass(frozen=True)
class Day:
    """A working day of care, in the morning."""

    session: Session
    key: bytes
    zone: ZoneInfo
    shop: str
    morning: datetime
    until: datetime
    """When the visitor comes."""

    def at(self, minutes: int) -> datetime:
        """So long after the morning began."""
        return self.morning + minutes * A_MINUTE

    def visitors(self, days: int, hour: int) -> datetime:
        """An hour of the visitor's own day, or of one so many days after it."""
        day = self.until.astimezone(self.zone).date() + days * A_DAY
        return datetime.combine(day, time(hour), self.zone)


def last_days(day: Day) -> None:
    """Play what belongs to this day, each thing once: its words in a log say that it was played."""
    left = working_days_left(day)
    for scene in SCENES:
        if left <= scene.days_before and not _told(day.session, scene.words):
            case = _next_case(day, by_mail=scene.by_mail)
            if case is not None:
                scene.play(day, case, id_of(day.session, scene.who[0]))


def working_days_left(day: Day) -> int:
    """How many days care works from this one on until the visitor comes; a large number on a day when it is closed."""
    hours = hours_of(day.session, day.session.scalars(select(Queue.team_id).where(Queue.key == CARE)).one())
    mornings = [day.morning + number * A_DAY for number in range((day.until - day.morning) // A_DAY + 1)]
    works = [hours is None or passed(hours, morning, morning + A_DAY / 2) > timedelta() for morning in mornings]
    return sum(works) if works and works[0] else len(works) + 1000


def _told(session: Session, words: str) -> bool:
    return bool(session.scalar(select(select(CaseEntryWords.case_id).where(CaseEntryWords.text == words).exists())))


def _next_case(day: Day, *, by_mail: bool) -> Case | None:
    """The oldest of care's that nobody has taken yet; where it has to be, one whose customer can be written to."""
    waiting = day.session.scalars(
        select(Case)
        .join(Queue, Queue.id == Case.queue_id)
        .where(
            Queue.key == CARE,
            Case.state == CaseState.OPEN,
            Case.customer_id.is_not(None),
            Case.opened_at.between(day.until - NEW, day.morning),
        )
        .order_by(Case.id)
    )
    fits = (case for case in waiting if not by_mail or _follows_up(day.session, case))
    return next(fits, None)


def _follows_up(session: Session, case: Case) -> bool:
    return case.kind is CaseKind.FOLLOW_UP and not why_no_mail(session, case)


def _promise_that_breaks(day: Day, case: Case, owner: int) -> None:
    by = By(user_id=owner, key=day.key)
    claim(day.session, case.id, now=day.at(70), **by)
    write_down(day.session, case.id, EntryKind.CALLED, OWED, reached=True, now=day.at(82), **by)
    make(day.session, case.id, words=BROKEN, due_at=day.at(9 * 60), owner_id=owner, now=day.at(85), **by)


def _conversation(day: Day, case: Case, owner: int) -> None:
    """The longest story: rung, promised, kept, asked colleagues, written, and promised again."""
    by = By(user_id=owner, key=day.key)
    claim(day.session, case.id, now=day.at(65), **by)
    write_down(day.session, case.id, EntryKind.CALLED, CALLED_FIRST, reached=True, now=day.at(78), **by)
    kept = make(day.session, case.id, words=KEPT, due_at=day.at(8 * 60), owner_id=owner, now=day.at(80), **by)
    write_down(day.session, case.id, EntryKind.NOTED, ASKED_ROUND, now=day.at(95), **by)
    keep(day.session, kept.id, now=day.at(240), **by)
    name = case.customer.name.split()[0] if case.customer and case.customer.name else ""
    day.session.refresh(case)
    words = WROTE[case.response.locale if case.response else "en"].format(name=name, number="LK 4471 902 PT")
    reply(day.session, case.id, words, seen=case.log_length, now=day.at(250), **by)
    tomorrow = day.visitors(1, 17)
    make(day.session, case.id, words=DUE_TOMORROW, due_at=tomorrow, owner_id=owner, now=day.at(252), **by)
    _double(day, case)


def _double(day: Day, case: Case) -> None:
    """The customer rings, and whoever picks up does not know that a colleague has the case."""
    tom = id_of(day.session, SECOND_STAFF[0])
    written = Written(case.customer_id or 0, case.order_id, RANG_AGAIN, 1, False, None, f"demo-again-{case.id}")
    double = open_by_hand(day.session, written, user_id=tom, locale="en", key=day.key, zone=day.zone, now=day.at(260))
    by = By(user_id=tom, key=day.key)
    claim(day.session, double, now=day.at(261), **by)
    write_down(day.session, double, EntryKind.CALLED, TOLD_THEM, reached=True, now=day.at(264), **by)
    merge(day.session, double, case.id, now=day.at(266), **by)


def _wait_for_photo(day: Day, case: Case, owner: int) -> None:
    by = By(user_id=owner, key=day.key)
    claim(day.session, case.id, now=day.at(90), **by)
    write_down(day.session, case.id, EntryKind.NOTED, SEEN_BEFORE, now=day.at(93), **by)
    day.session.refresh(case)
    ask_by_mail(day.session, case, user_id=owner, key=day.key, now=day.at(97), shop=day.shop)


def _put_off(day: Day, case: Case, owner: int) -> None:
    by = By(user_id=owner, key=day.key)
    claim(day.session, case.id, now=day.at(110), **by)
    write_down(day.session, case.id, EntryKind.CALLED, NOBODY_THERE, reached=False, now=day.at(130), **by)
    snooze(day.session, case.id, day.visitors(3, 9), "Until they are back.", now=day.at(132), **by)


@dataclass(frozen=True)
class Scene:
    """One thing that happens in the last days, and by which words one sees that it has."""

    days_before: int
    """Working days before the visitor comes, or later where no case fits by then."""
    words: str
    who: tuple[str, str, str]
    play: Callable[[Day, Case, int], None]
    by_mail: bool = False


SCENES = (
    Scene(3, BROKEN, SECOND_STAFF, _promise_that_breaks),
    Scene(2, KEPT, STAFF, _conversation, by_mail=True),
    Scene(1, SEEN_BEFORE, STAFF, _wait_for_photo, by_mail=True),
    Scene(1, NOBODY_THERE, SECOND_STAFF, _put_off),
)
