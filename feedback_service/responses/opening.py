"""Opens a personal link, in one statement, and hands its pages all they need; the wrong ones end here."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import redirect, render_template, request
from sqlalchemy import Connection, Row
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.invitations.links import token_hash
from feedback_service.invitations.models import LinkScope
from feedback_service.invitations.record_visits import noted
from feedback_service.invitations.visit_book import visit_book
from feedback_service.questionnaires.common_words import CommonWords, Notice, common_words
from feedback_service.questionnaires.definition import SurveyDefinition, SurveyStatus
from feedback_service.questionnaires.recall import Content, recall
from feedback_service.responses.models import Channel
from feedback_service.responses.opened import Answered, Opened, tongue
from feedback_service.responses.queries import asked_behind, walk_in_answer
from feedback_service.responses.walk_in_links import SIGNED, sign_walk_in, walk_in_behind

__all__ = ["Answer", "Answered", "Opened", "personal", "said", "walk_in_secret"]

MAILED = "responses.answer"
"""The page that a mail links to; the others follow a press, which is more than a visit."""
LAST_PAGE = "after.thanks"
"""What an answer leads to in the end; it is shown even where the link itself is done with."""

P = ParamSpec("P")
Answer = str | HttpResponse | tuple[str, int]


def walk_in_secret(uid: str) -> str:
    """The secret behind which a walk-in's answer `uid` is found again, at the same pages as everybody's."""
    return sign_walk_in(current_settings().link_key_ring, uid)


def personal(view: Callable[Concatenate[Opened, P], Answer]) -> Callable[..., Answer]:
    """Open the link first; every wrong one gets the same answer, and one that is done with says so."""

    @wraps(view)
    def opened(secret: str, *args: P.args, **kwargs: P.kwargs) -> Answer:
        found = _find(secret)
        if found is None:
            locale, common = common_words(*_wanted_by_browser(), current_settings().shop_locale)
            return said(common.unknown_link, 404, locale, common)
        link, ended = found
        if request.endpoint == MAILED and link.invitation_id is not None:
            _note(link.invitation_id)
        return view(link, *args, **kwargs) if ended is None else ended

    return opened


def _note(invitation_id: int) -> None:
    """Keep as evidence that the link was opened; the page does not wait for it."""
    seen = noted(
        invitation_id, LinkScope.ANSWER, method=request.method, agent=request.user_agent.string, now=clock.now()
    )
    visit_book().note(seen)


def said(notice: Notice, status: int, locale: str, common: CommonWords, **context: Any) -> tuple[str, int]:
    """A page that only says something."""
    page = render_template(
        "respond/closed.html",
        heading=notice.heading,
        text=notice.text,
        common=common,
        locale=locale,
        direction=tongue(locale).direction,
        shop_name=current_settings().shop_name,
        **context,
    )
    return page, status


def _find(secret: str) -> tuple[Opened, Answer | None] | None:
    """The link, with the page that stands in for all others where it is done with; None where there is no such link."""
    with db.looking.connect() as connection:
        if secret.startswith(SIGNED):
            uid = walk_in_behind(current_settings().link_key_ring, secret)
            row = walk_in_answer(connection, uid) if uid else None
            found = (row, _walked_in(connection, secret, row)) if row else None
        else:
            row = asked_behind(connection, token_hash(secret))
            found = (row, _asked(connection, secret, row)) if row else None
    if found is None:
        return None
    row, opened = found
    return opened, _ended(opened, row, clock.now())


def _ended(opened: Opened, row: Row[Any], now: datetime) -> Answer | None:
    """The page that says why there is nothing to do behind this link any more; None where there is."""
    over = _over(opened, row, now)
    if over is None:
        return None
    notice, status = over
    words, answered = opened.common.answering, opened.spent or opened.response is not None
    if request.endpoint == LAST_PAGE and answered and notice in (words.spent, words.closed):
        return None
    if notice is opened.common.expired and opened.invitation_id is not None and _confirmed(opened):
        return redirect(opened.link_to(LinkScope.STATUS), 303)
    return said(notice, status, opened.locale, opened.common)


def _over(opened: Opened, row: Row[Any], now: datetime) -> tuple[Notice, int] | None:
    """The first reason why a link is done with, and the page's status."""
    words, answered = opened.common.answering, opened.response
    reasons = (
        (answered is not None and answered.withdrawn_at is not None, words.withdrawn, 410),
        (opened.spent, words.spent, 200),
        (_cancelled(row), words.cancelled, 410),
        (now >= _expires_at(opened, row), opened.common.expired, 410),
        (opened.survey.rules.status is SurveyStatus.CLOSED, words.closed, 410),
    )
    return next(((notice, status) for holds, notice, status in reasons if holds), None)


def _confirmed(opened: Opened) -> bool:
    return opened.response is not None and opened.response.suspected is None


def _cancelled(row: Row[Any]) -> bool:
    return getattr(row, "cancelled_at", None) is not None  # a walk-in has nothing that could be taken back


def _expires_at(opened: Opened, row: Row[Any]) -> datetime:
    if opened.invitation_id is not None:
        moment: datetime = row.expires_at
        return moment
    first: datetime = row.answered_at
    return first + timedelta(days=opened.survey.rules.asking.link_days)


def _asked(connection: Connection, secret: str, row: Row[Any]) -> Opened:
    content = _content(row)
    survey = recall(connection, row.version_id, content)
    locale, chosen = _language(survey, row.locale, row.asked_in)
    return Opened(
        secret=secret,
        survey=survey,
        version_id=row.version_id,
        common=common_words(locale)[1],
        locale=locale,
        chosen=chosen,
        customer_name=row.customer_name,
        order_number=row.order_number or "",
        customer_id=row.customer_id,
        order_id=row.order_id,
        channel=Channel.MAIL,
        collector_id=None,
        response=_answered(row) if row.response_id is not None else None,
        invitation_id=row.invitation_id,
        uid=row.uid,
        link_generation=row.link_generation,
        asked_in=row.asked_in,
        time_zone=row.time_zone,
        event_key=row.event_key,
        asked_at=row.created_at,
        spent=survey.structure.anonymous and row.spent_at is not None,
        content=content,
        root=request.script_root,
        visitor=request.remote_addr,
    )


def _walked_in(connection: Connection, secret: str, row: Row[Any]) -> Opened:
    content = _content(row)
    survey = recall(connection, row.version_id, content)
    locale, chosen = _language(survey, row.locale, None)
    return Opened(
        secret=secret,
        survey=survey,
        version_id=row.version_id,
        common=common_words(locale)[1],
        locale=locale,
        chosen=chosen,
        customer_name="",  # whoever walks in has proved nothing about who they are
        order_number=row.order_number or "",
        customer_id=row.customer_id,
        order_id=row.order_id,
        channel=row.channel,
        collector_id=row.collector_id,
        response=_answered(row),
        uid=row.uid,
        content=content,
        root=request.script_root,
        visitor=request.remote_addr,
    )


def _content(row: Row[Any]) -> Content:
    return Content(row.survey_key, row.metric, row.content_hash, row.rules)


def _answered(row: Row[Any]) -> Answered:
    return Answered(
        id=row.response_id,
        score=row.score,
        latest_score=row.latest_score,
        comment=row.comment,
        wants_contact=row.wants_contact,
        remedy=row.remedy,
        contact_how=row.contact_how,
        contact_when=row.contact_when,
        contact_phone=row.contact_phone,
        answered_at=row.answered_at,
        revision=row.revision,
        suspected=row.suspected,
        withdrawn_at=row.withdrawn_at,
        locale=row.locale,
    )


def _language(survey: SurveyDefinition, answered_in: str | None, asked_in: str | None) -> tuple[str, bool]:
    """The language chosen on this page, else the answer's, else the mail's; and whether it was chosen here."""
    wanted = request.args.get("lang")
    if wanted in survey.wordings:
        return str(wanted), True
    return survey.locale_for(answered_in or asked_in), False


def _wanted_by_browser() -> Sequence[str]:
    return [locale for locale in (request.args.get("lang"), *request.accept_languages.values()) if locale]
