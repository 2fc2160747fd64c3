"""The demo shop's ways in besides the mail, and the people who come by them: a code, a screen, a panel."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.demo.ease import EASE
from feedback_service.demo.facts import chance
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.questionnaires.questions import COMMENT
from feedback_service.responses.first_press import Press
from feedback_service.responses.follow_ups.keep import keep_page
from feedback_service.responses.models import Channel, Collector
from feedback_service.responses.rules.answers import Given
from feedback_service.responses.walk_in.keep import keep_walk_in
from feedback_service.responses.ways_in.collectors import NewCollector, open_collector

OPENS, CLOSES = 9, 19  # the hours at which people come by
SAY_WHAT_DECIDED, COMMENTED, NAME_AN_ORDER = 0.7, 0.25, 0.6  # shares


@dataclass(frozen=True)
class WayIn:
    """One of them: what is asked there, how many come a day, and what they give."""

    name: str
    channel: Channel
    survey: str
    a_day: float
    scores: tuple[tuple[int, int], ...]
    """A score, and how often it is given relative to the others."""
    words: tuple[str, ...]
    """What the content ones say."""
    complaints: tuple[tuple[str, str], ...]
    """What the others say, each after what decided their score."""


WAYS_IN = (
    WayIn(
        "Slip in the parcel", Channel.LINK, EASE, 0.5,
        ((7, 9), (6, 10), (5, 5), (4, 2), (3, 1), (2, 1)),
        ("Scanned it with the kettle on. Easy.", "Nice that it is only one question.", "Ordering was simple."),
        (
            ("receiving", "The parcel shop was closed twice."), ("receiving", "The tracking link never worked."),
            ("ordering", "I could not change the address after paying."),
            ("ordering", "Had to open an account for one bag."),
        ),
    ),
    WayIn(
        "Service desk, Lisbon Chiado", Channel.KIOSK, "support_csat", 1.1,
        ((5, 12), (4, 8), (3, 2), (2, 1)),
        ("Helpful and quick!", "They ground my beans again for free.", "Muito simpáticos."),
        (
            ("speed", "Long queue on Saturday."), ("speed", "Only one person at the desk."),
            ("answer", "Nobody knew how the grinder opens."), ("effort", "Had to come back for the receipt."),
        ),
    ),
    WayIn(
        "Account page of the web shop", Channel.EMBED, "relationship_nps", 0.8,
        ((10, 9), (9, 10), (8, 7), (7, 4), (6, 1), (4, 1)),
        ("My favourite roaster.", "Good coffee, honest people.", "Never a bad bag."),
        (
            ("service", "Too many mails about machines."), ("service", "The subscription page hides how to pause."),
            ("price", "Prices have gone up twice this year."), ("range", "I miss the dark roast."),
            ("delivery", "Delivery has become slower."),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Visit:
    at: datetime
    uid: str
    score: int
    driver: str
    comment: str
    claimed_order: str | None


def open_ways_in(session: Session, base_url: str, *, by: str, now: datetime) -> None:
    """Open those that are not there yet; a panel opens on the example page, whose port another start may change."""
    surveys, pages = published_surveys(session), _pages_of_ours(base_url)
    known = {collector.name: collector for collector in session.scalars(select(Collector))}
    for way in WAYS_IN:
        if way.name not in known:
            new = NewCollector(way.name, way.channel, origins=pages)
            open_collector(session, new, surveys[way.survey].definition, by=by, now=now)
        elif way.channel is Channel.EMBED:
            known[way.name].origins = list(pages)


def _pages_of_ours(base_url: str) -> tuple[str, ...]:
    """Where the demo's own example page is: this machine has two names."""
    return tuple(dict.fromkeys((base_url, base_url.replace("127.0.0.1", "localhost"))))


class WalkIns:
    """Everybody who comes by from `since` until `until`, in order."""

    def __init__(self, session: Session, since: date, until: date, zone: ZoneInfo) -> None:
        surveys = published_surveys(session)
        collectors = {row.name: row for row in session.scalars(select(Collector))}
        self._zone = zone
        self._coming = [
            (visit, surveys[way.survey].definition, _press(visit, collectors[way.name], surveys[way.survey].version_id))
            for way in WAYS_IN
            for visit in _visits(way, surveys[way.survey].definition, since, until, zone)
        ]
        self._coming.sort(key=lambda coming: coming[0].at, reverse=True)

    def come(self, session: Session, moment: datetime) -> None:
        """Let those press who have come by `moment`. Whoever pressed in an earlier load has the same name now."""
        while self._coming and self._coming[-1][0].at <= moment:
            visit, survey, press = self._coming.pop()
            window = timedelta(hours=survey.rules.asking.correction_hours)
            kept, _ = keep_walk_in(session, press, window=window, zone=self._zone, now=visit.at)
            answers = {COMMENT: Given(text=visit.comment)}
            if visit.driver:
                answers["driver"] = Given((visit.driver,))
            if kept.response_id is not None and any(answers.values()):
                keep_page(
                    session, kept.response_id, answers, seen=1, window=window, zone=self._zone, now=visit.at + _A_MINUTE
                )


_A_MINUTE = timedelta(minutes=1)


def _press(visit: _Visit, collector: Collector, version_id: int) -> Press:
    return Press(
        survey_key=collector.survey_key,
        version_id=version_id,
        locale="en",
        score=visit.score,
        channel=collector.channel,
        collector_id=collector.id,
        uid=visit.uid,
        claimed_order=visit.claimed_order,
    )


def _visits(way: WayIn, survey: SurveyDefinition, since: date, until: date, zone: ZoneInfo) -> Iterator[_Visit]:
    dice = random.Random(f"demo visits {way.name} {since}")  # noqa: S311 - the same on every start, nothing secret
    drivers = next(question.options for question in survey.structure.questions if question.driver)
    scores, weights = zip(*way.scores, strict=True)
    number, day = 0, since
    while day < until:
        for _ in range(int(way.a_day + dice.random())):
            number += 1
            at = datetime.combine(day, time(dice.randrange(OPENS, CLOSES), dice.randrange(60)), zone)
            yield _visit(f"demo-{way.channel}-{number}", at, way, dice.choices(scores, weights)[0], drivers, dice)
        day += timedelta(days=1)


def _visit(uid: str, at: datetime, way: WayIn, score: int, drivers: Sequence[str], dice: random.Random) -> _Visit:
    content = score >= way.scores[2][0]
    driver, words = (dice.choice(drivers), dice.choice(way.words)) if content else dice.choice(way.complaints)
    order = f"B-{dice.randint(12000, 12999)}"
    return _Visit(
        at=at,
        uid=uid,
        score=score,
        driver=driver if chance(dice, SAY_WHAT_DECIDED) else "",
        comment=words if chance(dice, COMMENTED if content else 1) else "",
        claimed_order=order if chance(dice, NAME_AN_ORDER) and way.channel is Channel.LINK else None,
    )
