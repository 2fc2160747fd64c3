"""Staff read a verdict beside every comment: it must be right about what buyers really write, or say it cannot tell."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textblob import TextBlob
from textblob.base import BaseSentimentAnalyzer

from feedback_service.sentiment import analyzer
from feedback_service.sentiment.analyzer import (
    MODEL_VERSION,
    FeedbackAnalyzer,
    SentimentLabel,
    assess_text,
    score_text,
    unscored,
)
from feedback_service.sentiment.english.explain import SHOWN_WORDS
from feedback_service.sentiment.plain_text import MAX_CHARACTERS

POSITIVE, NEGATIVE = SentimentLabel.POSITIVE, SentimentLabel.NEGATIVE
NEUTRAL, UNSCORED = SentimentLabel.NEUTRAL, SentimentLabel.UNSCORED

BUDGET = 8  # times the processor time of an ordinary long comment, for any text however hostile
LONG_COMMENT = ("The parcel was late, but the coffee is really great and nobody was rude. " * 100)[:MAX_CHARACTERS]

VERDICTS = [
    # text, verdict, why it must be so
    ("It isn't great", NEGATIVE, "a contraction negates as much as the word"),
    ("It isn’t great", NEGATIVE, "phones type the other apostrophe"),
    ("It isnt great", NEGATIVE, "and hurried people none"),
    ("Didnt like it, wasnt happy", NEGATIVE, "hurried people, twice"),
    ("I cannot recommend it", NEGATIVE, "cannot is two words"),
    ("Not at all happy with the quality", NEGATIVE, "small words may stand between"),
    ("Far from perfect", NEGATIVE, "a negation without a not"),
    ("Not good or useful", NEGATIVE, "the not reaches over an or"),
    ("It was not late and the fit is perfect", POSITIVE, "but not over an and"),
    ("Not what I expected. Great service though.", POSITIVE, "nor into the next sentence"),
    ("Not bad", POSITIVE, "denied blame is faint praise"),
    ("No complaints", POSITIVE, "nothing to complain of"),
    ("I did not have a single problem", POSITIVE, "the same at length"),
    ("Hardly any issues", POSITIVE, "the same with a hedge"),
    ("I have never been so happy with a purchase", POSITIVE, "never so is a superlative"),
    ("Never been so disappointed", NEGATIVE, "in both directions"),
    ("It couldn't be better", POSITIVE, "no room for more praise"),
    ("I can't recommend this shop enough", POSITIVE, "praise that needs its last word"),
    ("Never disappoints", POSITIVE, "a habit of pleasing"),
    ("Not only fast but also friendly", POSITIVE, "not only adds, it does not deny"),
    ("Thanks for nothing", NEGATIVE, "thanks can be bitter"),
    ("Cheap products", NEGATIVE, "cheap is a reproach to goods"),
    ("Cheap prices", POSITIVE, "and a compliment to prices"),
    ("Never received my order", NEGATIVE, "a fact without a feeling"),
    ("It still hasn't arrived", NEGATIVE, "the same fact"),
    ("The parcel did not arrive on time", NEGATIVE, "a praise denied"),
    ("Where is my refund?", NEGATIVE, "a question that complains"),
    ("where's my parcel", NEGATIVE, "and its short form"),
    ("Still waiting for a reply", NEGATIVE, "waiting is a complaint"),
    ("Nobody answered my emails", NEGATIVE, "who did not act"),
    ("Arrived late", NEGATIVE, "a late parcel"),
    ("Broken on arrival", NEGATIVE, "a broken one"),
    ("The zip stopped working after two days", NEGATIVE, "a short life"),
    ("The shoes were too small", NEGATIVE, "too much of anything"),
    ("Not as described", NEGATIVE, "a promise not kept"),
    ("No longer works", NEGATIVE, "it once did"),
    ("Arrived early", POSITIVE, "a pleasant fact"),
    ("Delivered on time", POSITIVE, "a promise kept"),
    ("Exactly as described", POSITIVE, "another"),
    ("I will order again", POSITIVE, "the best fact of all"),
    ("I will never order again", NEGATIVE, "and the worst"),
    ("Great quality, fast delivery, very helpful staff", POSITIVE, "ordinary praise"),
    ("Terrible service and rude staff", NEGATIVE, "an ordinary complaint"),
    ("<p>Really <b>bad</b></p>", NEGATIVE, "markup is not text"),
    ("👍🏽", POSITIVE, "a thumb of any colour"),
    ("😡😡😡", NEGATIVE, "a face says enough"),
    ("Nobody picks up the phone 😡", NEGATIVE, "a face is about all of it, and no not turns it round"),
    ("No complaints 😊", POSITIVE, "nor a smile"),
    ("Thank you :)", POSITIVE, "so does a typed one"),
    ("Good product, but the delivery was awful", NEGATIVE, "what follows the but weighs more"),
    ("The delivery was awful but the product is good", POSITIVE, "even where the first word was stronger"),
    ("It was late, however the quality is superb", POSITIVE, "however is a but"),
    ("Not the best, not the worst", NEUTRAL, "both sides balance"),
    ("It's ok", NEUTRAL, "weak words only"),
    ("", UNSCORED, "nothing was written"),
    (" \n\t", UNSCORED, "nothing visible was"),
    ("12345", UNSCORED, "figures are no opinion"),
    ("?!", UNSCORED, "nor are signs"),
    ("Xyzzy.", UNSCORED, "nor is a word that nobody knows"),
    ("The jacket is black and large", NEUTRAL, "a colour and a size are no opinion"),
    ("I received it on Tuesday", NEUTRAL, "a fact of no side"),
    ("It came on Tuesday", NEUTRAL, "another"),
    ("How do I change my address?", NEUTRAL, "a question that does not complain"),
    ("10/10", POSITIVE, "a mark is a verdict"),
    ("★★★★★", POSITIVE, "and so are stars"),
    ("1/10", NEGATIVE, "on either side"),
    ("Excelent, very helpfull", POSITIVE, "misspelled praise"),
    ("Terible servise, dissapointed", NEGATIVE, "misspelled blame"),
    ("Sooooo goooood", POSITIVE, "letters drawn out"),
    ("Die Lieferung kam leider nicht, sehr schlecht", UNSCORED, "German left in an English survey"),
    ("Super service mais je ne suis pas content, et la qualité", UNSCORED, "French that shares a word"),
    ("שירות נורא", UNSCORED, "a script the lexicon does not hold"),
]


@pytest.mark.parametrize(("text", "verdict", "why"), VERDICTS, ids=[row[0][:40] or "empty" for row in VERDICTS])
def test_what_buyers_write_is_understood(text, verdict, why):
    found = score_text(text)
    assert found.label is verdict, f"{why}: {found}"


def test_the_reason_names_the_words_as_the_buyer_put_them():
    verdict = score_text("Never received my parcel. The chat was friendly.")
    assert verdict.label is NEGATIVE
    assert verdict.reason.startswith("More complaint (“")
    assert "never" in " ".join(word for word, share in verdict.words if share < 0)
    assert "friendly" in " ".join(word for word, share in verdict.words if share > 0)


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("", None, "Nothing was written."),
        (" ", "de", "Nothing was written."),
        ("12345", None, "There are no words in it."),
        ("Super Ware, gern wieder", "de-AT", "There is no model yet for the language “de”."),
        ("Muito bom", "pt_BR", "There is no model yet for the language “pt”."),
        (
            "Die Lieferung kam leider nicht",
            None,
            "It does not seem to be in English, the only language this model knows.",
        ),
    ],
)
def test_what_cannot_be_scored_says_why_and_is_never_neutral(text, language, reason):
    verdict = score_text(text, language)
    assert verdict == unscored(reason, verdict.language)
    assert verdict[1:3] == (None, None)
    assert verdict.label is UNSCORED


def test_a_comment_that_is_said_to_be_english_is_read_as_english():
    assert score_text("Super service mais je ne suis pas content, et la qualité").label is UNSCORED
    assert score_text("Super service mais je ne suis pas content, et la qualité", "en").label is not UNSCORED


@pytest.mark.parametrize("locale", ["", "xx"])
def test_a_survey_in_an_unknown_language_leaves_its_comments_unscored(locale):
    assert assess_text("Great", locale).label is UNSCORED


def test_every_english_is_english():
    assert {assess_text("Great", locale).label for locale in ("en", "en-GB", "en_US", "EN")} == {POSITIVE}


def test_a_long_comment_is_read_from_its_beginning_and_says_so():
    verdict = score_text("Great. " + "The story goes on. " * 300 + "Terrible.")
    assert verdict.label is POSITIVE
    assert verdict.reason.endswith("Only its beginning was read.")


def test_the_probabilities_add_up_and_the_polarity_follows_from_them():
    verdict = score_text("The delivery was quick, the box a little dented")
    assert verdict.p_neg + verdict.p_neu + verdict.p_pos == pytest.approx(1)
    assert verdict.polarity == pytest.approx(verdict.p_pos - verdict.p_neg)
    assert (verdict.language, verdict.model_version) == ("en", MODEL_VERSION)


def test_it_plugs_into_textblob():
    assert issubclass(FeedbackAnalyzer, BaseSentimentAnalyzer)
    blob = TextBlob("Not at all happy with the quality", analyzer=FeedbackAnalyzer())
    assert blob.sentiment == score_text("Not at all happy with the quality")
    assert blob.sentiment.polarity < 0


def test_it_leaves_textblobs_own_lexicon_as_it_was():
    score_text("Cheap products")
    assert TextBlob("Cheap products").sentiment.polarity == pytest.approx(0.4)


def test_the_model_has_a_version_and_nothing_else_is_handed_out_late():
    assert MODEL_VERSION
    with pytest.raises(AttributeError, match="OtherAnalyzer"):
        _ = analyzer.OtherAnalyzer


def test_importing_the_module_leaves_textblob_for_later():
    check = "import sys, feedback_service.sentiment.analyzer; sys.exit('textblob' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


# What a form may be sent: any characters at all, and the words that make the rules meet one another.
ANY_TEXT = st.text() | st.text(st.characters(exclude_categories=()))
PHRASEBOOK = st.lists(
    st.sampled_from(
        [
            *["not", "never", "no", "isn't", "can't", "but", "and", "or", "enough", "so", "too", "really", "very"],
            *["great", "good", "bad", "awful", "late", "received", "arrived", "cheap", "prices", "on time", "ok"],
            *["recommend", "small", "5 stars", ".", ",", "!", "<br>", "😡", "👍", ":)", "&amp;", "\0", "שירות"],
        ]
    ),
    max_size=40,
).map(" ".join)


@given(ANY_TEXT | PHRASEBOOK)
def test_any_text_gets_a_verdict_that_holds_together(text):
    verdict = score_text(text)
    assert verdict.reason.endswith(".")
    assert verdict == score_text(text)
    if verdict.label is UNSCORED:
        assert verdict == unscored(verdict.reason, verdict.language)
        return
    assert verdict.p_neg + verdict.p_neu + verdict.p_pos == pytest.approx(1)
    assert -1 <= verdict.polarity <= 1
    assert 0 <= verdict.subjectivity <= 1
    likeliest = max(verdict.p_neg, verdict.p_neu, verdict.p_pos)
    assert likeliest == {NEGATIVE: verdict.p_neg, NEUTRAL: verdict.p_neu, POSITIVE: verdict.p_pos}[verdict.label]
    weights = [abs(weight) for _, weight in verdict.words]
    assert weights == sorted(weights, reverse=True)
    assert len(weights) <= SHOWN_WORDS
    assert all(0 < weight <= 1 for weight in weights)


@given(ANY_TEXT | PHRASEBOOK, st.text(max_size=12))
def test_any_locale_gets_a_verdict(text, locale):
    verdict = assess_text(text, locale)
    assert verdict.label is UNSCORED or verdict == score_text(text)


@given(PHRASEBOOK)
def test_case_and_the_kind_of_apostrophe_change_nothing(text):
    loud, plain = score_text(text.upper().replace("'", "’")), score_text(text)
    assert [loud.label, loud.polarity, loud.reason.replace("’", "'")] == [plain.label, plain.polarity, plain.reason]


HOSTILE = {
    "opinions": "great not bad really very ",
    "negations": "never good ",
    "facts": "arrived ",
    "letters": "a ",
    "one word": "x",
    "open tags": "<a",
    "less-thans": "<",
    "entities": "&a",
    "faces": "😡👍",
    "typed faces": ":( ",
    "nulls": "\0",
    "lone surrogates": "\ud800 ",
    "superscripts": "² ",
    "letters that grow in lower case": "İ",
    "right to left": "שירות מעולה ",
    "apostrophes": "n't",
    "links": "http://",
    "spaces": " ",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hundred_thousand_characters_of_anything_cost_what_a_long_comment_costs(unit):
    assert _times_a_long_comment((unit * 100_000)[:100_000]) < BUDGET


@settings(max_examples=30, deadline=None)  # its own clock, below, counts only the processor's time
@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=60))
def test_any_text_repeated_costs_what_a_long_comment_costs(unit):
    assert _times_a_long_comment((unit * (MAX_CHARACTERS * 2))[: MAX_CHARACTERS * 2]) < BUDGET


def _times_a_long_comment(text):
    """The processor time of ``text`` over that of the long comment, each the quickest of readings in turn.

    Seconds would measure the machine; a cost that grows with the square of the length is far beyond any ratio here.
    """
    readings = [(_timed(text), _timed(LONG_COMMENT)) for _ in range(4)]
    return min(hostile for hostile, _ in readings) / min(ordinary for _, ordinary in readings)


def _timed(text):
    start = time.thread_time()
    score_text(text)
    return time.thread_time() - start
