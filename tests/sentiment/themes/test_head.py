"""What staff correct is learned, where it helps, and explained by the words that told."""

import random

import pytest

from feedback_service.sentiment.themes.head import FEWEST_COMMENTS, Settled, ThemeHead, learn
from feedback_service.sentiment.themes.match import find_themes
from feedback_service.sentiment.themes.taxonomy import Taxonomy, Theme

PUZZLES = "The puzzle had pieces missing", "A piece of the jigsaw is gone", "Jigsaw without its last piece"
OTHERS = "The lamp is too dark", "Nice chair, would buy again", "It took a while", "The sofa is soft"
PIECES = "pieces"


def settled(comments: int, seed: int = 1) -> list[Settled]:
    """A shop for toys: what staff call "pieces" no phrase of its list finds, except now and then."""
    chance = random.Random(seed)
    about = [Settled(f"{chance.choice(PUZZLES)} {n}", frozenset({PIECES})) for n in range(comments // 2)]
    other = [Settled(f"{chance.choice(OTHERS)} {n}", frozenset()) for n in range(comments - comments // 2)]
    mixed = [*about, *other]
    chance.shuffle(mixed)
    return mixed


def by_phrases(comment: str) -> frozenset[str]:
    """One of the three sentences is found by a phrase."""
    return frozenset({PIECES}) if "missing" in comment else frozenset()


def taught() -> ThemeHead:
    head, _ = learn(settled(160), "en", by_phrases)
    assert head is not None
    return head


def test_a_theme_is_learned_where_it_beats_the_phrases() -> None:
    head, (tried,) = learn(settled(160), "en", by_phrases)
    assert head is not None
    assert head.themes == (PIECES,)
    assert (tried.theme, tried.comments, tried.about_it, tried.better) == (PIECES, 160, 80, True)
    assert tried.f1 > 0.95 > tried.phrases_f1


def test_where_the_phrases_know_everything_they_go_on_alone() -> None:
    def all_of_it(comment: str) -> frozenset[str]:
        return frozenset({PIECES}) if "piece" in comment.lower() else frozenset()

    head, (tried,) = learn(settled(160), "en", all_of_it)
    assert head is None
    assert not tried.better


def test_nothing_is_learned_from_too_little() -> None:
    assert learn(settled(FEWEST_COMMENTS - 1), "en", by_phrases) == (None, [])
    rare = [*settled(160), Settled("Once", frozenset({"rare"}))]
    assert [tried.theme for tried in learn(rare, "en", by_phrases)[1]] == [PIECES]


def test_the_same_corrections_teach_the_same() -> None:
    assert taught().to_bytes() == taught().to_bytes()


def test_a_head_is_kept_and_read_back() -> None:
    head = ThemeHead.from_bytes(taught().to_bytes())
    assert head is not None
    comment = "One jigsaw piece was not there"
    assert head.judge(comment, set())[PIECES].chance == pytest.approx(
        taught().judge(comment, set())[PIECES].chance, abs=0.01
    )


def test_what_was_learned_holds_nobody_s_words() -> None:
    kept = taught().to_bytes()
    assert b"jigsaw" not in kept


def test_a_comment_s_themes_are_those_of_the_phrases_and_of_the_head() -> None:
    theme = Theme(PIECES, {"en": "Missing pieces"}, {"en": ("missing",)})
    price = Theme("price", {"en": "Price"}, {"en": ("price",)})
    taxonomy = Taxonomy({"price": price, PIECES: theme})
    (found_price, pieces) = find_themes(
        "Good price, the jigsaw lacks its last piece", "en", lambda _: -0.4, taxonomy=taxonomy, head=taught()
    )
    assert (found_price.key, found_price.learned) == ("price", False)
    assert (pieces.key, pieces.polarity, pieces.learned) == (PIECES, -0.4, True)
    assert "jigsaw" in pieces.words


def test_the_head_takes_back_what_a_phrase_found_by_mistake() -> None:
    theme = Theme(PIECES, {"en": "Missing pieces"}, {"en": ("lamp",)})
    found = find_themes("The lamp is too dark", "en", lambda _: 0.0, taxonomy=Taxonomy({PIECES: theme}), head=taught())
    assert found == []


@pytest.mark.parametrize("comment", ["", "?", "\x00", "🧩" * 400, "ة" * 9_000])
def test_no_comment_is_too_strange(comment: str) -> None:
    assert 0 <= taught().judge(comment, set())[PIECES].chance <= 1
