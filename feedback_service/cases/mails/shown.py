"""Puts the mails and files of a case into words, for its page."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.advocacy.sign import first_name
from feedback_service.cases.mails.forms import FileForm, ReplyForm
from feedback_service.cases.mails.models import Attachment, ReplyTemplate
from feedback_service.cases.mails.queries import MailIn, MailOut, mails_in_of, mails_out_of, put_files_of
from feedback_service.cases.mails.templates import Suggested, suggested
from feedback_service.cases.mails.way import why_no_mail
from feedback_service.cases.models import Case, CaseState, EntryKind
from feedback_service.config import current_settings
from feedback_service.delivery.models import Message, MessagePurpose, MessageState, ReplyAttachment
from feedback_service.formats import language_name, when

REPLY_FORM, FILE_FORM, CHOSEN = "reply_form", "file_form", "reply_template"
"""Under these names the case's page gets forms that are shown again as they were sent, and the template chosen."""

STATES = {
    MessageState.PENDING: ("Waits to leave", "open"),
    MessageState.LEASED: ("Leaving now", "open"),
    MessageState.HANDING: ("Leaving now", "open"),
    MessageState.SENT: ("Sent", "done"),
    MessageState.UNKNOWN: ("Nobody knows whether it arrived", "late"),
    MessageState.FAILED: ("Could not leave", "late"),
    MessageState.CANCELLED: ("Was not sent", "late"),
}
ERASED = "Words erased"
FITS, THEIRS, OTHERS = "About what they wrote", "In their language", "In other languages"
Kinds = frozenset[EntryKind]
_BY_MAIL = frozenset({EntryKind.REPLIED, EntryKind.RELEASED})
"""Entries that say of a mail of ours."""
KILO, MEGA = 1024, 1024 * 1024  # bytes


def reply_part(
    session: Session, case: Case, user: User, kinds: Kinds, themes: Collection[str], now: datetime, **forms: Any
) -> SimpleNamespace | None:
    """The conversation and the form to go on with it, as templates/cases/parts/reply.html shows them; None where there
    is neither.

    `kinds`: what the log holds; `themes`: what the comment is about. `forms` may hold REPLY_FORM and CHOSEN; whatever
    else is in it is another part's.
    """
    mine = case.is_worked_on_by(user.id)
    why_not = why_no_mail(session, case) if mine else ""
    writable = mine and not why_not
    thread = _thread(session, case, kinds, now, current_settings().zone)
    if not mine and not thread:
        return None
    locale = customers_locale(case)
    form = (forms.get(REPLY_FORM) or ReplyForm(formdata=None, data={"seen": case.log_length})) if writable else None
    return SimpleNamespace(
        form=form,
        why_not=why_not,
        open=bool(forms.get(REPLY_FORM)),
        hint=_hint(locale, user) if writable else "",
        groups=_groups(suggested(session, themes, locale)) if writable else [],
        chosen=forms.get(CHOSEN),
        thread=thread,
        url=url_for("case_mails.write", case_id=case.id),
    )


def files_part(session: Session, case: Case, kinds: Kinds, now: datetime, **forms: Any) -> SimpleNamespace:
    """The files that colleagues put to a case, as templates/cases/parts/files.html shows them. `kinds`: as above."""
    zone = current_settings().zone
    merged = case.state == CaseState.MERGED
    return SimpleNamespace(
        files=[
            SimpleNamespace(
                **_file(put.attachment, url_for("case_mails.put_download", case_id=case.id, file_id=put.attachment.id)),
                by=put.by,
                when=when(put.at, now, zone),
                erased=not put.attachment.name,
            )
            for put in (put_files_of(session, case.id) if EntryKind.ATTACHED in kinds else ())
        ],
        form=None if merged else forms.get(FILE_FORM) or FileForm(formdata=None),
        open=bool(forms.get(FILE_FORM)),
        url=url_for("case_mails.upload", case_id=case.id),
    )


def customers_locale(case: Case) -> str | None:
    """The language in which the customer answered or was asked, as far as that is known."""
    if case.response is not None:
        return case.response.locale
    if case.reply is not None and case.reply.invitation is not None:
        return case.reply.invitation.locale
    return case.customer.locale if case.customer is not None else None


def template_groups(
    templates: Sequence[ReplyTemplate], themes: Mapping[str, str]
) -> list[tuple[str, str, list[SimpleNamespace]]]:
    """The managers' list: name, theme and languages of each; `themes` are titles by key."""
    return [
        (name, themes.get(theme or "", theme or "Anything"), [_language_line(each) for each in members])
        for (name, theme), members in groupby(templates, lambda each: (each.name, each.theme))
    ]


def _language_line(template: ReplyTemplate) -> SimpleNamespace:
    return SimpleNamespace(
        language=language_name(template.locale),
        url=url_for("reply_templates.edit", template_id=template.id),
        retired=template.retired_at is not None,
    )


def size(octets: int) -> str:
    """A file's size, such as 340 KB."""
    return f"{octets / MEGA:.1f} MB" if octets >= MEGA else f"{max(1, octets // KILO)} KB"


def _hint(locale: str | None, user: User) -> str:
    """What to know before one writes: in which language, and what stands under the words by itself."""
    reads = f"They read {language_name(locale)}. " if locale else ""
    name = first_name(user.name)
    return f"{reads}“{name}” and “{current_settings().shop_name}” stand under your words by themselves."


def _groups(offered: list[Suggested]) -> list[tuple[str, list[SimpleNamespace]]]:
    """The templates as a list to choose from, in groups that say why they come first."""
    named = groupby(offered, lambda each: FITS if each.fits else THEIRS if each.spoken else OTHERS)
    return [(group, [_choice(each) for each in members]) for group, members in named]


def _choice(offered: Suggested) -> SimpleNamespace:
    template = offered.template
    label = template.name if offered.spoken else f"{template.name} ({language_name(template.locale)})"
    return SimpleNamespace(id=template.id, label=label)


def _thread(session: Session, case: Case, kinds: Kinds, now: datetime, zone: ZoneInfo) -> list[SimpleNamespace]:
    """Mails out and in, newest first."""
    out = mails_out_of(session, case.id) if kinds & _BY_MAIL else []
    dated = [
        *((mail.message.created_at, _out(mail, now, zone)) for mail in out),
        *((mail.reply.received_at, _in(mail, case, now, zone)) for mail in mails_in_of(session, case)),
    ]
    return [shown for _, shown in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _out(mail: MailOut, now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    message = mail.message
    state, kind = _state(message)
    return SimpleNamespace(
        ours=True,
        who=mail.writer,
        about="Told what became of it" if message.purpose is MessagePurpose.OUTCOME else "",
        when=when(message.sent_at or message.created_at, now, zone),
        words=message.words or "",
        erased="" if message.words else ERASED,
        state=state,
        kind=kind,
        detail=message.detail if kind == "late" and message.bounced_at is None else "",
        files=[],
        left_out="",
    )


def _state(message: Message) -> tuple[str, str]:
    if message.bounced_at is not None:
        return "Came back", "late"
    return ("Arrived", "done") if message.delivered_at is not None else STATES[message.state]


def _in(mail: MailIn, case: Case, now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    reply = mail.reply
    erased = not (reply.words or reply.subject or mail.files)
    return SimpleNamespace(
        ours=False,
        who=case.customer.name if case.customer and case.customer.name else "The customer",
        about=reply.subject,
        when=when(reply.received_at, now, zone),
        words=reply.words,
        erased=ERASED if erased else "",
        state="",
        kind="",
        detail="",
        files=[
            SimpleNamespace(**_file(file, url_for("case_mails.sent_download", case_id=case.id, file_id=file.id)))
            for file in mail.files
        ],
        left_out=reply.left_out,
    )


def _file(file: Attachment | ReplyAttachment, url: str) -> dict[str, object]:
    return {"name": file.name, "size": size(file.size), "url": url}
