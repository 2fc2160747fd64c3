"""What each value of a survey is called on the editor's pages, and how it is typed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from feedback_service.questionnaires.definition import SurveyStatus, TriggerEvent, Weekday
from feedback_service.questionnaires.questions import QuestionType


class Kind(StrEnum):
    """How a value is typed in."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    CHOICE = "choice"
    TICK = "tick"
    TICKS = "ticks"
    """Several of those offered."""
    AMOUNTS = "amounts"
    """One a line: a currency and an amount."""
    ATTRIBUTES = "attributes"
    """One a line: an attribute and a value."""


Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Spec:
    """A value as a form shows it."""

    label: str
    hint: str = ""
    kind: Kind = Kind.LINE
    optional: bool = False
    """Whether nothing typed means that nothing is said."""
    choices: Choices = ()


@dataclass(frozen=True)
class Section:
    """Values that belong together, by their place below the section's own."""

    name: str
    title: str
    hint: str
    specs: Mapping[str, Spec]


def _whole(label: str, hint: str = "", *, optional: bool = False) -> Spec:
    return Spec(label, hint, Kind.NUMBER, optional)


def _text(label: str, hint: str = "", *, optional: bool = False) -> Spec:
    return Spec(label, hint, Kind.TEXT, optional)


def _line(label: str, hint: str = "") -> Spec:
    return Spec(label, hint, optional=True)


STATUSES: Choices = (
    (SurveyStatus.OPEN, "Open: it asks and takes answers"),
    (SurveyStatus.PAUSED, "Paused: it asks nobody by itself; links that are out go on"),
    (SurveyStatus.CLOSED, "Closed: it takes no answers either"),
)
EVENTS: Choices = (
    (TriggerEvent.ORDERED, "An order was placed"),
    (TriggerEvent.DELIVERED, "An order was delivered"),
    (TriggerEvent.PROMISE_PASSED, "The promised day passed without a delivery"),
    (TriggerEvent.DELIVERED_OR_PROMISE_PASSED, "A delivery, or the promised day passed without one"),
    (TriggerEvent.SUPPORT_CLOSED, "Support closed a matter"),
    (TriggerEvent.LEFT, "A customer cancelled"),
    (TriggerEvent.CASE_RESOLVED, "A case was resolved"),
    (TriggerEvent.CHECK_IN, "The calendar, for customers"),
    (TriggerEvent.PULSE, "The calendar, for employees"),
)
DAYS: Choices = tuple(
    zip(
        Weekday,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
TYPES: Mapping[str, str] = {
    QuestionType.SCORE: "The score",
    QuestionType.TEXT: "Text",
    QuestionType.CHOICE_ONE: "One of several",
    QuestionType.CHOICE_MANY: "Any of several",
    QuestionType.RATING: "Rating, 1 to 5",
    QuestionType.YES_NO: "Yes or no",
    QuestionType.CONTACT_WISH: "Please contact me",
    QuestionType.REMEDY: "What shall happen now",
}
BANDS: Choices = (("promoter", "Promoters"), ("passive", "Passives"), ("detractor", "Detractors"))

RULES: tuple[Section, ...] = (
    Section(
        "",
        "The survey",
        "",
        {
            "title": Spec("Title", "Staff and managers read this"),
            "status": Spec("Status", kind=Kind.CHOICE, choices=STATUSES),
            "default_locale": Spec("Default language", "For whoever speaks none of the others", Kind.CHOICE),
        },
    ),
    Section(
        "trigger",
        "When it asks",
        "",
        {
            "on": Spec("What makes it ask", kind=Kind.CHOICE, choices=EVENTS),
            "delay_days": _whole("Days to wait after the event", "0 asks at once"),
            "max_age_days": _whole("Days after which an event is too old", "The buyer has forgotten"),
            "every_months": _whole("Every so many months", "Only for the calendar; empty otherwise", optional=True),
            "active_months": _whole("Bought within so many months", "Only for the calendar, for customers"),
        },
    ),
    Section(
        "asking",
        "How often it asks",
        "",
        {
            "priority": _whole("Priority", "Where two surveys want the same person, the higher one asks"),
            "sample_one_in": _whole("Ask one in", "1 asks everybody, 10 every tenth"),
            "quarantine_days": _whole("Days between questions", "Whichever survey asked before"),
            "quarantine_after_answer_days": _whole("Days of peace after an answer", "To whichever survey"),
            "daily_cap": _whole("People a day at most", "0 for no limit"),
            "reminders": _whole("Reminders", "To whoever has not answered"),
            "reminder_after_days": _whole("Days before each reminder", "Counted from the last mail"),
            "link_days": _whole("Days the link works"),
            "correction_hours": _whole("Hours in which an answer can be changed"),
            "consent": Spec(
                "Whom it may ask",
                kind=Kind.CHOICE,
                choices=(("not_needed", "Everybody who did not object"), ("needed", "Only who consented")),
            ),
        },
    ),
    Section(
        "window",
        "The hours",
        "By the customer's clock; the shop's where theirs is not known.",
        {
            "weekdays": Spec("On these days", kind=Kind.TICKS, choices=DAYS),
            "from": Spec("Mails go out from", kind=Kind.TIME),
            "until": Spec("Until", "00:00 is the end of the day", Kind.TIME),
            "holidays": Spec("On public holidays too", kind=Kind.TICK),
        },
    ),
    Section(
        "filter",
        "Which orders",
        "Leave these empty to ask about all. One a line.",
        {
            "min_value": Spec("Worth at least", "EUR 20", Kind.AMOUNTS),
            "max_value": Spec("Worth at most", "EUR 500", Kind.AMOUNTS),
            "only": Spec("Only with one of these", "region = Norte", Kind.ATTRIBUTES),
            "never": Spec("Never with one of these", "product = gift card", Kind.ATTRIBUTES),
        },
    ),
    Section(
        "thresholds",
        "Unhappy answers",
        "",
        {"detractor_max": _whole("A case is opened at this score and below")},
    ),
    Section(
        "routing",
        "Who answers for them",
        "",
        {
            "team": Spec("Team", "Its key, such as care"),
            "owner": Spec(
                "Whose case it is",
                kind=Kind.CHOICE,
                choices=(("round_robin", "A colleague's, in turn"), ("unassigned", "Nobody's until somebody takes it")),
            ),
            "due_hours": _whole("Hours until the deadline"),
            "contact_due_hours": _whole("Hours, where somebody asked to be contacted"),
        },
    ),
)

MAIL = Section(
    "mail",
    "The mail",
    "",
    {
        "subject": Spec("Subject"),
        "preheader": Spec("What mail programs show beside the subject"),
        "greeting": Spec("Greeting"),
        "greeting_without_name": Spec("Greeting where the name is not known"),
        "intro": _text("First words"),
        "question": Spec("The question above the scores"),
        "low": Spec("What the lowest score means"),
        "high": Spec("What the highest score means"),
        "signature": _text("Signature"),
        "reminder_subject": _line("The reminder's subject", "Empty: the mail's"),
        "reminder_intro": _text("The reminder's first words", "Empty: the mail's", optional=True),
        "why": _text("Why this person gets this mail", "At the foot"),
        "why_more": _line("Link to the page that explains it in full", "Empty: no link"),
        "stop": Spec("Link to stop these mails"),
        "privacy_label": _line("Before the address of the privacy notice", "Empty: the address alone"),
        "kept_label": _line("Before how long answers are kept", "Empty: nothing stands before it"),
        "sender_name": _line("Who writes", "Empty: the shop's name"),
        "sender_address": _line("From which address", "Empty: the address of the installation"),
    },
)
PAGE = Section(
    "page",
    "The score page",
    "Behind the link in the mail.",
    {
        "question": Spec("The question"),
        "low": Spec("What the lowest score means"),
        "high": Spec("What the highest score means"),
        "why": _text("What this is about"),
        "send": Spec("The button"),
        "change": Spec("The button once there is an answer"),
    },
)
MORE = Section(
    "more",
    "The page after the score",
    "",
    {"heading": Spec("Heading"), "save": Spec("The button")},
)
THANKS = Section("thanks", "The last page", "", {"heading": Spec("Heading"), "text": _text("Text")})

LABEL = Spec("The question")
QUESTION_WORDS: Mapping[str, Spec] = {
    "label": LABEL,
    "promoter": _line("The question to promoters", "Empty: the same"),
    "passive": _line("The question to passives", "Empty: the same"),
    "detractor": _line("The question to detractors", "Empty: the same"),
    "hint": _text("A hint below it", "Empty: none", optional=True),
    "low": Spec("What 1 means", optional=True),
    "high": Spec("What 5 means", optional=True),
    "other": Spec("The option whose words the buyer writes", optional=True),
}
FOR_BANDS = ("promoter", "passive", "detractor")
QUESTION: Mapping[str, Spec] = {
    "type": Spec("Kind of question", kind=Kind.CHOICE),
    "required": Spec("Needs an answer", kind=Kind.TICK),
    "other": Spec("Offer “other”, with words of the buyer's own", kind=Kind.TICK),
    "driver": Spec("This decided the score", "At most one question says so", Kind.TICK),
}
SHOW: Mapping[str, Spec] = {
    "band": Spec("Only after the score of", "None ticked: after every score", Kind.TICKS, choices=BANDS),
    "question": Spec("Only after an answer to", kind=Kind.CHOICE, optional=True),
    "answers": Spec("… which was", kind=Kind.TICKS),
}
