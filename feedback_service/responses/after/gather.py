"""Collects what the page after the last question says to one person at one moment."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from sqlalchemy.orm import Session

from feedback_service.accounts.calendars import hours_of_team
from feedback_service.advocacy.codes import referral_link
from feedback_service.advocacy.models import Testimonial
from feedback_service.advocacy.queries import referral_code, testimonial_of
from feedback_service.advocacy.shown import own_words
from feedback_service.config import Settings
from feedback_service.delivery.preferences.shown import Tongue
from feedback_service.questionnaires.common_words import AfterWords, TestimonialWords
from feedback_service.questionnaires.fill import filled
from feedback_service.responses.after.promise import Promise, promise
from feedback_service.responses.after.queries import history_of, time_zone_of
from feedback_service.responses.after.shown import Offers, offers
from feedback_service.responses.opened import Opened
from feedback_service.responses.rules.revisions import score_may_change


@dataclass(frozen=True)
class Thanks:
    """All that the page depends on."""

    opened: Opened
    now: datetime
    words: AfterWords
    offers: Offers
    may_change: bool
    """Whether another score would still count."""
    referral_link: str
    """Their own, where they have asked for one."""
    testimonial: Testimonial | None
    testimonial_words: TestimonialWords


def gather(session: Session, opened: Opened, settings: Settings, now: datetime) -> Thanks:
    """The page for whoever opened this link."""
    zone = time_zone_of(session, opened.customer_id)
    locale = Locale.parse(opened.locale, sep="-")
    tongue = Tongue(locale, ZoneInfo(zone) if zone else settings.zone, settings.shop_name)
    offered = offers(opened, _promised(session, opened), tongue, now, shop_has_address=bool(settings.shop_url))
    kept = testimonial_of(session, opened.invitation_id) if opened.invitation_id else None
    code = referral_code(session, opened.customer_id) if offered.referral and opened.customer_id else None
    return Thanks(
        opened=opened,
        now=now,
        words=filled(opened.common.after, tongue.facts()),
        offers=offered,
        may_change=opened.response is not None and score_may_change(opened.response.answered_at, now, opened.window),
        referral_link=referral_link(settings.base_url, code) if code else "",
        testimonial=kept,
        testimonial_words=own_words(opened.common.testimonial, tongue, kept),
    )


def _promised(session: Session, opened: Opened) -> Promise | None:
    """What may be expected; nothing while we do not know that it was a person who answered."""
    given = opened.response
    if given is None or given.suspected is not None:
        return None
    return promise(
        opened.survey.rules,
        history_of(session, given.id),
        score=given.latest_score,
        wants_contact=given.wants_contact,
        remedy=given.remedy,
        reachable=opened.customer_id is not None or bool(given.contact_phone),
        hours=hours_of_team(session, opened.survey.rules.routing.team),
    )
