"""What a person can mend is said in a sentence, whichever command it was."""

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("FEEDBACK_SECRET_KEY", "", "FEEDBACK_SECRET_KEY is not set; `feedback new-keys` prints fresh ones.\n"),
        ("FEEDBACK_PORT", "http", "FEEDBACK_PORT should be a valid integer"),
        ("FEEDBACK_MAIL_URL", "smtp://shop:hunter2@", "FEEDBACK_MAIL_URL: The mail server's URL names no host.\n"),
        ("FEEDBACK_DATABASE_URL", "oracle://root:hunter2@db/x", "FEEDBACK_DATABASE_URL must begin with sqlite:///"),
        (
            "FEEDBACK_DATABASE_URL",
            "sqlite:////nowhere/at/all.sqlite",
            "The database does not answer",
        ),
        (
            "FEEDBACK_DATABASE_URL",
            "postgresql://root:hunter2@127.0.0.1:1/x",
            "The database does not answer",
        ),
        ("FEEDBACK_SURVEYS_FOLDER", "/nowhere", "/nowhere/common.en.toml: is missing;"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_bad_setting_is_one_kind_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    said = run("surveys", "list")
    assert said.code == 2
    assert said.err.startswith(sentence)
    assert said.err.count("\n") == 1
    assert "hunter2" not in said.err
