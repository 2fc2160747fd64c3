"""Coverage in sentences: whom the score speaks for, and for whom it does not."""

from collections import Counter

from feedback_service.formats import many
from feedback_service.insights.coverage.queries import MOST_MAILS
from feedback_service.insights.coverage.reading import Reading, Weighing
from feedback_service.insights.figures.figure import Scale
from feedback_service.insights.figures.words import write, write_range
from feedback_service.insights.frame import dimension_name
from feedback_service.insights.rules.metrics import Estimate
from feedback_service.insights.rules.rates import SendingCohort
from feedback_service.invitations.rules.eligibility import SkipReason

WHY = {
    "because the shop chose so": (
        SkipReason.SAMPLED_OUT, SkipReason.FILTERED_OUT, SkipReason.VALUE_OUT_OF_RANGE, SkipReason.SURVEY_PAUSED,
        SkipReason.NOT_ACTIVE,
    ),
    "to leave people in peace": (
        SkipReason.ASKED_RECENTLY, SkipReason.ANSWERED_RECENTLY, SkipReason.OTHER_SURVEY_FIRST,
        SkipReason.ORDER_ASKED_BEFORE, SkipReason.OPEN_CASE,
    ),
    "because people want it so": (
        SkipReason.UNSUBSCRIBED, SkipReason.PAUSED, SkipReason.PURCHASES_ONLY, SkipReason.NO_CONSENT,
    ),
    "because no mail would arrive": (SkipReason.NO_ADDRESS, SkipReason.SUPPRESSED),
    "because the order was undone": (SkipReason.ORDER_CANCELLED, SkipReason.ORDER_REFUNDED),
    "because it was too long ago": (SkipReason.TOO_OLD, SkipReason.BEFORE_GO_LIVE),
}  # fmt: skip
"""Every reason in one of a few that a manager thinks in."""


def funnel_told(reading: Reading) -> list[str]:
    """How far events came."""
    decided = reading.asked + reading.skipped.total()
    if not decided:
        return []
    found = reading.total
    told = [f"Decided in this time: {many(decided, 'event')}. {_split(reading.asked, reading.skipped.total())}."]
    if found.sent:
        whole = SendingCohort(found.sent, found.bounced, found.opened, found.answered)
        told.append(
            f"{found.answered:,} of {whole.delivered:,} mails that arrived were answered{_in_percent(whole.response)},"
            f" {found.worded:,} of them with a comment."
        )
    cohorts = zip(reading.cohorts, reading.periods, strict=True)
    young = [cohort for cohort, period in cohorts if not reading.is_mature(period)]
    unanswered = sum(cohort.delivered - cohort.confirmed for cohort in young)
    if unanswered:
        told.append(
            f"Up to {unanswered:,} of these mails can still be answered: links work for"
            f" {reading.answer_window.days} days, so the newest rates can only rise."
        )
    return told


def _split(asked: int, skipped: int) -> str:
    if asked and skipped:
        return f"{asked:,} were asked about, {skipped:,} were not"
    return "All were asked about" if asked else "None was asked about"


def cut_told(reading: Reading) -> str:
    """That not all periods are read, where it is so."""
    if not reading.cut:
        return ""
    first = reading.periods[0].label
    return f"Read are the periods from {first} on, the newest {MOST_MAILS:,} mails. Choose earlier days to see those."


def waiting_told(reading: Reading) -> str:
    """What may be asked about later."""
    found = reading.waiting
    parts = [f"{found.due:,} whose time has not come"] if found.due else []
    parts += [f"{found.undated:,} without a date, as parcels on their way"] if found.undated else []
    return f"Not decided yet: {' and '.join(parts)}." if parts else ""


def not_asked_told(reading: Reading) -> list[str]:
    """Who was not asked, in the few ways that a manager thinks in."""
    skipped = reading.skipped
    groups = Counter({why: sum(skipped[reason] for reason in reasons) for why, reasons in WHY.items()})
    return [f"{many(number, 'event')} {why}." for why, number in groups.most_common() if number]


def weighing_told(found: Weighing) -> list[str]:
    """What weighing changes, what the population is, and what it cannot know."""
    name = dimension_name(found.dimension).lower()
    orders = sum(found.population.values())
    if not found.raw.n or not orders:
        return [f"There are no answers and orders with a known {name} in this time, so there is nothing to weigh."]
    raw, weighted = found.raw.estimate(), found.weighted.estimate
    whose = f"the {orders:,} orders whose turn came in this time, asked about or not"
    told = [f"The population is {whose}, without those that were cancelled, refunded or too old."]
    if found.imported_before:
        older = many(found.imported_before, "imported answer")
        told.append(f"With {older} from before the first of these turns, the answers are of more days than the orders.")
    if not raw.enough:
        told.append(f"{many(found.raw.n, 'answer')}: too few for a score.")
    elif not weighted.enough or weighted.value is None or raw.value is None:
        told.append(
            f"As answered, NPS is {_score(raw)}. Weighed by {name}, the answers tell no more than"
            f" {found.weighted.effective_n:.0f} would: too few to say."
        )
    else:
        told.append(
            f"As answered, NPS is {_score(raw)}. If those who answered were made up by {name} like these orders,"
            f" it would be {_score(weighted)}{_apart(weighted.value - raw.value)}."
        )
    cover = found.weighted.cover
    if cover.uncovered:
        share = write(100 * cover.uncovered, Scale.PERCENT)
        told.append(f"From {share} of these orders, by {name}, not one answer came: nothing is known of them.")
    if cover.unplaced:
        told.append(f"Left out: {many(cover.unplaced, 'answer')} of kinds that no such order is.")
    if found.unknown:
        told.append(f"Left out: {many(found.unknown, 'order')} whose {name} is not known.")
    return told


def _apart(difference: float) -> str:
    if abs(difference) < 1:
        return ", about the same"
    return f": {abs(difference):.0f} points {'higher' if difference > 0 else 'lower'}"


def _score(found: Estimate) -> str:
    if found.value is None or found.low is None or found.high is None:
        return "too few to say"
    interval = write_range(found.low, found.high, Scale.SCORE)
    return f"{write(found.value, Scale.SCORE)} ({interval}, {found.n:,} answers)"


def _in_percent(found: Estimate) -> str:
    if not found.enough or found.value is None or found.low is None or found.high is None:
        return ", too few for a rate"
    return f": {write(found.value, Scale.PERCENT)} ({write_range(found.low, found.high, Scale.PERCENT)})"
