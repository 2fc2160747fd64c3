"""Puts promises into words: the part of a case's page, and the lines of the page of promises."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from flask import url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.desk.visible import sees_all
from feedback_service.cases.form_parts import PressForm
from feedback_service.cases.models import Case, EntryKind
from feedback_service.cases.promises.forms import HandOnForm, LetGoForm, PromiseForm
from feedback_service.cases.promises.queries import PromiseLine, colleagues_who_can, promises_of
from feedback_service.cases.shown import buyer_named
from feedback_service.formats import moment, time_left

ERASED = "Words erased"
PROMISING = frozenset({EntryKind.PROMISED, EntryKind.TOOK_IN})
"""The log of a case with promises, its own or those of a case merged into it, holds one of these."""
ONE_DAY = timedelta(days=1)


def promises_part(
    session: Session,
    case: Case,
    user: User,
    kinds: frozenset[EntryKind],
    now: datetime,
    zone: ZoneInfo,
    typed: FlaskForm | None = None,
) -> SimpleNamespace:
    """The promises of a case as templates/cases/parts/promises.html shows them.

    `kinds`: what the log holds. `typed` is a form that was sent and is shown again as it was, in place of the fresh one
    with its prefix.
    """
    mine = case.is_worked_on_by(user.id)
    lines = promises_of(session, case.id) if kinds & PROMISING else []
    needed = mine or any(line.promise.stands for line in lines)
    colleagues = colleagues_who_can(session, case.queue_id) if needed else []
    in_charge = case.owner_id == user.id or sees_all(user)
    return SimpleNamespace(
        open=[
            _open(line, colleagues, now, zone, typed, may_act=in_charge or line.promise.owner_id == user.id)
            for line in lines
            if line.promise.stands
        ],
        ended=[_ended(line, zone) for line in lines if not line.promise.stands],
        form=_fresh(typed, _new_form(colleagues, user, now, zone)) if mine else None,
        make_url=url_for("promises.make_one", case_id=case.id),
    )


def _new_form(colleagues: list[tuple[int, str]], user: User, now: datetime, zone: ZoneInfo) -> PromiseForm:
    tomorrow = (now.astimezone(zone) + ONE_DAY).date()
    return PromiseForm(colleagues, zone, now, formdata=None, data={"due_on": tomorrow, "owner": user.id})


def _fresh(typed: FlaskForm | None, fresh: FlaskForm) -> FlaskForm:
    """The form that was sent, where it is this one."""
    return typed if isinstance(typed, type(fresh)) and typed._prefix == fresh._prefix else fresh


def _open(
    line: PromiseLine,
    colleagues: list[tuple[int, str]],
    now: datetime,
    zone: ZoneInfo,
    typed: FlaskForm | None,
    *,
    may_act: bool,
) -> SimpleNamespace:
    promise = line.promise
    others = [(id, name) for id, name in colleagues if id != promise.owner_id]
    return SimpleNamespace(
        **_told(line, now, zone),
        keep_form=PressForm(formdata=None) if may_act else None,
        let_go_form=_fresh(typed, LetGoForm(promise.id, formdata=None)),
        hand_on_form=_fresh(typed, HandOnForm(promise.id, others, formdata=None)) if others else None,
        keep_url=url_for("promises.keep_one", promise_id=promise.id),
        let_go_url=url_for("promises.let_one_go", promise_id=promise.id),
        hand_on_url=url_for("promises.hand_one_on", promise_id=promise.id),
    )


def _ended(line: PromiseLine, zone: ZoneInfo) -> SimpleNamespace:
    promise = line.promise
    kept = "Kept too late" if promise.broken_at is not None else "Kept"
    how = kept if promise.kept_at is not None else "Let go"
    ended = promise.kept_at or promise.let_go_at or promise.made_at
    return SimpleNamespace(
        words=line.words or ERASED,
        how=how,
        kind="late" if promise.broken_at is not None else "done" if promise.kept_at is not None else "",
        when=moment(ended, zone),
        due=moment(promise.due_at, zone),
        owner=line.owner,
        reason=promise.let_go_reason or "",
    )


def _told(line: PromiseLine, now: datetime, zone: ZoneInfo) -> dict[str, object]:
    promise = line.promise
    return {
        "words": line.words or ERASED,
        "owner": line.owner,
        "due": moment(promise.due_at, zone),
        "time_left": time_left(promise.due_at, now),
        "late": promise.due_at <= now,
    }


def promise_line(line: PromiseLine, user: User, now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    """A promise as the page of promises shows it."""
    promise = line.promise
    return SimpleNamespace(
        **_told(line, now, zone),
        customer=buyer_named(line.customer),
        url=url_for("cases.show", case_id=line.case_id),
        mine=promise.owner_id == user.id,
        keep_url=url_for("promises.keep_one", promise_id=promise.id, back="list"),
    )
