"""The preference page and the page that says why somebody was asked, in the words of the customer's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta

from feedback_service.delivery.preferences.choose import PAUSE, Choice, Standing
from feedback_service.delivery.preferences.reasons import Reasons
from feedback_service.questionnaires.common_words import CommonWords, PreferenceWords, WhyWords
from feedback_service.questionnaires.definition import Rules, TriggerEvent
from feedback_service.questionnaires.fill import facts_in, filled

COUNTED_IN_DAYS = 10**6  # of a larger unit that must be there before Babel speaks of it: 30 days stay 30 days


@dataclass(frozen=True)
class Option:
    """One choice as it stands on the page."""

    choice: Choice
    label: str
    hint: str


@dataclass(frozen=True)
class Tongue:
    """How the facts of one mail are said in one language."""

    locale: Locale
    zone: ZoneInfo
    shop_name: str

    def day(self, moment: datetime | date) -> str:
        """A day in full, such as 3 March 2026; a moment's is the customer's."""
        local = moment.astimezone(self.zone) if isinstance(moment, datetime) else moment
        return format_date(local, "long", locale=self.locale)

    def same_day(self, one: datetime, other: datetime) -> bool:
        """Whether both moments are of one day by the customer's clock."""
        return one.astimezone(self.zone).date() == other.astimezone(self.zone).date()

    def days(self, count: int) -> str:
        """A span such as 30 days."""
        return format_timedelta(timedelta(days=count), granularity="day", threshold=COUNTED_IN_DAYS, locale=self.locale)

    def facts(self, **told: str) -> dict[str, str]:
        """What fills placeholders; those that a sentence does not speak of stay empty."""
        unsaid = dict.fromkeys(("order", "date", "span", "count", "opens", "closes", "kept"), "")
        return facts_in(str(self.locale), {**unsaid, "shop": self.shop_name, **told})


def preference_words(common: CommonWords, tongue: Tongue, standing: Standing, now: datetime) -> PreferenceWords:
    """The page's words; each sentence speaks of its own day."""
    words, until = common.preferences, now + PAUSE
    facts = tongue.facts(span=tongue.days(PAUSE.days), date=tongue.day(until))
    paused = tongue.facts(date=tongue.day(standing.paused_until or until))
    return filled(words, facts).model_copy(update={"now_paused": words.now_paused.format_map(paused)})


def options(words: PreferenceWords) -> list[Option]:
    """What can be chosen, from the most to the least."""
    return [Option(choice, getattr(words, choice), getattr(words, f"{choice}_hint")) for choice in Choice]


def standing_words(words: PreferenceWords, standing: Standing) -> list[str]:
    """What holds now, in a sentence or two."""
    holds = {
        Choice.ANYTHING: words.now_anything,
        Choice.PURCHASES_ONLY: words.now_purchases_only,
        Choice.PAUSE: words.now_paused,
        Choice.NEVER: words.now_never,
    }[standing.choice]
    return [holds, words.undeliverable] if standing.undeliverable else [holds]


@dataclass(frozen=True)
class Explanation:
    """The page that says why, as sentences under its headings."""

    words: WhyWords
    event: list[str]
    rules: list[str]
    next: str
    kept: str


def explanation(common: CommonWords, tongue: Tongue, reasons: Reasons, data_kept: str) -> Explanation:
    """Short and honest: what happened, what was checked, what comes, and how long it is kept."""
    words, asking = common.why, reasons.rules.asking
    event = getattr(words.events, reasons.event).format_map(
        tongue.facts(order=reasons.order, date=tongue.day(reasons.event_on))
    )
    decided = words.decided.format_map(tongue.facts(date=tongue.day(reasons.decided_on)))
    reminded = tongue.facts(count=str(asking.reminders), span=tongue.days(asking.reminder_after_days))
    kept = words.kept if data_kept else words.kept_unknown
    return Explanation(
        words=words.model_copy(update={"privacy": words.privacy.format_map(tongue.facts())}),
        event=[event, decided],
        rules=[*_rules(words, tongue, reasons), *(getattr(words.waits, wait) for wait in reasons.waited_for)],
        next=_next(words, tongue, reasons).format_map(reminded),
        kept=kept.format_map(tongue.facts(kept=data_kept)),
    )


def _rules(words: WhyWords, tongue: Tongue, reasons: Reasons) -> Iterator[str]:
    rules, said = reasons.rules, words.rules
    waits_already = reasons.event is TriggerEvent.PROMISE_PASSED  # and is asked at once
    if rules.trigger.delay_days and not waits_already:
        yield said.delay.format_map(tongue.facts(span=tongue.days(rules.trigger.delay_days)))
    if reasons.order:
        yield said.once_per_order
    yield said.wishes
    if rules.asking.consent == "needed":
        yield said.consent
    yield from _patience(words, tongue, rules)
    if rules.asking.sample_one_in > 1:
        yield said.sample.format_map(tongue.facts(count=str(rules.asking.sample_one_in)))
    opens, closes = (
        format_time(moment, "short", locale=tongue.locale) for moment in (rules.window.from_, rules.window.until)
    )
    yield said.hours.format_map(tongue.facts(opens=opens, closes=closes))
    if reasons.keeps_holidays:
        yield said.no_holidays


def _patience(words: WhyWords, tongue: Tongue, rules: Rules) -> Iterator[str]:
    for days, sentence in (
        (rules.asking.quarantine_days, words.rules.quarantine),
        (rules.asking.quarantine_after_answer_days, words.rules.after_answer),
    ):
        if days:
            yield sentence.format_map(tongue.facts(span=tongue.days(days)))


def _next(words: WhyWords, tongue: Tongue, reasons: Reasons) -> str:
    said, reminders = words.reminders, reasons.rules.asking.reminders
    if reasons.answered:
        return said.answered
    if reminders == 0 or not reasons.reminder_ahead:
        return said.none
    return said.one if reminders == 1 else said.several.form(tongue.locale, reminders)
