"""The funnel as a manager reads it: every count with its share, and what it is a share of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.orm import Session

from feedback_service.delivery.funnel import (
    Funnel,
    StillToCome,
    funnels,
    returns_are_reported,
    still_to_come,
    total,
)
from feedback_service.delivery.rules.cohorts import Cohort, Span, cohorts
from feedback_service.formats import many

NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Stage:
    """One line of the funnel."""

    name: str
    count: str
    share: str
    """In per cent with what it is a share of; empty where that means nothing."""
    part: float | None
    """From 0 to 100 of what was planned, for the bar; None where it is not known."""


@dataclass(frozen=True)
class ShownFunnel:
    """The page: the whole time, stage by stage, and then cohort by cohort."""

    period: str
    way: list[Stage]
    losses: list[tuple[str, str, str]]
    coming: str
    returns: list[tuple[str, str, str]]
    columns: list[tuple[str, str]]
    lines: list[list[str]]
    anything: bool


COLUMNS = (
    "Planned", "Not asked", "Waiting", "Asked", "Sent", "Delivered", "Bounced", "Opened", "Answered", "Called spam",
    "Told us to stop", "Machine visits", "Still open",
)  # fmt: skip


def shown_funnel(session: Session, span: Span, survey: str | None, *, zone: ZoneInfo, now: datetime) -> ShownFunnel:
    """The last half year of one survey or of all."""
    spans = cohorts(span, now, zone)
    counted, reported = funnels(session, spans, now, survey), returns_are_reported(session)
    whole = total(counted)
    coming = still_to_come(session, spans, survey)
    return ShownFunnel(
        period=f"The last {len(spans)} {span}s",
        way=way(whole),
        losses=losses(whole),
        coming=coming_words(coming),
        returns=returns(whole, reported),
        columns=[("Sent in", "text"), *((name, "number") for name in COLUMNS)],
        lines=lines(spans, counted, span, reported),
        anything=whole.planned + coming.later + coming.undated > 0,
    )


def percent(part: int, whole: int) -> str:
    """A share that never rounds somebody away: less than one in a hundred says so, and so does all but a few."""
    if whole == 0:
        return ""
    share = 100 * part / whole
    if 0 < share < 1:
        return "< 1 %"
    if 99 < share < 100:  # noqa: PLR2004 - per cent
        return "> 99 %"
    return f"{share:.0f} %"


def way(funnel: Funnel) -> list[Stage]:
    """The stages that an answer has to come through, in their order."""
    arrived = "sent less bounced" if funnel.bounced else "sent"
    return [
        _stage(funnel, "Planned", funnel.planned),
        _stage(funnel, "Asked", funnel.asked, funnel.planned, "planned"),
        _stage(funnel, "Sent", funnel.sent, funnel.asked, "asked"),
        _delivered(funnel),
        _stage(funnel, "Opened the form", funnel.opened, funnel.arrived, arrived),
        _stage(funnel, "Answered", funnel.confirmed, funnel.arrived, arrived),
    ]


def _delivered(funnel: Funnel) -> Stage:
    """Known in whole, for some of the cohorts only, which makes no length to compare, or not at all."""
    if funnel.sent_with_reports == funnel.sent:
        return _stage(funnel, "Delivered", funnel.delivered, funnel.sent, "sent")
    if funnel.sent_with_reports == 0:
        return Stage("Delivered", NOT_KNOWN, "no mail provider reports deliveries", None)
    share = percent(funnel.delivered, funnel.sent_with_reports)
    some = f"{share} of the {funnel.sent_with_reports:,} sent while deliveries were reported"
    return Stage("Delivered", f"{funnel.delivered:,}", some, None)


def losses(funnel: Funnel) -> list[tuple[str, str, str]]:
    """Events that were not asked about, by reason, and those whose turn it is: what, how many, which share."""
    waiting = (("Waits for its turn", funnel.waiting), ("Of these: moved to a later hour or day", funnel.deferred))
    reasons = ((reason.words[:1].upper() + reason.words[1:], count) for reason, count in funnel.skipped.most_common())
    return [(name, f"{count:,}", percent(count, funnel.planned)) for name, count in (*reasons, *waiting) if count]


def coming_words(coming: StillToCome) -> str:
    """What belongs to no cohort yet, in a sentence; empty where there is nothing."""
    parts = []
    if coming.later:
        parts.append(f"{many(coming.later, 'event is', 'events are')} due later")
    if coming.undated:
        parts.append(
            f"{coming.undated:,} {'has' if coming.undated == 1 else 'have'} no date yet, as parcels on their way"
        )
    return f"Not counted here: {' and '.join(parts)}." if parts else ""


def returns(funnel: Funnel, reported: bool) -> list[tuple[str, str, str]]:
    """What came back instead of an answer; what only others can report is not known where nobody does."""
    told = {"Bounced": funnel.bounced, "Called spam": funnel.complained}
    return [
        *((name, f"{count:,}", percent(count, funnel.sent)) if reported or count else (name, NOT_KNOWN, "")
          for name, count in told.items()),
        ("Told us to stop", f"{funnel.unsubscribed:,}", percent(funnel.unsubscribed, funnel.sent)),
        ("Visits that look like a machine's", f"{funnel.machine_visits:,}", ""),
    ]  # fmt: skip


def lines(cohorts: Sequence[Cohort], funnels: Sequence[Funnel], span: Span, reported: bool) -> list[list[str]]:
    """A line for each cohort, the newest first, back to the first in which anything happened."""
    found = list(zip(cohorts, funnels, strict=True))
    while found and found[0][1] == Funnel():
        found.pop(0)
    return [[cohort_name(cohort, span), *_cells(funnel, reported)] for cohort, funnel in reversed(found)]


def cohort_name(cohort: Cohort, span: Span) -> str:
    """Such as Mar 2026, or 16–22 Mar 2026."""
    if span is Span.MONTH:
        return format_date(cohort.first_day, "MMM y", locale="en")
    first = "d" if cohort.first_day.month == cohort.last_day.month else "d MMM"
    return f"{format_date(cohort.first_day, first, locale='en')}–{format_date(cohort.last_day, 'd MMM y', locale='en')}"


def _stage(funnel: Funnel, name: str, count: int, whole: int | None = None, of: str = "") -> Stage:
    share = percent(count, whole) if whole is not None else ""
    part = 100 * count / funnel.planned if funnel.planned else 0
    return Stage(name, f"{count:,}", f"{share} of {of}" if share else "", round(part, 2))


def _cells(funnel: Funnel, reported: bool) -> list[str]:
    delivered_known = funnel.sent_with_reports or not funnel.sent
    returns_known = reported or not funnel.sent
    return [
        f"{funnel.planned:,}",
        f"{funnel.not_asked:,}",
        f"{funnel.waiting:,}",
        _with_share(funnel.asked, funnel.planned),
        f"{funnel.sent:,}",
        _with_share(funnel.delivered, funnel.sent_with_reports) if delivered_known else NOT_KNOWN,
        _with_share(funnel.bounced, funnel.sent) if returns_known or funnel.bounced else NOT_KNOWN,
        _with_share(funnel.opened, funnel.arrived),
        _with_share(funnel.confirmed, funnel.arrived),
        _with_share(funnel.complained, funnel.sent) if returns_known or funnel.complained else NOT_KNOWN,
        _with_share(funnel.unsubscribed, funnel.sent),
        f"{funnel.machine_visits:,}",
        f"{funnel.still_open:,}",
    ]


def _with_share(count: int, whole: int) -> str:
    return f"{count:,} ({percent(count, whole)})" if count and whole else f"{count:,}"
