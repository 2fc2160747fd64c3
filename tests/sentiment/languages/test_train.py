"""From answered comments to a head that may be used, or to the reason why there is none."""

from random import Random

import pytest

from feedback_service.sentiment.languages.train import Comment, due, label_of_score, train
from tests.sentiment.languages.factories import comments


@pytest.mark.parametrize(
    ("kind", "score", "label"),
    [
        ("nps", 0, "negative"),
        ("nps", 6, "negative"),
        ("nps", 7, "neutral"),
        ("nps", 8, "neutral"),
        ("nps", 9, "positive"),
        ("csat", 2, "negative"),
        ("csat", 3, "neutral"),
        ("csat", 4, "positive"),
        ("ces", 3, "negative"),
        ("ces", 4, "neutral"),
        ("ces", 5, "positive"),
    ],
)
def test_a_score_labels_the_words_beside_it(kind: str, score: int, label: str) -> None:
    assert label_of_score(kind, score) == label


@pytest.mark.parametrize(
    ("number", "learned_from", "is_due", "why"),
    [
        (299, 0, False, "one is missing"),
        (300, 0, True, "enough for the first time"),
        (399, 300, False, "not yet a third more"),
        (400, 300, True, "a third more"),
    ],
)
def test_a_language_is_learned_at_300_and_again_with_a_third_more(
    number: int, learned_from: int, is_due: bool, why: str
) -> None:
    assert due(number, learned_from) is is_due, why


def test_a_head_comes_out_with_the_figures_that_speak_for_it() -> None:
    outcome = train(comments(300), "pt")
    assert outcome.head is not None
    assert outcome.head.score("adorei, perfeito").label == "positive"
    assert (outcome.comments, outcome.corrected, outcome.lexicon) == (300, 0, None)
    assert outcome.accuracy is not None
    assert outcome.accuracy > 0.9
    assert outcome.baseline == pytest.approx(1 / 3)
    assert outcome.reason.startswith("Tried on comments that it had not seen, it gave the right one of three labels in")


def test_the_same_comments_have_the_same_outcome() -> None:
    first, second = train(comments(300), "pt"), train(comments(300), "pt")
    assert (first.head and first.head.to_bytes()) == (second.head and second.head.to_bytes())
    assert (first.accuracy, first.balanced) == (second.accuracy, second.balanced)


def _by_chance() -> list[Comment]:
    dice = Random(2)
    return [Comment(each.text, dice.choice(["positive", "negative"])) for each in comments(300)]


@pytest.mark.parametrize(
    ("given", "reason", "why"),
    [
        (comments(299), "There are 299 answered comments; it takes 300.", "too few"),
        (
            comments(320, labels=["positive"]),
            "Of 320 answered comments only 0 came with a bad score: with fewer than 20 nobody could say whether comp",
            "a shop with one kind of answer",
        ),
        (
            comments(310, labels=["negative"]) + comments(19, labels=["positive"]),
            "only 19 came with a good score",
            "all but one kind of answer",
        ),
        (_by_chance(), "That is not clearly better than leaving them unscored.", "words that say nothing of the score"),
    ],
)
def test_what_is_not_good_enough_is_not_used_and_says_why(given: list[Comment], reason: str, why: str) -> None:
    outcome = train(given, "pt")
    assert outcome.head is None, why
    assert reason in outcome.reason, why


def test_a_lexicon_that_does_as_well_keeps_it_out() -> None:
    told = {comment.text: comment.label for comment in comments(300)}
    outcome = train(comments(300), "pt", lexicon=lambda text: told[text])
    assert (outcome.head, outcome.lexicon) == (None, 1.0)
    assert outcome.reason.endswith("That is not clearly better than the lexicon.")
    assert train(comments(300), "pt", lexicon=lambda _text: "unscored").head is not None


def test_what_staff_said_is_learned_more_than_what_scores_say() -> None:
    ordinary, odd = comments(300), [Comment("veio numa caixa azul", "positive")] * 3
    by_score = train([*ordinary, *odd, *[Comment("veio numa caixa azul", "negative")] * 3], "pt")
    by_staff = train([*ordinary, *odd, *[Comment("veio numa caixa azul", "negative", by_staff=True)] * 3], "pt")
    assert (by_score.corrected, by_staff.corrected) == (0, 3)
    assert by_score.head is not None
    assert by_staff.head is not None
    blue = "veio numa caixa azul"
    assert by_staff.head.score(blue).polarity < by_score.head.score(blue).polarity
