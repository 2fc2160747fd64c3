"""Who is asked what: by the band of the score, and by what they said on an earlier page."""

import pytest

from feedback_service.questionnaires.questions import NO, YES, Question, QuestionType, Show, Structure
from feedback_service.questionnaires.words import Band
from feedback_service.responses.rules.answers import Given
from feedback_service.responses.rules.applicable import page_from, pages_for
from tests.responses.follow_ups.factories import COMMENT, SCORE

STAYED = Question(key="stayed", type=QuestionType.YES_NO, show=Show(band=("detractor", "passive")))
SHOP = Question(key="shop", type=QuestionType.TEXT, show=Show(question="stayed", answers=(NO,)))
WHY = Question(key="why", type=QuestionType.CHOICE_ONE, options=("price", "range"), show=SHOP.show)
CHEAPER = Question(
    key="cheaper", type=QuestionType.TEXT, show=Show(band=("detractor",), question="why", answers=("price",))
)
LEAVING = Structure(kind="nps", questions=(SCORE, STAYED, COMMENT, SHOP, WHY, CHEAPER))
LEFT, CAME_BACK = Given((NO,)), Given((YES,))


@pytest.mark.parametrize(
    ("band", "answers", "put", "why"),
    [
        ("promoter", {}, [["comment"], [], []], "only unhappy buyers are asked whether they stay"),
        ("detractor", {}, [["stayed", "comment"], [], []], "what hangs on an answer waits for it"),
        ("detractor", {"stayed": CAME_BACK}, [["stayed", "comment"], [], []], "another answer than the one it needs"),
        ("detractor", {"stayed": LEFT}, [["stayed", "comment"], ["shop", "why"], []], "on the next page"),
        (
            "detractor",
            {"stayed": LEFT, "why": Given(("price",))},
            [["stayed", "comment"], ["shop", "why"], ["cheaper"]],
            "an answer to an answer",
        ),
        (
            "passive",
            {"stayed": LEFT, "why": Given(("price",))},
            [["stayed", "comment"], ["shop", "why"], []],
            "answer and band have to fit both",
        ),
        (
            "promoter",
            {"stayed": LEFT, "why": Given(("price",))},
            [["comment"], [], []],
            "answers given before the score was changed bring up nothing",
        ),
    ],
)
def test_who_is_asked_what(band: Band, answers: dict[str, Given], put: list[list[str]], why: str) -> None:
    pages = pages_for(LEAVING, band, answers)
    assert [[question.key for question in page] for page in pages] == put, why


@pytest.mark.parametrize(
    ("filled", "number", "following", "why"),
    [
        ([True, True], 1, 1, "the first page has a question"),
        ([False, True], 1, 2, "an empty page is passed over"),
        ([True, False, True], 2, 3, "in the middle too"),
        ([True, False], 2, None, "nothing more to say"),
        ([], 1, None, "a survey that asks for the score alone"),
        ([True], 0, 1, "pages count from 1"),
        ([True], 10**30, None, "an address that somebody made up"),
    ],
)
def test_which_page_comes_next(filled: list[bool], number: int, following: int | None, why: str) -> None:
    assert page_from(tuple((COMMENT,) if full else () for full in filled), number) == following, why
