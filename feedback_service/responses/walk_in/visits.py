"""Somebody at a way in: in which language they are asked, in which words, and about which order."""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from itsdangerous import BadSignature, Signer

from feedback_service.config import current_settings
from feedback_service.questionnaires.common_words import CommonWords, common_words
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.fill import facts_in, filled
from feedback_service.questionnaires.words import Wording
from feedback_service.responses.opened import Tongue, tongue
from feedback_service.responses.rules.words import as_kept
from feedback_service.responses.walk_in.order_links import ProvenOrder
from feedback_service.responses.walk_in.queries import FoundCollector

LONGEST_ORDER = 128  # characters, as in an import of orders
UID_BYTES = 12


@dataclass(frozen=True)
class Visit:
    """One person at one way in, before they have answered."""

    way: FoundCollector
    locale: str
    order: ProvenOrder | None = None

    @cached_property
    def common(self) -> CommonWords:
        """The shared words in their language."""
        return common_words(self.locale, current_settings().shop_locale)[1]

    @cached_property
    def wording(self) -> Wording:
        """The survey's words, filled with what is known here: the shop, and a proven order."""
        facts = {
            "name": "",
            "shop": current_settings().shop_name,
            "order": self.order.number if self.order else "",
            "score": "",
        }
        return filled(self.way.survey.wordings[self.locale], facts_in(self.locale, facts))

    @property
    def why(self) -> str:
        """What stands below the question: the survey's own sentence may name an order, so it needs a proven one."""
        return self.wording.page.why if self.order else self.common.walk_in.why

    @property
    def tongues(self) -> Sequence[Tongue]:
        """The languages that the survey speaks."""
        return [tongue(locale) for locale in self.way.survey.wordings]

    @property
    def window(self) -> timedelta:
        """How long the score may be corrected."""
        return timedelta(hours=self.way.survey.rules.asking.correction_hours)

    def link(self, uid: str) -> str:
        """What the form's nonce is bound to: this way in, this order and this answer."""
        return f"walk-in|{self.way.token}|{self.order.id if self.order else ''}|{uid}"


def language(survey: SurveyDefinition, wanted: Iterable[str | None]) -> str:
    """The first wanted language that the survey speaks, exactly or nearly; its own otherwise."""
    for locale in wanted:
        near = survey.locale_for(locale)
        if locale and near.split("-")[0].lower() == re.split("[-_]", locale)[0].lower():
            return near
    return survey.rules.default_locale


def claimed(text: str | None) -> str:
    """An order number as it was said, on one line; nothing proves it."""
    return " ".join(as_kept(text).split())


def new_uid(key: str) -> str:
    """A random name for the answer that a form will make, signed, so that nobody chooses another's."""
    return _signer(key).sign(secrets.token_urlsafe(UID_BYTES)).decode()


def uid_in(key: str, sent: str | None) -> str | None:
    """The name that a form brought back; None where it is not one of ours."""
    try:
        return _signer(key).unsign(sent or "").decode()
    except (BadSignature, UnicodeError):
        return None


def _signer(key: str) -> Signer:
    return Signer(key, salt="walk-in-answer", sep=".")
