"""Templates of replies: taken in once, then edited in the browser, never deleted, and filled from a case."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.advocacy.sign import first_name
from feedback_service.cases.mails.models import ReplyTemplate
from feedback_service.cases.mails.read_file import read_replies
from feedback_service.cases.models import Case
from feedback_service.cases.rules.reply_fields import fill
from feedback_service.database import take_in_alone
from feedback_service.questionnaires.definition import digest


class NameTakenError(Exception):
    """There is a template of this name in this language already."""


class TemplateMovedError(Exception):
    """Somebody else changed the template since it was looked at."""


@dataclass(frozen=True)
class Suggested:
    """A template as it is offered beside a case."""

    template: ReplyTemplate
    fits: bool
    """In the customer's language, and about what their comment speaks of."""
    spoken: bool
    """In the customer's language."""


def take_in_replies(session: Session, folder: Path, now: datetime) -> int:
    """Take in the file's templates where there are none, retired ones among them; returns how many.

    Raises SurveyFileError where the file is broken.
    """
    take_in_alone(session)
    if session.scalar(select(ReplyTemplate.id).limit(1)) is not None:
        return 0
    rows = [
        ReplyTemplate(name=reply.name, locale=locale, theme=reply.theme, words=words, changed_at=now)
        for reply in read_replies(folder)
        for locale, words in reply.words.items()
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def change(
    session: Session,
    template: ReplyTemplate | None,
    *,
    name: str,
    locale: str,
    theme: str | None,
    words: str,
    seen: str,
    user_id: int,
    now: datetime,
) -> ReplyTemplate:
    """Make a template, or give one other words. Raises NameTakenError.

    `seen` is the `mark` of what somebody looked at before: raises TemplateMovedError where it says something else now.
    """
    if template is not None:
        session.refresh(template, with_for_update=True)
        if mark(template) != seen:
            raise TemplateMovedError
    same = select(ReplyTemplate.id).where(ReplyTemplate.name == name, ReplyTemplate.locale == locale)
    if session.scalar(same if template is None else same.where(ReplyTemplate.id != template.id)) is not None:
        raise NameTakenError
    changed = template or ReplyTemplate()
    changed.name, changed.locale, changed.theme, changed.words = name, locale, theme, words
    changed.changed_by, changed.changed_at = user_id, now
    session.add(changed)
    session.flush()
    return changed


def mark(template: ReplyTemplate) -> str:
    """Changes whenever what a template says does."""
    return digest(repr((template.name, template.locale, template.theme, template.words)))[:16]


def retire(session: Session, template: ReplyTemplate, *, retired: bool, user_id: int, now: datetime) -> None:
    """No longer offer a template, or offer it again."""
    template.retired_at = (template.retired_at or now) if retired else None
    template.changed_by, template.changed_at = user_id, now
    session.flush()


_IN_USE = select(ReplyTemplate).where(ReplyTemplate.retired_at.is_(None)).order_by(ReplyTemplate.id)


def suggested(session: Session, themes: Collection[str], locale: str | None) -> list[Suggested]:
    """The templates to choose from: those about the comment's themes in the customer's language first, then that
    language, then the others."""
    offered = [_offer(template, themes, locale) for template in session.scalars(_IN_USE)]
    return sorted(offered, key=lambda each: (not each.spoken, not each.fits, each.template.locale, each.template.id))


def _offer(template: ReplyTemplate, themes: Collection[str], locale: str | None) -> Suggested:
    spoken = locale is not None and _language(template.locale) == _language(locale)
    return Suggested(template, fits=spoken and template.theme in themes, spoken=spoken)


def _language(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0].lower()


def filled(words: str, case: Case, writer: User, shop: str) -> str:
    """A template's words for this case, written by this colleague."""
    facts = {
        "name": case.customer.name if case.customer else "",
        "order": case.order.external_id if case.order else "",
        "shop": shop,
        "agent": first_name(writer.name),
    }
    return fill(words, facts)


def every_template(session: Session) -> Sequence[ReplyTemplate]:
    """All of them for the managers' page: by name, then language, retired ones among them."""
    return session.scalars(
        select(ReplyTemplate).order_by(ReplyTemplate.name, ReplyTemplate.theme, ReplyTemplate.locale)
    ).all()
