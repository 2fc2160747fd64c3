"""Goes through the stages after a replay and compares the service's rows with what happened outside it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from feedback_service.cases.models import Case, CaseState
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.verify_log import verify_logs
from feedback_service.delivery.compose import message_id_for
from feedback_service.delivery.models import Message, MessageState
from feedback_service.insights.queries import scores_by_month
from feedback_service.invitations.models import Decision, DecisionState
from feedback_service.invitations.queries import decisions_by_outcome
from feedback_service.orders.models import Order
from feedback_service.responses.models import Response, ResponseRevision
from feedback_service.sentiment.models import Assessment

from .expected import DETRACTOR_MAX, Expected, expect
from .files import ORDER_COLUMNS, SURVEY, Sample, write_csv
from .ledger import Ledger
from .plain import figures
from .replay import Played, Posted
from .shop import TEAM, Shop
from .sink import Received

QUARANTINE = timedelta(days=30)  # the survey's quarantine_days
DUE = timedelta(hours=24)  # the survey's due_hours


@dataclass(frozen=True)
class Outcome:
    """The replay's figures."""

    asked: int
    not_asked: dict[str, int]
    sent: int
    sink_mails: int
    answers: int
    second_answers: int
    csat: float
    cases: int
    detractors: int


def audit(shop: Shop, sample: Sample, played: Played, folder: Path, ledger: Ledger) -> Outcome:
    """Print every stage's sums; faults go into the ledger."""
    ledger.heading("Replay: every order at its time, every buyer who was asked")
    expected = expect(played.posted)
    _orders(shop, sample, played, folder, ledger)
    asked, not_asked = _decisions(shop, sample, ledger)
    sent = _mails(shop, sample, played.mails, asked, ledger)
    _posted(shop, sample, played.posted, expected, ledger)
    csat = _stored(shop, expected, ledger)
    cases = _cases(shop, expected, ledger)
    return Outcome(
        asked=asked,
        not_asked=not_asked,
        sent=sent,
        sink_mails=len(played.mails),
        answers=len(expected.stored),
        second_answers=expected.second.total(),
        csat=csat,
        cases=cases,
        detractors=expected.detractors,
    )


def _orders(shop: Shop, sample: Sample, played: Played, folder: Path, ledger: Ledger) -> None:
    counts = played.imported
    ledger.adds_up(
        f"rows in {played.files:,} nightly exports",
        played.rows,
        {"new orders": counts.added, "changed": counts.updated},
    )
    ledger.same("orders", counts.added, len(sample.orders))
    whole = write_csv(folder / "whole.csv", ORDER_COLUMNS, (order.final for order in sample.orders))
    again = shop.take_orders(whole, datetime.now(UTC))
    ledger.same("orders that the whole file leaves unchanged", again.unchanged, len(sample.orders))


def _decisions(shop: Shop, sample: Sample, ledger: Ledger) -> tuple[int, dict[str, int]]:
    with shop.sessions() as session:
        outcomes = decisions_by_outcome(session)
    asked = sum(number for _, state, _, number in outcomes if state == DecisionState.INVITED)
    reasons = {str(reason): number for _, _, reason, number in outcomes if reason is not None}
    ledger.adds_up("orders", len(sample.orders), {"asked": asked, **reasons})
    return asked, reasons


def _mails(shop: Shop, sample: Sample, mails: list[Received], asked: int, ledger: Ledger) -> int:
    with shop.sessions() as session:
        counted = session.execute(select(Message.state, func.count()).group_by(Message.state))
        states = dict(counted.all())
        uids = session.scalars(select(Message.uid).where(Message.state == MessageState.SENT)).all()
    ledger.adds_up("asked", asked, {f"mails {state}": number for state, number in states.items()})
    sent = states.get(MessageState.SENT, 0)
    ledger.same("mails in the SMTP server's own log", len(mails), sent)
    domain = shop.settings.mail_from.rpartition("@")[2]
    ids = Counter(mail.message_id for mail in mails)
    wanted = Counter(message_id_for(uid, domain) for uid in uids)
    ledger.never("  each of them there once, and none that was not sent", ((ids - wanted) + (wanted - ids)).total())
    addresses = {order.id: order.columns["email"] for order in sample.orders}
    strayed = sum(addresses.get(mail.order_id) != mail.recipient for mail in mails)
    ledger.never("  each to the person who placed the order", strayed)
    ledger.never("  none to a person who had one within 30 days", _too_soon(mails))
    return sent


def _too_soon(mails: Iterable[Received]) -> int:
    last: dict[str, datetime] = {}
    count = 0
    for mail in sorted(mails, key=lambda mail: mail.date):
        before = last.get(mail.recipient)
        count += before is not None and mail.date - before < QUARANTINE
        last[mail.recipient] = mail.date
    return count


def _posted(shop: Shop, sample: Sample, posted: list[Posted], expected: Expected, ledger: Ledger) -> None:
    unasked = _answers_not_asked_for(shop, sample)
    ledger.adds_up("real answers", len(sample.answers), {"posted": len(posted), **unasked})
    parts = {"stored": len(expected.stored), **{str(kind): number for kind, number in expected.second.items()}}
    if expected.expired:
        parts["after the link had expired"] = expected.expired
    ledger.adds_up("posted", len(posted), parts)


def _stored(shop: Shop, expected: Expected, ledger: Ledger) -> float:
    """Compare what stands in the database with what was posted; gives the CSAT by the trend, in per cent."""
    with shop.sessions() as session:
        rows = session.execute(
            select(Order.external_id, Response.score, Response.comment, Response.answered_at).join(
                Order, Order.id == Response.order_id
            )
        ).all()
        kinds = session.execute(select(ResponseRevision.kind, func.count()).group_by(ResponseRevision.kind)).all()
        assessed = session.scalar(select(func.count(Assessment.response_id)))
        months = scores_by_month(session, SURVEY)
    ledger.same("answers in the database", len(rows), len(expected.stored))
    wanted = {(order, it.score, it.comment, it.answered_at) for order, it in expected.stored.items()}
    ledger.never("  with the scores, comments and times that were posted", len(wanted ^ set(map(tuple, rows))))
    revisions = {str(kind): number for kind, number in kinds}
    ledger.same("  revisions kept", dict(sorted(revisions.items())), dict(sorted(expected.revisions.items())))
    ledger.same("comments assessed", assessed, sum(bool(answer.comment) for answer in expected.stored.values()))
    counted = [score for month in months for score, number in month.counts.items() for _ in range(number)]
    csat = figures(counted, [], []).csat if counted else 0.0
    ledger.same("CSAT of those asked, by the trend", f"{csat:.2f} %", f"{expected.csat:.2f} %")
    return csat


def _answers_not_asked_for(shop: Shop, sample: Sample) -> dict[str, int]:
    """Real answers about orders that this service did not ask about, by its reason."""
    with shop.sessions() as session:
        reasons = dict(
            session.execute(
                select(Order.external_id, Decision.reason)
                .join(Decision, Decision.order_id == Order.id)
                .where(Decision.reason.is_not(None))
            ).all()
        )
    found = Counter(reasons[answer.order_id] for answer in sample.answers if answer.order_id in reasons)
    return {f"not asked for ({reason})": number for reason, number in found.most_common()}


def _in_time(case: Case) -> bool:
    given = case.due_at - case.opened_at
    return given <= DUE if case.reason == CaseReason.SAFETY else given == DUE


def _cases(shop: Shop, expected: Expected, ledger: Ledger) -> int:
    with shop.sessions() as session:
        rows = session.execute(select(Case, Order.external_id).join(Order, Order.id == Case.order_id)).all()
        log = verify_logs(session, shop.settings.privacy_secret)
        urgent = {
            order
            for case, order in rows
            if case.reason == CaseReason.SAFETY and case.response and case.response.latest_score > DETRACTOR_MAX
        } - expected.orders_with_case
    cases = [case for case, _ in rows]
    wishes = sum(case.reason == CaseReason.CONTACT_WISH for case in cases)
    parts = {
        "detractors": expected.detractors,
        "contact wishes": wishes,
        "words of safety, law or threat at a good score": len(urgent),
        "detractors who corrected themselves": expected.turned,
        "unhappy after the window": expected.came_back_unhappy,
    }
    ledger.adds_up("cases", len(cases), parts)
    told = expected.orders_with_case
    ledger.never("  one about each order whose buyer was unhappy", len(told ^ {order for _, order in rows} - urgent))
    owners = Counter(case.owner_id for case in cases)
    ledger.never("  each with an owner", owners.pop(None, 0))
    shares = owners.values()
    ledger.never(f"  taken in turn by {len(TEAM)} colleagues", max(0, max(shares) - min(shares) - 1) if shares else 0)
    late = sum(not _in_time(case) or case.state != CaseState.OPEN for case in cases)
    ledger.never("  each open, and due 24 h after the answer, or sooner for words that cannot wait", late)
    ledger.same(f"  faults in {log.entries:,} entries of the action log", log.fault, None)
    return len(cases)
