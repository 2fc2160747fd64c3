"""The words on public pages that no single survey owns: links that no longer work, what may be asked, errors."""

from string import Formatter
from typing import Annotated

from babel import Locale
from flask import current_app
from pydantic import AfterValidator, Field, model_validator

from feedback_service.config import current_settings
from feedback_service.questionnaires.fill import facts_in, filled
from feedback_service.questionnaires.words import LINE_PATTERN, Frozen, Line, Words

COMMON_WORDS = "feedback_common_words"
"""Under this name the app keeps these words, by locale."""
NAMED_WORDS = "feedback_named_words"
"""And under this one, with the shop's name in them."""

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


FIELD = "field"
"""In words about a fault: the place that the form fills with the label of the field at fault."""


def _one_field(words: str) -> str:
    """Refuse words about a fault that do not say whose it is, or have other places besides."""
    if words.count(f"{{{FIELD}}}") != 1 or any(mark in words.replace(f"{{{FIELD}}}", "") for mark in "{}"):
        raise ValueError(f"must have the placeholder {{{FIELD}}} once, and no other")
    return words


FaultLine = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE_PATTERN), AfterValidator(_one_field)]


def named_field(sentence: str, label: str) -> str:
    """The sentence with a field's label in its place."""
    return sentence.replace(f"{{{FIELD}}}", label)


class Plural(Frozen):
    """A sentence with a number in it, in the forms that the language has for numbers. A plain text is all of them."""

    zero: MailWords | None = None
    one: MailWords | None = None
    two: MailWords | None = None
    few: MailWords | None = None
    many: MailWords | None = None
    other: MailWords

    @model_validator(mode="before")
    @classmethod
    def _one_text_for_all(cls, given: object) -> object:
        return {"other": given} if isinstance(given, str) else given

    def form(self, locale: Locale, number: int) -> str:
        """The sentence for so many, by the language's rule (Unicode CLDR)."""
        said: str | None = getattr(self, locale.plural_form(number))
        return said or self.other


class Notice(Frozen):
    """A page that only says something."""

    heading: Line
    text: Words


class PreferenceWords(Frozen):
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


class EventWords(Frozen):
    """What made us ask, in a sentence for each kind of event."""

    ordered: MailWords
    delivered: MailWords
    promise_passed: MailWords
    support_closed: MailWords
    left: MailWords
    case_resolved: MailWords
    check_in: MailWords
    pulse: MailWords


class RuleWords(Frozen):
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


class WaitWords(Frozen):
    """Why the mail waited a little, where it did."""

    hours: MailWords
    holiday: MailWords
    daily_cap: MailWords


class ReminderWords(Frozen):
    """Whether more mail about the same thing will come."""

    answered: MailWords
    none: MailWords
    one: MailWords
    several: Plural


class WhyWords(Frozen):
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


class RemedyWords(Frozen):
    """What an unhappy buyer would like to happen, and how to be reached."""

    question: Line
    note: Line
    contact: Line
    call: Line
    """The same for somebody whom nothing but a call can reach."""
    put_right: Line
    how: Line
    mail: Line
    phone: Line
    number: Line
    number_missing: Line
    only_way: Line
    """Stands under the number where we know no address."""
    when: Line
    any_time: Line
    morning: Line
    afternoon: Line
    evening: Line


class FollowUpWords(Frozen):
    """What questions after the score have in common, in every survey."""

    needed: Line
    """Stands under a question that must be answered."""
    missing: Line
    """Said where it was not, when all else is already kept."""
    other: Line
    """Names the place for the words beside "other"."""
    yes: Line
    no: Line
    skip: Line
    remedy: RemedyWords


class DatedNotice(Frozen):
    """A page that only says something, and may name a day."""

    heading: MailLine
    text: MailWords


class StatusWords(Frozen):
    """The page that says what became of somebody's feedback."""

    heading: MailLine
    nothing_personal: MailWords
    received: MailLine
    received_on: MailWords
    read: MailWords
    in_hand: MailLine
    in_hand_since: MailWords
    not_yet: MailLine
    due: MailWords
    due_today: MailWords
    late: MailWords
    late_today: MailWords
    done: MailLine
    done_on: MailWords
    told_before: MailLine
    told_on: MailLine
    """Stands before what the shop wrote."""
    settled: MailLine
    accept: MailLine
    dispute: MailLine
    add: MailLine
    add_hint: MailWords
    send: MailLine
    write_first: MailLine
    unclear: MailLine
    """Said where no button says what to do."""
    accepted: MailWords
    disputed: MailWords
    added: MailWords
    still_wrong: MailLine
    changed: MailWords
    """Said where the case moved on while the page was open."""
    withdraw: MailLine
    nothing: DatedNotice
    unconfirmed: DatedNotice
    anonymous: DatedNotice
    withdrawn: DatedNotice


class ErrorWords(Frozen):
    """What is said when a form cannot be taken as it is."""

    choose_score: Line
    too_long: FaultLine
    """Names the field: `named_field` puts its label into it."""
    page_too_old: Line


class FooterWords(Frozen):
    """The foot of every public page."""

    privacy: Words
    unsubscribe: Line
    why: Line


class WalkInWords(Frozen):
    """What is said to people whom nobody asked by mail: on receipts, at a counter, on the shop's own pages."""

    scan: Line
    """Under a printed code."""
    order: Line
    order_unclear: Line
    why: Words
    """In place of the survey's own sentence, which may speak of an order."""
    busy: Words
    again: Line
    still_there: Line
    """Before a counter's page starts afresh."""
    panel: Line
    """The name of the panel on the shop's page."""
    close: Line
    unknown: Notice
    closed: Notice
    answered: Notice


class AnsweringWords(Frozen):
    """The page that asks, besides the survey's own words, and the pages that stand in its place."""

    language: Line
    """The name of the row of languages."""
    typed: Line
    send_again: Line
    open_again: Line
    once_more: Words
    """Said where a press looked like a machine's, with the button that settles it."""
    confirm: Line
    spent: Notice
    """Of an anonymous survey: nobody knows which answer came by this link."""
    withdrawn: Notice
    cancelled: Notice
    closed: Notice
    busy: Notice
    """The database is away: what was sent is on the page, to be sent again."""
    away: Notice
    """The same, where nothing was sent."""


class AnsweredWords(Frozen):
    """What the page says to somebody who has answered."""

    given: MailLine
    until: MailWords
    settled: MailWords
    status: MailLine
    """The link to what became of it."""


class OutcomeMailWords(Frozen):
    """The mail that says what became of somebody's feedback, around the words that staff released."""

    subject: MailLine
    preheader: MailLine
    greeting: Line
    greeting_without_name: Line
    intro: MailWords
    open: MailLine
    more: MailWords
    why: MailWords


class ReplyMailWords(Frozen):
    """The mail in which a member of staff writes to a customer, around their words."""

    subject: MailLine
    about_answer: MailLine
    """What it is about, in small letters above the words: an answer of some day, or a mail that they wrote."""
    about_mail: MailLine
    about_order: MailLine
    answer: MailWords
    open: MailLine
    why: MailWords


class ImprovementMailWords(Frozen):
    """The mail to people who said what was wrong: it was changed for good. Around the words that the shop published."""

    subject: MailLine
    preheader: MailLine
    greeting: Line
    greeting_without_name: Line
    intro: MailWords
    open: MailLine
    more: MailWords
    why: MailWords
    stop: MailLine


class ImprovedWords(Frozen):
    """The page that says what was changed because of what customers said."""

    heading: MailLine
    text: MailWords
    since: MailLine
    empty: MailWords


class WithdrawalMailWords(Frozen):
    """The mail that asks whether it was really they who want their answer erased."""

    subject: MailLine
    preheader: MailLine
    greeting: Line
    greeting_without_name: Line
    intro: MailWords
    open: MailLine
    lasts: MailWords
    not_you: MailWords
    why: MailWords


class MailNotice(Frozen):
    """A page that only says something, in words about one mail."""

    heading: MailLine
    text: MailWords


class WithdrawWords(Frozen):
    """The pages on which an answer is taken back and erased."""

    heading: MailLine
    text: MailWords
    erased_heading: MailLine
    erased_words: MailWords
    erased_copies: MailWords
    erased_score: MailWords
    stays_heading: MailLine
    stays_fact: MailWords
    stays_proof: MailWords
    by_mail: MailWords
    send: MailLine
    keep: MailLine
    last_heading: MailLine
    last_text: MailWords
    walk_in: MailWords
    erase: MailLine
    again: MailLine
    sent: MailNotice
    no_mail: MailNotice
    nothing: MailNotice
    done: MailNotice
    ended: MailNotice


class AfterWords(Frozen):
    """The page after the last question: what happens next, and where one may speak in public."""

    next_heading: MailLine
    nobody: MailWords
    ask: MailLine
    """The link to where an answer can be asked for."""
    noted: MailWords
    looked_into: MailWords
    """For whoever was unhappy and asked for nothing."""
    looked_into_today: MailWords
    contact: MailWords
    contact_today: MailWords
    put_right: MailWords
    put_right_today: MailWords
    overdue: MailWords
    overdue_today: MailWords
    anonymous: MailWords
    reviews_heading: MailLine
    reviews: MailWords
    """Stands before the places, the same for everybody."""


class ReferralWords(Frozen):
    """A link of one's own to recommend the shop by."""

    heading: Line
    text: Words
    make: Line
    yours: Line
    hint: Words
    code: Line
    arrived: Notice
    """Where such a link leads if the shop has no address here."""
    unknown: Notice


class TestimonialWords(Frozen):
    """Consent to show what somebody wrote, and its withdrawal."""

    heading: MailLine
    text: MailWords
    words: MailLine
    words_hint: MailWords
    signed: MailLine
    full_name: MailLine
    first_name: MailLine
    nobody: MailLine
    where: MailLine
    shop: MailLine
    anywhere: MailLine
    consent: MailWords
    """The sentence that is agreed to, and kept as it stood."""
    give: MailLine
    words_missing: MailWords
    words_added: MailWords
    consent_missing: MailWords
    given_heading: MailLine
    given: MailWords
    take_back: MailLine
    withdrawn_heading: MailLine
    withdrawn: MailWords
    never: MailWords


class CommonWords(Frozen):
    """One language's shared words."""

    unknown_link: Notice
    expired: Notice
    too_late: Notice
    too_many: Notice
    too_large: Notice
    wrong_way: Notice
    """A form sent where none is taken, and the like."""
    broken: Notice
    preferences: PreferenceWords
    why: WhyWords
    follow_ups: FollowUpWords
    answering: AnsweringWords
    answered: AnsweredWords
    after: AfterWords
    referral: ReferralWords
    testimonial: TestimonialWords
    status: StatusWords
    errors: ErrorWords
    footer: FooterWords
    outcome_mail: OutcomeMailWords
    reply_mail: ReplyMailWords
    improvement_mail: ImprovementMailWords
    improved: ImprovedWords
    withdrawal_mail: WithdrawalMailWords
    withdraw: WithdrawWords
    walk_in: WalkInWords


ABOUT_ONE_MAIL = frozenset(
    {
        "preferences",
        "why",
        "follow_ups",
        "answered",
        "outcome_mail",
        "reply_mail",
        "improvement_mail",
        "improved",
        "withdrawal_mail",
        "withdraw",
        "after",
        "testimonial",
        "status",
    }
)
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
    shop = current_settings().shop_name
    named: dict[tuple[str, str], CommonWords] = current_app.extensions.setdefault(NAMED_WORDS, {})
    if (locale, shop) not in named:
        facts = facts_in(locale, {"shop": shop, "name": "", "order": "", "score": ""}) | {FIELD: f"{{{FIELD}}}"}
        groups = {name: filled(group, facts) for name, group in found if name not in ABOUT_ONE_MAIL}
        named[locale, shop] = found.model_copy(update=groups)
    return locale, named[locale, shop]
