"""What the buttons do: questions, options and languages come, go and move, and nothing else changes with them."""

from copy import deepcopy

import pytest

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.drafts import Document, document_of, faults
from feedback_service.questionnaires.editing.alter import (
    MOST_OPTIONS,
    MOST_QUESTIONS,
    AlterationError,
    add_from_bank,
    add_language,
    add_option,
    add_question,
    addable,
    move_option,
    move_question,
    offered,
    remove_language,
    remove_option,
    remove_question,
)
from feedback_service.questionnaires.editing.places import question_at, questions_of, take_out_what_nobody_is_asked
from feedback_service.questionnaires.read_files import read_bank, read_survey
from tests.questionnaires.factories import NPS

BANK = read_bank(SURVEYS)


@pytest.fixture
def document() -> Document:
    return document_of(read_survey(SURVEYS / NPS))


@pytest.fixture
def pulse() -> Document:
    return document_of(read_survey(SURVEYS / "employee_pulse"))


def keys(document: Document) -> list[str]:
    return [question["key"] for question in questions_of(document)]


def test_a_new_question_comes_last_and_lacks_words_in_other_languages(document: Document) -> None:
    key = add_question(document, "rating", "How was Zoë, our courier?")
    assert key == "how_was_zoe_our_courier"
    assert keys(document)[-1] == key
    assert document["wordings"]["en"]["questions"][key] == {"label": "How was Zoë, our courier?"}
    assert document["wordings"]["de"]["questions"][key] == {"label": ""}
    assert {fault.path[1] for fault in faults(document)} == set(document["wordings"])


KEYS = [
    ("What nearly stopped you?", "what_nearly_stopped_you"),
    ("Comment", "comment_2"),
    ("Contact", "contact_2"),
    ("Driver", "driver_2"),
    ("Score!", "score_2"),
    ("最初は?", "question"),
    ("2nd thoughts", "question"),
    ("a" * 60, "a" * 36),
]


@pytest.mark.parametrize(("label", "key"), KEYS)
def test_its_key_is_made_of_its_words_and_is_nobody_elses(document: Document, label: str, key: str) -> None:
    assert add_question(document, "text", label) == key
    assert add_question(document, "text", label) not in {key, "comment", "contact", "remedy"}


def test_only_what_a_survey_can_have_may_be_added(document: Document, pulse: Document) -> None:
    assert addable(document) == ["text", "choice_one", "choice_many", "rating", "yes_no"]
    remove_question(document, "comment")
    remove_question(document, "remedy")
    assert (addable(document)[0], addable(document)[-1]) == ("comment", "remedy")
    assert add_question(document, "comment", "") == "comment"
    assert add_question(document, "remedy", "") == "remedy"
    assert question_at(document, "remedy") == {"key": "remedy", "type": "remedy", "show": {"band": ["detractor"]}}
    assert not {"contact_wish", "remedy"} & set(addable(pulse)), "nobody is asked by name"
    for kind in ("score", "contact_wish", "nonsense"):
        with pytest.raises(AlterationError, match="kinds of question that are offered"):
            add_question(document, kind, "")


def test_a_question_of_the_bank_comes_with_its_words(document: Document) -> None:
    assert "why_us" in offered(document, BANK)
    add_from_bank(document, BANK, "why_us")
    assert "why_us" not in offered(document, BANK)
    assert document["wordings"]["de"]["questions"]["why_us"]["label"]
    unwritten = {fault.path[1] for fault in faults(document)}
    assert unwritten == {"ar"}, "which the bank does not speak"
    with pytest.raises(AlterationError, match="questions that are offered"):
        add_from_bank(document, BANK, "why_us")


def test_every_question_of_the_bank_fits_every_kind_of_survey(document: Document, pulse: Document) -> None:
    del document["wordings"]["ar"]
    for survey in (document, pulse):
        for key in offered(survey, BANK):
            add_from_bank(survey, BANK, key)
        assert faults(survey) == []


def test_a_question_that_goes_leaves_nothing_that_hangs_on_it(document: Document) -> None:
    add_question(document, "text", "Why then?")
    question_at(document, "why_then")["show"] = {"question": "driver", "answers": ["price"], "band": ["passive"]}  # type: ignore[index]  # it was just added
    remove_question(document, "driver")
    take_out_what_nobody_is_asked(document)
    assert question_at(document, "why_then")["show"] == {"band": ["passive"]}  # type: ignore[index]  # as above
    assert all("driver" not in wording["questions"] for wording in document["wordings"].values())
    for key in ("score", "driver"):
        with pytest.raises(AlterationError, match="no such question"):
            remove_question(document, key)


def test_questions_move_and_the_score_stays(document: Document) -> None:
    before = keys(document)
    move_question(document, "driver", -1)
    assert keys(document) == before
    move_question(document, "driver", 1)
    assert keys(document) == ["score", "comment", "driver", "contact", "remedy"]
    move_question(document, "remedy", 1)
    move_question(document, "nonsense", 1)
    assert keys(document)[-1] == "remedy"


def test_options_come_go_and_move(document: Document) -> None:
    key = add_option(document, "driver", "The smell")
    assert key == "the_smell"
    assert add_option(document, "driver", "Other") == "other_2", "other is the one with words of its own"
    move_option(document, "driver", "the_smell", -1)
    remove_option(document, "driver", "product")
    remove_option(document, "driver", "other_2")
    take_out_what_nobody_is_asked(document)
    driver = question_at(document, "driver")
    assert driver is not None
    assert driver["options"] == ["price", "delivery", "service", "the_smell", "ordering"]
    assert set(document["wordings"]["de"]["questions"]["driver"]["options"]) == set(driver["options"])
    with pytest.raises(AlterationError, match="no such option"):
        remove_option(document, "driver", "product")
    with pytest.raises(AlterationError, match="no such question"):
        add_option(document, "nonsense", "x")


def test_what_was_shown_after_an_option_is_not_shown_after_a_ghost(document: Document) -> None:
    add_question(document, "text", "Why then?")
    shown = question_at(document, "why_then")
    assert shown is not None
    shown["show"] = {"question": "driver", "answers": ["price", "product"]}
    remove_option(document, "driver", "price")
    assert shown["show"] == {"question": "driver", "answers": ["product"]}
    remove_option(document, "driver", "product")
    assert shown["show"] == {}


def test_there_is_an_end_to_everything(document: Document) -> None:
    for _ in range(MOST_QUESTIONS - len(keys(document))):
        add_question(document, "text", "One more?")
    with pytest.raises(AlterationError, match=f"at most {MOST_QUESTIONS} questions"):
        add_question(document, "text", "One more?")
    for _ in range(MOST_OPTIONS - 5):
        add_option(document, "driver", "One more")
    with pytest.raises(AlterationError, match=f"at most {MOST_OPTIONS} options"):
        add_option(document, "driver", "One more")


def test_a_language_begins_with_the_words_of_the_default_one(document: Document) -> None:
    less = remove_language(document, locale="de")
    assert "de" not in less["wordings"]
    more = add_language(less, locale="de", spoken={"de", "en"})
    assert more["wordings"]["de"] == document["wordings"]["en"]
    assert more["wordings"]["de"] is not more["wordings"]["en"]
    assert "de" in document["wordings"], "the document itself stays as it was"
    for locale, spoken in (("de", {"de"}), ("nl", {"de"})):
        with pytest.raises(AlterationError, match="languages that are offered"):
            add_language(document, locale=locale, spoken=spoken)
    with pytest.raises(AlterationError, match="default language"):
        remove_language(document, locale="en")
    with pytest.raises(AlterationError, match="does not speak"):
        remove_language(less, locale="de")


def test_a_question_of_another_type_loses_what_that_type_does_not_have(document: Document) -> None:
    before = deepcopy(document)
    question_at(document, "driver")["type"] = "rating"  # type: ignore[index]  # it is there
    take_out_what_nobody_is_asked(document)
    assert question_at(document, "driver") == {
        "key": "driver",
        "type": "rating",
        "required": False,
        "show": before["structure"]["questions"][1]["show"],
    }
    words = document["wordings"]["en"]["questions"]["driver"]
    assert "options" not in words
    assert "other" not in words
