"""Puts improvements into words: the list, the page of one, the part of a case's page."""

from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import url_for
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.desk.visible import sees_all
from feedback_service.cases.improvements.forms import ChooseForm
from feedback_service.cases.improvements.models import Improvement
from feedback_service.cases.improvements.queries import (
    ImprovementLine,
    LinkedCase,
    View,
    improvements_of,
    open_improvements,
)
from feedback_service.cases.improvements.tell import Audience
from feedback_service.cases.models import Case
from feedback_service.cases.shown import STATE_WORDS, buyer_named
from feedback_service.formats import many, money

VIEW_WORDS = {View.OPEN: "Open", View.EFFECTIVE: "Took effect", View.DROPPED: "Dropped"}


def day(on: date | None) -> str:
    """A day such as 3 Mar 2026."""
    return format_date(on, "d MMM y", locale="en") if on is not None else ""


def state_of(improvement: Improvement) -> str:
    """Where it stands, in words."""
    if improvement.dropped_at is not None:
        return VIEW_WORDS[View.DROPPED]
    return VIEW_WORDS[View.OPEN if improvement.took_effect_on is None else View.EFFECTIVE]


def cost_of(improvement: Improvement) -> str:
    """What it costs; "" where nobody said."""
    if improvement.cost_minor is None or improvement.currency is None:
        return ""
    return money(improvement.cost_minor, improvement.currency)


def improvement_line(line: ImprovementLine, causes: dict[str, str], today: date) -> SimpleNamespace:
    """A row of the list."""
    improvement = line.improvement
    still_open = improvement.took_effect_on is None and improvement.dropped_at is None
    return SimpleNamespace(
        title=improvement.title,
        url=url_for("improvements.show", improvement_id=improvement.id),
        cause=causes.get(improvement.cause_key or "", ""),
        owner=line.owner,
        due=day(improvement.due_on),
        late=still_open and improvement.due_on < today,
        effect=day(improvement.took_effect_on),
        cost=cost_of(improvement),
        linked=line.linked,
        published=improvement.published_at is not None,
    )


def linked_row(found: LinkedCase, zone: ZoneInfo) -> SimpleNamespace:
    """A linked case on the page of its improvement."""
    return SimpleNamespace(
        id=found.case_id,
        url=url_for("cases.show", case_id=found.case_id),
        customer=buyer_named(found.customer),
        state=STATE_WORDS[found.state],
        opened=day(today_in(zone, found.opened_at)),
        told=day(today_in(zone, found.told_at)) if found.told_at else "",
    )


def who_can_be_told(found: Audience) -> SimpleNamespace:
    """How many can be told, and why others cannot, each in a sentence."""
    return SimpleNamespace(
        number=len(found.people),
        people=many(len(found.people), "person", "people"),
        told=f"{many(found.told, 'person was', 'people were')} told." if found.told else "",
        others=[f"{many(number, 'person', 'people')}: {reason}." for reason, number in found.others.most_common()],
    )


def improvements_part(session: Session, case: Case, user: User) -> SimpleNamespace:
    """What a case's page shows of improvements; whoever manages can link it to one."""
    linked = improvements_of(session, case.id)
    manages = sees_all(user)
    ids = {improvement.id for improvement in linked}
    others = [(each.id, each.title) for each in open_improvements(session) if each.id not in ids] if manages else []
    return SimpleNamespace(
        linked=[
            (each.title, state_of(each), url_for("improvements.show", improvement_id=each.id) if manages else "")
            for each in linked
        ],
        form=ChooseForm(others, formdata=None) if others else None,
        url=url_for("improvements.link_case", case_id=case.id),
    )


def today_in(zone: ZoneInfo, now: datetime) -> date:
    """The shop's day at a moment."""
    return now.astimezone(zone).date()
