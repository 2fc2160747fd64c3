"""People who are no programmers edit these files: a broken one is refused with file, key and reason."""

from pathlib import Path

import pytest

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import (
    SurveyFileError,
    read_bank,
    read_common_words,
    read_rules,
    read_surveys,
)
from tests.questionnaires.factories import NPS, edit, survey_files


def said(folder: Path) -> str:
    with pytest.raises(SurveyFileError) as error:
        read_surveys(folder)
    return str(error.value)


BROKEN_SURVEYS = [
    ('kind = "nps" ', 'kind = "smiley" ', "kind: should be 'nps', 'csat', 'ces' or 'enps'"),
    ('kind = "nps" ', "", "kind: is missing"),
    ("[survey]", "[servey]", "[survey] is missing"),
    ("[survey]", "[survey", "is no TOML"),
    ('title = "Post-purchase NPS"', 'titel = "Post-purchase NPS"', "titel: is not a known key"),
    ('title = "Post-purchase NPS"', "title = 5", "title: should be a valid string"),
    ('default_locale = "en"', 'default_locale = "nl"', "has no wording for its default locale nl"),
    ('on = "delivered"', 'on = "paid"', "trigger.on: should be 'ordered', 'delivered', "),
    ("delay_days = 5 ", "delay_day = 5 ", "trigger.delay_day: is not a known key"),
    ("delay_days = 5 ", "delay_days = -1 ", "trigger.delay_days: should be greater than or equal to 0"),
    ("delay_days = 5 ", 'delay_days = "soon" ', "trigger.delay_days: should be a valid integer"),
    ("delay_days = 5 ", "delay_days = 31 ", "trigger: delay_days 31 is beyond max_age_days 30: nobody is asked"),
    ("detractor_max = 6 ", "detractor_max = 11 ", "thresholds.detractor_max: should be less than or equal to 10"),
    ("detractor_max = 6 ", "", "thresholds.detractor_max: is missing"),
    ("sample_one_in = 2 ", "sample_one_in = 0 ", "asking.sample_one_in: should be greater than or equal to 1"),
    ('team = "care"', 'team = "Care Team"', "routing.team: must be small letters, digits and _, with a letter first"),
    ('owner = "round_robin" ', 'owner = "the boss" ', "routing.owner: should be 'round_robin' or 'unassigned'"),
    ('type = "score"', 'type = "stars"', "questions.0.type: should be 'score', 'text', 'choice_one', "),
    ('key = "score"\ntype = "score"', 'key = "number"\ntype = "text"', "needs exactly one question of type score"),
    ('key = "comment"', 'key = "driver"', "has two questions with one key"),
    ('key = "comment"', 'key = "score"', "the key score is the form's own"),
    ('key = "comment"', 'key = "Your comment"', "questions.2.key: must be small letters"),
    (
        'key = "comment"\ntype = "text"',
        'key = "comment"\ntype = "rating"',
        "the comment is a text; here it is a rating",
    ),
    ('options = ["product", ', 'options = ["product", "product", ', "has an option twice"),
    (
        'options = ["product", "price", "delivery", "service", "ordering"]\n',
        "",
        "a choice needs them; driver is a choice_one",
    ),
    ('key = "remedy" ', 'key = "put_right" ', "contact is the key of a contact_wish, remedy of a remedy"),
    ('band = ["detractor"]', 'band = ["unhappy"]', "questions.4.show.band.0: should be 'promoter', 'passive' or"),
    (
        'show = { band = ["detractor"] }',
        'show = { question = "contact", answers = ["yes"] }',
        "which no earlier question",
    ),
    ('show = { band = ["detractor"] }', 'show = { question = "driver" }', "needs question and answers together"),
]


@pytest.mark.parametrize(("old", "new", "reason"), BROKEN_SURVEYS)
def test_a_broken_survey_is_refused_with_file_key_and_reason(tmp_path: Path, old: str, new: str, reason: str) -> None:
    folder = survey_files(tmp_path)
    path = folder / NPS / "survey.toml"
    edit(path, old, new)
    sentence = said(folder)
    assert sentence.startswith(f"{path}: ")
    assert reason in sentence


BROKEN_QUESTION_WORDS = [
    ('price = "The price"\n', "", "questions.driver.options.price is missing"),
    (
        'price = "The price"',
        'price = "The price"\nweather = "The weather"',
        "questions.driver.options.weather is not asked",
    ),
    ('other = "Something else"\n', "", "questions.driver.other is missing"),
    ("[questions.comment]", '[questions.mood]\nlabel = "?"\n\n[questions.comment]', "questions.mood is not asked"),
    ("[questions.contact]", "[questions.call]", "questions.contact is missing"),
]


@pytest.mark.parametrize(("old", "new", "reason"), BROKEN_QUESTION_WORDS)
def test_words_and_questions_must_fit_together(tmp_path: Path, old: str, new: str, reason: str) -> None:
    folder = survey_files(tmp_path)
    edit(folder / NPS / "wording.en.toml", old, new)
    assert f"wording.en: {reason}" in said(folder)


BROKEN_WORDS = [
    ("{order}", "{oder}", "has the unknown placeholder {oder}; known are name, order, score, shop"),
    ("{order}", "{}", "has the unknown placeholder {}"),
    ("{order}", "{order.id}", "has the unknown placeholder {order.id}"),
    ("{order}", "{order!r}", "has more than a name between the braces of {order}"),
    ("{order}", "{order:>999999999}", "has more than a name between the braces of {order}"),
    ("{order}", "{order", "has a brace that does not close"),
    ("{order}", "}", "has a brace that does not close"),
    ("{order}", "\\nBcc: everybody", "must be one line"),
    ("{order}", "x" * 200, "is longer than 200 characters"),
]


@pytest.mark.parametrize(("old", "new", "reason"), BROKEN_WORDS)
def test_words_that_could_not_be_sent_are_refused_before_a_customer_sees_them(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    folder = survey_files(tmp_path)
    path = folder / "delivery_csat" / "wording.en.toml"
    edit(path, 'subject = "Did order {order} arrive', f'subject = "Did order {new} arrive'.replace("{order}", old))
    sentence = said(folder)
    assert sentence.startswith(f"{path}: mail.subject: ")
    assert reason in sentence


def test_a_missing_and_a_misspelt_word_are_both_named(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    path = folder / NPS / "wording.pt-BR.toml"
    edit(path, "[thanks]\nheading", "[thanks]\nhaeding")
    assert said(folder).splitlines() == [
        f"{path}: thanks.heading: is missing.",
        f"{path}: thanks.haeding: is not a known key.",
    ]


def test_a_survey_without_words_is_refused(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    for path in (folder / NPS).glob("wording.*.toml"):
        path.unlink()
    assert f"{folder / NPS / 'survey.toml'}: the file: has no wording for its default locale en." in said(folder)


def test_a_language_that_nobody_speaks_is_refused(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    path = folder / NPS / "wording.klingon.toml"
    (folder / NPS / "wording.en.toml").rename(path)
    assert said(folder) == f"{path}: 'klingon' is no language such as en or pt-BR."


def test_a_folder_whose_name_can_be_no_key_is_refused(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    (folder / NPS).rename(folder / "Post purchase")
    assert "Post purchase: name the folder in small letters, digits and _" in said(folder)


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    path = folder / NPS / "wording.pt-BR.toml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252", errors="replace"))
    assert said(folder) == f"{path}: is not UTF-8 text."


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    path = folder / NPS / "wording.en.toml"
    path.unlink()
    path.mkdir()
    assert said(folder).startswith(f"{path}: cannot be read: ")


def test_the_mark_that_notepad_writes_does_no_harm(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    path = folder / NPS / "wording.en.toml"
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig", newline="\r\n")
    assert read_surveys(folder) == read_surveys(SURVEYS)


def test_no_folder_and_an_empty_folder_are_told_apart(tmp_path: Path) -> None:
    assert "there is no such folder of surveys" in said(tmp_path / "gone")
    assert "holds no <survey>/survey.toml" in said(tmp_path)


def test_shared_words_are_needed_in_english(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    (folder / "common.en.toml").unlink()
    with pytest.raises(SurveyFileError, match=r"common\.en\.toml: is missing; it holds the words"):
        read_common_words(folder)


def test_broken_shared_words_are_refused(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    path = folder / "common.pt-BR.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[expired]", "[expried]"), encoding="utf-8")
    with pytest.raises(SurveyFileError) as error:
        read_common_words(folder)
    assert f"{path}: expired: is missing." in str(error.value)
    assert f"{path}: expried: is not a known key." in str(error.value)


def test_shared_words_that_did_not_change_are_understood_once(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    before, again = read_common_words(folder), read_common_words(folder)
    assert again["en"] is before["en"]
    path = folder / "common.en.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(before["en"].expired.heading, "Too old"), encoding="utf-8")
    assert read_common_words(folder)["en"].expired.heading == "Too old"


def test_the_rules_of_a_file_can_be_read_alone(tmp_path: Path) -> None:
    shipped = read_surveys(SURVEYS)[NPS].rules
    alone = tmp_path / "draft.toml"
    alone.write_text((SURVEYS / NPS / "survey.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert read_rules(alone) == shipped
    alone.write_text("[trigger]\non = 'delivered'\n", encoding="utf-8")
    with pytest.raises(SurveyFileError, match=r"\[survey\] is missing"):
        read_rules(alone)


BROKEN_BANKS = [
    ("bank.toml", 'key = "considered_whom"\n', 'key = "considered"\n', "considered: must stand once"),
    (
        "bank.toml",
        'key = "easier"\ntype = "text"',
        'key = "easier"\ntype = "score"',
        "easier: must stand once, be no score",
    ),
    ("bank.toml", 'key = "easier"\ntype = "text"', 'key = "easier"\ntype = "smiley"', "questions.0.type: should be"),
    ("bank.de.toml", "[questions.easier]", "[questions.harder]", "questions.easier: is missing"),
]


@pytest.mark.parametrize(("name", "old", "new", "reason"), BROKEN_BANKS)
def test_a_question_of_the_bank_can_be_added_as_it_stands(
    tmp_path: Path, name: str, old: str, new: str, reason: str
) -> None:
    folder = survey_files(tmp_path)
    assert read_bank(folder).words["de"].keys() == {question.key for question in read_bank(folder).questions}
    edit(folder / name, old, new)
    with pytest.raises(SurveyFileError) as error:
        read_bank(folder)
    assert str(error.value).startswith(f"{folder / name}: ")
    assert reason in str(error.value)


def test_there_need_be_no_bank(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    (folder / "bank.toml").unlink()
    assert read_bank(folder).questions == ()


def test_an_amount_of_money_is_exact(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    edit(
        folder / NPS / "survey.toml",
        "[thresholds]",
        "[filter]\nmin_value = { EUR = 999999999999.1234 }\n\n[thresholds]",
    )
    assert str(read_surveys(folder)[NPS].rules.filter.min_value["EUR"]) == "999999999999.1234"
