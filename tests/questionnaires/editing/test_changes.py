"""What publishing would change, in words that a manager knows."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.drafts import Document, document_of
from feedback_service.questionnaires.editing.alter import (
    add_language,
    add_option,
    add_question,
    move_question,
    remove_language,
    remove_question,
)
from feedback_service.questionnaires.editing.changes import Change, changes_between
from feedback_service.questionnaires.editing.places import put, question_at, take_out_what_nobody_is_asked
from feedback_service.questionnaires.read_files import read_survey
from tests.questionnaires.factories import NPS

ASKED = document_of(read_survey(SURVEYS / NPS))
DRIVER = "What decided your score?"


def reworded(document: Document) -> None:
    document["wordings"]["de"]["mail"]["subject"] = "Neu"
    document["wordings"]["de"]["mail"]["sender_name"] = "Ana"


def other_rules(document: Document) -> None:
    document["rules"]["trigger"]["delay_days"] = "9"
    document["rules"]["window"]["weekdays"] = ["mon"]
    document["rules"]["status"] = "paused"
    document["rules"]["window"]["holidays"] = True


def other_questions(document: Document) -> None:
    add_question(document, "yes_no", "Did you consider somebody else?")
    remove_question(document, "contact")
    move_question(document, "comment", -1)
    add_option(document, "driver", "The smell")
    put(document, ("structure", "questions", "driver", "type"), "choice_many")
    put(document, ("structure", "questions", "driver", "required"), True)
    put(document, ("structure", "questions", "driver", "driver"), False)


def other_languages(document: Document) -> None:
    document["wordings"] = remove_language(document, locale="fr")["wordings"]
    del document["wordings"]["de"]
    document["wordings"] = add_language(document, locale="de", spoken={"de"})["wordings"]
    document["wordings"]["nl"] = deepcopy(document["wordings"]["en"])


WEEK = "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"
CASES: list[tuple[Callable[[Document], None], str, list[tuple[str, str, str]]]] = [
    (reworded, "words", [
        ("German, The mail: Subject", ASKED["wordings"]["de"]["mail"]["subject"], "Neu"),
        ("German, The mail: Who writes", "", "Ana"),
    ]),
    (other_rules, "rules", [
        ("The survey: Status", "Open: it asks and takes answers",
         "Paused: it asks nobody by itself; links that are out go on"),
        ("When it asks: Days to wait after the event", "5", "9"),
        ("The hours: On these days", WEEK, "Monday"),
        ("The hours: On public holidays too", "No", "Yes"),
    ]),
    (other_questions, "questions", [
        ("Question taken out", "Please contact me about this", ""),
        ("Question added", "", "Did you consider somebody else?"),
        ("Order of the questions", f"{DRIVER}, Would you like to tell us more?, What shall happen now",
         f"Would you like to tell us more?, {DRIVER}, What shall happen now"),
        (f"{DRIVER}: Kind of question", "One of several", "Any of several"),
        (f"{DRIVER}: Options", "The product, The price, The delivery, The service, How ordering went",
         "The product, The price, The delivery, The service, How ordering went, The smell"),
        (f"{DRIVER}: Needs an answer", "No", "Yes"),
        (f"{DRIVER}: This decided the score", "Yes", "No"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("alter", "part", "expected"), CASES)
def test_each_change_is_said_in_words(
    alter: Callable[[Document], None], part: str, expected: list[tuple[str, str, str]]
) -> None:
    document = deepcopy(ASKED)
    alter(document)
    take_out_what_nobody_is_asked(document)
    changes = changes_between(ASKED, document)
    said: tuple[Change, ...] = getattr(changes, part)
    assert [(change.what, change.before, change.after) for change in said] == expected


def test_languages_that_come_and_go_are_a_line_each() -> None:
    document = deepcopy(ASKED)
    other_languages(document)
    words = changes_between(ASKED, document).words
    assert words[0] == Change("Language taken out", "French", "")
    assert words[-1] == Change("Language added", "", "Dutch")
    assert any(change.what.startswith("German, The mail: ") for change in words)


def test_a_state_does_not_differ_from_itself() -> None:
    assert not changes_between(ASKED, deepcopy(ASKED)).any


def test_a_question_that_is_new_is_not_told_word_by_word() -> None:
    document = deepcopy(ASKED)
    add_question(document, "rating", "How was it?")
    for wording in document["wordings"].values():
        wording["questions"]["how_was_it"] = {"label": "x", "low": "y", "high": "z"}
    changes = changes_between(ASKED, document)
    assert len(changes.questions) == 1
    assert changes.words == ()


def test_a_condition_that_is_new_is_told() -> None:
    document = deepcopy(ASKED)
    question = question_at(document, "comment")
    assert question is not None
    question["show"] = {"question": "driver", "answers": ["price", "other"]}
    said = {(change.what, change.after) for change in changes_between(ASKED, document).questions}
    assert ("Would you like to tell us more?: … which was", "The price, Something else") in said
