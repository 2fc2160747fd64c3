"""Turns an invitation into the bytes of a mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from babel import Locale

from feedback_service.delivery.compose import compose, message_id_for
from feedback_service.delivery.frames import Pages, pages
from feedback_service.delivery.models import MessagePurpose
from feedback_service.invitations.links import link
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.words import MailWords


@dataclass(frozen=True)
class Letterhead:
    """Whom mail comes from, and where its links lead."""

    shop_name: str
    sender: str
    postal_address: str
    base_url: str
    link_keys: Sequence[bytes]
    privacy_url: str = ""
    data_kept: str = ""
    """How long answers are kept, in the shop's own words."""
    common: dict[str, CommonWords] = field(default_factory=dict)
    """The words around a note, by locale: no survey owns them."""
    plus_addresses: bool = False
    """Whether answers may be sent to name+anything@domain, so that each finds its case."""


def render_survey_mail(
    invitation: Invitation,
    survey: SurveyDefinition,
    letterhead: Letterhead,
    *,
    message_uid: str,
    now: datetime,
    purpose: MessagePurpose = MessagePurpose.INVITATION,
) -> bytes:
    """The mail that asks, or asks once more: multipart, with the score row in it.

    Raises ValueError, naming the header, when something cannot stand in one.
    """
    customer, words = invitation.customer, survey.wordings[invitation.locale].mail
    unsubscribe_url = link(letterhead.base_url, letterhead.link_keys, invitation, LinkScope.UNSUBSCRIBE)
    said = _said(words, _facts(invitation, letterhead), purpose)
    drawn = _drawn(invitation, survey.structure.scale, letterhead, said, unsubscribe_url)
    return compose(
        message_id=message_id_for(message_uid, letterhead.sender.rpartition("@")[2]),
        date=now,
        sender_name=said.get("sender_name") or letterhead.shop_name,
        sender_address=words.sender_address or letterhead.sender,
        recipient_name=customer.name,
        recipient_address=customer.email or "",
        subject=drawn.subject,
        text=drawn.text,
        html=drawn.html,
        language=invitation.locale,
        unsubscribe_url=unsubscribe_url,
    )


def _facts(invitation: Invitation, letterhead: Letterhead) -> dict[str, str]:
    """What the placeholders of a wording stand for."""
    order = invitation.order.external_id if invitation.order else ""
    return {"name": invitation.customer.name, "shop": letterhead.shop_name, "order": order, "score": ""}


def _said(words: MailWords, facts: Mapping[str, str], purpose: MessagePurpose) -> dict[str, str]:
    """The wording, its placeholders filled. What is put in is never looked at for placeholders again."""
    said = {name: str(value).format_map(facts) for name, value in words if value and name != "sender_address"}
    if not facts["name"]:
        said["greeting"] = said["greeting_without_name"]
    if purpose is MessagePurpose.REMINDER:
        said["subject"] = said.get("reminder_subject", said["subject"])
        said["intro"] = said.get("reminder_intro", said["intro"])
    return said


def _drawn(
    invitation: Invitation, scale: range, letterhead: Letterhead, said: Mapping[str, str], unsubscribe_url: str
) -> Pages:
    answer_url = link(letterhead.base_url, letterhead.link_keys, invitation, LinkScope.ANSWER)
    values = {
        **said,
        **{f"score_{score}": f"{answer_url}?score={score}" for score in scale},
        "answer_url": answer_url,
        "unsubscribe_url": unsubscribe_url,
        "why_url": f"{unsubscribe_url}/why",
        "shop_name": letterhead.shop_name,
        "postal_address": letterhead.postal_address,
        "privacy_url": letterhead.privacy_url,
        "data_kept": letterhead.data_kept,
    }
    return pages("survey", _Layout(scale, invitation.locale), values)


@dataclass(frozen=True)
class _Layout:
    """What decides how a survey's mail is laid out, before anything is said in it."""

    scale: range
    locale: str

    def context(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """The context that templates/email/survey/ describes."""
        return {
            **values,
            "wording": {"mail": values},
            "scores": [(score, values[f"score_{score}"]) for score in self.scale],
            "locale": self.locale,
            "direction": direction_of(self.locale),
        }


@lru_cache(maxsize=100)
def direction_of(locale: str) -> str:
    """`ltr` or `rtl`."""
    return Locale.parse(locale, sep="-").text_direction
