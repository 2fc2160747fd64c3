"""A page that is sent as it was opened changes nothing, and a draft that can be published has no fault on any page."""

import random
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.drafts import Document, document_of, faults, settled
from feedback_service.questionnaires.editing.changes import changes_between
from feedback_service.questionnaires.editing.fields import Field
from feedback_service.questionnaires.editing.labels import Kind
from feedback_service.questionnaires.editing.pages import QUESTIONS_PAGE, EditorPage, drawn, pages_of, told_by_page
from feedback_service.questionnaires.editing.places import follow_ups, take_out_what_nobody_is_asked
from feedback_service.questionnaires.editing.presentable import presentable
from feedback_service.questionnaires.editing.read_form import ORDER
from feedback_service.questionnaires.read_files import read_surveys
from tests.questionnaires.documents import surveys

slowly = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def sent(page: EditorPage, document: Document) -> MultiDict[str, str]:
    """What a browser sends of a page that nobody touched."""
    form: MultiDict[str, str] = MultiDict()
    for field in (field for group in page.groups(document) for field in group.fields):
        for value in _values(field):
            form.add(field.name, value.replace("\n", "\r\n"))
    for question in follow_ups(document) if page is QUESTIONS_PAGE else ():
        form.add(ORDER, f"{question['key']}:{question['type']}")
        form.setlist(f"{ORDER}.{question['key']}", question.get("options", []))
    return form


def _values(field: Field) -> list[str]:
    match field.spec.kind:
        case Kind.TICK:
            return ["yes"] if field.value else []
        case Kind.TICKS:
            return list(field.value)
        case _:
            return [field.value]


def through_every_page(document: Document) -> Document:
    for page in pages_of(document):
        document = page.read(document, sent(page, document))
        take_out_what_nobody_is_asked(document)
    return document


def restored(survey: SurveyDefinition, document: Document) -> SurveyDefinition | None:
    return settled(survey.key, survey.metric, document)


@pytest.mark.parametrize("key", sorted(read_surveys(SURVEYS)))
def test_a_shipped_survey_stays_as_it_is_when_every_page_is_sent_untouched(key: str) -> None:
    survey = read_surveys(SURVEYS)[key]
    document = document_of(survey)
    assert restored(survey, through_every_page(document)) == survey
    assert faults(document) == []
    assert told_by_page(document) == []
    assert not changes_between(document, through_every_page(document)).any


@given(surveys())
@slowly
def test_and_so_does_any_survey_that_could_be(survey: SurveyDefinition) -> None:
    document = document_of(survey)
    assert restored(survey, through_every_page(document)) == survey
    assert faults(document) == []


@given(surveys(), st.randoms(use_true_random=False))
@slowly
def test_whatever_is_typed_comes_back_and_is_told_where_it_cannot_be(
    survey: SurveyDefinition, chance: random.Random
) -> None:
    """Texts at random into random fields: a page gives back each of them, and every fault has its place."""
    document = document_of(survey)
    for page in pages_of(document):
        form = sent(page, document)
        texts = [name for group in page.groups(document) for name in map(_text_name, group.fields) if name]
        typed = {name: chance.choice(TYPED) for name in chance.sample(texts, min(3, len(texts)))}
        for name, text in typed.items():
            form[name] = text
        document = page.read(document, form)
        take_out_what_nobody_is_asked(document)
        shown = {field.name: field.value for group in page.groups(document) for field in group.fields}
        assert {name: shown[name] for name in typed} == typed
    told = told_by_page(document)
    assert (restored(survey, document) is None) == bool(faults(document)) == bool(told)
    groups = [group for page in pages_of(document) for group in drawn(page, document)[0]]
    ids = {place.id for group in groups for place in (group, *group.fields)}
    assert all(fault.target in ids or fault.target == "" for _, found in told for fault in found)
    assert all(fault.sentence.endswith((".", "?")) and not fault.sentence[0].islower() for _, f in told for fault in f)


TYPED = ("", "soon", "12", "-1", "{oder}", "{order", "x" * 300, "two\nlines", "fine", "[]", "0.5", "é", "null", "24:99")


def _text_name(field: Field) -> str:
    return field.name if field.spec.kind in {Kind.LINE, Kind.TEXT, Kind.NUMBER, Kind.TIME} else ""


@given(surveys(), st.randoms(use_true_random=False))
@slowly
def test_what_is_half_written_can_be_looked_at(survey: SurveyDefinition, chance: random.Random) -> None:
    """Words that are missing never keep anybody from seeing the page."""
    document = document_of(survey)
    locale = chance.choice(sorted(document["wordings"]))
    gappy = deepcopy(document)
    _forget(gappy["wordings"][locale], chance)
    found = presentable(survey, gappy, locale)
    assert isinstance(found, SurveyDefinition), found
    assert found.structure == survey.structure
    assert set(found.wordings) == {locale}


def _forget(part: dict[str, Any], chance: random.Random) -> None:
    for name in list(part):
        lot = chance.random()
        if isinstance(part[name], dict) and lot > 0.1:
            _forget(part[name], chance)
        elif lot < 0.2:
            del part[name]
        elif lot < 0.4 and isinstance(part[name], str):
            part[name] = ""
