"""A personal link that works, with all that its pages need: what `opening.py` finds and hands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from babel import Locale
from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.invitations.links import PATHS, token, token_hash
from feedback_service.invitations.models import LinkScope
from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.fill import facts_in, filled
from feedback_service.questionnaires.recall import Content
from feedback_service.questionnaires.words import Band, PageWords, Wording
from feedback_service.responses.models import Channel, ContactHow, ContactWhen, Remedy
from feedback_service.responses.nonce import Nonce, make_nonce, network_of, read_nonce
from feedback_service.responses.rules.bands import band
from feedback_service.responses.rules.presses import PressSuspicion
from feedback_service.responses.stencils import Own


@dataclass(frozen=True)
class Answered:
    """An answer as it stands: confirmed, unless `suspected` says why not yet."""

    id: int
    score: int
    """What counts."""
    latest_score: int
    """What the person says now."""
    comment: str
    wants_contact: bool
    remedy: Remedy | None
    contact_how: ContactHow | None
    contact_when: ContactWhen | None
    contact_phone: str | None
    answered_at: datetime
    revision: int
    suspected: PressSuspicion | None
    withdrawn_at: datetime | None
    locale: str


class Tongue(NamedTuple):
    """A language a page can be read in."""

    locale: str
    name: str
    """As its own speakers call it."""
    direction: str
    """`ltr` or `rtl`."""


@dataclass(frozen=True)
class Opened:
    """A personal link that works. A walk-in's has no invitation."""

    secret: str
    survey: SurveyDefinition
    version_id: int
    common: CommonWords
    locale: str
    chosen: bool
    """Whether the language was chosen on a page, and so must be carried on."""
    customer_name: str
    order_number: str
    """As the customer knows the order; "" where it is about none."""
    customer_id: int | None
    order_id: int | None
    channel: Channel
    collector_id: int | None
    response: Answered | None
    invitation_id: int | None = None
    uid: str = ""
    """The invitation's, or the walk-in answer's."""
    link_generation: int = 0
    asked_in: str = ""
    """The mail's language."""
    time_zone: str | None = None
    """The person's, where it is known."""
    event_key: str = ""
    """What made us ask."""
    asked_at: datetime | None = None
    spent: bool = False
    """An anonymous survey was answered by this link, and nobody knows how."""
    content: Content | None = None
    """What the survey is made of, to remember pages by; None where the survey is in no database."""
    root: str = ""
    """What stands before every path, where a proxy serves us below one."""
    visitor: str | None = None
    """The network address of whoever asks; used for a keyed hash in the page, and kept nowhere."""

    @property
    def own(self) -> Own | None:
        """What of an invitation's pages is nobody else's; None for a walk-in."""
        if self.invitation_id is None:
            return None
        return Own(self.secret, self.uid, self.link_generation, self.customer_name, self.order_number)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return tongue(self.locale).direction

    @property
    def tongues(self) -> Sequence[Tongue]:
        """The languages the survey speaks."""
        return [tongue(locale) for locale in self.survey.wordings]

    @cached_property
    def facts(self) -> dict[str, str]:
        """What stands for the placeholders of the survey's words."""
        return facts_in(
            self.locale,
            {
                "name": self.customer_name,
                "shop": current_settings().shop_name,
                "order": self.order_number,
                "score": str(self.response.latest_score) if self.response else "",
            },
        )

    @cached_property
    def page_words(self) -> PageWords:
        """The words of the page that asks for the score, filled."""
        return filled(self.survey.wordings[self.locale].page, self.facts)

    @cached_property
    def wording(self) -> Wording:
        """The survey's words, filled; those of the mail are left as they are, since no page shows them."""
        words = self.survey.wordings[self.locale]
        questions = {key: filled(question, self.facts) for key, question in words.questions.items()}
        return words.model_copy(
            update={
                "page": self.page_words,
                "questions": questions,
                "more": filled(words.more, self.facts),
                "thanks": filled(words.thanks, self.facts),
            }
        )

    @property
    def band(self) -> Band | None:
        """The band of what the person says now; None before the first answer."""
        if self.response is None:
            return None
        rules, kind = self.survey.rules, self.survey.structure.kind
        return band(kind, self.response.latest_score, rules.thresholds.detractor_max)

    @property
    def window(self) -> timedelta:
        """How long the score may be corrected."""
        return timedelta(hours=self.survey.rules.asking.correction_hours)

    @property
    def may_change_until(self) -> datetime | None:
        """Until when another score replaces the first; None before the first answer."""
        return self.response.answered_at + self.window if self.response else None

    def url(self, endpoint: str, **values: Any) -> str:
        """The address of another page behind this link, in the language that was chosen."""
        if self.chosen:
            values.setdefault("lang", self.locale)
        return url_for(endpoint, secret=self.secret, **values)

    def goes_to(self, endpoint: str, **values: Any) -> HttpResponse:
        """A redirect after a form, so that reloading sends nothing twice."""
        return redirect(self.url(endpoint, **values), 303)

    def link_to(self, scope: LinkScope) -> str:
        """Another link of the same person's; "" for a walk-in, who has none."""
        return "" if self.invitation_id is None else f"{self.root}/{PATHS[scope]}/{self.secret_to(scope)}"

    def secret_to(self, scope: LinkScope) -> str:
        """The secret of another link of the same invitation."""
        return token(current_settings().link_key_ring, scope, self.uid, self.link_generation)

    @cached_property
    def _seal(self) -> tuple[bytes, str]:
        """What nonces are made with: the key, and the link's hash."""
        return current_settings().secret_key.get_secret_value().encode(), token_hash(self.secret)

    @cached_property
    def network(self) -> str:
        """A keyed hash of the visitor's network, good for this link only."""
        return network_of(*self._seal, self.visitor)

    def nonce(self) -> str:
        """The nonce of a page that is made now, for whoever asks for it from where they do."""
        return make_nonce(*self._seal, self.network, clock.now())

    def read_nonce(self, sent: str | None) -> Nonce | None:
        """What the nonce of a page that was sent says; None where we made none such for this link."""
        return read_nonce(*self._seal, sent, clock.now())

    def page(self, template: str, **context: Any) -> str:
        """A page in the language of this answer."""
        stop = self.link_to(LinkScope.UNSUBSCRIBE)
        links = SimpleNamespace(
            change=self.url("responses.answer"),
            words=self.url("follow_ups.more"),
            status=self.link_to(LinkScope.STATUS) if self.response else "",
            unsubscribe=stop,
            why=f"{stop}/why" if stop else "",
        )
        return render_template(
            template,
            wording=self.wording,
            common=self.common,
            locale=self.locale,
            direction=self.direction,
            shop_name=current_settings().shop_name,
            links=links,
            opened=self,
            **context,
        )


@lru_cache(maxsize=256)
def tongue(locale: str) -> Tongue:
    """A language by its code, such as `pt-BR`."""
    known = Locale.parse(locale, sep="-")
    name = known.get_display_name() or locale
    return Tongue(locale, name[:1].upper() + name[1:], known.text_direction)
