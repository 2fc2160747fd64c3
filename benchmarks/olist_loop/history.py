"""The first run: a shop moves here and brings its past along."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from feedback_service.cases.models import Case
from feedback_service.csvfiles import ImportCounts
from feedback_service.delivery.models import Message
from feedback_service.insights.figures.draw import figure_png, figure_svg
from feedback_service.insights.overview_figures import trend_figure
from feedback_service.insights.queries import PeriodOfScores, scores_by_month
from feedback_service.insights.scope import Scope
from feedback_service.orders.models import Order
from feedback_service.pipeline import run_all
from feedback_service.responses.models import Response

from .files import ANSWER_COLUMNS, ORDER_COLUMNS, SURVEY, Sample, write_csv
from .ledger import Ledger
from .plain import Figures, figures, plain_figures
from .shop import Shop


@dataclass(frozen=True)
class History:
    """What the run came to; the baseline read the files alone."""

    found: Figures
    seconds: float
    baseline_seconds: float


def run_history(shop: Shop, sample: Sample, data: Path, folder: Path, output: Path, ledger: Ledger) -> History:
    """Import everything, draw the trend into `output`, and compare with what the files alone say."""
    ledger.heading("History: every order and every answer, imported")
    started = time.perf_counter()
    _import(shop, sample, folder, ledger)
    run_all(shop.settings, shop.sessions, datetime.now(UTC))
    with shop.sessions() as session:
        months = scores_by_month(session, SURVEY)
        ledger.same("mails queued by it", session.scalar(select(func.count(Message.id))), 0)
        ledger.same("cases opened by it", session.scalar(select(func.count(Case.id))), 0)
    _draw(months, output, ledger)
    found = _from_database(shop)
    seconds = time.perf_counter() - started

    started = time.perf_counter()
    wanted = plain_figures(data, {order.id for order in sample.orders})
    baseline = time.perf_counter() - started
    ledger.same("by the database", found, wanted)
    ledger.same("CSAT by the trend", f"{_csat(months):.2f} %", f"{wanted.csat:.2f} %")
    ledger.note(f"{seconds:.1f} s; the csv module alone, without keeping anything: {baseline:.2f} s")
    return History(found, seconds, baseline)


def _import(shop: Shop, sample: Sample, folder: Path, ledger: Ledger) -> None:
    orders = write_csv(folder / "orders.csv", ORDER_COLUMNS, (order.final for order in sample.orders))
    answers = write_csv(folder / "answers.csv", ANSWER_COLUMNS, (answer.record for answer in sample.answers))
    for what, wanted, take, file in (
        ("orders", len(sample.orders), shop.take_orders, orders),
        ("answers", len(sample.answers), shop.take_answers, answers),
    ):
        ledger.adds_up(f"rows of {what}", wanted, _parts(take(file, datetime.now(UTC))))
        again = take(file, datetime.now(UTC))
        ledger.same(f"the same {what} again, unchanged", again.unchanged, wanted)


def _parts(counts: ImportCounts) -> dict[str, int]:
    """A refused or doubled row is no part: it would be missing from the trend."""
    for row, reason in counts.refused[:5]:
        print(f"       line {row.line}: {reason}")
    return {"added": counts.added}


def _draw(months: list[PeriodOfScores], output: Path, ledger: Ledger) -> None:
    scope = Scope(datetime.now(UTC).date(), survey=SURVEY)
    figure = trend_figure(scope, "csat", "Satisfied with the delivery", [("", "", months)], [])
    output.mkdir(parents=True, exist_ok=True)
    for kind, draw in (("svg", figure_svg), ("png", figure_png)):
        path = output / f"olist-csat.{kind}"
        path.write_bytes(draw(figure))
        ledger.note(f"drawn: {path}")


def _csat(months: list[PeriodOfScores]) -> float:
    scores = [score for month in months for score, number in month.counts.items() for _ in range(number)]
    return figures(scores, [], []).csat


def _from_database(shop: Shop) -> Figures:
    """The figures from the service's own rows, its instants turned back into the shop's calendar days."""
    scores: list[int] = []
    late: list[int] = []
    ontime: list[int] = []
    with shop.sessions() as session:
        rows = session.execute(
            select(Response.score, Order.delivered_at, Order.promised_on).join(Order, Order.id == Response.order_id)
        )
        for score, delivered_at, promised_on in rows:
            scores.append(score)
            if delivered_at is not None and promised_on is not None:
                day = delivered_at.astimezone(shop.settings.zone).date()
                (late if day > promised_on else ontime).append(score)
    return figures(scores, late, ontime)
