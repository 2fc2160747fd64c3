"""Learning as a plain function: the same twice, whatever the names of the labels, and what it refuses."""

import pytest

from feedback_service.sentiment.languages.learn import learn
from tests.sentiment.languages.factories import comments

SOME = comments(90)
TEXTS, LABELS = [comment.text for comment in SOME], [comment.label for comment in SOME]


def test_the_same_comments_teach_the_same_byte_for_byte() -> None:
    assert learn(TEXTS, LABELS, "pt").to_bytes() == learn(TEXTS, LABELS, "pt").to_bytes()


def test_labels_go_by_several_names() -> None:
    numbers = {"negative": -1, "neutral": 0, "positive": 1}
    expected = learn(TEXTS, LABELS, "pt").to_bytes()
    assert learn(TEXTS, [label[:3] for label in LABELS], "pt").to_bytes() == expected
    assert learn(TEXTS, [numbers[label] for label in LABELS], "pt").to_bytes() == expected


@pytest.mark.parametrize("label", ["positive", "negative", "neutral"])
def test_a_shop_that_always_gets_the_same_score_breaks_nothing(label: str) -> None:
    same = comments(40, labels=[label])
    head = learn([comment.text for comment in same], [label] * 40, "pt")
    assert head.score(same[0].text).label == label


@pytest.mark.parametrize("texts", [["", "", ""], ["👍", "👎", "!"], ["\ud800", "a", "b"]])
def test_comments_that_say_nothing_break_nothing(texts: list[str]) -> None:
    head = learn(texts, ["positive", "negative", "neutral"], "pt")
    assert sum(head.score("bom").probabilities) == pytest.approx(1)


def test_what_counts_more_is_learned_more() -> None:
    """Staff said "regular" is a complaint; the scores beside it said praise."""
    texts, labels = [*TEXTS, *["atendimento regular"] * 6], [*LABELS, *["positive"] * 3, *["negative"] * 3]
    by_score = learn(texts, labels, "pt")
    by_staff = learn(texts, labels, "pt", counts=[1.0] * (len(texts) - 3) + [6.0] * 3)
    assert by_staff.score("atendimento regular").polarity < by_score.score("atendimento regular").polarity - 0.2


@pytest.mark.parametrize(
    ("texts", "labels", "says"),
    [
        ([], [], "0 and 0"),
        (["bom"], [], "1 and 0"),
        (["bom"], ["unscored"], "a label is one of"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(texts: list[str], labels: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        learn(texts, labels, "pt")
