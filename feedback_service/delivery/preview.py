"""A survey's mail as its reader will see it, with invented values and links that lead nowhere but to a notice."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as readable

from feedback_service.config import Settings
from feedback_service.customers.models import Customer
from feedback_service.delivery.last_look import WRITTEN
from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.models import NOTES, Message, MessagePurpose
from feedback_service.delivery.render import Letterhead, render_survey_mail
from feedback_service.delivery.render_note import render_note
from feedback_service.delivery.smtp import Accepted, Conversation
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.read_files import read_common_words

NAME, ADDRESS, ORDER = "Alex Martin", "alex.martin@example.com", "A-1001"
RELEASED = "We have sent you a new lamp; it arrives on Thursday.\nThe box was too thin, so we changed it."
"""What staff might have written, in the place of what they will write."""
SIGNED = "Marta"
TEST_LINKS = "test-mail"
"""The first part of the address of every link in a test: `test_mail_bp` lies there and keeps nothing."""
LARGEST = 100 * 1024  # bytes; Gmail cuts a mail off at 102 KB, and with it the way to unsubscribe
PATIENCE = 10.0  # seconds for the mail server, since a person waits


@dataclass(frozen=True)
class Preview:
    """One mail, as bytes and as its parts."""

    sender: str
    subject: str
    html: str
    text: str
    raw: bytes

    @property
    def too_large(self) -> bool:
        """Whether large hosts cut it off."""
        return len(self.raw) > LARGEST


def preview(
    survey: SurveyDefinition,
    locale: str,
    settings: Settings,
    now: datetime,
    *,
    purpose: MessagePurpose = MessagePurpose.INVITATION,
    to: str = ADDRESS,
    mark: str = "",
) -> Preview:
    """The mail to somebody invented, or to `to`; `mark` is put before its subject.

    Raises KeyError for a locale that the survey has no words in, ValueError, naming the header, where a word cannot
    stand in one, and for a note SurveyFileError where the shared words cannot be read.
    """
    uid, invitation = secrets.token_hex(16), _invitation(survey, locale, settings, to)
    if purpose in NOTES:
        words = RELEASED if purpose in WRITTEN else None
        signed = SIGNED if purpose is MessagePurpose.REPLY else None
        note = Message(uid=uid, purpose=purpose, words=words, signed=signed, invitation=invitation)
        return _opened(render_note(note, survey, _letterhead(settings, _common(settings, mark)), now=now))
    marked = _marked(survey, locale, mark)
    return _opened(
        render_survey_mail(invitation, marked, _letterhead(settings), message_uid=uid, now=now, purpose=purpose)
    )


def send_test(
    survey: SurveyDefinition,
    locale: str,
    settings: Settings,
    to: str,
    now: datetime,
    *,
    purpose: MessagePurpose = MessagePurpose.INVITATION,
) -> Accepted:
    """Send the mail, marked as a test, the way every mail goes; nothing of it is kept here.

    Raises MailRefused where it was not taken and OutcomeUnknown where nobody can say, besides what `preview` raises.
    """
    mail = preview(survey, locale, settings, now, purpose=purpose, to=to, mark="[Test] ")
    server = MailServer.from_url(settings.mail_url.get_secret_value())
    with Conversation(server, timeout=PATIENCE, final_timeout=PATIENCE) as conversation:
        return conversation.send(settings.mail_from, to, mail.raw, lambda: None)


def _invitation(survey: SurveyDefinition, locale: str, settings: Settings, to: str) -> Invitation:
    """An invitation that no database has seen."""
    return Invitation(
        uid=secrets.token_hex(16),
        survey_key=survey.key,
        locale=locale,
        link_generation=len(settings.link_key_ring),
        customer=Customer(name=NAME, email=to, locale=locale),
        order=Order(external_id=ORDER, attributes={}) if survey.rules.trigger.by_order else None,
    )


def _marked(survey: SurveyDefinition, locale: str, mark: str) -> SurveyDefinition:
    """The survey with the subjects of its mails marked."""
    wording = survey.wordings[locale]
    words = wording.mail
    reminder = mark + words.reminder_subject if words.reminder_subject else None
    marked = words.model_copy(update={"subject": mark + words.subject, "reminder_subject": reminder})
    wordings = {**survey.wordings, locale: wording.model_copy(update={"mail": marked})}
    return survey.model_copy(update={"wordings": wordings})


def _common(settings: Settings, mark: str) -> dict[str, CommonWords]:
    """The words around a note, the subjects of their mails marked."""
    groups = ("outcome_mail", "withdrawal_mail", "reply_mail", "improvement_mail")
    return {
        locale: words.model_copy(
            update={
                name: group.model_copy(update={"subject": mark + group.subject})
                for name, group in words
                if name in groups
            }
        )
        for locale, words in read_common_words(settings.surveys_folder or SURVEYS).items()
    }


def _letterhead(settings: Settings, common: dict[str, CommonWords] | None = None) -> Letterhead:
    return Letterhead(
        shop_name=settings.shop_name,
        sender=settings.mail_from,
        postal_address=settings.shop_postal_address,
        base_url=f"{settings.base_url}/{TEST_LINKS}",
        link_keys=settings.link_key_ring,
        privacy_url=settings.privacy_url,
        data_kept=settings.data_kept,
        common=common or {},
    )


def _opened(raw: bytes) -> Preview:
    mail = message_from_bytes(raw, _class=EmailMessage, policy=readable)
    parts = {kind: mail.get_body((kind,)) for kind in ("html", "plain")}
    html, text = (part.get_content() if part else "" for part in (parts["html"], parts["plain"]))
    return Preview(str(mail["From"]), str(mail["Subject"]), html, text, raw)
