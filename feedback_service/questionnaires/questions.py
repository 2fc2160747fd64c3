"""What a survey asks, as values: the scale, the questions, and which answers bring up which further question."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.words import Band, Frozen

SCALES = {
    SurveyKind.NPS: range(11),
    SurveyKind.CSAT: range(1, 6),
    SurveyKind.CES: range(1, 8),
    SurveyKind.ENPS: range(11),
}
RATING = range(1, 6)
KEY_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
QUESTION_KEY_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
OTHER = "other"
"""The option whose words the buyer writes."""
YES, NO = "yes", "no"

QuestionKey = Annotated[str, Field(pattern=QUESTION_KEY_PATTERN)]


class QuestionType(StrEnum):
    """What can be asked."""

    SCORE = "score"
    TEXT = "text"
    CHOICE_ONE = "choice_one"
    CHOICE_MANY = "choice_many"
    RATING = "rating"
    YES_NO = "yes_no"
    CONTACT_WISH = "contact_wish"
    REMEDY = "remedy"
    """What an unhappy buyer would like to happen: nothing, to be contacted, the order to be put right."""


CHOICES = frozenset({QuestionType.CHOICE_ONE, QuestionType.CHOICE_MANY})
OWN_KEYS = {QuestionType.CONTACT_WISH: "contact", QuestionType.REMEDY: "remedy"}
"""Types whose answer has a place of its own, and so a key of its own."""
COMMENT = "comment"
"""The text question whose answer is the comment of the score."""
TAKEN = frozenset({"csrf_token", "seen", "once_more"})
"""Names that the page's form uses itself."""
WORDLESS = frozenset({QuestionType.SCORE, QuestionType.REMEDY})
"""Types whose words do not stand under their question's key."""


class Show(Frozen):
    """When a question is put: to some bands of the score, after some answers to an earlier one, or to everybody."""

    band: tuple[Band, ...] = ()
    question: QuestionKey | None = None
    answers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _question_with_answers(self) -> "Show":
        if (self.question is None) != (not self.answers):
            raise ValueError("needs question and answers together")
        return self


class Question(Frozen):
    """One thing that is asked."""

    key: QuestionKey
    type: QuestionType
    options: tuple[QuestionKey, ...] = ()
    other: bool = False
    driver: bool = False
    """The answer says what decided the score."""
    required: bool = False
    show: Show = Show()

    @model_validator(mode="after")
    def _fits_its_type(self) -> "Question":
        if (self.type in CHOICES) != bool(self.options):
            raise ValueError(f"options belong to a choice, and a choice needs them; {self.key} is a {self.type}")
        if len(set(self.options)) != len(self.options) or OTHER in self.options:
            raise ValueError(f"{self.key} has an option twice, or one named other; write other = true")
        if (self.other or self.driver) and self.type not in CHOICES:
            raise ValueError(f"other and driver belong to a choice; {self.key} is a {self.type}")
        if self.key != OWN_KEYS.get(self.type, self.key) or (
            self.key in OWN_KEYS.values() and self.type not in OWN_KEYS
        ):
            raise ValueError(f"contact is the key of a contact_wish, remedy of a remedy; {self.key} is a {self.type}")
        if self.key in TAKEN or (self.key == QuestionType.SCORE and self.type != QuestionType.SCORE):
            raise ValueError(f"the key {self.key} is the form's own; take another one")
        if self.key == COMMENT and self.type != QuestionType.TEXT:
            raise ValueError(f"the comment is a text; here it is a {self.type}")
        return self

    @property
    def possible(self) -> tuple[str, ...]:
        """What can be answered, as it is kept; empty where anything can."""
        if self.type in CHOICES:
            return (*self.options, OTHER) if self.other else self.options
        if self.type == QuestionType.RATING:
            return tuple(str(step) for step in RATING)
        return (YES, NO) if self.type == QuestionType.YES_NO else ()


class Structure(Frozen):
    """What makes two answers comparable: the scale and the questions."""

    kind: SurveyKind
    questions: tuple[Question, ...]

    @model_validator(mode="after")
    def _one_score(self) -> "Structure":
        keys = [question.key for question in self.questions]
        if len(set(keys)) != len(keys):
            raise ValueError("has two questions with one key")
        if [question.type for question in self.questions].count(QuestionType.SCORE) != 1:
            raise ValueError("needs exactly one question of type score")
        if sum(question.driver for question in self.questions) > 1:
            raise ValueError("has two driver questions; one answer decides")
        return self

    @model_validator(mode="after")
    def _shows_after_earlier_answers(self) -> "Structure":
        earlier: dict[str, Question] = {}
        for question in self.questions:
            before = question.show.question
            if before is not None:
                possible = earlier[before].possible if before in earlier else ()
                unknown = [answer for answer in question.show.answers if answer not in possible]
                if unknown:
                    raise ValueError(
                        f"{question.key} is shown after {before} = {unknown[0]!r}, which no earlier question can be"
                    )
            earlier[question.key] = question
        return self

    @model_validator(mode="after")
    def _anonymous_asks_nobody_by_name(self) -> "Structure":
        if not self.anonymous:
            return self
        for question in self.questions:
            if question.type in OWN_KEYS:
                raise ValueError(f"{self.kind} is anonymous: it cannot have a {question.type}")
            if question.show != Show():
                raise ValueError(f"{self.kind} is answered on one page: {question.key} cannot depend on an answer")
        return self

    @property
    def scale(self) -> range:
        """The scores a buyer may choose."""
        return SCALES[self.kind]

    @property
    def anonymous(self) -> bool:
        """Whether nobody may ever learn who gave an answer."""
        return self.kind == SurveyKind.ENPS

    @property
    def follow_ups(self) -> tuple[Question, ...]:
        """Everything but the score."""
        return tuple(question for question in self.questions if question.type != QuestionType.SCORE)

    @property
    def steps(self) -> tuple[tuple[Question, ...], ...]:
        """The follow-ups page by page: a question that hangs on an answer comes on the page after that answer's."""
        depth: dict[str, int] = {}
        for question in self.follow_ups:
            before = question.show.question
            depth[question.key] = 0 if before is None else depth[before] + 1
        pages = range(max(depth.values(), default=-1) + 1)
        return tuple(tuple(question for question in self.follow_ups if depth[question.key] == page) for page in pages)

    def asks(self, kind: str) -> bool:
        """Whether a question of this type is asked."""
        return any(question.type == kind for question in self.questions)
