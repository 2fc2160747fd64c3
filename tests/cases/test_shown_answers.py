"""Staff read what was answered in the words that were asked, driver first, and how it came to stand so."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from feedback_service.cases.shown_answers import CAME_BY, Questions, answers_shown, history, questions_of
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.questions import COMMENT
from feedback_service.questionnaires.read_files import read_surveys
from feedback_service.responses.models import Channel, ResponseRevision, RevisionKind
from feedback_service.responses.rules.answers import REMEDY, Given
from tests.conftest import NOW

LISBON = ZoneInfo("Europe/Lisbon")
FACTS = {"name": "Ana", "shop": "Corner Shop", "order": "A-7", "score": "2"}


def survey(key: str) -> SurveyDefinition:
    return read_surveys(SURVEYS)[key]


def asked(key: str = "support_csat", score: int = 2) -> Questions:
    return questions_of(survey(key), score, FACTS)


def sent(ordinal: int, score: int, kind: RevisionKind = RevisionKind.CORRECTION, **said: object) -> ResponseRevision:
    values = {"comment": "", "wants_contact": False, "details": {}, **said}
    at = NOW + timedelta(minutes=ordinal)
    return ResponseRevision(ordinal=ordinal, kind=kind, score=score, recorded_at=at, **values)


def told(*revisions: ResponseRevision, questions: Questions | None = None) -> list[tuple[str, str]]:
    """Oldest first, as it happened."""
    entries = history(questions or asked(), revisions, NOW + timedelta(hours=1), LISBON)
    return [(entry.what, entry.text) for entry in entries[::-1]]


def test_what_decided_the_score_comes_first_then_what_was_asked_before_it() -> None:
    answers = {"solved": Given(("no",)), "driver": Given(("speed",)), COMMENT: Given(text="Slow.")}
    shown = answers_shown(asked(), answers)
    assert [(line.question, line.chosen) for line in shown] == [
        ("What decided your score?", "How long it took"),
        ("Is it solved?", "No"),
    ]


def test_something_else_comes_with_its_words() -> None:
    (line,) = answers_shown(asked(), {"driver": Given(("other",), "The music on hold")})
    assert (line.chosen, line.words) == ("Something else", "The music on hold")


def test_the_comments_question_is_the_one_of_the_band() -> None:
    assert asked("post_purchase_nps", 2).label(COMMENT) == "What went wrong?"
    assert asked("post_purchase_nps", 8).label(COMMENT) == "What would make it a 9 or a 10?"


def test_names_stand_in_questions_as_the_customer_read_them() -> None:
    wording = survey("support_csat").wordings["en"]
    with_name = wording.questions["solved"].model_copy(update={"label": "Is it solved, {name}?"})
    changed = wording.model_copy(update={"questions": {**wording.questions, "solved": with_name}})
    questions = questions_of(survey("support_csat").model_copy(update={"wordings": {"en": changed}}), 2, FACTS)
    assert questions.label("solved") == "Is it solved, Ana?"


def test_an_answer_to_what_is_no_longer_asked_is_told_by_its_key() -> None:
    ((_, text),) = told(sent(1, 2, details={"old": {"chosen": ["blue"], "text": ""}}))
    assert text == "old – blue"


def test_every_press_is_told_with_what_it_changed() -> None:
    late = {"driver": {"chosen": ["speed"], "text": ""}}
    by_phone = {"chosen": ["contact"], "text": "", "how": "phone", "when": "evening", "phone": "+44 1632 960001"}
    assert told(
        sent(1, 2, RevisionKind.ANSWER),
        sent(2, 2, comment="Slow.", details=late),
        sent(3, 1, comment="Slow.", details={**late, REMEDY: by_phone}),
        sent(4, 3, RevisionKind.LATER, comment="Slow.", details={**late, REMEDY: by_phone}),
        sent(5, 3, comment="Slow."),
        sent(6, 3, RevisionKind.WITHDRAWN),
    ) == [
        ("Gave 2", ""),
        ("Added to the answer", "“Slow.”\nWhat decided your score? – How long it took"),
        ("Changed the score to 1", "Asks to be contacted: by phone, +44 1632 960001, in the evening."),
        ("Changed the score to 3, too late to count", ""),
        ("Added to the answer", "What decided your score? – taken back\nAsks for nothing any more."),
        ("Took the answer back", "The words are gone."),
    ]


def test_a_tick_with_a_number_is_told_with_it() -> None:
    call = {"chosen": ["yes"], "text": "", "how": "phone", "when": "any", "phone": "+44 1632 960001"}
    assert told(sent(1, 9, wants_contact=True, details={"contact": call}), sent(2, 9)) == [
        ("Gave 9", "Asks to be contacted: by phone, +44 1632 960001, at any time."),
        ("Added to the answer", "No longer wants to be contacted."),
    ]


def test_a_tick_is_told_and_so_is_its_end() -> None:
    assert told(sent(1, 4, wants_contact=True), sent(2, 4)) == [
        ("Gave 4", "Wants to be contacted."),
        ("Added to the answer", "No longer wants to be contacted."),
    ]


def test_a_second_sign_is_told() -> None:
    assert told(sent(1, 4, RevisionKind.ANSWER), sent(2, 4, RevisionKind.CONFIRMED))[1] == (
        "Showed that it was a person who gave 4",
        "",
    )


def test_every_way_in_which_an_answer_comes_can_be_said() -> None:
    assert set(CAME_BY) == set(Channel)
