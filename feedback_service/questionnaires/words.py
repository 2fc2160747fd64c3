"""The words of a survey in one language, and what may stand between braces in them."""

from string import Formatter
from typing import Annotated, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

LINE_PATTERN = r"^[^\r\n]+$"
PLACEHOLDERS = frozenset({"name", "shop", "order", "score"})
Band = Literal["promoter", "passive", "detractor"]


class Frozen(BaseModel):
    """A value that is read from a file or the database and never changed; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _known_placeholders(words: str) -> str:
    """Refuse a wording whose braces cannot be filled, before a customer sees them."""
    try:
        fields = [field for field in Formatter().parse(words) if field[1] is not None]
    except ValueError as error:
        raise ValueError(f"has a brace that does not close ({error})") from None
    for _, name, spec, conversion in fields:
        if name not in PLACEHOLDERS:
            raise ValueError(f"has the unknown placeholder {{{name}}}; known are {', '.join(sorted(PLACEHOLDERS))}")
        if spec or conversion:
            raise ValueError(f"has more than a name between the braces of {{{name}}}")
    return words


def _bare_address(address: str) -> str:
    try:
        return validate_email(
            address, check_deliverability=False, test_environment=True, allow_smtputf8=False
        ).normalized
    except EmailNotValidError:
        raise ValueError("is no bare address such as hello@example.com") from None


Words = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_known_placeholders)]
Line = Annotated[Words, Field(max_length=200, pattern=LINE_PATTERN)]


class MailWords(Frozen):
    """The mail."""

    sender_name: Line | None = None
    """Who writes; the shop where it is empty."""
    sender_address: Annotated[str, AfterValidator(_bare_address)] | None = None
    """From where; the installation's address where it is empty."""
    subject: Line
    reminder_subject: Line | None = None
    """The reminder's own subject and first words; the mail's where they are empty."""
    reminder_intro: Words | None = None
    preheader: Line
    greeting: Line
    greeting_without_name: Line
    intro: Words
    question: Line
    low: Line
    high: Line
    why: Words
    why_more: Line | None = None
    """The link to the page that explains it in full."""
    stop: Line
    privacy_label: Line | None = None
    kept_label: Line | None = None
    """What stands before the privacy notice's address, and before how long answers are kept."""
    signature: Words


class PageWords(Frozen):
    """The page behind the link."""

    question: Line
    low: Line
    high: Line
    send: Line
    change: Line
    why: Words


class QuestionWords(Frozen):
    """One question as it is put; a choice has a label for every option."""

    label: Line
    promoter: Line | None = None
    """The label for one band of the score, where it asks something else than the others'."""
    passive: Line | None = None
    detractor: Line | None = None
    hint: Words | None = None
    options: dict[str, Line] = Field(default_factory=dict)
    other: Line | None = None
    low: Line | None = None
    high: Line | None = None
    """The words at both ends of a rating."""

    def label_for(self, band: Band) -> str:
        """The question as somebody of this band is asked it."""
        return {"promoter": self.promoter, "passive": self.passive, "detractor": self.detractor}[band] or self.label


class MoreWords(Frozen):
    """The page after the score."""

    heading: Line
    save: Line


class ThanksWords(Frozen):
    """The last page."""

    heading: Line
    text: Words


class Wording(Frozen):
    """One language's words."""

    mail: MailWords
    page: PageWords
    questions: dict[str, QuestionWords] = Field(default_factory=dict)
    """By the question's key; the score has its words in `page`, the remedy among the common words."""
    more: MoreWords
    thanks: ThanksWords
