"""What the demo's staff do beside single cases: read every answer, ring top spenders, and stop what recurs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Absence, User
from feedback_service.cases.calls.log_call import log_call
from feedback_service.cases.calls.queries import to_call, value_bands
from feedback_service.cases.cover import enter_absence
from feedback_service.cases.improvements.improve import Described, publish, start, take_effect
from feedback_service.cases.improvements.models import Improvement
from feedback_service.cases.improvements.tell import tell
from feedback_service.cases.inbox.seen import mark_read
from feedback_service.cases.models import Case, Outcome
from feedback_service.cases.notices.mark_read import mark_all_read
from feedback_service.cases.work import resolve
from feedback_service.database import LARGEST_ID
from feedback_service.demo.doors import MANAGER, SECOND_STAFF, STAFF
from feedback_service.demo.teams import id_of
from feedback_service.responses.models import Response

A_DAY = timedelta(days=1)
UNREAD = timedelta(days=2)  # before the visitor comes: some answers are for them to read
NEWS = timedelta(days=4)  # the same of notices
CALLS = (12, 5)  # days before the visitor comes on which somebody rings a top spender
QUIET = timedelta(days=90)
THANKED = "Rang to say thank you. Loves the Ember, wishes for larger bags, and did not know about the subscription."
FREE_DAYS_AHEAD = 3  # nobody is away before the visitor has looked around


@dataclass(frozen=True)
class Plan:
    """An improvement; days are counted before the visitor comes, the due day after it is said."""

    title: str
    words: str
    cause: str
    cost_cents: int | None
    said: int
    due: int
    works: int | None = None
    published: str = ""


PLANS = (
    Plan(
        "Another carrier for Portugal", "Tidewell loses track of parcels there; Larkpost scans them at every stop.",
        "late_delivery", 120_000, said=16, due=10, works=9,
        published="You said: my parcel was late, and nobody could tell me where it was.\n\nWe changed the carrier in"
        " Portugal. Parcels are scanned at every stop now, and you hear from us before you have to ask.",
    ),
    Plan(
        "The date of the next roast beside every coffee", "People ring to ask for it; the page can say it.",
        "website", None, said=24, due=14, works=12,
        published="You said: I have to ask when the next roast comes.\n\nIts date stands beside every coffee now, and"
        " you can leave your address to hear of it.",
    ),
    Plan(
        "A second screw for the Harrow's crank", "The maker sends a sample; until then we tighten each one by hand.",
        "product_quality", None, said=6, due=27,
    ),
)  # fmt: skip


def read_answers(session: Session, moment: datetime, until: datetime) -> None:
    """Ana reads what nobody has read yet, each morning, and on the first one all that came before."""
    if moment <= until - UNREAD:
        unread = session.scalars(select(Response.id).where(Response.read_at.is_(None), Response.id > 0)).all()
        mark_read(session, unread, user_id=id_of(session, STAFF[0]), now=moment)


def read_notices(session: Session, moment: datetime, until: datetime) -> None:
    """Everybody reads what they were told, each morning."""
    if moment <= until - NEWS:
        for user_id in session.scalars(select(User.id).order_by(User.id)).all():
            mark_all_read(session, user_id, moment, up_to=LARGEST_ID)


def ring_top_spenders(session: Session, key: bytes, moment: datetime, until: datetime, zone: ZoneInfo) -> None:
    """The next one on the list of calls, on the days of CALLS."""
    days = _days_before(moment, until, zone)
    bands = value_bands(session)
    if days not in CALLS or not bands:
        return
    lines, _ = to_call(session, bands[0], quiet_since=moment - QUIET)
    line = next((line for line in lines if line.case is None), None)
    if line is None:
        return
    ana = id_of(session, STAFF[0])
    at = moment + timedelta(hours=2)
    uid = f"demo-{days}"
    case_id = log_call(
        session, line.customer.id, THANKED, reached=True, uid=uid, user_id=ana, key=key, zone=zone, now=at
    )
    if session.get_one(Case, case_id).resolved_at is None:
        resolve(
            session, case_id, root_cause=None, outcome=Outcome.SATISFIED, text="", reached=True,
            user_id=ana, key=key, now=at + timedelta(minutes=9),
        )  # fmt: skip


def improve(session: Session, key: bytes, moment: datetime, until: datetime, zone: ZoneInfo) -> None:
    """Say what is to change, each plan on its day; publish what works, and tell those whose cases showed it."""
    days, today = _days_before(moment, until, zone), moment.astimezone(zone).date()
    maya, tom = id_of(session, MANAGER[0]), id_of(session, SECOND_STAFF[0])
    for plan in PLANS:
        there = session.scalar(select(Improvement).where(Improvement.title == plan.title))
        if there is None and days <= plan.said:
            start(session, _described(plan, tom, today), user_id=maya, now=moment)
        elif there is not None and plan.works is not None and days <= plan.works and there.took_effect_on is None:
            take_effect(session, there.id, today, today=today)
            publish(session, there.id, plan.published, moment)
            tell(session, there.id, user_id=maya, key=key, now=moment)


def enter_holiday(session: Session, moment: datetime, until: datetime, zone: ZoneInfo) -> None:
    """Tom is away the week after this one, and Ana keeps what he promised."""
    tom = id_of(session, SECOND_STAFF[0])
    if session.scalar(select(Absence.id).where(Absence.user_id == tom)) is None:
        first = _next_monday(until.astimezone(zone).date() + FREE_DAYS_AHEAD * A_DAY)
        enter_absence(
            session,
            user_id=tom,
            first_day=first,
            last_day=first + 4 * A_DAY,
            taker_id=id_of(session, STAFF[0]),
            entered_by=id_of(session, MANAGER[0]),
            now=moment,
            zone=zone,
        )


def _described(plan: Plan, owner: int, today: date) -> Described:
    currency = "EUR" if plan.cost_cents is not None else None
    due = today + plan.due * A_DAY
    return Described(plan.title, plan.words, plan.cause, owner, due, plan.cost_cents, currency)


def _days_before(moment: datetime, until: datetime, zone: ZoneInfo) -> int:
    return (until.astimezone(zone).date() - moment.astimezone(zone).date()).days


def _next_monday(day: date) -> date:
    return day + (-day.weekday() % 7) * A_DAY
