"""The demo shop's past: eighteen months of orders and answers, invented with a fixed seed, with one story to find."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feedback_service.demo.comments import CommentWriter
from feedback_service.demo.ease import ease_rows
from feedback_service.demo.facts import CSAT, NPS, Facts, chance
from feedback_service.demo.follow_ups import ticked
from feedback_service.demo.purchases import Purchase, buy_all, midnight
from feedback_service.demo.remarks import mood

CURRENCY = "EUR"
SURVEYS = (CSAT, NPS)
LIVE_FOR = timedelta(days=60)  # the running service asks about orders placed since then
LIVE_SHARE = 0.9  # of them would answer: half the surveys are not sent, and the queue needs something in it
ANSWERS_WITHIN = timedelta(days=10)  # after the delivery
USUAL_ANSWER_DAY = {CSAT: 1, NPS: 4}
COMMENTS = {"happy": 0.55, "fine": 0.51, "cross": 0.75}  # share of answers with a comment


@dataclass(frozen=True)
class DemoShop:
    """Rows as the CSV import takes them, oldest first; instants are ISO 8601 in UTC.

    `answers` are history, and so is `ease`; `replies` are what the buyers of the last weeks will say when they are
    asked, with what they will tick besides.
    """

    orders: list[dict[str, str]]
    answers: list[dict[str, str]]
    ease: list[dict[str, str]]
    replies: list[dict[str, str]]


@dataclass(frozen=True)
class _Answer:
    order_id: str
    purchase: Purchase
    survey: str
    score: int
    upside_down: bool
    answered_at: datetime
    wants_contact: bool


def generate(today: date, seed: int = 2024) -> DemoShop:
    """The shop as it stands at the start of `today` (UTC); the same rows for the same arguments, anywhere."""
    bought = buy_all(today, _dice(seed, "purchases"))
    numbered = [(f"B-{number}", purchase) for number, purchase in enumerate(bought, start=10001)]
    answers = _answers(numbered, midnight(today), _dice(seed, "answers"))
    live = midnight(went_live(today))
    rows = list(zip(answers, _answer_rows(answers, _dice(seed, "comments")), strict=True))
    ticks = _dice(seed, "follow-ups")
    return DemoShop(
        orders=[_order_row(order_id, purchase, midnight(today)) for order_id, purchase in numbered],
        answers=[row for answer, row in rows if answer.purchase.ordered_at < live],
        ease=ease_rows(numbered, went_live(today), _dice(seed, "ease")),
        replies=[
            row | ticked(_facts(answer), row["comment"], ticks)
            for answer, row in rows
            if answer.purchase.ordered_at >= live
        ],
    )


def went_live(today: date) -> date:
    """The day from which on orders are asked about for real."""
    return today - LIVE_FOR


def _dice(seed: int, purpose: str) -> random.Random:
    """A stream of chance of its own for each purpose, so that a new phrase does not move an order."""
    return random.Random(f"{seed} {purpose}")  # noqa: S311 - reproducible on purpose, nothing secret


def _order_row(order_id: str, purchase: Purchase, closed: datetime) -> dict[str, str]:
    buyer, delivered_at = purchase.buyer, purchase.delivered_at
    arrived = delivered_at is not None and delivered_at < closed
    return {
        "order_id": order_id,
        "customer_id": buyer.customer_id,
        "email": buyer.email,
        "name": buyer.name,
        "locale": buyer.locale,
        "time_zone": buyer.time_zone,
        "ordered_at": purchase.ordered_at.isoformat(),
        "delivered_at": delivered_at.isoformat() if delivered_at and arrived else "",
        "promised_on": purchase.promised_on.isoformat(),
        "amount": f"{purchase.cents // 100}.{purchase.cents % 100:02d}",
        "currency": CURRENCY,
        "status": _status(purchase, closed),
        "attr.region": buyer.region.name,
        "attr.carrier": purchase.carrier,
        "attr.category": purchase.product.category,
        "attr.store": purchase.store,
        "attr.product": purchase.product.name,
    }


def _status(purchase: Purchase, closed: datetime) -> str:
    if purchase.cancelled:
        return "cancelled"
    if purchase.delivered_at is not None and purchase.delivered_at < closed:
        returned = purchase.refunded and purchase.delivered_at < closed - ANSWERS_WITHIN
        return "refunded" if returned else "delivered"
    return "shipped" if purchase.handed_at < closed else "placed"


def _answers(numbered: list[tuple[str, Purchase]], closed: datetime, rng: random.Random) -> list[_Answer]:
    """Who answered which survey with what; an order and a survey at most once."""
    given = []
    live = midnight(went_live(closed.date()))
    for order_id, purchase in numbered:
        delivered_at = purchase.delivered_at
        if delivered_at is None or delivered_at >= closed:
            continue
        given += [
            _answer(order_id, purchase, delivered_at, survey, rng)
            for survey in SURVEYS
            if chance(rng, max(_willing(purchase), LIVE_SHARE if purchase.ordered_at >= live else 0))
        ]
    given = [answer for answer in given if answer.answered_at < closed]
    return sorted(given, key=lambda answer: (answer.answered_at, answer.order_id, answer.survey))


def _willing(purchase: Purchase) -> float:
    """The share of such orders that are answered: the annoyed and the old friends are a little readier."""
    share = 0.36 + purchase.buyer.keenness + 0.12 * purchase.troubled + 0.02 * min(purchase.number - 1, 3)
    return min(max(share, 0.05), 0.9)


def _answer(order_id: str, purchase: Purchase, delivered_at: datetime, survey: str, rng: random.Random) -> _Answer:
    upside_down = survey == NPS and purchase.liking >= 9 and not purchase.troubled and chance(rng, 0.008)  # noqa: PLR2004
    score = rng.choice((0, 0, 1)) if upside_down else _score(purchase, survey, rng)
    unhappy = score <= (6 if survey == NPS else 2) and not upside_down
    return _Answer(
        order_id=order_id,
        purchase=purchase,
        survey=survey,
        score=score,
        upside_down=upside_down,
        answered_at=_answered_at(purchase, delivered_at, survey, rng),
        wants_contact=chance(rng, 0.33 if unhappy else 0.03),
    )


def _score(purchase: Purchase, survey: str, rng: random.Random) -> int:
    if survey == NPS:
        return min(max(round(purchase.liking), 0), 10)
    cheer = 4.85 + 0.2 * purchase.buyer.warmth + rng.gauss(0, 0.55)
    cheer -= min(0.35 * max(purchase.late, 0), 2.6) + rng.uniform(0.8, 2.2) * purchase.damaged
    if chance(rng, 0.05):  # the courier's manners, a parcel left in the rain
        cheer -= rng.uniform(1, 3)
    return min(max(round(cheer), 1), 5)


def _answered_at(purchase: Purchase, delivered_at: datetime, survey: str, rng: random.Random) -> datetime:
    """Soon after the delivery, at an hour when the buyer is awake."""
    zone = ZoneInfo(purchase.buyer.time_zone)
    days = int(rng.triangular(0, ANSWERS_WITHIN.days, USUAL_ANSWER_DAY[survey]))
    at = time(rng.randint(7, 22), rng.randrange(60), rng.randrange(60))
    day = delivered_at.astimezone(zone).date() + timedelta(days=days)
    answered = datetime.combine(day, at, zone).astimezone(delivered_at.tzinfo)
    soonest = delivered_at + timedelta(minutes=rng.randint(15, 240))
    return min(max(answered, soonest), delivered_at + ANSWERS_WITHIN)


def _answer_rows(answers: list[_Answer], rng: random.Random) -> list[dict[str, str]]:
    writer = CommentWriter(rng)
    return [
        {
            "answer_id": f"A-{number}",
            "survey": answer.survey,
            "order_id": answer.order_id,
            "customer_id": answer.purchase.buyer.customer_id,
            "score": str(answer.score),
            "comment": _comment(answer, writer, rng),
            "answered_at": answer.answered_at.isoformat(),
            "locale": answer.purchase.buyer.locale,
            "wants_contact": str(answer.wants_contact).lower(),
        }
        for number, answer in enumerate(answers, start=50001)
    ]


def _comment(answer: _Answer, writer: CommentWriter, rng: random.Random) -> str:
    facts = _facts(answer)
    wanted = answer.upside_down or chance(rng, COMMENTS[mood(facts)])
    return writer.write(facts) if wanted else ""


def _facts(answer: _Answer) -> Facts:
    purchase, buyer = answer.purchase, answer.purchase.buyer
    zone = ZoneInfo(buyer.time_zone)
    delivered_at = purchase.delivered_at or answer.answered_at  # an answer is only given to what came
    return Facts(
        survey=answer.survey,
        score=answer.score,
        locale=buyer.locale,
        kind=purchase.product.kind,
        short=purchase.product.short,
        pieces=purchase.pieces,
        euros=purchase.cents // 100,
        region=buyer.region.name,
        carrier=purchase.carrier,
        store=purchase.store,
        order_number=purchase.number,
        feminine=buyer.feminine,
        ordered_on=purchase.ordered_at.astimezone(zone).date(),
        promised_on=purchase.promised_on,
        delivered_at=delivered_at.astimezone(zone),
        damaged=purchase.damaged,
        faulty=purchase.faulty,
        refunded=purchase.refunded,
        had_trouble=purchase.had_trouble,
        wants_contact=answer.wants_contact,
        upside_down=answer.upside_down,
    )
