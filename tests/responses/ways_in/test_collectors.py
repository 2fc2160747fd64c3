"""A manager opens and closes ways in; a survey that strangers cannot answer says why."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from feedback_service.questionnaires.definition import Rules, SurveyDefinition, SurveyStatus
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.questionnaires.questions import Structure
from feedback_service.responses.models import Channel, Collector
from feedback_service.responses.walk_in.queries import collector_behind, collector_lines
from feedback_service.responses.ways_in.collectors import (
    ALPHABET,
    CollectorError,
    NewCollector,
    check_survey,
    close_collector,
    open_collector,
)
from tests.conftest import NOW
from tests.responses.walk_in.factories import MANAGER, opened

NPS = "post_purchase_nps"


def survey(session: Session, key: str = NPS) -> SurveyDefinition:
    return published_surveys(session)[key].definition


def test_it_says_who_opened_it_and_when(session: Session) -> None:
    way = opened(session, NOW, name="Receipts, Lisbon")
    assert (way.name, way.created_by, way.created_at, way.closed_at) == ("Receipts, Lisbon", MANAGER, NOW, None)
    assert set(way.token) <= set(ALPHABET)
    assert way.origins == []  # a link is shown in no frame


def test_its_address_may_be_typed_in_capitals(session: Session) -> None:
    way = opened(session, NOW)
    found = collector_behind(session, way.token.upper())
    assert found is not None
    assert found.id == way.id
    assert collector_behind(session, "nobody") is None


def test_it_says_who_closed_it_and_closes_once(session: Session) -> None:
    way = opened(session, NOW)
    assert close_collector(session, way.id, by="first@corner-shop.example", now=NOW)
    assert not close_collector(session, way.id, by="second@corner-shop.example", now=NOW + timedelta(days=1))
    session.commit()
    kept = session.get_one(Collector, way.id, populate_existing=True)
    assert (kept.closed_by, kept.closed_at) == ("first@corner-shop.example", NOW)


def test_two_ways_in_have_two_names(session: Session) -> None:
    opened(session, NOW, name="Counter")
    with pytest.raises(CollectorError, match="named Counter already"):
        opened(session, NOW, name="Counter")


def test_a_panel_needs_to_know_where(session: Session) -> None:
    with pytest.raises(CollectorError, match="which address"):
        opened(session, NOW, Channel.EMBED, origins=())


def test_it_begins_in_a_language_that_the_survey_has(session: Session) -> None:
    new = NewCollector("Counter", Channel.KIOSK, locale="ja")
    with pytest.raises(CollectorError, match="no words in ja"):
        open_collector(session, new, survey(session), by=MANAGER, now=NOW)


def test_an_anonymous_survey_is_refused_with_its_reason(session: Session) -> None:
    asked = survey(session)
    score = tuple(question for question in asked.structure.questions if question.type == "score")
    anonymous = asked.model_copy(update={"structure": Structure(kind=SurveyKind.ENPS, questions=score)})
    with pytest.raises(CollectorError, match="is anonymous"):
        check_survey(anonymous)


def test_a_closed_survey_is_refused(session: Session) -> None:
    asked = survey(session)
    rules = Rules.model_validate({**dict(asked.rules), "status": SurveyStatus.CLOSED})
    with pytest.raises(CollectorError, match="takes no answers"):
        check_survey(asked.model_copy(update={"rules": rules}))


def test_words_that_need_an_order_are_refused(session: Session) -> None:
    asked = survey(session)
    words = asked.wordings["en"]
    named = words.model_copy(update={"page": words.page.model_copy(update={"question": "How was order {order}?"})})
    with pytest.raises(CollectorError, match="name the order"):
        check_survey(asked.model_copy(update={"wordings": {"en": named}}))


def test_every_shipped_survey_that_strangers_may_answer_can_be_shown_to_them(session: Session) -> None:
    for key, found in published_surveys(session).items():
        if not found.definition.structure.anonymous:
            check_survey(found.definition)
            assert key


def test_the_list_has_open_ones_first_and_counts_nothing_yet(session: Session) -> None:
    closed = opened(session, NOW, name="A stand at a fair")
    close_collector(session, closed.id, by=MANAGER, now=NOW)
    opened(session, NOW, Channel.KIOSK, name="Counter")
    lines = collector_lines(session)
    assert [(line.name, line.answers, line.suspected, line.newest) for line in lines] == [
        ("Counter", 0, 0, None),
        ("A stand at a fair", 0, 0, None),
    ]
