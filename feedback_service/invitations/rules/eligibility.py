"""Who may be asked: every "no" has a reason, and the rule behind it in words."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class SkipReason(StrEnum):
    """Why somebody was not asked; each ends the event for good."""

    ORDER_CANCELLED = "order_cancelled"
    ORDER_REFUNDED = "order_refunded"
    SURVEY_PAUSED = "survey_paused"
    BEFORE_GO_LIVE = "before_go_live"
    TOO_OLD = "too_old"
    SAMPLED_OUT = "sampled_out"
    VALUE_OUT_OF_RANGE = "value_out_of_range"
    FILTERED_OUT = "filtered_out"
    NOT_ACTIVE = "not_active"
    NO_ADDRESS = "no_address"
    UNSUBSCRIBED = "unsubscribed"
    PAUSED = "paused"
    PURCHASES_ONLY = "purchases_only"
    NO_CONSENT = "no_consent"
    SUPPRESSED = "suppressed"
    OPEN_CASE = "open_case"
    ASKED_RECENTLY = "asked_recently"
    ANSWERED_RECENTLY = "answered_recently"
    OTHER_SURVEY_FIRST = "other_survey_first"
    ORDER_ASKED_BEFORE = "order_asked_before"

    @property
    def words(self) -> str:
        """The reason as staff read it."""
        return _WORDS[self]


_WORDS = {
    SkipReason.ORDER_CANCELLED: "the order was cancelled",
    SkipReason.ORDER_REFUNDED: "the order was refunded",
    SkipReason.SURVEY_PAUSED: "the survey is paused or closed",
    SkipReason.BEFORE_GO_LIVE: "it happened before sending went live",
    SkipReason.TOO_OLD: "too much time had passed since the event",
    SkipReason.SAMPLED_OUT: "the event was not in the sample",
    SkipReason.VALUE_OUT_OF_RANGE: "the order was worth too little or too much",
    SkipReason.FILTERED_OUT: "its attributes are not among those that are asked about",
    SkipReason.NOT_ACTIVE: "the person has not bought anything for a long time",
    SkipReason.NO_ADDRESS: "the shop knows no e-mail address",
    SkipReason.UNSUBSCRIBED: "the person asked not to be asked",
    SkipReason.PAUSED: "the person asked for a pause",
    SkipReason.PURCHASES_ONLY: "the person wants to be asked after purchases only",
    SkipReason.NO_CONSENT: "no consent of the person is known, and this survey needs it",
    SkipReason.SUPPRESSED: "mail to the address cannot arrive",
    SkipReason.OPEN_CASE: "a complaint of the person is still open",
    SkipReason.ASKED_RECENTLY: "the person was asked a short time ago",
    SkipReason.ANSWERED_RECENTLY: "the person answered a short time ago",
    SkipReason.ORDER_ASKED_BEFORE: "another survey has asked about this order",
    SkipReason.OTHER_SURVEY_FIRST: "a more important survey is about to ask the same person",
}

ORDER_ENDED = {"cancelled": SkipReason.ORDER_CANCELLED, "refunded": SkipReason.ORDER_REFUNDED}


@dataclass(frozen=True)
class Refusal:
    """A reason, and the rule behind it as a clause for staff."""

    reason: SkipReason
    rule: str


@dataclass(frozen=True)
class Reachability:
    """What is known of the address and its person; all of it is looked at again at the moment of sending."""

    has_address: bool
    unsubscribed: bool
    suppressed: bool
    paused_until: datetime | None = None
    purchases_only: bool = False
    consented: bool = False
    open_case: bool = False


@dataclass(frozen=True)
class Question:
    """What a survey asks about, as far as a person's own wishes hang on it."""

    about_purchase: bool
    needs_consent: bool


@dataclass(frozen=True)
class Patience:
    """When the person was last asked, and last answered, by any survey."""

    last_asked_at: datetime | None
    last_answered_at: datetime | None


def unreachable(
    order_status: str | None, address: Reachability, question: Question, now: datetime
) -> SkipReason | None:
    """Why no mail may go out to this address about this event (`order_status` None: no order)."""
    if order_status in ORDER_ENDED:
        return ORDER_ENDED[order_status]
    forbidden = (
        (not address.has_address, SkipReason.NO_ADDRESS),
        (address.unsubscribed, SkipReason.UNSUBSCRIBED),
        (address.suppressed, SkipReason.SUPPRESSED),
        (address.paused_until is not None and now < address.paused_until, SkipReason.PAUSED),
        (address.purchases_only and not question.about_purchase, SkipReason.PURCHASES_ONLY),
        (question.needs_consent and not address.consented, SkipReason.NO_CONSENT),
        (address.open_case, SkipReason.OPEN_CASE),
    )
    return next((reason for applies, reason in forbidden if applies), None)


def too_early_or_late(
    *, happened_at: datetime, event_at: datetime, go_live: datetime, max_age: timedelta, now: datetime
) -> Refusal | None:
    """Why an event is out of time: `happened_at` is the purchase's moment, `event_at` the trigger's."""
    if happened_at < go_live:
        return Refusal(SkipReason.BEFORE_GO_LIVE, f"sending went live on {go_live:%Y-%m-%d}")
    if now - event_at > max_age:
        return Refusal(SkipReason.TOO_OLD, f"trigger.max_age_days = {max_age.days}")
    return None


def out_of_patience(
    patience: Patience, *, quarantine: timedelta, after_answer: timedelta, now: datetime
) -> Refusal | None:
    """Why this person is left in peace for now."""
    asked, answered = patience.last_asked_at, patience.last_answered_at
    if asked is not None and asked > now - quarantine:
        rule = f"asking.quarantine_days = {quarantine.days}; last asked on {asked:%Y-%m-%d}"
        return Refusal(SkipReason.ASKED_RECENTLY, rule)
    if answered is not None and answered > now - after_answer:
        rule = f"asking.quarantine_after_answer_days = {after_answer.days}; last answered on {answered:%Y-%m-%d}"
        return Refusal(SkipReason.ANSWERED_RECENTLY, rule)
    return None


def sampled_in(event_key: str, survey_key: str, one_in: int) -> bool:
    """Whether an event is in a sample of one in `one_in`: always the same answer for the same event."""
    number = int.from_bytes(hashlib.sha256(f"{survey_key}|{event_key}".encode()).digest()[:8])
    return number % one_in == 0
