"""A manager reads what buyers write: how it sounds, what it is about, which words rose, and the comments themselves."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback_service.insights.rules.metrics import MetricKind
from feedback_service.insights.scope import Scope
from feedback_service.insights.words import queries
from feedback_service.insights.words.queries import about, examples, spoken, tones, with_words
from feedback_service.insights.words.shown import coverage, sentiment_figure, themes_figures, themes_of
from feedback_service.responses.models import Response
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.models import Assessment, CommentTheme
from tests.insights.plans import planned, walked
from tests.insights.segments.factories import Buyer, answer, read_as
from tests.insights.why.factories import count_all
from tests.responses.factories import CSAT, NPS, read
from tests.sentiment.themes.test_queries import zippers_jam

FEBRUARY, MARCH = datetime(2026, 2, 10, 12, tzinfo=UTC), datetime(2026, 3, 10, 12, tzinfo=UTC)
BAD, GOOD, FLAT, MUTE = (
    SentimentLabel.NEGATIVE,
    SentimentLabel.POSITIVE,
    SentimentLabel.NEUTRAL,
    SentimentLabel.UNSCORED,
)
YEAR = {"survey": NPS, "from": "2026-02-01", "to": "2026-03-31"}


def wrote(
    session: Session,
    at: datetime,
    score: int,
    comment: str,
    label: SentimentLabel,
    themes: Mapping[str, float | None],
    buyer: Buyer = Buyer(),  # noqa: B008 - it never changes
) -> Response:
    """An answer with words, and how they were read; not committed."""
    response = answer(session, at, score, buyer)
    response.comment = comment
    read_as(session, response, FLAT, list(themes), at)
    session.get_one(Assessment, response.id).label = label
    session.flush()
    for key, polarity in themes.items():
        session.get_one(CommentTheme, (response.id, key)).polarity = polarity
    return response


def story(session: Session) -> list[Response]:
    """Twenty comments in February and forty answers in March, half of them with words about parcels."""
    said = [wrote(session, FEBRUARY, 9, f"Fine {n}", GOOD, {"price": 0.5}) for n in range(15)]
    said += [wrote(session, FEBRUARY, 3, "Slow", BAD, {"delivery": -0.9}) for _ in range(5)]
    said += [
        wrote(session, MARCH, 2, f"Parcel <b>late</b> {n}", BAD, {"delivery": -0.8}, Buyer(carrier="Tidewell"))
        for n in range(12)
    ]
    said += [wrote(session, MARCH, 9, "Good", GOOD, {"delivery": 0.6}) for _ in range(4)]
    said += [wrote(session, MARCH, 8, "…", MUTE, {}) for _ in range(4)]
    for _ in range(20):
        answer(session, MARCH, 9, Buyer())
    session.commit()
    return said


def scope_of(now: datetime, **more: str) -> Scope:
    return Scope.read({**YEAR, **more}, now.date())


def test_an_empty_and_a_tiny_shop(manager: FlaskClient, session: Session) -> None:
    assert "No comments yet" in read(manager.get("/insights/words")).text
    assert "No such comment" in read(manager.get("/insights/words?theme=delivery")).text
    assert manager.get("/insights/words/sentiment.svg").status_code == 200
    assert manager.get("/insights/words/nothing.svg").status_code == 404
    for n in range(3):
        wrote(session, MARCH, 2, f"Late {n}", BAD, {"delivery": -0.5})
    session.commit()
    text = read(manager.get(f"/insights/words?survey={NPS}")).text
    assert "3 of 3 answers have words that were read" in text
    assert "Too few for a score of their own." in text
    assert "No word stands out" in text


def test_how_comments_sound_with_what_could_not_be_scored_apart(session: Session, now: datetime) -> None:
    story(session)
    scope = scope_of(now)
    found = spoken(session, scope)
    figure = sentiment_figure(scope, found, "sentiment", "all")
    assert figure.columns() == ["Period", "Comments", "Negative", "Neutral", "Positive", "Note"]
    assert figure.rows() == [
        ["Feb 2026", 20, 25.0, 0.0, 75.0, ""],
        ["Mar 2026", 16, 75.0, 0.0, 25.0, "not over yet, 4 unscored"],
    ]
    assert figure.lines[0].marks[1].url.endswith("by=sentiment&is=negative")
    assert "40 of 60 answers have words that were read (67" in coverage(found)
    assert "4 of them could not be scored" in coverage(found)


def test_themes_with_reach_score_tone_and_examples(session: Session, now: datetime) -> None:
    said = story(session)
    scope = scope_of(now)
    found = spoken(session, scope)
    lines = themes_of(found, {"delivery": "Delivery"})
    assert [(line.name, line.n) for line in lines] == [("Delivery", 21), ("Price", 15)]
    reach, score = themes_figures(scope, found, MetricKind.NPS, lines)
    assert (reach.lines[0].marks[0].value, reach.lines[0].marks[0].n) == (35.0, 21)
    assert round(score.lines[0].marks[0].value or 0, 1) == round(100 * (4 - 17) / 21, 1)
    assert reach.lines[0].marks[0].url.startswith("/insights/words?survey=")
    assert (tones(session, scope)["delivery"].criticised, tones(session, scope)["delivery"].praised) == (17, 4)
    newest = examples(session, scope, ["delivery", "price"])
    assert [each.id for each in newest["delivery"]] == [each.id for each in reversed(said[32 : 32 + 4])][:3]
    assert len(newest["price"]) == 3


def test_a_segment_is_counted_by_itself(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    story(session)
    scope = scope_of(now, by="order.carrier", **{"is": "Tidewell"})
    found = spoken(session, scope, scope.value)
    assert sentiment_figure(scope, found, "sentiment", "Tidewell").rows()[1][:3] == ["Mar 2026", 12, 100.0]
    assert [(line.key, line.n) for line in themes_of(found, {})] == [("delivery", 12)]
    assert tones(session, scope)["delivery"].comments == 12
    assert len(about(session, scope, "delivery", None).answers) == 12
    monkeypatch.setattr(queries, "MOST_READ", 10)
    assert spoken(session, scope, scope.value).too_many == 60


def test_every_comment_about_a_theme_once_page_by_page(
    manager: FlaskClient, session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(session)
    monkeypatch.setattr(queries, "PAGE", 5)
    monkeypatch.setattr(queries, "WINDOW", 7)
    scope, seen, before = scope_of(now), list[int](), None
    while True:
        found = about(session, scope, "delivery", before)
        seen += [each.id for each in found.answers]
        if found.following is None:
            break
        before = found.following
    assert len(seen) == len(set(seen)) == 21
    session.rollback()
    page = manager.get("/insights/words?survey=post_purchase_nps&theme=delivery&from=2026-03-01&to=2026-03-31")
    html = page.get_data(as_text=True)
    assert "of 7 comments" in unescape(html) or "the 7 comments looked through" in unescape(html)
    assert "Next page" in html
    assert '<input type="hidden" form="scope" name="theme" value="delivery">' in html


def test_what_a_buyer_writes_is_never_markup(manager: FlaskClient, session: Session) -> None:
    wrote(session, MARCH, 2, "<script>alert(1)</script> card 4111 1111 1111 1111", BAD, {"delivery": -0.5})
    session.commit()
    for address in (
        "",
        "&theme=delivery",
        "&word=card",
        "&word=%3Cb%3E",
        "&theme=%3Cb%3E",
        "&theme=a&before=99999999999999999999",
    ):
        page = manager.get(f"/insights/words?survey={NPS}{address}")
        assert page.status_code == 200
        html = page.get_data(as_text=True)
        assert "<script>alert" not in html
        assert "<b>" not in html.replace('<b class="number">', "")
        assert "4111" not in html


def test_words_that_rose_lead_to_their_comments(manager: FlaskClient, session: Session, now: datetime) -> None:
    jammed = zippers_jam(session, now)
    count_all(session, now)
    monday_after = "&from=2026-02-01&to=2026-03-22"
    html = unescape(manager.get(f"/insights/words?survey={NPS}").get_data(as_text=True))
    assert "No word stands out in the week of 9 Mar 2026" in html, "the week of the zippers is not over"
    scope = Scope.read({"survey": NPS, "from": "2026-03-16", "to": "2026-03-22"}, (now + timedelta(days=7)).date())
    found = queries.rising_words(session, scope)
    assert {one.phrase for one in found["en"]} == {"zipper jammed", "jammed again"}
    listed = with_words(session, scope, "ZIPPER jammed", None)
    assert {each.id for each in listed.answers} == {each.id for each in jammed}
    assert with_words(session, scope, "no such word", None).answers == []
    session.rollback()
    page = read(manager.get(f"/insights/words?survey={NPS}&word=zipper+jammed{monday_after}")).text
    assert page.count("Zipper jammed again") == 6
    assert (
        read(manager.get(f"/insights/words?survey={CSAT}&word=zipper+jammed{monday_after}")).text.count("Zipper") == 0
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_walks_through_all_answers(engine: Engine, session: Session, now: datetime) -> None:
    wrote(session, MARCH, 2, "Late", BAD, {"delivery": -0.5})
    session.commit()
    with planned(engine) as steps:
        for scope in (scope_of(now), scope_of(now, by="order.carrier", **{"is": "Swift"})):
            spoken(session, scope, scope.value)
            tones(session, scope)
            examples(session, scope, ["delivery"])
            about(session, scope, "delivery", 5)
            with_words(session, scope, "late", 5)
            queries.rising_words(session, scope)
        session.commit()
    great = ("responses", "comment_themes", "assessments", "orders", "customers", "invitations")
    assert steps
    assert walked(steps, *great) == []
