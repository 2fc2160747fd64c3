"""The words on public pages that no single survey owns: links that no longer work, what may be asked, errors."""

from string import Formatter
from typing import Annotated

from flask import current_app
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from feedback_service.config import current_settings
from feedback_service.questionnaires.definition import LINE_PATTERN, Line, Words
from feedback_service.questionnaires.fill import filled

COMMON_WORDS = "feedback_common_words"
"""Under this name the app keeps these words, by locale."""

MAIL_FACTS = frozenset({"shop", "order", "date", "span", "count", "opens", "closes", "kept"})
"""What may stand between braces in the words about one mail: its order, days, spans of time and numbers."""


def _known_mail_facts(words: str) -> str:
    """Refuse words whose braces cannot be filled, before a customer sees them."""
    try:
        fields = [field for field in Formatter().parse(words) if field[1] is not None]
    except ValueError as error:
        raise ValueError(f"has a brace that does not close ({error})") from None
    for _, name, spec, conversion in fields:
        if name not in MAIL_FACTS or spec or conversion:
            raise ValueError(f"has the unknown placeholder {{{name}}}; known are {', '.join(sorted(MAIL_FACTS))}")
    return words


MailWords = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_known_mail_facts)]
MailLine = Annotated[MailWords, Field(max_length=200, pattern=LINE_PATTERN)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Notice(_Frozen):
    """A page that only says something."""

    heading: Line
    text: Words


class PreferenceWords(_Frozen):
    """The page on which a person says what they may be asked."""

    heading: MailLine
    text: MailWords
    legend: MailLine
    anything: MailLine
    anything_hint: MailWords
    purchases_only: MailLine
    purchases_only_hint: MailWords
    pause: MailLine
    pause_hint: MailWords
    never: MailLine
    never_hint: MailWords
    save: MailLine
    saved: MailLine
    """Stands before the sentence that says what holds now."""
    choose_one: MailLine
    now_anything: MailWords
    now_purchases_only: MailWords
    now_paused: MailWords
    now_never: MailWords
    undeliverable: MailWords
    """Said besides where mail to the address comes back or was called spam."""


class EventWords(_Frozen):
    """What made us ask, in a sentence for each kind of event."""

    ordered: MailWords
    delivered: MailWords
    promise_passed: MailWords
    support_closed: MailWords
    check_in: MailWords
    pulse: MailWords


class RuleWords(_Frozen):
    """The rules of the survey that asked, a sentence each; a rule that it does not have is not said."""

    delay: MailWords
    once_per_order: MailWords
    quarantine: MailWords
    after_answer: MailWords
    sample: MailWords
    hours: MailWords
    no_holidays: MailWords
    consent: MailWords
    wishes: MailWords


class WaitWords(_Frozen):
    """Why the mail waited a little, where it did."""

    hours: MailWords
    holiday: MailWords
    daily_cap: MailWords


class ReminderWords(_Frozen):
    """Whether more mail about the same thing will come."""

    answered: MailWords
    none: MailWords
    one: MailWords
    several: MailWords


class WhyWords(_Frozen):
    """The page that says why somebody was asked."""

    heading: MailLine
    event_heading: MailLine
    events: EventWords
    decided: MailWords
    rules_heading: MailLine
    rules: RuleWords
    waits: WaitWords
    next_heading: MailLine
    reminders: ReminderWords
    kept_heading: MailLine
    kept: MailWords
    kept_unknown: MailWords
    """Said where the shop has not said how long: whom to ask, and no promise."""
    privacy: MailLine
    choices_heading: MailLine


class ErrorWords(_Frozen):
    """What is said when a form cannot be taken as it is."""

    choose_score: Line
    comment_too_long: Line
    page_too_old: Line


class FooterWords(_Frozen):
    """The foot of every public page."""

    privacy: Words
    unsubscribe: Line
    why: Line


class CommonWords(_Frozen):
    """One language's shared words."""

    unknown_link: Notice
    expired: Notice
    too_late: Notice
    too_many: Notice
    too_large: Notice
    broken: Notice
    preferences: PreferenceWords
    why: WhyWords
    errors: ErrorWords
    footer: FooterWords


ABOUT_ONE_MAIL = frozenset({"preferences", "why"})
"""Groups that are filled once the mail is known, with its facts."""


def nearest(words: dict[str, CommonWords], wanted: list[str]) -> tuple[str, CommonWords]:
    """The first wanted locale there are words for, by locale or by language; English otherwise."""
    for locale in wanted:
        if locale in words:
            return locale, words[locale]
        language = locale.replace("_", "-").split("-")[0].lower()
        for known in sorted(words):
            if known.split("-")[0].lower() == language:
                return known, words[known]
    return "en", words["en"]


def common_words(*wanted: str) -> tuple[str, CommonWords]:
    """The app's shared words in the nearest language to those wanted, with its locale; the shop is named in them.

    The groups of `ABOUT_ONE_MAIL` still have their placeholders.
    """
    words: dict[str, CommonWords] = current_app.extensions[COMMON_WORDS]
    locale, found = nearest(words, list(wanted))
    facts = {"shop": current_settings().shop_name, "name": "", "order": "", "score": ""}
    return locale, found.model_copy(
        update={name: filled(group, facts) for name, group in found if name not in ABOUT_ONE_MAIL}
    )
