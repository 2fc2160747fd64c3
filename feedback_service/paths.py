"""Where templates/ and surveys/ lie: beside the package's files once installed, in the checkout before."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
STATIC = PACKAGE / "static"
MIGRATIONS = PACKAGE / "migrations"


def _data_folder(name: str) -> Path:
    installed = PACKAGE / name
    return installed if installed.is_dir() else PACKAGE.parent / name


TEMPLATES = _data_folder("templates")
SURVEYS = _data_folder("surveys")
