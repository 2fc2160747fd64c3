"""Draws the page that asks for the score. What of it is the same for everybody is drawn once and remembered."""

from dataclasses import dataclass, fields
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format
from flask import current_app

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.invitations.links import PATHS
from feedback_service.invitations.models import LinkScope
from feedback_service.questionnaires.fill import filled
from feedback_service.responses.follow_ups.forms import QuestionFields
from feedback_service.responses.opened import Opened
from feedback_service.responses.stencils import STENCILS, Look, Stencils, mark

TEMPLATE = "respond/answer.html"


@dataclass(frozen=True)
class Trouble:
    """Why the form is shown again."""

    notice: str = ""
    """Above everything."""
    error: str = ""
    """Beside the scale."""


def answer_page(
    opened: Opened, selected: int | None, trouble: Trouble | None = None, questions: QuestionFields | None = None
) -> str:
    """The page with `selected` chosen; filled in again where there was `trouble`, and whole where it is anonymous."""
    own = None if trouble or questions else opened.own
    if own is None or opened.content is None or opened.response is not None or opened.chosen:
        return _drawn(opened, selected, opened.nonce(), trouble, questions)
    look = Look(opened.content, opened.asked_in, selected, opened.root, bool(own.name), bool(own.order))
    stencils: Stencils = current_app.extensions[STENCILS]
    if not stencils.has(look):
        stencils.cut(look, lambda: _drawn(_blank(opened), selected, mark("nonce")))
    page = stencils.fill(look, own.values(opened.nonce(), current_settings().link_key_ring))
    return page or _drawn(opened, selected, opened.nonce())


def _drawn(
    opened: Opened,
    selected: int | None,
    nonce: str,
    trouble: Trouble | None = None,
    questions: QuestionFields | None = None,
) -> str:
    return opened.page(
        TEMPLATE,
        scale=[str(score) for score in opened.survey.structure.scale],
        selected=None if selected is None else str(selected),
        nonce=nonce,
        trouble=trouble or Trouble(),
        form=questions,
        why=opened.page_words.why,
        standing=_standing(opened),
    )


def _standing(opened: Opened) -> str:
    """Whether an answer that was given can still be changed, in a sentence; "" before there is one."""
    until = opened.may_change_until
    if until is None:
        return ""
    zone = ZoneInfo(opened.time_zone) if opened.time_zone else current_settings().zone
    words = filled(opened.common.answered, {"date": _moment(until.astimezone(zone), opened.locale)})
    return words.until if clock.now() < until else words.settled


def _moment(at: datetime, tag: str) -> str:
    """A day and a time of day, to the minute, as they are written in a language."""
    locale = Locale.parse(tag, sep="-")
    day, hour = format_date(at, "long", locale), format_time(at, "short", locale=locale)
    together = str(get_datetime_format("long", locale=locale)).replace("'", "")
    return together.replace("{1}", day).replace("{0}", hour)


class _Blank(Opened):
    """Anybody's link: where a person's own would stand is a mark."""

    def link_to(self, scope: LinkScope) -> str:
        return f"{self.root}/{PATHS[scope]}/{mark(scope.value)}"


def _blank(opened: Opened) -> Opened:
    values = {field.name: getattr(opened, field.name) for field in fields(Opened)}
    values["secret"] = mark("secret")
    values["customer_name"] = opened.customer_name and mark("name")
    values["order_number"] = opened.order_number and mark("order")
    return _Blank(**values)
