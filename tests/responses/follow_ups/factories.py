"""Surveys that ask what a test needs, and the answers people give to them."""

from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.questions import WORDLESS, Question, QuestionType, Show, Structure
from feedback_service.questionnaires.read_files import read_common_words, read_surveys
from feedback_service.questionnaires.words import QuestionWords
from tests.responses.factories import NPS, Asked, asked, later, read

COMMON = read_common_words(SURVEYS)["en"]
SHIPPED = read_surveys(SURVEYS)[NPS]
SCORE = Question(key="score", type=QuestionType.SCORE)
COMMENT = Question(key="comment", type=QuestionType.TEXT)
CONTACT = Question(key="contact", type=QuestionType.CONTACT_WISH)
REMEDY = Question(key="remedy", type=QuestionType.REMEDY)
DRIVER = Question(key="driver", type=QuestionType.CHOICE_ONE, options=("product", "delivery"), other=True, driver=True)
LIKED = Question(key="liked", type=QuestionType.CHOICE_MANY, options=("box", "card", "ribbon"), other=True)
EASE = Question(key="ease", type=QuestionType.RATING)
MOVED = Question(key="moved", type=QuestionType.YES_NO)
WHERE = Question(key="where", type=QuestionType.TEXT, show=Show(question="moved", answers=("yes",)))
EVERYTHING = (COMMENT, CONTACT, REMEDY, DRIVER, LIKED, EASE, MOVED, WHERE)


def words_for(question: QuestionType | Question) -> QuestionWords:
    """A plain label for everything that needs one."""
    assert isinstance(question, Question)
    rating = question.type == QuestionType.RATING
    return QuestionWords(
        label=f"{question.key}?",
        options={option: f"{question.key} {option}" for option in question.options},
        other="Something else" if question.other else None,
        low="bad" if rating else None,
        high="good" if rating else None,
    )


def survey_of(*questions: Question, key: str = "made_up", kind: SurveyKind = SurveyKind.NPS) -> SurveyDefinition:
    """The shipped survey's rules and mail, with these questions after the score, in English."""
    words = {question.key: words_for(question) for question in questions if question.type not in WORDLESS}
    return SurveyDefinition(
        key=key,
        metric=key,
        structure=Structure(kind=kind, questions=(SCORE, *questions)),
        rules=SHIPPED.rules,
        wordings={"en": SHIPPED.wordings["en"].model_copy(update={"questions": words})},
    )


def asked_about(session: Session, at: datetime, *questions: Question, key: str = "made_up") -> Asked:
    """Somebody who was asked these questions; committed."""
    take_in(session, {key: survey_of(*questions, key=key)}, at)
    session.commit()
    return asked(session, at, survey=key)


def give_score(client: FlaskClient, person: Asked, score: int, now: datetime) -> None:
    """Read the page as a person does, for a while, and press."""
    form = {**read(client.get(person.path)).forms[0], "score": str(score)}
    form.pop(":action")
    with later(now, seconds=20):
        assert client.post(person.path, data=form).status_code == 303
