"""A terminal on which to type `feedback`."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from feedback_service.cli.main import main
from feedback_service.config import Settings


class Said:
    """What a command printed, and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Run = Callable[..., Said]


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings as variables, and no others."""
    for name in [name for name in os.environ if name.startswith("FEEDBACK_")]:
        monkeypatch.delenv(name)
    variables = {
        "FEEDBACK_DATABASE_URL": settings.database_url,
        "FEEDBACK_SECRET_KEY": settings.secret_key.get_secret_value(),
        "FEEDBACK_LINK_KEYS": settings.link_keys.get_secret_value(),
        "FEEDBACK_PRIVACY_KEY": settings.privacy_key.get_secret_value(),
        "FEEDBACK_SHOP_TIME_ZONE": settings.shop_time_zone,
        "FEEDBACK_PROOF_FOLDER": str(settings.proof_folder),
        "COLUMNS": "60",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture
def run(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Type a command; it must end by itself and never in a traceback."""

    def typed(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["feedback", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0, printed.out, printed.err)

    yield typed
    structlog.reset_defaults()
