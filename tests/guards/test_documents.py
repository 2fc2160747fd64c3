"""The documents name every setting and every key that somebody who runs a shop may write, and their examples work."""

import re
import shutil
from datetime import time
from enum import Enum
from pathlib import Path

import pytest
from pydantic import BaseModel

from feedback_service.config import Settings
from feedback_service.questionnaires.definition import (
    Asking,
    Filter,
    Routing,
    Rules,
    Thresholds,
    Trigger,
    TriggerEvent,
    Window,
)
from feedback_service.questionnaires.questions import Question, QuestionType, Show
from feedback_service.questionnaires.read_files import read_surveys
from feedback_service.questionnaires.words import MailWords, MoreWords, PageWords, QuestionWords, ThanksWords, Wording
from tests.questionnaires.factories import NPS, survey_files

DOCS = Path(__file__).parents[2] / "docs"
TABLES: dict[str, type[BaseModel]] = {
    "[trigger]": Trigger,
    "[asking]": Asking,
    "[window]": Window,
    "[filter]": Filter,
    "[thresholds]": Thresholds,
    "[routing]": Routing,
    "[[questions]]": Question,
    "show": Show,
    "[mail]": MailWords,
    "[page]": PageWords,
    "[questions]": QuestionWords,
    "[more]": MoreWords,
    "[thanks]": ThanksWords,
}
EXAMPLE = re.compile(r"^```toml\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def rows_under(heading: str) -> dict[str, list[str]]:
    """The cells of each row of the tables under a heading of docs/surveys.md, by the first cell's word."""
    _, found, after = (DOCS / "surveys.md").read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    assert found, f"docs/surveys.md has no ## {heading}"
    section = re.split(r"^#+ ", after, maxsplit=1, flags=re.MULTILINE)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:3] == "| `"]
    return {row[0].strip("`"): row for row in rows}


def as_written(default: object) -> str | None:
    """A default as a table has it; None where it is said in words."""
    match default:
        case time():
            return f'`"{default:%H:%M}"`'
        case bool():
            return f"`{str(default).lower()}`"
        case Enum():
            return f"`{default.value}`"
        case int() | str():
            return f"`{default}`"
        case _:
            return None


def test_every_setting_stands_in_the_operating_page() -> None:
    page = (DOCS / "operating.md").read_text(encoding="utf-8")
    table = "\n".join(line for line in page.splitlines() if line.startswith("| `FEEDBACK_"))
    missing = [name for name in Settings.model_fields if f"`FEEDBACK_{name.upper()}`" not in table]
    assert missing == []


@pytest.mark.parametrize(("heading", "model"), TABLES.items(), ids=TABLES)
def test_every_key_of_a_survey_stands_in_its_table_with_its_default(heading: str, model: type[BaseModel]) -> None:
    rows = rows_under(heading)
    for name, field in model.model_fields.items():
        row = rows.get(field.alias or name)
        assert row is not None, f"docs/surveys.md says nothing of {field.alias or name} under {heading}"
        if field.is_required():
            assert row[2] == "needed", row
        elif (written := as_written(field.default)) is not None:
            assert row[2] == written, row
        else:
            assert row[2] != "needed", row


def test_no_table_names_a_key_that_is_gone() -> None:
    events = {event.value for event in TriggerEvent}
    for heading, model in TABLES.items():
        known = {field.alias or name for name, field in model.model_fields.items()}
        assert rows_under(heading).keys() <= known | (events if model is Trigger else set()), heading


def test_every_part_of_the_files_has_a_table() -> None:
    parts = {name for model in (Rules, Wording) for name in model.model_fields} - {"title", "default_locale", "status"}
    assert {f"[{part}]" for part in parts} <= TABLES.keys()
    assert {"kind", "metric", "title", "default_locale", "status"} == rows_under("[survey]").keys()


def test_every_type_of_question_is_explained() -> None:
    page = (DOCS / "surveys.md").read_text(encoding="utf-8")
    assert [kind.value for kind in QuestionType if f"\n| {kind.value} | " not in page] == []


def test_every_event_that_makes_a_survey_ask_is_explained() -> None:
    assert {event.value for event in TriggerEvent} <= rows_under("[trigger]").keys()


def test_the_examples_load_as_they_stand(tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    examples = EXAMPLE.findall((DOCS / "surveys.md").read_text(encoding="utf-8"))
    for name, content in examples:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    shutil.copy(folder / NPS / "wording.en.toml", folder / "larger_orders")
    surveys = read_surveys(folder)
    shown = {Path(name).parent.name for name, _ in examples}
    assert {survey.rules.trigger.on for key, survey in surveys.items() if key in shown} == {
        TriggerEvent.ORDERED,
        TriggerEvent.DELIVERED,
    }
