"""What is asked can be taken out as files and in again: nothing changes on the way but comments."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.read_files import SurveyFileError, read_survey, read_surveys
from feedback_service.questionnaires.write_files import files_of, write_survey
from tests.questionnaires.documents import surveys
from tests.questionnaires.factories import NPS


@pytest.mark.parametrize("key", sorted(read_surveys(SURVEYS)))
def test_every_shipped_survey_comes_back_as_it_was(key: str, tmp_path: Path) -> None:
    shipped = read_survey(SURVEYS / key)
    written = write_survey(tmp_path, shipped)
    assert {path.name for path in written} == {path.name for path in (SURVEYS / key).glob("*.toml")}
    again = read_survey(tmp_path / key)
    assert again == shipped
    assert again.content_hash == shipped.content_hash


@given(surveys())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_and_so_does_any_survey_that_could_be(
    tmp_path_factory: pytest.TempPathFactory, survey: SurveyDefinition
) -> None:
    folder = tmp_path_factory.mktemp("pulled")
    write_survey(folder, survey)
    again = read_survey(folder / survey.key)
    assert again == survey
    assert again.content_hash == survey.content_hash
    assert files_of(again) == files_of(survey), "the same survey is the same text"


def test_a_file_that_is_there_is_not_replaced_unless_somebody_says_so(tmp_path: Path) -> None:
    shipped = read_survey(SURVEYS / NPS)
    write_survey(tmp_path, shipped)
    precious = tmp_path / NPS / "survey.toml"
    precious.write_text("# mine\n")
    with pytest.raises(SurveyFileError, match="is there already"):
        write_survey(tmp_path, shipped)
    assert precious.read_text() == "# mine\n"
    write_survey(tmp_path, shipped, force=True)
    assert read_survey(tmp_path / NPS) == shipped


def test_a_language_that_was_taken_out_leaves_no_file_behind(tmp_path: Path) -> None:
    shipped = read_survey(SURVEYS / NPS)
    write_survey(tmp_path, shipped)
    (tmp_path / NPS / "notes.txt").write_text("not ours")
    english = shipped.model_copy(update={"wordings": {"en": shipped.wordings["en"]}})
    write_survey(tmp_path, english, force=True)
    assert sorted(path.name for path in (tmp_path / NPS).iterdir()) == ["notes.txt", "survey.toml", "wording.en.toml"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / NPS).write_text("a file in the way")
    with pytest.raises(SurveyFileError, match="cannot be written"):
        write_survey(tmp_path, read_survey(SURVEYS / NPS))
