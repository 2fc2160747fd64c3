"""Takes in answers that were given elsewhere: they count in the trend, marked as imported, and mail nobody."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import ImportCounts, Row, RowError
from feedback_service.customers.cells import parse_id, parse_locale, parse_time
from feedback_service.customers.models import Customer
from feedback_service.orders.models import Order
from feedback_service.questionnaires.models import Survey, SurveyKind
from feedback_service.questionnaires.questions import SCALES
from feedback_service.responses.changes import business_day, count_change
from feedback_service.responses.models import Channel, Response, ResponseRevision, RevisionKind
from feedback_service.responses.rules.words import LONGEST_COMMENT, as_kept

REQUIRED = ("survey", "score", "answered_at")
OPTIONAL = ("answer_id", "order_id", "customer_id", "comment", "wants_contact", "locale")
LONGEST_SCORE = 4  # digits; some exports write 007
TRUE, FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0", ""})


def is_column(name: str) -> bool:
    """Whether an answers file may have a column of that name."""
    return name in REQUIRED or name in OPTIONAL


@dataclass(frozen=True)
class AnswerRow:
    """One answer, checked."""

    external_id: str
    survey_key: str
    order: Order | None
    customer_id: int | None
    score: int
    comment: str
    wants_contact: bool
    answered_at: datetime
    locale: str


@dataclass(frozen=True)
class Known:
    """What a batch of rows may refer to."""

    surveys: dict[str, Survey]
    orders: dict[str, Order]
    customers: dict[str, int]
    shop_zone: ZoneInfo
    shop_locale: str
    now: datetime


def import_answers(
    session: Session, rows: Sequence[Row], *, source: str, shop_zone: ZoneInfo, shop_locale: str, now: datetime
) -> ImportCounts:
    """Store one batch of rows, of which the last one about an answer counts; the caller commits."""
    counts = ImportCounts()
    known = _known(session, rows, source, shop_zone, shop_locale, now)
    parsed: dict[str, AnswerRow] = {}
    for row in rows:
        try:
            answer = _parse(row, known)
        except RowError as error:
            counts.refused.append((row, str(error)))
        else:
            counts.repeated += answer.external_id in parsed
            parsed[answer.external_id] = answer
    stored = {
        str(response.external_id): response
        for response in session.scalars(
            select(Response)
            .where(Response.source == source, Response.external_id.in_(parsed))
            .order_by(Response.id)
            .with_for_update(key_share=True)  # two imports of one correction must not both take the old score back
        )
    }
    for external_id, answer in parsed.items():
        _store(session, stored.get(external_id), answer, source, shop_zone, now, counts)
    session.flush()
    return counts


def _known(
    session: Session, rows: Sequence[Row], source: str, shop_zone: ZoneInfo, shop_locale: str, now: datetime
) -> Known:
    order_ids = {row.text("order_id") for row in rows}
    customer_ids = {row.text("customer_id") for row in rows}
    return Known(
        surveys={survey.key: survey for survey in session.scalars(select(Survey))},
        orders={
            order.external_id: order
            for order in session.scalars(select(Order).where(Order.source == source, Order.external_id.in_(order_ids)))
        },
        customers=dict(
            session.execute(
                select(Customer.external_id, Customer.id).where(
                    Customer.source == source, Customer.external_id.in_(customer_ids)
                )
            ).all()
        ),
        shop_zone=shop_zone,
        shop_locale=shop_locale,
        now=now,
    )


def _parse(row: Row, known: Known) -> AnswerRow:
    row.check_width()
    survey = known.surveys.get(row.required("survey"))
    if survey is None:
        raise RowError(f"survey {row.text('survey')!r} is none of {', '.join(sorted(known.surveys))}")
    if survey.kind == SurveyKind.ENPS:  # and every row says whose answer it is
        raise RowError(f"survey {survey.key!r} is anonymous; its answers must name nobody")
    order, customer_id = _about(row, known)
    answered_at = parse_time(row, "answered_at", known.shop_zone)
    if answered_at is None:
        raise RowError("answered_at is empty; every row needs it")
    if answered_at > known.now:
        raise RowError(f"answered_at {row.text('answered_at')} lies in the future")
    comment = as_kept(row.text("comment"))
    if len(comment) > LONGEST_COMMENT:
        raise RowError(f"comment has {len(comment)} characters; at most {LONGEST_COMMENT} are kept")
    return AnswerRow(
        external_id=parse_id(row, "answer_id") if row.text("answer_id") else answer_key(row),
        survey_key=survey.key,
        order=order,
        customer_id=customer_id,
        score=_score(row, SCALES[survey.kind]),
        comment=comment,
        wants_contact=_truth(row, "wants_contact"),
        answered_at=answered_at,
        locale=parse_locale(row) or known.shop_locale,
    )


def _about(row: Row, known: Known) -> tuple[Order | None, int | None]:
    """The order and the person an answer is about; at least one must be known."""
    order_id, customer_id = row.text("order_id"), row.text("customer_id")
    if order_id:
        if order_id not in known.orders:
            raise RowError(f"order_id {order_id!r} is not known; import its order first")
        if customer_id and known.customers.get(customer_id) != known.orders[order_id].customer_id:
            raise RowError(f"customer_id {customer_id!r} did not place the order {order_id!r}; correct one of them")
        return known.orders[order_id], known.orders[order_id].customer_id
    if customer_id:
        if customer_id not in known.customers:
            raise RowError(f"customer_id {customer_id!r} is not known; import one of their orders first")
        return None, known.customers[customer_id]
    raise RowError("order_id and customer_id are both empty; an answer needs one of them")


def _score(row: Row, scale: range) -> int:
    text = row.required("score")
    digits = text.removesuffix(".0")  # spreadsheets make 5.0 of a 5 in a column with gaps
    score = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_SCORE else -1
    if score not in scale:
        raise RowError(f"score {text!r} is no whole number from {scale[0]} to {scale[-1]}")
    return score


def _truth(row: Row, column: str) -> bool:
    text = row.text(column).lower()
    if text in TRUE or text in FALSE:
        return text in TRUE
    raise RowError(f"{column} {text!r} is neither true nor false")


def answer_key(row: Row) -> str:
    """The row's own id, or one made of what stays the same when the row is corrected."""
    if own := row.text("answer_id"):
        return own
    fixed = "|".join(row.text(column) for column in ("survey", "order_id", "customer_id", "answered_at"))
    return "row:" + hashlib.sha256(fixed.encode()).hexdigest()[:40]


def _store(
    session: Session,
    stored: Response | None,
    answer: AnswerRow,
    source: str,
    zone: ZoneInfo,
    now: datetime,
    counts: ImportCounts,
) -> None:
    values = {
        "survey_key": answer.survey_key,
        "order_id": answer.order.id if answer.order else None,
        "customer_id": answer.customer_id,
        "score": answer.score,
        "latest_score": answer.score,
        "comment": answer.comment,
        "wants_contact": answer.wants_contact,
        "answered_at": answer.answered_at,
        "counted_on": business_day(answer.answered_at, zone),
        "locale": answer.locale,
    }
    if stored is not None and stored.withdrawn_at is not None:  # what was erased does not come back by a file
        counts.unchanged += 1
        return
    # The day is left out: when the shop moves to another time zone, its past stays where it was counted.
    if stored is not None and all(
        getattr(stored, name) == value for name, value in values.items() if name != "counted_on"
    ):
        counts.unchanged += 1
        return
    if stored is None:
        # Routed from the start: what happened before the shop moved here is history, not today's queue.
        stored = Response(
            source=source,
            external_id=answer.external_id,
            channel=Channel.IMPORT,
            revision=1,
            routed_revision=1,
            routed_assessed=1,
        )
        kind = RevisionKind.ANSWER
        counts.added += 1
    else:
        count_change(session, stored, stored.score, -1)
        stored.revision += 1
        stored.routed_revision = stored.routed_assessed = stored.revision
        kind = RevisionKind.CORRECTION
        counts.updated += 1
    for name, value in values.items():
        setattr(stored, name, value)
    session.add(stored)
    session.flush()
    count_change(session, stored, answer.score, +1)
    session.add(
        ResponseRevision(
            response_id=stored.id,
            ordinal=stored.revision,
            kind=kind,
            score=answer.score,
            comment=answer.comment,
            wants_contact=answer.wants_contact,
            recorded_at=now,
        )
    )
