"""Other words, and other questions, are a new version; its answers and those of the old one are one series."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.queries import scores_by_month
from feedback_service.questionnaires.drafts import document_of
from feedback_service.questionnaires.editing.alter import add_question, remove_question
from feedback_service.questionnaires.editing.places import take_out_what_nobody_is_asked
from feedback_service.questionnaires.publish import keep_draft, publish
from feedback_service.questionnaires.queries import published_surveys, survey_version
from feedback_service.responses.models import Response
from tests.conftest import NOW
from tests.responses.factories import NPS, Asked, answered_by, asked

pytestmark = pytest.mark.usefixtures("now")
OLD, NEW = "How likely are you to recommend Corner Shop to a friend?", "Would you send a friend to Corner Shop?"


def publish_another(session: Session) -> None:
    """Ask in other words, one question more and one less."""
    document = document_of(published_surveys(session)[NPS].definition)
    remove_question(document, "driver")
    key = add_question(document, "text", "What else?")
    for wording in document["wordings"].values():
        wording["questions"][key]["label"] = "What else?"
    document["wordings"]["en"]["page"]["question"] = "Would you send a friend to {shop}?"
    take_out_what_nobody_is_asked(document)
    keep_draft(session, NPS, document, by="ana@corner-shop.example", now=NOW)
    publish(session, NPS, NOW)
    session.commit()


def answer_of(session: Session, person: Asked) -> Response:
    found = session.scalars(select(Response).filter_by(invitation_id=person.invitation_id)).one()
    session.rollback()
    return found


def test_two_versions_are_one_series_and_each_answer_keeps_its_words(session: Session, client: FlaskClient) -> None:
    early = answered_by(session, NOW, 3)
    waiting = asked(session, NOW)
    publish_another(session)
    late = answered_by(session, NOW, 9)
    fold_changes(session, NOW, 100)
    session.commit()

    (month,) = scores_by_month(session, NPS)
    assert month.counts == {3: 1, 9: 1}
    session.rollback()

    versions = [answer_of(session, person).version_id for person in (early, late)]
    assert None not in versions
    assert versions[0] != versions[1]
    for version_id, question, driver in zip(versions, (OLD, NEW), (True, False), strict=True):
        assert version_id is not None
        words = survey_version(session, version_id).definition
        assert words.wordings["en"].page.question.format(shop="Corner Shop") == question
        assert ("driver" in words.wordings["en"].questions) is driver
    session.rollback()

    for person, said, unsaid in ((early, OLD, NEW), (late, NEW, OLD), (waiting, OLD, NEW)):
        page = client.get(person.path).text
        assert said in page
        assert unsaid not in page
    assert "What decided your score?" in client.get(f"{early.path}/more").text
    assert "What else?" in client.get(f"{late.path}/more").text
