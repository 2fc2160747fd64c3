"""What a comment is about, with the words that told, and what it says of each theme."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.sentiment.themes.match import ThemeFound, find_themes
from feedback_service.sentiment.themes.taxonomy import shipped_themes

GOOD, BAD = 0.8, -0.8


def mood(text: str) -> float:
    """A scorer that anybody can follow."""
    words = text.lower()
    return GOOD * ("great" in words or "lovely" in words) + BAD * ("terrible" in words or "rude" in words)


def by_key(comment: str, language: str = "en") -> dict[str, ThemeFound]:
    return {theme.key: theme for theme in find_themes(comment, language, mood)}


def test_a_comment_may_be_about_several_things() -> None:
    found = by_key("Great prices, but the courier was rude.")
    assert found.keys() == {"price", "delivery", "staff"}
    assert found["delivery"].words == ("courier",)


def test_each_theme_has_the_polarity_of_its_own_clause() -> None:
    found = by_key("Great prices, but the courier was rude.")
    assert (found["price"].polarity or 0) > 0.3
    assert (found["delivery"].polarity or 0) < -0.3


def test_and_divides_only_what_speaks_of_different_things() -> None:
    apart = by_key("Lovely packaging and terrible delivery")
    assert (apart["packaging"].polarity or 0) > 0 > (apart["delivery"].polarity or 0)
    together = by_key("The website is plain and terrible. Great prices.")
    assert (together["website"].polarity or 0) < 0


def test_a_clause_that_says_nothing_takes_after_the_whole() -> None:
    assert (by_key("About the delivery. Terrible!")["delivery"].polarity or 0) < 0


def test_the_words_that_told_stand_as_they_were_written() -> None:
    found = by_key("The COURIER came. My courier and the Parcel.")
    assert found["delivery"].words == ("COURIER", "Parcel")


def test_an_opinion_on_nothing_in_particular_is_one_on_the_whole() -> None:
    assert find_themes("Great great great", "en", mood) == [ThemeFound("overall", GOOD, ())]


@pytest.mark.parametrize(
    ("comment", "language", "why"),
    [
        ("", "en", "nothing was written"),
        ("  \n", "en", "nothing but blanks"),
        ("It came on Tuesday", "en", "no theme and no opinion"),
        ("Levering was te laat", "xx", "a language without phrases"),
        ("👍👍", "en", "no words"),
    ],
)
def test_where_there_is_nothing_to_find_nothing_is_found(comment: str, language: str, why: str) -> None:
    assert find_themes(comment, language, mood) == [], why


def test_where_nobody_can_score_themes_are_found_without_a_polarity() -> None:
    found = find_themes("Livraison rapide", "fr", lambda _: None)
    assert [(theme.key, theme.polarity) for theme in found] == [("delivery", None), ("speed", None)]


def test_what_is_known_of_the_whole_is_not_asked_again() -> None:
    asked: list[str] = []

    def score(text: str) -> float:
        asked.append(text)
        return 0.5

    find_themes("Great prices.", "en", score, whole=0.5)
    assert asked == []
    find_themes("Great prices. Rude staff.", "en", score, whole=0.5)
    assert asked == ["Great prices", "Rude staff"]


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from(["price", "…", ",", "but", "and", "متجر", "😡", "\x00", "took"])).map(" ".join),
    st.sampled_from(["en", "es", "fr", "de", "pt-BR", "ar", "nl", "xx", ""]),
)
def test_no_text_is_too_strange(text: str, language: str) -> None:
    keys = list(shipped_themes().themes)
    for theme in find_themes(text, language, lambda piece: -1.0 if "p" in piece else 1.0):
        assert theme.key in keys
        assert theme.polarity is not None
        assert -1.0 <= theme.polarity <= 1.0
        assert all(word in text for word in theme.words)


@pytest.mark.parametrize("repeated", ["price, app and delivery but ", "took ", "<b>", "a", "so long. ", "\u202eسعر "])
def test_a_hundred_thousand_characters_cost_as_much_as_the_first_five_thousand(repeated: str) -> None:
    long = (repeated * 100_000)[:100_000]
    find_themes(long[:5_000], "en", mood)
    short_time, long_time = _seconds(long[:5_000]), _seconds(long)
    assert long_time < 10 * short_time + 0.05


def _seconds(text: str) -> float:
    began = time.process_time()
    find_themes(text, "en", lambda _: 0.5, whole=0.5)
    return time.process_time() - began
