"""The page after the last question in words: what happens next, and what else is offered to whom."""

from dataclasses import dataclass
from datetime import datetime

from feedback_service.delivery.preferences.shown import Tongue
from feedback_service.questionnaires.common_words import AfterWords
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.questions import QuestionType, Structure
from feedback_service.questionnaires.words import Band
from feedback_service.responses.after.promise import Next, Promise
from feedback_service.responses.opened import Opened
from feedback_service.responses.rules.applicable import pages_for


@dataclass(frozen=True)
class Offers:
    """What stands on the page besides the thanks."""

    next: str
    """A sentence; "" where nothing can be said for certain."""
    may_ask: bool
    """Whether an answer can still be asked for, on the page of questions."""
    reviews: bool
    referral: bool
    testimonial: bool


def offers(
    opened: Opened, promised: Promise | None, tongue: Tongue, now: datetime, *, shop_has_address: bool
) -> Offers:
    """What is offered to whom: public reviews to everybody alike, what is personal to whom it fits.

    Words to show are asked of people who were content and wrote some: asking somebody in trouble whether we may show it
    off would be a poor answer to it. No review is held back by that, since reviews are offered whatever was answered.
    """
    words, structure, answer = opened.common.after, opened.survey.structure, opened.response
    content = promised is not None and promised.next is Next.NOBODY
    invited = opened.invitation_id is not None and answer is not None and answer.suspected is None
    return Offers(
        next=next_words(promised, words, tongue, now) if promised else "",
        may_ask=content and opened.band is not None and asks_for_contact(structure, opened.band),
        reviews=not structure.anonymous,
        referral=invited and shop_has_address and would_recommend(structure, opened.band),
        testimonial=invited and opened.band != "detractor" and bool(answer and answer.comment),
    )


def would_recommend(structure: Structure, band: Band | None) -> bool:
    """Whether somebody said that they would: only where that was the question is a high score a yes to it."""
    return structure.kind is SurveyKind.NPS and band == "promoter"


def next_words(promised: Promise, words: AfterWords, tongue: Tongue, now: datetime) -> str:
    """What happens next, with the day by which it does; a day that has passed is not promised once more."""
    if promised.by is None:
        undated: str = getattr(words, promised.next)
        return undated.format_map(tongue.facts())
    name = promised.next.value if now < promised.by else "overdue"
    sentence: str = getattr(words, f"{name}_today" if tongue.same_day(promised.by, now) else name)
    return sentence.format_map(tongue.facts(date=tongue.day(promised.by)))


def asks_for_contact(structure: Structure, band: Band) -> bool:
    """Whether the questions let somebody of this band ask for an answer."""
    put = (question.type for page in pages_for(structure, band, {}) for question in page)
    return any(kind in {QuestionType.CONTACT_WISH, QuestionType.REMEDY} for kind in put)
