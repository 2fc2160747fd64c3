"""Puts what stands beside the scores into words: each number with its count, what it means, and where it leads."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel.dates import format_date

from feedback_service.cases.desk.filters import Filters, View
from feedback_service.cases.models import CaseKind
from feedback_service.cases.recovered import Recovered
from feedback_service.formats import many, money
from feedback_service.insights.glance import MOST_MAILS, AtRisk, InTime, OpenCases, Promises, Sent
from feedback_service.insights.links import cases_url
from feedback_service.insights.overview import DASH, PERCENT
from feedback_service.insights.rules.metrics import MIN_ANSWERS, Estimate
from feedback_service.insights.rules.periods import Period
from feedback_service.insights.rules.rates import share


@dataclass(frozen=True)
class Card:
    """One number, as its card shows it."""

    name: str
    value: str
    n: str
    """What it is counted from."""
    text: str
    """What it means."""
    interval: str = ""
    note: str = ""
    """What to know before it is believed."""
    url: str = ""
    link: str = ""
    """What the link says."""


def response_card(sent: Sent, period: Period, zone: ZoneInfo) -> Card:
    """Who answered, of those asked in the period."""
    cohort, until = sent.cohort, sent.can_answer_until
    of_mails = f"{many(cohort.confirmed, 'answer')} to {many(cohort.delivered, 'delivered mail')}"
    value, interval = _rate(cohort.response if cohort.delivered else None)
    notes = []
    if until is not None:
        day = format_date(until.astimezone(zone), "d MMM y", locale="en")
        notes.append(f"Not final: some can answer until {day}, so it can only rise.")
    if sent.capped:
        notes.append(f"Of the first {MOST_MAILS:,} mails of the period.")
    return Card(
        f"Response rate, asked {period.when}",
        value,
        of_mails if cohort.sent else "No mails sent",
        "Confirmed answers of the mails that were delivered (sent less bounced), by the day on which they were sent,"
        " whenever the answer came. The interval is Wilson's at 95 %.",
        interval,
        " ".join(notes),
    )


def open_card(cases: OpenCases) -> Card:
    """What somebody is owed now."""
    return Card(
        "Cases open now",
        f"{cases.open:,}",
        f"{cases.late:,} overdue" if cases.open else "Nobody waits for us",
        "Cases in which somebody is owed an answer and the next step is ours; overdue where its deadline has passed.",
        note=f"{many(cases.resting, 'more waits', 'more wait')} for the customer, or for a day."
        if cases.resting
        else "",
        url=cases_url(Filters(View.LATE if cases.late else View.OPEN, kind=CaseKind.FOLLOW_UP)) if cases.open else "",
        link="Overdue cases" if cases.late else "Open cases",
    )


def contacted_card(kept: InTime, period: Period) -> Card:
    """How often the first response came in time."""
    over = kept.met + kept.missed
    value, interval = _rate(share(kept.met, over) if over else None)
    return Card(
        f"Contacted within the deadline, cases of {period.label}",
        value,
        f"{kept.met:,} of {many(over, 'case')}" if over else "No case whose deadline has passed",
        "Of the cases opened in the period, those whose customer had our first response by its deadline. A case that"
        " was opened again counts each time. The interval is Wilson's at 95 %.",
        interval,
        f"{kept.running:,} still have time." if kept.running else "",
    )


def recovered_card(found: Recovered, period: Period) -> Card:
    """How often customers say that it was put right."""
    value, interval = _rate(share(found.recovered, found.answers) if found.answers else None)
    of_answers = f"{found.recovered:,} of {many(found.answers, 'answer')}"
    notes = []
    if found.closed >= max(found.recovered, 1):
        of_closed = share(found.recovered, found.closed)
        notes.append(f"{of_closed.value:.0f} % of the {many(found.closed, 'case')} closed then, silence counted as no.")
    if found.still_open:
        notes.append(f"Not final: {found.still_open:,} can still answer.")
    return Card(
        f"Put right, asked {period.when}",
        value,
        of_answers if found.answers else "No answers to “did we put it right?”",
        "Customers who say 7 or more of 10, or 4 or more of 5, when asked, after their case was closed, whether it was"
        " put right. The interval is Wilson's at 95 %.",
        interval,
        " ".join(notes),
    )


def promises_card(promises: Promises, period: Period) -> Card:
    """What was promised and not kept."""
    now = f"{many(promises.to_keep, 'promise')} to keep now, {promises.late:,} of them late"
    return Card(
        f"Promises broken {period.when}",
        f"{promises.broken:,}",
        now if promises.to_keep else "None to keep now",
        "Promises to customers that were not kept by the time that was promised; one kept later stays broken.",
        url="/promises/?view=everybodys" if promises.to_keep else "",
        link="Promises to keep",
    )


def risk_card(risk: AtRisk) -> Card:
    """What the customers behind open cases are worth."""
    notes = []
    if risk.by_order:
        notes.append(f"Of {many(risk.by_order, 'customer')} only the orders of their cases are known.")
    if risk.unknown:
        notes.append(f"Of {many(risk.unknown, 'customer')} no amount is known, so none is counted.")
    amounts = " + ".join(money(minor, currency) for currency, minor in risk.amounts.items())
    return Card(
        "Revenue at risk now",
        amounts or DASH,
        f"{many(risk.customers, 'customer')} with an open case" if risk.customers else "No customer with an open case",
        "It assumes that each customer with an open case would buy as much again as they bought so far, and will not if"
        " it is not put right. It is a sum of the past, not a forecast, and has no interval.",
        note=" ".join(notes),
    )


def _rate(rate: Estimate | None) -> tuple[str, str]:
    if rate is None or rate.value is None or rate.low is None or rate.high is None:
        return DASH, ""
    if not rate.enough:
        return "Too few to say", f"shown from {MIN_ANSWERS} on"
    return f"{rate.value:.0f}{PERCENT}", f"{rate.low:.0f} to {rate.high:.0f}{PERCENT}"
