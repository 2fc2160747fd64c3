"""A folder of survey files that a test may break."""

import shutil
from pathlib import Path

from feedback_service.paths import SURVEYS

NPS = "post_purchase_nps"


def survey_files(folder: Path) -> Path:
    """A copy of the shipped surveys."""
    copy = folder / "surveys"
    shutil.copytree(SURVEYS, copy)
    return copy


def edit(path: Path, old: str, new: str) -> None:
    """Replace a passage that stands in a file exactly once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} has {text.count(old)} times {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
