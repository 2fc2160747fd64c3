"""Draws an answering page for somebody invented. Its links lead nowhere, and the nonce in its form fits no link."""

import secrets
from datetime import datetime
from enum import StrEnum

from flask import current_app

from feedback_service.config import current_settings
from feedback_service.delivery.preview import NAME, ORDER
from feedback_service.questionnaires.common_words import common_words
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.words import Band
from feedback_service.responses.answer_page import answer_page
from feedback_service.responses.follow_ups.forms import FollowUpForm
from feedback_service.responses.follow_ups.parts import asking_in
from feedback_service.responses.models import Channel
from feedback_service.responses.opened import Answered, Opened
from feedback_service.responses.pulse_form import PulseForm
from feedback_service.responses.rules.bands import band


class Shown(StrEnum):
    """Which page is looked at."""

    SCORE = "score"
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


BANDS: dict[Shown, Band] = {Shown.LOW: "detractor", Shown.MIDDLE: "passive", Shown.HIGH: "promoter"}
"""Whose questions a page after the score shows."""


def draw(survey: SurveyDefinition, locale: str, page: Shown, now: datetime) -> str:
    """A page of a survey that speaks `locale`, published or not."""
    # As a buyer's browser asks for it: the form that the manager sent must not fill in the one that is drawn.
    with current_app.test_request_context("/r/preview", base_url=current_settings().base_url):
        if page is Shown.SCORE or survey.structure.anonymous:
            return _score_page(_opened(survey, locale, None, now))
        scores = survey.structure.scale
        score = next((score for score in scores if _band(survey, score) == BANDS[page]), scores[-1])
        return _more_page(_opened(survey, locale, score, now))


def _band(survey: SurveyDefinition, score: int) -> Band:
    return band(survey.structure.kind, score, survey.rules.thresholds.detractor_max)


def _opened(survey: SurveyDefinition, locale: str, score: int | None, now: datetime) -> Opened:
    """A link that no database knows."""
    by_order = survey.rules.trigger.by_order
    return Opened(
        secret=secrets.token_urlsafe(),
        survey=survey,
        version_id=0,
        common=common_words(locale)[1],
        locale=locale,
        chosen=False,
        customer_name=NAME,
        order_number=ORDER if by_order else "",
        customer_id=None,
        order_id=0 if by_order else None,
        channel=Channel.MAIL,
        collector_id=None,
        response=None if score is None else _answered(score, locale, now),
        invitation_id=0,
        uid=secrets.token_hex(16),
    )


def _answered(score: int, locale: str, now: datetime) -> Answered:
    return Answered(
        id=0,
        score=score,
        latest_score=score,
        comment="",
        wants_contact=False,
        remedy=None,
        contact_how=None,
        contact_when=None,
        contact_phone=None,
        answered_at=now,
        revision=0,
        suspected=None,
        withdrawn_at=None,
        locale=locale,
    )


def _score_page(opened: Opened) -> str:
    structure = opened.survey.structure
    if not structure.anonymous:
        return answer_page(opened, None)
    return answer_page(
        opened, None, questions=PulseForm(structure.follow_ups, opened.wording, opened.common, opened.facts)
    )


def _more_page(opened: Opened) -> str:
    """Every question of this band on one page, those as well that hang on an answer."""
    has_order = opened.order_id is not None
    asking = asking_in(opened.wording, opened.common, opened.facts, band=opened.band, has_order=has_order)
    questions = [
        question
        for question in opened.survey.structure.follow_ups
        if not question.show.band or opened.band in question.show.band
    ]
    form = FollowUpForm(opened.secret, opened.common, questions, asking, {}, 0)
    score = str(opened.response.latest_score) if opened.response else ""
    return opened.page("respond/more.html", form=form, score=score, skip=opened.url("after.thanks"))
