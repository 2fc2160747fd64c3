"""Keeps a page of answers as it was sent, and each state of them as a revision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from feedback_service.questionnaires.questions import COMMENT
from feedback_service.responses.changes import note_changes
from feedback_service.responses.collect import keep_revision, second_sign
from feedback_service.responses.follow_ups.queries import answers_to_follow_ups
from feedback_service.responses.models import Remedy, Response, ResponseAnswer, RevisionKind
from feedback_service.responses.rules.answers import CONTACT, REMEDY, Answers, Given, after_page, contact_in, masked
from feedback_service.responses.rules.revisions import score_may_change

IN_THE_RESPONSE = frozenset({COMMENT, CONTACT, REMEDY})
"""Questions whose answers have columns of their own; all others have a row in `response_answers`."""


@dataclass(frozen=True)
class KeptPage:
    """What holds once a page was kept."""

    answers: dict[str, Given]
    revision: int


def keep_page(
    session: Session,
    response_id: int,
    said: Answers,
    *,
    seen: int | None,
    window: timedelta,
    zone: ZoneInfo,
    now: datetime,
) -> KeptPage:
    """Keep what a page says, and what was there as a revision; the same page sent twice changes nothing.

    `seen` is the revision that the page showed: see `after_page`. Later words are welcome for as long as the link
    lives, and no word changes what counts. An answer that was taken back keeps nothing more.
    """
    response = session.scalars(
        select(Response)
        .where(Response.id == response_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    before = answers_to_follow_ups(session, response)
    if response.withdrawn_at is not None:
        return KeptPage(before, response.revision)
    holds = after_page(before, masked(said), fresh=seen == response.revision)
    if any(said.values()) and response.suspected is not None:
        second_sign(session, response_id, now, zone)  # whoever writes, or chooses, has read the page
    if holds != before:
        _keep(session, response, before, holds, window, now)
    return KeptPage(holds, response.revision)


def _keep(
    session: Session, response: Response, before: Answers, holds: Answers, window: timedelta, now: datetime
) -> None:
    for column, value in columns_of(holds).items():
        setattr(response, column, value)
    response.revision += 1
    changed = {key for key in {**before, **holds} if before.get(key) != holds.get(key)} - IN_THE_RESPONSE
    if changed:
        old = ResponseAnswer.question_key.in_(changed)
        session.execute(delete(ResponseAnswer).where(ResponseAnswer.response_id == response.id, old))
        insert_answers(session, response.id, {key: holds[key] for key in changed if key in holds}, now)
        note_changes(session, [response])
    in_time = score_may_change(response.answered_at, now, window)
    kind = RevisionKind.CORRECTION if in_time else RevisionKind.LATER
    keep_revision(session, response, kind, now, details_of(holds))


def insert_answers(session: Session, response_id: int, answers: Answers, at: datetime) -> None:
    """Write the rows of answers that are not there yet; those of `IN_THE_RESPONSE` are left to its columns.

    An anonymous answer gives its day's midnight as `at`, since a time would tell who it was.
    """
    rows = [
        {
            "response_id": response_id,
            "question_key": key,
            "chosen": list(given.chosen),
            "text": given.text,
            "answered_at": at,
        }
        for key, given in answers.items()
        if key not in IN_THE_RESPONSE and given
    ]
    if rows:
        session.execute(insert(ResponseAnswer), rows)


def columns_of(answers: Answers) -> dict[str, Any]:
    """The columns of a response that hold its comment, the wish to be contacted, and the remedy."""
    remedy, contact = answers.get(REMEDY, Given()), contact_in(answers)
    return {
        "comment": answers.get(COMMENT, Given()).text,
        "wants_contact": bool(answers.get(CONTACT)),
        "remedy": Remedy(remedy.chosen[0]) if remedy else None,
        "contact_how": contact.how if contact else None,
        "contact_when": contact.when if contact else None,
        "contact_phone": contact.phone or None if contact else None,
    }


def details_of(answers: Answers) -> dict[str, Any]:
    """The answers as a revision keeps them, by question key; the comment and a bare wish have columns there too."""
    in_columns = {COMMENT} if answers.get(CONTACT, Given()).contact else {COMMENT, CONTACT}
    return {key: _detail(given) for key, given in answers.items() if given and key not in in_columns}


def _detail(given: Given) -> Mapping[str, object]:
    detail: dict[str, object] = {"chosen": list(given.chosen), "text": given.text}
    if given.contact is not None:
        detail |= {"how": given.contact.how, "when": given.contact.when, "phone": given.contact.phone}
    return detail
