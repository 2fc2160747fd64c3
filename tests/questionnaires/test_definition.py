"""What makes two versions the same, which words a buyer gets, and what fills the gaps in them."""

import pytest

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.common_words import nearest
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.fill import filled
from feedback_service.questionnaires.read_files import read_common_words, read_survey
from feedback_service.questionnaires.words import Line
from tests.questionnaires.factories import NPS


@pytest.fixture(scope="module")
def survey() -> SurveyDefinition:
    return read_survey(SURVEYS / NPS)


def with_subject(survey: SurveyDefinition, subject: Line) -> SurveyDefinition:
    wording = survey.wordings["en"]
    mail = wording.mail.model_copy(update={"subject": subject})
    return survey.model_copy(update={"wordings": {**survey.wordings, "en": wording.model_copy(update={"mail": mail})}})


def test_one_other_word_is_another_version_of_the_same_questions(survey: SurveyDefinition) -> None:
    other = with_subject(survey, "Another subject")
    assert other.content_hash != survey.content_hash
    assert other.structure_hash == survey.structure_hash


def test_rules_lie_outside_the_version(survey: SurveyDefinition) -> None:
    trigger = survey.rules.trigger.model_copy(update={"delay_days": 9})
    other = survey.model_copy(update={"rules": survey.rules.model_copy(update={"trigger": trigger})})
    assert other.content_hash == survey.content_hash


def test_another_question_is_another_structure(survey: SurveyDefinition) -> None:
    structure = survey.structure.model_copy(update={"questions": survey.structure.questions[:1]})
    other = survey.model_copy(update={"structure": structure})
    assert other.structure_hash != survey.structure_hash
    assert other.content_hash != survey.content_hash
    assert (survey.structure.asks("text"), structure.asks("text")) == (True, False)


def test_the_order_of_languages_does_not_matter(survey: SurveyDefinition) -> None:
    turned = survey.model_copy(update={"wordings": dict(reversed(survey.wordings.items()))})
    assert turned.content_hash == survey.content_hash


LOCALES = [
    ("en", "en", "the same"),
    ("pt-BR", "pt-BR", "the same"),
    ("pt-PT", "pt-BR", "the same language"),
    ("pt_PT", "pt-BR", "however it is written"),
    ("EN-us", "en", "in any case"),
    ("de-AT", "de", "the same language, without a country"),
    ("nl", "en", "otherwise the default"),
    (None, "en", "nothing is known"),
    ("", "en", "nothing is known"),
]


@pytest.mark.parametrize(("wanted", "got", "why"), LOCALES)
def test_a_buyer_gets_the_nearest_words(survey: SurveyDefinition, wanted: str | None, got: str, why: str) -> None:
    assert survey.locale_for(wanted) == got, why


def test_visitors_get_the_nearest_shared_words() -> None:
    words = read_common_words(SURVEYS)
    assert nearest(words, ["nl", "pt", "en"])[0] == "pt-BR"
    assert nearest(words, ["nl", "da"])[0] == "en"
    assert nearest(words, [])[0] == "en"


def test_a_name_with_braces_stays_a_name(survey: SurveyDefinition) -> None:
    facts = {"name": "{shop} {0}", "shop": "Corner Shop", "order": "A-1", "score": ""}
    mail = filled(survey.wordings["en"], facts).mail
    assert "{shop} {0}" in mail.greeting
    assert "Corner Shop" in filled(survey.wordings["en"], facts).model_dump_json()
