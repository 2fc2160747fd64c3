"""Turns a note into the bytes of a mail: words that no survey owns, around those that staff released."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten
from typing import Protocol

from babel import Locale
from babel.dates import format_date, format_timedelta

from feedback_service.delivery.compose import compose, message_id_for
from feedback_service.delivery.frames import pages
from feedback_service.delivery.models import WITHDRAWAL_LASTS, MessagePurpose
from feedback_service.delivery.preferences.shown import COUNTED_IN_DAYS
from feedback_service.delivery.render import Letterhead, direction_of
from feedback_service.invitations.links import link
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.questionnaires.common_words import MAIL_FACTS, CommonWords, nearest
from feedback_service.questionnaires.definition import SurveyDefinition

LONGEST_LOCAL = 64  # characters before the @, RFC 5321 4.5.3.1.1
IMPROVED = "improved"
"""Where everybody may read what was improved, below the service's address."""
PREHEADER = 140  # characters that lists of mails show at most


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
    def signed(self) -> str | None: ...
    @property
    def thread(self) -> str | None: ...
    @property
    def invitation(self) -> Invitation: ...


def render_note(note: Note, survey: SurveyDefinition, letterhead: Letterhead, *, now: datetime) -> bytes:
    """The mail, from whom the survey's mails come. Only what goes to many at once offers a way to unsubscribe: whoever
    is answered in person asked for it.

    Raises ValueError, naming the header, when something cannot stand in one.
    """
    invitation, own = note.invitation, survey.wordings[note.invitation.locale].mail
    locale, common = nearest(letterhead.common, [note.locale or invitation.locale])
    facts = _facts(invitation, letterhead, locale)
    domain = letterhead.sender.rpartition("@")[2]
    sender = own.sender_address or letterhead.sender
    by_hand = note.purpose is MessagePurpose.REPLY
    drawn = pages(
        note.purpose,
        _Layout(locale),
        {
            **_said(common, note.purpose, facts),
            **(_personal(note, common, facts) if by_hand else {}),
            **_link(note, letterhead),
            "words": note.words or "",
            "shop_name": letterhead.shop_name,
            "postal_address": letterhead.postal_address,
            "privacy_url": letterhead.privacy_url,
            "privacy_label": (own.privacy_label or "").format_map(facts) if locale == invitation.locale else "",
        },
    )
    return compose(
        message_id=message_id_for(note.uid, domain),
        date=now,
        sender_name=(own.sender_name or "").format_map(facts) or letterhead.shop_name,
        sender_address=sender,
        recipient_name=invitation.customer.name,
        recipient_address=invitation.customer.email or "",
        subject=drawn.subject,
        text=drawn.text,
        html=drawn.html,
        language=locale,
        unsubscribe_url=_stop(note, letterhead),
        reply_to=plus_address(sender, note.uid) if by_hand and letterhead.plus_addresses else None,
        thread=[_message_id(each, domain) for each in (note.thread or "").split()],
        by_hand=by_hand,
    )


def plus_address(address: str, uid: str) -> str | None:
    """The address at which an answer to the message finds its case; None where it would be too long to be one."""
    local, _, domain = address.rpartition("@")
    tagged = f"{local}+{uid}"
    return f"{tagged}@{domain}" if len(tagged) <= LONGEST_LOCAL else None


def _message_id(mail: str, domain: str) -> str:
    """Of a mail that a thread names: ours by its uid, a person's by the whole of it."""
    return f"<{mail}>" if "@" in mail else message_id_for(mail, domain)


def _personal(note: Note, common: CommonWords, facts: Mapping[str, str]) -> dict[str, str]:
    """Who writes about what. The list of somebody's mails shows how the words begin."""
    answered, words = note.invitation.answered_at, common.reply_mail
    about = [words.about_answer if answered else words.about_mail, *([words.about_order] if facts["order"] else [])]
    return {
        "signed": note.signed or "",
        "about": " · ".join(each.format_map(facts) for each in about),
        "preheader": shorten(note.words or "", PREHEADER, placeholder="…"),
    }


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
        "date": _day(invitation.answered_at, locale) if invitation.answered_at else "",
    }
    return {**dict.fromkeys((*MAIL_FACTS, "score"), ""), **told}


def _day(at: datetime, locale: str) -> str:
    return format_date(at.date(), "long", locale=Locale.parse(locale, sep="-"))


def in_days(span: timedelta, locale: str) -> str:
    """A span in whole days, such as 2 days."""
    spoken = Locale.parse(locale, sep="-")
    return format_timedelta(span, granularity="day", threshold=COUNTED_IN_DAYS, locale=spoken)


def _said(common: CommonWords, purpose: MessagePurpose, facts: Mapping[str, str]) -> dict[str, str]:
    """The mail's own words, filled. What is put in is never looked at for placeholders again."""
    said = {name: str(value).format_map(facts) for name, value in getattr(common, _WORDS[purpose])}
    without_name = said.pop("greeting_without_name", "")
    return said if facts["name"] or not without_name else {**said, "greeting": without_name}


_WORDS = {
    MessagePurpose.OUTCOME: "outcome_mail",
    MessagePurpose.WITHDRAWAL: "withdrawal_mail",
    MessagePurpose.REPLY: "reply_mail",
    MessagePurpose.IMPROVEMENT: "improvement_mail",
}
"""The group of common words that stands around each."""
_LINKS = {
    MessagePurpose.OUTCOME: ("status_url", LinkScope.STATUS),
    MessagePurpose.WITHDRAWAL: ("withdraw_url", LinkScope.WITHDRAW),
    MessagePurpose.REPLY: ("status_url", LinkScope.STATUS),
}


def _link(note: Note, letterhead: Letterhead) -> dict[str, str]:
    """The one link of the mail: what erases an answer is printed nowhere else."""
    if note.purpose is MessagePurpose.IMPROVEMENT:
        url = f"{letterhead.base_url}/{IMPROVED}/"
        return {"improved_url": url, "stop_url": _stop(note, letterhead) or ""}
    name, scope = _LINKS[note.purpose]
    return {name: link(letterhead.base_url, letterhead.link_keys, note.invitation, scope)}


def _stop(note: Note, letterhead: Letterhead) -> str | None:
    """How to get no more such mails; None for those that answer one person, which that would not stop."""
    if note.purpose is not MessagePurpose.IMPROVEMENT:
        return None
    return link(letterhead.base_url, letterhead.link_keys, note.invitation, LinkScope.UNSUBSCRIBE)
