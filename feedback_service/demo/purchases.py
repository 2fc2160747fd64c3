"""Plays eighteen months of buying: who orders what, how it arrives, how much it is liked, who comes back."""

import random
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feedback_service.demo.catalogue import BAD_CARRIER, BAD_REGION, FAULTY, PRODUCTS, Product
from feedback_service.demo.facts import chance
from feedback_service.demo.people import Buyer, make_buyers, pick

MONTHS = 18
BUYERS = 1900
# The carrier fails for whoever orders so many days before the two months: their answers then fall into them.
STORY_MONTHS = (8, 6)  # from the start of the month 8 back to the start of the month 6 back
STORY_LEAD = timedelta(days=15)
STUCK_SINCE = timedelta(days=24)  # how far back an order may lie that is lost somewhere on its way

SEASON = {11: 1.3, 12: 1.3}  # first orders in a month, against 1 in the others
BUSIEST = 1.3
CONSUMABLES = ("Coffee", "Tea")
FREE_SHIPPING_FROM, SHIPPING = 4000, 490  # cents
COMES_BACK = ((9.0, 0.50), (7.0, 0.32), (-99.0, 0.12))  # who liked it at least so much, and how many of them
COMES_BACK_BIG = 0.86
SUNDAY = 6


@dataclass(frozen=True)
class Purchase:
    """One order and what became of it; instants in UTC, money in cents."""

    buyer: Buyer
    number: int  # 1 for the buyer's first
    product: Product
    pieces: int
    cents: int
    carrier: str
    store: str
    ordered_at: datetime
    handed_at: datetime  # to the carrier
    delivered_at: datetime | None  # may lie after today; None when it never came
    promised_on: date  # where the buyer lives
    cancelled: bool
    damaged: bool
    faulty: bool
    refunded: bool
    had_trouble: bool
    liking: float  # what the buyer would answer from 0 to 10, before rounding

    @property
    def late(self) -> int:
        """Days past the promised date by the buyer's calendar; 0 when it never came."""
        if self.delivered_at is None:
            return 0
        return (self.delivered_at.astimezone(ZoneInfo(self.buyer.time_zone)).date() - self.promised_on).days

    @property
    def troubled(self) -> bool:
        """Whether the delivery was one to remember badly."""
        return self.damaged or self.late > 2  # noqa: PLR2004


def midnight(day: date) -> datetime:
    """The start of that day in UTC."""
    return datetime.combine(day, time(), UTC)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def buy_all(today: date, rng: random.Random) -> list[Purchase]:
    """All orders placed before `today`, oldest first."""
    game = _Game(today, rng)
    firsts = sorted(game.first_order() for _ in range(BUYERS))
    bought: list[Purchase] = []
    for buyer, first in zip(make_buyers(rng, BUYERS), firsts, strict=True):
        bought += game.play(buyer, first)
    return sorted(bought, key=lambda purchase: (purchase.ordered_at, purchase.buyer.customer_id))


class _Game:
    """The rules by which buyers buy, for one `today` and one stream of chance."""

    def __init__(self, today: date, rng: random.Random) -> None:
        self._rng = rng
        self._opened = midnight(months_before(today, MONTHS))
        self._closed = midnight(today)
        month = today.replace(day=1)
        self._bad_from, self._bad_until = (midnight(months_before(month, back)) - STORY_LEAD for back in STORY_MONTHS)

    def first_order(self) -> datetime:
        """A moment in the whole span, with more people around before Christmas."""
        while True:
            # Slightly more newcomers early on, because those who come back fill the later months.
            share: float = self._rng.random() ** 1.3
            moment = self._opened + (self._closed - self._opened) * share
            if chance(self._rng, SEASON.get(moment.month, 1) / BUSIEST):
                return moment.replace(microsecond=0)

    def play(self, buyer: Buyer, first: datetime) -> list[Purchase]:
        """The buyer's orders one after the other, until they stay away or the present is reached."""
        bought: list[Purchase] = []
        moment = _waking(first, buyer, self._rng)
        while self._opened <= moment < self._closed:
            bought.append(self._buy(buyer, moment, bought))
            if not chance(self._rng, _comes_back(bought[-1])):
                break
            pause = 9 + self._rng.expovariate(1 / (30 if buyer.big else 48))
            since = bought[-1].delivered_at or moment
            moment = _waking(since + timedelta(days=pause), buyer, self._rng)
        return bought

    def _buy(self, buyer: Buyer, ordered_at: datetime, before: list[Purchase]) -> Purchase:
        rng = self._rng
        product = rng.choices(PRODUCTS, [_wish(buyer, product) for product in PRODUCTS])[0]
        pieces = min(rng.randint(1, product.most), rng.randint(1, product.most)) + (buyer.big and product.most > 1)
        cents = product.cents * pieces
        carrier = pick(rng, buyer.region.carriers)
        bad = self._bad_spell(buyer, carrier, ordered_at)
        promised_on = _no_sunday(_local(ordered_at, buyer).date() + timedelta(days=buyer.region.promise_days))
        delivered_at = self._delivery(buyer, ordered_at, bad)
        late = (_local(delivered_at, buyer).date() - promised_on).days
        cancelled = chance(rng, 0.025)
        stuck = ordered_at > self._closed - STUCK_SINCE and chance(rng, 0.09)
        damaged = chance(rng, 0.33 if bad else 0.02)
        faulty = product.short == FAULTY and chance(rng, 0.18)
        return Purchase(
            buyer=buyer,
            number=len(before) + 1,
            product=product,
            pieces=pieces,
            cents=cents + SHIPPING * (cents < FREE_SHIPPING_FROM),
            carrier=carrier,
            store=pick(rng, buyer.region.stores),
            ordered_at=ordered_at,
            handed_at=ordered_at + timedelta(minutes=rng.randint(1200, 1800)),
            delivered_at=None if cancelled or stuck else delivered_at,
            promised_on=promised_on,
            cancelled=cancelled,
            damaged=damaged,
            faulty=faulty,
            refunded=chance(rng, 0.22 if damaged or faulty else 0.006),
            had_trouble=bool(before) and before[-1].troubled,
            liking=self._liking(buyer, late, damaged, faulty, len(before)),
        )

    def _bad_spell(self, buyer: Buyer, carrier: str, ordered_at: datetime) -> bool:
        there = carrier == BAD_CARRIER and buyer.region.name == BAD_REGION
        return there and self._bad_from <= ordered_at < self._bad_until

    def _delivery(self, buyer: Buyer, ordered_at: datetime, bad: bool) -> datetime:
        """When it would reach the door: on a day that is no Sunday, in working hours there."""
        rng, region = self._rng, buyer.region
        days = rng.randint(*region.usual_days)
        if bad and chance(rng, 0.94):
            days = region.promise_days + rng.randint(3, 13)
        elif chance(rng, 0.06):
            days = region.promise_days + rng.choice((1, 1, 1, 2, 2, 3, 4, 6))
        ordered = _local(ordered_at, buyer)
        day = _no_sunday(ordered.date() + timedelta(days=days))
        at = time(rng.randint(8, 19), rng.randrange(60), rng.randrange(60))
        return datetime.combine(day, at, ordered.tzinfo).astimezone(UTC)

    def _liking(self, buyer: Buyer, late: int, damaged: bool, faulty: bool, before: int) -> float:
        """The score this order would earn: chance, the buyer's nature, and what went wrong."""
        rng = self._rng
        liking = 9.25 + buyer.warmth + 0.2 * min(before, 3) + rng.gauss(0, 1.0)
        liking -= min(0.65 * max(late, 0), 6.0)
        liking -= rng.uniform(1.5, 4.0) * damaged + rng.uniform(1.5, 5.0) * faulty
        if chance(rng, 0.09):  # something that no record shows: taste, price, a mail left unanswered
            liking -= rng.uniform(2.0, 7.0)
        return liking


def _comes_back(last: Purchase) -> float:
    if last.buyer.big:
        return COMES_BACK_BIG
    return next(share for least, share in COMES_BACK if last.liking >= least)


def _wish(buyer: Buyer, product: Product) -> float:
    if buyer.big and product.category not in CONSUMABLES:
        return product.weight * 2.5
    return product.weight


def _waking(moment: datetime, buyer: Buyer, rng: random.Random) -> datetime:
    """The same day where the buyer lives, at an hour when people shop."""
    local = _local(moment, buyer)
    awake = local.replace(hour=rng.randint(7, 22), minute=rng.randrange(60), second=rng.randrange(60), microsecond=0)
    return awake.astimezone(UTC)


def _local(moment: datetime, buyer: Buyer) -> datetime:
    return moment.astimezone(ZoneInfo(buyer.time_zone))


def _no_sunday(day: date) -> date:
    return day + timedelta(days=day.weekday() == SUNDAY)
