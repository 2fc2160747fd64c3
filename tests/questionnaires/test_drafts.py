"""A draft may be half finished: each thing that is missing or wrong is told in a sentence, at its place."""

from copy import deepcopy
from typing import Any

import pytest

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.drafts import Document, document_of, faults, mark_of, rules_of, settled
from feedback_service.questionnaires.read_files import read_survey
from tests.questionnaires.factories import NPS

SURVEY = read_survey(SURVEYS / NPS)


@pytest.fixture
def document() -> Document:
    return document_of(SURVEY)


def test_a_document_holds_the_whole_survey(document: Document) -> None:
    assert settled(SURVEY.key, SURVEY.metric, document) == SURVEY
    assert rules_of(document) == SURVEY.rules
    assert faults(document) == []


FAULTS: list[tuple[tuple[str | int, ...], Any, tuple[str, ...], str]] = [
    (("rules", "title"), "", ("rules", "title"), "Write something here."),
    (("rules", "title"), "x" * 121, ("rules", "title"), "Use at most 120 characters."),
    (("rules", "trigger", "delay_days"), "soon", ("rules", "trigger", "delay_days"), "Give a whole number."),
    (("rules", "trigger", "delay_days"), "1.5", ("rules", "trigger", "delay_days"), "Give a whole number."),
    (("rules", "trigger", "delay_days"), "-1", ("rules", "trigger", "delay_days"), "Give 0 or more."),
    (("rules", "trigger", "delay_days"), "999", ("rules", "trigger", "delay_days"), "Give 365 or less."),
    (("rules", "trigger", "delay_days"), "31", ("rules", "trigger"), "Delay_days 31 is beyond max_age_days 30"),
    (("rules", "trigger", "on"), "paid", ("rules", "trigger", "on"), "Choose one of those offered."),
    (("rules", "asking", "consent"), "perhaps", ("rules", "asking", "consent"), "Choose one of those offered."),
    (("rules", "filter", "min_value"), {"EUR": "much"}, ("rules", "filter", "min_value", "EUR"), "Give an amount"),
    (("rules", "routing", "team"), "Care Team", ("rules", "routing", "team"), "Use small letters, digits and _"),
    (("rules", "default_locale"), "nl", ("rules", "default_locale"), "There are no words in this language."),
    (("structure", "questions", 1, "options"), [], ("structure", "questions", "driver"), "Options belong to a choice"),
    (("wordings", "de", "mail", "subject"), "a\nb", ("wordings", "de", "mail", "subject"), "Write it in one line."),
    (("wordings", "de", "mail", "subject"), "{oder}",
     ("wordings", "de", "mail", "subject"), "Has the unknown placeholder"),
    (("wordings", "de", "mail", "sender_address"), "x",
     ("wordings", "de", "mail", "sender_address"), "Is no bare address"),
    (("wordings", "de", "questions", "driver", "options", "price"), "",
     ("wordings", "de", "questions", "driver", "options", "price"), "Write something here."),
]  # fmt: skip


@pytest.mark.parametrize(("place", "value", "told_at", "sentence"), FAULTS)
def test_each_fault_is_told_at_its_place(
    document: Document, place: tuple[str | int, ...], value: Any, told_at: tuple[str, ...], sentence: str
) -> None:
    part: Any = document
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = value
    assert settled(SURVEY.key, SURVEY.metric, document) is None
    told = [fault for fault in faults(document) if fault.path == told_at]
    assert told, faults(document)
    assert told[0].sentence.startswith(sentence)


def test_several_faults_are_told_at_once(document: Document) -> None:
    document["rules"]["title"] = ""
    document["wordings"]["fr"]["page"]["send"] = ""
    document["wordings"]["de"]["questions"]["contact"]["label"] = ""
    assert {fault.path for fault in faults(document)} == {
        ("rules", "title"),
        ("wordings", "fr", "page", "send"),
        ("wordings", "de", "questions", "contact", "label"),
    }


def test_words_that_are_missing_or_that_nobody_is_asked_are_told(document: Document) -> None:
    del document["wordings"]["de"]["questions"]["comment"]
    document["wordings"]["de"]["questions"]["mood"] = {"label": "Wie geht es?"}
    del document["wordings"]["es"]["questions"]["driver"]["other"]
    document["wordings"]["es"]["questions"]["driver"]["low"] = "Mal"
    assert {(fault.path[1:], fault.sentence) for fault in faults(document)} == {
        (("de", "questions", "comment"), "Write something here."),
        (("de", "questions", "mood"), "Nobody is asked this any more. Take it out, or ask it again."),
        (("es", "questions", "driver", "other"), "Write something here."),
        (("es", "questions", "driver", "low"), "Nobody is asked this any more. Take it out, or ask it again."),
    }


def test_a_score_that_is_no_score_is_told_by_the_scale() -> None:
    csat = read_survey(SURVEYS / "delivery_csat")
    document = document_of(csat)
    document["rules"]["thresholds"]["detractor_max"] = 7
    assert [(fault.path, fault.sentence) for fault in faults(document)] == [
        (("rules", "thresholds", "detractor_max"), "Give a score between 1 and 5.")
    ]


def test_a_mark_tells_two_documents_apart(document: Document) -> None:
    other = deepcopy(document)
    assert mark_of(other) == mark_of(document)
    assert mark_of(dict(reversed(document.items()))) == mark_of(document)
    other["rules"]["title"] = "Another"
    assert mark_of(other) != mark_of(document)
