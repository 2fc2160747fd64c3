"""The surveys that come with the service: what each asks of whom, that every language says the same, and the bank."""

import tomllib
from collections.abc import Iterator
from itertools import combinations
from string import Formatter

import pytest
from babel import Locale

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.common_words import Plural
from feedback_service.questionnaires.definition import SurveyDefinition, SurveyStatus, TriggerEvent
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.questions import CHOICES, Question, QuestionType, Structure
from feedback_service.questionnaires.read_files import read_common_words, read_surveys
from feedback_service.questionnaires.words import QuestionWords
from tests.questionnaires.factories import NPS

SHIPPED = read_surveys(SURVEYS)
LANGUAGES = {"en", "es", "fr", "de", "pt-BR"}
TRANSLATIONS = [
    (key, locale) for key, survey in sorted(SHIPPED.items()) for locale in sorted(survey.wordings) if locale != "en"
]
SUBJECT_LIMIT = 78
"""Characters of a filled subject that common mail programs show on a desktop, and that fit one header line."""
FACTS = {"name": "Ana", "shop": "Corner Shop", "order": "A-100200", "score": "7"}
SAME_WORD_ELSEWHERE = {"No", "Excellent", "Code", "Date", "E-mail", "Name", "Normal", "Online"}
"""Lines that may read the same as the English one, because the word does."""
ENGLISH_ALONE = (" the ", " you ", " your ", " what ", " with ", " please ", " would ", " this ")
"""Words that no sentence in another of these languages has."""
FAMILIAR = {
    "de": (" du ", " dich ", " dir ", " dein"),
    "es": (" tú ", " te ", " ti ", " tu ", " tus "),
    "fr": (" tu ", " te ", " toi ", " ton ", " ta ", " tes "),
}
"""How one speaks to a friend; customers are spoken to formally."""
JARGON = ("nps", "csat", "detractor", "promoter", "token", "metric")

WHAT_IS_ASKED = [
    # survey, kind, metric, trigger, status, highest score of a detractor
    ("cancellation", "csat", "csat_cancellation", "left", "open", 2),
    ("delivery_csat", "csat", "csat_delivery", "delivered_or_promise_passed", "open", 2),
    ("ease_ces", "ces", "ces", "delivered", "paused", 3),
    ("employee_pulse", "enps", "enps", "pulse", "open", 6),
    ("post_purchase_nps", "nps", "nps", "delivered", "open", 6),
    ("recovery_csat", "csat", "csat_recovery", "case_resolved", "open", 2),
    ("relationship_nps", "nps", "nps_relationship", "check_in", "paused", 6),
    ("support_csat", "csat", "csat_support", "support_closed", "open", 2),
]


def lines(words: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every line of a file of words, with its place in it."""
    if isinstance(words, dict):
        for name, value in words.items():
            yield from lines(value, f"{place}.{name}" if place else name)
    else:
        yield place, str(words)


def file_lines(name: str) -> dict[str, str]:
    """The lines of a file under surveys/, as they stand there."""
    return dict(lines(tomllib.loads((SURVEYS / name).read_text(encoding="utf-8"))))


def wording_lines(survey: str, locale: str) -> dict[str, str]:
    return file_lines(f"{survey}/wording.{locale}.toml")


def placeholders(line: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(line) if name}


def left_in_english(theirs: dict[str, str], english: dict[str, str]) -> list[str]:
    """Places where a translation has the English line, or a word that only English has."""
    return [
        place
        for place, line in theirs.items()
        if (line == english.get(place) and line not in SAME_WORD_ELSEWHERE and letters(line))
        or any(word in f" {line.lower()} " for word in ENGLISH_ALONE)
    ]


def letters(line: str) -> str:
    """What is left of a line without its placeholders."""
    return "".join(said for said, _, _, _ in Formatter().parse(line) if any(map(str.isalpha, said)))


def every_line(locale: str) -> Iterator[tuple[str, str]]:
    """Every line that customers may read in one language, with file and place."""
    names = [f"common.{locale}.toml", f"bank.{locale}.toml", *(f"{key}/wording.{locale}.toml" for key in SHIPPED)]
    for name in names:
        if (SURVEYS / name).exists():
            yield from ((f"{name}: {place}", line) for place, line in file_lines(name).items())


@pytest.mark.parametrize(("key", "kind", "metric", "event", "status", "detractor_max"), WHAT_IS_ASKED)
def test_each_survey_asks_what_its_name_says(
    key: str, kind: str, metric: str, event: str, status: str, detractor_max: int
) -> None:
    survey = SHIPPED[key]
    assert (survey.structure.kind, survey.metric) == (SurveyKind(kind), metric)
    assert (survey.rules.trigger.on, survey.rules.status) == (TriggerEvent(event), SurveyStatus(status))
    assert survey.rules.thresholds.detractor_max == detractor_max


def test_nothing_is_shipped_that_is_not_in_the_list_above() -> None:
    assert sorted(SHIPPED) == [row[0] for row in WHAT_IS_ASKED]
    assert len({survey.metric for survey in SHIPPED.values()}) == len(SHIPPED), "each counts for itself"


def test_every_survey_speaks_five_languages_and_one_reads_from_the_right() -> None:
    for key, survey in SHIPPED.items():
        assert set(survey.wordings) == (LANGUAGES | {"ar"} if key == NPS else LANGUAGES), key
    assert Locale.parse("ar").text_direction == "rtl"
    assert set(read_common_words(SURVEYS)) == LANGUAGES | {"ar"}


@pytest.mark.parametrize(("key", "locale"), TRANSLATIONS)
def test_a_translation_says_every_line_and_fills_the_same_places(key: str, locale: str) -> None:
    english, theirs = wording_lines(key, "en"), wording_lines(key, locale)
    assert theirs.keys() == english.keys()
    for place, line in english.items():
        assert placeholders(theirs[place]) == placeholders(line), place


@pytest.mark.parametrize(("key", "locale"), TRANSLATIONS)
def test_no_english_is_left_in_a_translation(key: str, locale: str) -> None:
    assert left_in_english(wording_lines(key, locale), wording_lines(key, "en")) == []


@pytest.mark.parametrize("locale", sorted((LANGUAGES | {"ar"}) - {"en"}))
def test_no_english_is_left_in_the_shared_words(locale: str) -> None:
    assert left_in_english(file_lines(f"common.{locale}.toml"), file_lines("common.en.toml")) == []


@pytest.mark.parametrize("locale", sorted(FAMILIAR))
def test_customers_are_spoken_to_formally(locale: str) -> None:
    said = [
        (place, line)
        for place, line in every_line(locale)
        if any(word in f" {line.lower()} " for word in FAMILIAR[locale])
    ]
    assert said == []


@pytest.mark.parametrize("locale", sorted(LANGUAGES | {"ar"}))
def test_no_line_speaks_as_the_trade_does(locale: str) -> None:
    assert [(place, line) for place, line in every_line(locale) if any(word in line.lower() for word in JARGON)] == []


def test_each_language_keeps_its_own_marks() -> None:
    for place, line in every_line("fr"):
        assert not any(f" {mark}" in line for mark in "?!;:"), f"{place} may break before a mark"
    for place, line in every_line("es"):
        assert (line.count("¿"), line.count("¡")) == (line.count("?"), line.count("!")), place
    for place, line in every_line("ar"):
        assert not any(mark in letters(line) for mark in "?,;"), place


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_an_order_is_named_only_where_there_is_one(key: str) -> None:
    survey = SHIPPED[key]
    for locale in survey.wordings:
        named = [place for place, line in wording_lines(key, locale).items() if "order" in placeholders(line)]
        assert bool(named) == survey.rules.trigger.by_order, (locale, named)


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_subjects_fit_where_they_are_read(key: str) -> None:
    for locale, wording in SHIPPED[key].wordings.items():
        for subject in (wording.mail.subject, wording.mail.reminder_subject or ""):
            assert len(subject.format_map(FACTS)) <= SUBJECT_LIMIT, (locale, subject)


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_a_reminder_has_words_of_its_own_where_one_is_sent_and_none_where_not(key: str) -> None:
    survey = SHIPPED[key]
    for locale, wording in survey.wordings.items():
        own = [wording.mail.reminder_subject, wording.mail.reminder_intro]
        assert all(own) if survey.rules.asking.reminders else not any(own), locale


@pytest.mark.parametrize("locale", sorted(LANGUAGES))
def test_two_surveys_are_told_apart_by_what_their_mails_say(locale: str) -> None:
    mails = {key: survey.wordings[locale].mail for key, survey in SHIPPED.items()}
    for one, other in combinations(mails.values(), 2):
        assert one.subject != other.subject
        assert one.intro != other.intro
        assert one.why != other.why or one.question != other.question


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_mail_and_page_put_the_same_question(key: str) -> None:
    for wording in SHIPPED[key].wordings.values():
        mail, page = wording.mail, wording.page
        assert (mail.question, mail.low, mail.high) == (page.question, page.low, page.high)


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_ten_seconds_are_enough(key: str) -> None:
    structure = SHIPPED[key].structure
    assert not any(question.required for question in structure.follow_ups)
    for band in ("promoter", "passive", "detractor"):
        seen = [question for question in structure.follow_ups if band in (question.show.band or (band,))]
        assert len([question for question in seen if question.show.question is None]) <= 4, band


@pytest.mark.parametrize("key", sorted(SHIPPED.keys() - {"employee_pulse"}))
def test_whoever_is_unhappy_chooses_a_remedy_and_others_may_ask_for_a_call(key: str) -> None:
    asked = {question.key: question for question in SHIPPED[key].structure.questions}
    assert asked["remedy"].show.band == ("detractor",)
    assert asked["contact"].show.band == ("promoter", "passive")
    assert asked["comment"].type == QuestionType.TEXT


def test_a_score_in_between_is_asked_what_would_make_it_a_nine_or_a_ten() -> None:
    for key in (NPS, "relationship_nps"):
        for wording in SHIPPED[key].wordings.values():
            passive = wording.questions["comment"].label_for("passive")
            assert "9" in passive
            assert "10" in passive


def test_who_left_is_asked_for_whom_only_after_saying_that_there_is_somebody() -> None:
    structure = SHIPPED["cancellation"].structure
    assert [[question.key for question in step] for step in structure.steps][1] == ["moved_to"]
    assert next(question for question in structure.questions if question.driver).key == "reason"


def test_the_pulse_is_anonymous_and_its_mail_says_what_that_means() -> None:
    survey = SHIPPED["employee_pulse"]
    assert survey.structure.anonymous
    assert [question.type for question in survey.structure.follow_ups] == [QuestionType.TEXT]
    assert survey.rules.asking.correction_hours == 0
    five = {"en": "five", "es": "cinco", "fr": "cinq", "de": "fünf", "pt-BR": "cinco"}
    for locale, wording in survey.wordings.items():
        assert five[locale] in wording.mail.intro
        assert five[locale] in wording.page.why


def test_the_recovery_survey_is_held_back_by_no_quarantine_so_its_page_need_not_speak_of_one() -> None:
    asking = SHIPPED["recovery_csat"].rules.asking
    assert (asking.quarantine_days, asking.quarantine_after_answer_days, asking.reminders) == (0, 0, 0)


def bank() -> list[Question]:
    raw = tomllib.loads((SURVEYS / "bank.toml").read_text(encoding="utf-8"))
    return [Question.model_validate(question) for question in raw.pop("questions")]


def bank_words(locale: str) -> dict[str, QuestionWords]:
    raw = tomllib.loads((SURVEYS / f"bank.{locale}.toml").read_text(encoding="utf-8"))
    return {key: QuestionWords.model_validate(words) for key, words in raw.pop("questions").items()}


def asking_all_of(questions: list[Question], words: dict[str, dict[str, QuestionWords]]) -> SurveyDefinition:
    """The shipped NPS with other follow-ups; it is refused where a word is missing or too many."""
    shipped = SHIPPED[NPS]
    score = Question(key="score", type=QuestionType.SCORE)
    wordings = {locale: shipped.wordings[locale].model_copy(update={"questions": own}) for locale, own in words.items()}
    return SurveyDefinition(
        key="all_of_the_bank",
        metric="nps",
        structure=Structure(kind=SurveyKind.NPS, questions=(score, *questions)),
        rules=shipped.rules,
        wordings=wordings,
    )


def test_the_bank_has_a_dozen_questions_of_many_types_in_every_language() -> None:
    questions = bank()
    survey = asking_all_of(questions, {locale: bank_words(locale) for locale in LANGUAGES})
    assert len(survey.structure.follow_ups) >= 12
    assert {question.type for question in questions} >= {*CHOICES, "text", "rating", "yes_no"}


def test_a_question_of_the_bank_stands_alone_and_is_in_no_shipped_survey() -> None:
    shipped = {question.key for survey in SHIPPED.values() for question in survey.structure.questions}
    for question in bank():
        assert question.show.question is None, "what comes before it is the survey's to say"
        assert question.key not in shipped


@pytest.mark.parametrize("locale", sorted(LANGUAGES - {"en"}))
def test_the_bank_is_translated(locale: str) -> None:
    assert left_in_english(file_lines(f"bank.{locale}.toml"), file_lines("bank.en.toml")) == []
    labels = [words.label for words in bank_words(locale).values()]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("locale", sorted(LANGUAGES))
def test_options_of_one_question_read_differently(locale: str) -> None:
    asked = [*bank_words(locale).values()]
    asked += [words for survey in SHIPPED.values() for words in survey.wordings[locale].questions.values()]
    for words in asked:
        options = [*words.options.values(), *([words.other] if words.other else [])]
        assert len(set(options)) == len(options), words.label


@pytest.mark.parametrize("locale", sorted(LANGUAGES | {"ar"}))
def test_a_sentence_with_a_number_has_every_form_that_numbers_up_to_a_hundred_need(locale: str) -> None:
    plurals = dict(plural_forms(read_common_words(SURVEYS)[locale].model_dump()))
    spoken_here = Locale.parse(locale, sep="-")
    needed = {spoken_here.plural_form(number) for number in range(2, 101)}
    several = Plural.model_validate(plurals["why.reminders.several"])
    assert all(getattr(several, form) for form in needed)
    assert "{count}" in several.other


def plural_forms(words: dict[str, object], place: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    for name, value in words.items():
        if isinstance(value, dict) and value.keys() == Plural.model_fields.keys():
            yield f"{place}{name}", value
        elif isinstance(value, dict):
            yield from plural_forms(value, f"{place}{name}.")
