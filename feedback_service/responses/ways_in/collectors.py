"""Opens a way in besides the mail, and closes it again; its answers stay."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.database import insert_new
from feedback_service.questionnaires.definition import SurveyDefinition, SurveyStatus
from feedback_service.responses.models import Channel, Collector

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like another on a thermal printer
TOKEN_LENGTH = 10  # 49 bits: typed by hand from a receipt, and not found by trying


class CollectorError(Exception):
    """A way in that cannot be opened; the message says why, and what to do."""


@dataclass(frozen=True)
class NewCollector:
    """A way in as a manager describes it."""

    name: str
    channel: Channel
    locale: str | None = None
    origins: tuple[str, ...] = ()
    again_after_days: int = 90


def open_collector(
    session: Session, new: NewCollector, survey: SurveyDefinition, *, by: str, now: datetime
) -> Collector:
    """A new way in to a published survey.

    Raises CollectorError where the survey cannot be answered by strangers, or the name is taken.
    """
    check_survey(survey)
    if new.locale is not None and new.locale not in survey.wordings:
        raise CollectorError(f"{survey.rules.title} has no words in {new.locale}.")
    if new.channel is Channel.EMBED and not new.origins:
        raise CollectorError("Say on which address the shop's pages are; no other page may show the panel.")
    token = "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))
    made = session.execute(
        insert_new(session, Collector)
        .values(
            token=token,
            name=new.name,
            survey_key=survey.key,
            channel=new.channel,
            locale=new.locale,
            origins=list(new.origins) if new.channel is Channel.EMBED else [],
            again_after_days=new.again_after_days,
            created_at=now,
            created_by=by,
        )
        .returning(Collector.id)
    ).scalar()
    if made is None:
        raise CollectorError(f"There is a way in named {new.name} already. Give this one a name of its own.")
    return session.get_one(Collector, made)


def check_survey(survey: SurveyDefinition) -> None:
    """Raises CollectorError where strangers cannot answer a survey."""
    if survey.structure.anonymous:
        raise CollectorError(
            f"{survey.rules.title} is anonymous. Colleagues answer it by mail, each once: a page that anybody"
            " opens as often as they like could not promise both that nobody is known and that nobody counts twice."
        )
    if survey.rules.status is SurveyStatus.CLOSED:
        raise CollectorError(f"{survey.rules.title} is closed and takes no answers. Open it first.")
    if speaks_of_orders(survey):
        raise CollectorError(
            f"The words of {survey.rules.title} name the order with {{order}}. Whoever walks in may have none:"
            " choose another survey, or reword this one."
        )


def speaks_of_orders(survey: SurveyDefinition) -> bool:
    """Whether the words on its pages need an order; not those below the question, which ours replace."""
    shown = (
        part.model_dump_json(exclude={"why"})
        for wording in survey.wordings.values()
        for part in (wording.page, wording.more, wording.thanks, *wording.questions.values())
    )
    return any("{order}" in words for words in shown)


def close_collector(session: Session, collector_id: int, *, by: str, now: datetime) -> bool:
    """Take no more answers by a way in; False where it was closed before, by whom it says."""
    closed = session.execute(
        update(Collector)
        .where(Collector.id == collector_id, Collector.closed_at.is_(None))
        .values(closed_at=now, closed_by=by)
        .returning(Collector.id)
        .execution_options(synchronize_session=False)
    )
    return closed.first() is not None
