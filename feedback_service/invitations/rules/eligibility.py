"""Who may be asked: every "no" has a reason."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class SkipReason(StrEnum):
    """Why somebody was not asked; each ends the event for good."""

    ORDER_CANCELLED = "order_cancelled"
    ORDER_REFUNDED = "order_refunded"
    BEFORE_GO_LIVE = "before_go_live"
    TOO_OLD = "too_old"
    SAMPLED_OUT = "sampled_out"
    NO_ADDRESS = "no_address"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    ASKED_RECENTLY = "asked_recently"
    OTHER_SURVEY_FIRST = "other_survey_first"
    ORDER_ASKED_BEFORE = "order_asked_before"

    @property
    def words(self) -> str:
        """The reason as staff read it."""
        return _WORDS[self]


_WORDS = {
    SkipReason.ORDER_CANCELLED: "the order was cancelled",
    SkipReason.ORDER_REFUNDED: "the order was refunded",
    SkipReason.BEFORE_GO_LIVE: "the order was placed before sending went live",
    SkipReason.TOO_OLD: "too much time had passed since the event",
    SkipReason.SAMPLED_OUT: "the order was not in the sample",
    SkipReason.NO_ADDRESS: "the shop knows no e-mail address",
    SkipReason.UNSUBSCRIBED: "the person asked not to be asked",
    SkipReason.SUPPRESSED: "mail to the address cannot arrive",
    SkipReason.ASKED_RECENTLY: "the person was asked a short time ago",
    SkipReason.ORDER_ASKED_BEFORE: "another survey has asked about this order",
    SkipReason.OTHER_SURVEY_FIRST: "a more important survey is about to ask the same person",
}

ORDER_ENDED = {"cancelled": SkipReason.ORDER_CANCELLED, "refunded": SkipReason.ORDER_REFUNDED}


@dataclass(frozen=True)
class Reachability:
    """What is known of the address; all of it is looked at again at the moment of sending."""

    has_address: bool
    unsubscribed: bool
    suppressed: bool


def unreachable(order_status: str, address: Reachability) -> SkipReason | None:
    """Why no mail may go out about this order to this address, whatever the survey."""
    if order_status in ORDER_ENDED:
        return ORDER_ENDED[order_status]
    if not address.has_address:
        return SkipReason.NO_ADDRESS
    if address.unsubscribed:
        return SkipReason.UNSUBSCRIBED
    return SkipReason.SUPPRESSED if address.suppressed else None


def skip_reason(
    *,
    order_status: str,
    address: Reachability,
    ordered_at: datetime,
    event_at: datetime,
    go_live: datetime,
    max_age: timedelta,
    now: datetime,
) -> SkipReason | None:
    """Why this event must not ask anybody, or None. Whether the person was asked recently is decided by the
    database alone, in the update that would ask them."""
    if reason := unreachable(order_status, address):
        return reason
    if ordered_at < go_live:
        return SkipReason.BEFORE_GO_LIVE
    return SkipReason.TOO_OLD if now - event_at > max_age else None


def sampled_in(event_key: str, survey_key: str, one_in: int) -> bool:
    """Whether an event is in a sample of one in `one_in`: always the same answer for the same event."""
    number = int.from_bytes(hashlib.sha256(f"{survey_key}|{event_key}".encode()).digest()[:8])
    return number % one_in == 0
