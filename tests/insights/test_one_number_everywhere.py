"""Whatever was answered: the picture's file, its parts and the workbook hold what anybody counts from the answers."""

import csv
from collections import defaultdict
from datetime import datetime, timedelta
from io import StringIO

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.reports.content import content_of
from feedback_service.insights.reports.workbook import workbook
from feedback_service.insights.rules.metrics import MIN_ANSWERS
from feedback_service.insights.rules.periods import Grain, period_of
from feedback_service.insights.rules.report_times import Every
from feedback_service.insights.segments.recount import recount_days
from feedback_service.insights.sum_months import sum_months
from feedback_service.responses.models import Response
from tests.insights.factories import LISBON, corrected, counted, uncounted
from tests.insights.reports.test_reports import sheets
from tests.responses.factories import NPS

BATCHES = st.lists(
    st.tuples(st.integers(0, 60), st.lists(st.integers(0, 10), min_size=1, max_size=15), st.integers(0, 2)), max_size=6
)
PROMOTER, PASSIVE = 9, 7

Weeks = dict[str, list[float]]
"""By the label of a week that has answers: their number, and where there are enough, what is told of them."""


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(batches=BATCHES)
def test_every_file_says_what_was_answered(
    manager: FlaskClient, session: Session, now: datetime, batches: list[tuple[int, list[int], int]]
) -> None:
    uncounted(session)
    scores, shares = _by_hand(_answered(session, now, batches))
    _same(_file(manager, "trend"), scores)
    _same(_file(manager, "shares"), shares)

    book = sheets(workbook(content_of(session, Every.WEEK, [NPS], now, LISBON)))
    session.commit()
    (sheet,) = (rows for name, rows in book.items() if name != "Summary")
    begins = [at for at, row in enumerate(sheet) if row and row[0] == "Period"]
    goes_on = period_of(Grain.WEEK, now.date()).label
    for at, told in zip(begins, (scores, shares), strict=True):
        lines = [[str(cell) for cell in row] for row in sheet[at + 1 : at + 27] if len(row) > 1]
        _same(lines, {label: numbers for label, numbers in told.items() if label != goes_on})


def _answered(session: Session, now: datetime, batches: list[tuple[int, list[int], int]]) -> list[Response]:
    """Each batch on a day of its own, some of it corrected, and counted as far as by chance."""
    answers = []
    for days, scores, corrections in batches:
        responses = [counted(session, now - timedelta(days=days), score) for score in scores]
        for response in responses[:corrections]:
            corrected(session, response, 10 - response.score)
        session.commit()
        fold_changes(session, now, 4 * len(scores))
        recount_days(session, now, 2, attributes=())
        sum_months(session, now + timedelta(days=90), corrections)
        session.commit()
        answers += responses
    return answers


def _by_hand(answers: list[Response]) -> tuple[Weeks, Weeks]:
    weeks: dict[str, list[int]] = defaultdict(list)
    for answer in answers:
        monday = answer.counted_on - timedelta(days=answer.counted_on.weekday())
        weeks[f"week of {monday.day} {monday:%b %Y}"].append(answer.score)
    scores: Weeks = {}
    shares: Weeks = {}
    for label, each in weeks.items():
        happy = 100 * sum(score >= PROMOTER for score in each) / len(each)
        unhappy = 100 * sum(score < PASSIVE for score in each) / len(each)
        enough = len(each) >= MIN_ANSWERS
        scores[label] = [len(each), *([happy - unhappy] if enough else [])]
        shares[label] = [len(each), *([unhappy, 100 - happy - unhappy, happy] if enough else [])]
    return scores, shares


def _file(manager: FlaskClient, name: str) -> list[list[str]]:
    answer = manager.get(f"/insights/overview/{name}.csv?survey={NPS}&grain=week")
    return list(csv.reader(StringIO(answer.get_data().decode("utf-8-sig"))))[1:]


def _same(lines: list[list[str]], weeks: Weeks) -> None:
    """Whether the first numbers of each line are these, and lines of other weeks have none."""
    assert weeks.keys() <= {label for label, *_ in lines}
    for label, *cells in lines:
        told = weeks.get(label, [0])
        numbers = [float(cell) for cell in cells[: len(told)]]
        assert numbers == pytest.approx(told, abs=0.001), label
        if len(told) == 1:
            assert not any(cell for cell in cells[1:4] if not cell.startswith("not")), label
