"""Turns a note into the bytes of a mail: words that no survey owns, around those that staff released."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from babel import Locale
from babel.dates import format_timedelta

from feedback_service.delivery.compose import compose, message_id_for
from feedback_service.delivery.frames import pages
from feedback_service.delivery.models import WITHDRAWAL_LASTS, MessagePurpose
from feedback_service.delivery.preferences.shown import COUNTED_IN_DAYS
from feedback_service.delivery.render import Letterhead, direction_of
from feedback_service.invitations.links import link
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.questionnaires.common_words import MAIL_FACTS, CommonWords, nearest
from feedback_service.questionnaires.definition import SurveyDefinition


class Note(Protocol):
    """A message's row, as far as a note is written from it."""

    @property
    def uid(self) -> str: ...
    @property
    def purpose(self) -> MessagePurpose: ...
    @property
    def words(self) -> str | None: ...
    @property
    def locale(self) -> str | None: ...
    @property
    def invitation(self) -> Invitation: ...


def render_note(note: Note, survey: SurveyDefinition, letterhead: Letterhead, *, now: datetime) -> bytes:
    """The mail, from whom the survey's mails come. No way to unsubscribe is offered, since it would not stop a note.

    Raises ValueError, naming the header, when something cannot stand in one.
    """
    invitation, own = note.invitation, survey.wordings[note.invitation.locale].mail
    locale, common = nearest(letterhead.common, [note.locale or invitation.locale])
    facts = _facts(invitation, letterhead, locale)
    drawn = pages(
        note.purpose,
        _Layout(locale),
        {
            **_said(common, note.purpose, facts),
            **_link(note, letterhead),
            "words": note.words or "",
            "shop_name": letterhead.shop_name,
            "postal_address": letterhead.postal_address,
            "privacy_url": letterhead.privacy_url,
            "privacy_label": (own.privacy_label or "").format_map(facts) if locale == invitation.locale else "",
        },
    )
    return compose(
        message_id=message_id_for(note.uid, letterhead.sender.rpartition("@")[2]),
        date=now,
        sender_name=(own.sender_name or "").format_map(facts) or letterhead.shop_name,
        sender_address=own.sender_address or letterhead.sender,
        recipient_name=invitation.customer.name,
        recipient_address=invitation.customer.email or "",
        subject=drawn.subject,
        text=drawn.text,
        html=drawn.html,
        language=locale,
        unsubscribe_url=None,
    )


@dataclass(frozen=True)
class _Layout:
    """What decides how a note is laid out, before anything is said in it."""

    locale: str

    def context(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """The context that templates/email/note.html describes."""
        return {**values, "locale": self.locale, "direction": direction_of(self.locale)}


def _facts(invitation: Invitation, letterhead: Letterhead, locale: str) -> dict[str, str]:
    """What the placeholders of common words stand for; a note speaks of few."""
    told = {
        "name": invitation.customer.name,
        "shop": letterhead.shop_name,
        "order": invitation.order.external_id if invitation.order else "",
        "span": in_days(WITHDRAWAL_LASTS, locale),
    }
    return {**dict.fromkeys((*MAIL_FACTS, "score"), ""), **told}


def in_days(span: timedelta, locale: str) -> str:
    """A span in whole days, such as 2 days."""
    spoken = Locale.parse(locale, sep="-")
    return format_timedelta(span, granularity="day", threshold=COUNTED_IN_DAYS, locale=spoken)


def _said(common: CommonWords, purpose: MessagePurpose, facts: Mapping[str, str]) -> dict[str, str]:
    """The mail's own words, filled. What is put in is never looked at for placeholders again."""
    words = common.outcome_mail if purpose is MessagePurpose.OUTCOME else common.withdrawal_mail
    said = {name: str(value).format_map(facts) for name, value in words}
    without_name = said.pop("greeting_without_name")
    return said if facts["name"] else {**said, "greeting": without_name}


_LINKS = {
    MessagePurpose.OUTCOME: ("status_url", LinkScope.STATUS),
    MessagePurpose.WITHDRAWAL: ("withdraw_url", LinkScope.WITHDRAW),
}


def _link(note: Note, letterhead: Letterhead) -> dict[str, str]:
    """The one link of the mail: what erases an answer is printed nowhere else."""
    name, scope = _LINKS[note.purpose]
    return {name: link(letterhead.base_url, letterhead.link_keys, note.invitation, scope)}
