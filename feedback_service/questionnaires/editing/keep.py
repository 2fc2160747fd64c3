"""Keeps what a manager typed, unless somebody else changed the same part of the survey meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from feedback_service.questionnaires.drafts import Document, mark_of
from feedback_service.questionnaires.editing.places import take_out_what_nobody_is_asked
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.publish import keep_draft
from feedback_service.questionnaires.queries import present_document

Seen = Callable[[Document], Any]
"""What of a document somebody had before them."""
Alter = Callable[[Document], Document]
"""Writes what was typed into a copy of a document."""


@dataclass(frozen=True)
class Conflict:
    """Two wrote at once: `theirs` is what is kept, `typed` what was not."""

    theirs: Document
    typed: Document
    by: str
    at: datetime | None


def all_of(document: Document) -> Any:
    """For a press that is about the whole survey."""
    return document


def rules_seen(document: Document) -> Any:
    """What the page of the rules shows."""
    return [document["rules"], document["structure"]["kind"], list(document["wordings"])]


def questions_seen(document: Document) -> Any:
    """What the page of the questions shows, besides words in other languages that hang on them."""
    words = {locale: wording.get("questions", {}) for locale, wording in document["wordings"].items()}
    return [document["structure"], words, document["rules"].get("default_locale")]


def words_seen(locale: str) -> Seen:
    """What the page of one language's words shows."""
    return lambda document: [document["structure"], document["wordings"].get(locale)]


def keep_typed(
    session: Session, key: str, alter: Alter, part: Seen, *, seen: str, by: str, now: datetime
) -> Conflict | None:
    """Write what was typed into the draft; a Conflict, and nothing kept, where `part` is not as it was `seen`.

    Raises what `alter` raises.
    """
    survey = session.get_one(Survey, key, with_for_update=True, populate_existing=True)
    present, _ = present_document(session, survey)
    typed = alter(present)
    if mark_of(part(present)) != seen:
        return Conflict(present, typed, survey.draft_by or "", survey.draft_at)
    take_out_what_nobody_is_asked(typed)
    keep_draft(session, key, typed, by=by, now=now)
    return None
