"""Referrals and testimonials in words: the customer's language for customers, English for managers."""

from collections.abc import Iterable, Mapping

from feedback_service.advocacy.models import ShownWhere, Testimonial
from feedback_service.advocacy.queries import Worth
from feedback_service.delivery.preferences.shown import Tongue
from feedback_service.formats import money
from feedback_service.questionnaires.common_words import TestimonialWords

WHERE: Mapping[ShownWhere, str] = {
    ShownWhere.SHOP: "only where the shop speaks for itself",
    ShownWhere.ANYWHERE: "anywhere",
}


def own_words(words: TestimonialWords, tongue: Tongue, kept: Testimonial | None) -> TestimonialWords:
    """The words about what somebody lets us show, with the days on which they did and took it back."""
    facts = tongue.facts(date=tongue.day(kept.consented_at) if kept else "")
    said = {name: sentence.format_map(facts) for name, sentence in words}
    if kept and kept.withdrawn_at:
        said["withdrawn"] = words.withdrawn.format_map(tongue.facts(date=tongue.day(kept.withdrawn_at)))
    return words.model_copy(update=said)


def worth_words(worth: Iterable[Worth]) -> str:
    """What orders came to, currency by currency, since currencies are never summed."""
    return ", ".join(money(part.minor, part.currency) for part in worth if part.minor is not None)
