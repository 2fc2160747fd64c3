"""What is true about the order an answer speaks of."""

import random
from dataclasses import dataclass
from datetime import date, datetime

NPS = "post_purchase_nps"
CSAT = "delivery_csat"


@dataclass(frozen=True)
class Facts:
    """Everything a comment may mention; dates and times are local to the buyer."""

    survey: str
    score: int
    locale: str
    kind: str
    short: str  # what people call the product
    pieces: int
    euros: int
    region: str
    carrier: str
    store: str
    order_number: int  # the buyer's first, second ... order
    feminine: bool
    ordered_on: date
    promised_on: date
    delivered_at: datetime
    damaged: bool
    faulty: bool
    refunded: bool
    had_trouble: bool  # an earlier order of this buyer came badly late or damaged
    wants_contact: bool
    upside_down: bool  # took the lowest score for the best

    @property
    def late(self) -> int:
        """Days past the promised date; below zero when it came before."""
        return (self.delivered_at.date() - self.promised_on).days

    @property
    def took(self) -> int:
        """Days from the order to the door."""
        return (self.delivered_at.date() - self.ordered_on).days


def chance(rng: random.Random, share: float) -> bool:
    """True in that share of cases, from 0 to 1."""
    return rng.random() < share
