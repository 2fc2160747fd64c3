"""Every line is in its room: who may commit, who may speak to the browser, what an `__init__` holds."""

import ast
import configparser
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "feedback_service"
DATA = {"feedback_service.surveys", "feedback_service.templates"}

MAY_COMMIT = (
    "cli/*.py",
    "importing.py",
    "pipeline.py",
    "serve.py",
    "demo/*.py",
    "migrations/env.py",
    "*/routes.py",
    "*/*/routes.py",
    "delivery/send.py",
    "delivery/staff_mail.py",
    "invitations/record_visits.py",
    "advocacy/record_clicks.py",
    "database.py",
)
"""The edges, and four named exceptions: the end of what only read; states that must be durable between two steps of
a conversation with a mail server, about a mail to a customer and about one to a colleague; and evidence of a visit,
which a GET leaves in a transaction of its own (docs/decisions/0007)."""
MAY_READ_THE_REQUEST = (
    "app.py",
    "home.py",
    "database.py",
    "accounts/audience.py",
    "responses/opening.py",
    "responses/quick_lane.py",
    "*/routes.py",
    "*/*/routes.py",
)
"""The edges; what opens a personal link for all routes behind it, and what stands before them, are parts of them."""
NO_WRITES = ("add", "add_all", "delete", "merge", "flush", "commit", "bulk_save_objects")


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


def allowed(path: Path, patterns: tuple[str, ...]) -> bool:
    relative = path.relative_to(PACKAGE)
    return any(relative.match(pattern) and len(relative.parts) == pattern.count("/") + 1 for pattern in patterns)


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """The name of every method that is called, and the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno


def imports(path: Path) -> Iterator[str]:
    """Every name that is imported, as `module.name`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_only_the_edges_commit() -> None:
    elsewhere = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in modules()
        if not allowed(path, MAY_COMMIT)
        for name, line in calls(path)
        if name == "commit"
    ]
    assert elsewhere == []


def test_only_the_edges_read_the_request() -> None:
    elsewhere = [
        str(path.relative_to(PACKAGE))
        for path in modules()
        if not allowed(path, MAY_READ_THE_REQUEST) and "flask.request" in imports(path)
    ]
    assert elsewhere == []


def test_queries_do_not_write() -> None:
    written = [
        f"{path.relative_to(PACKAGE)}:{line} {name}"
        for path in modules()
        if path.name == "queries.py"
        for name, line in calls(path)
        if name in NO_WRITES
    ]
    assert written == []


def test_every_package_is_empty_inside_but_the_top_one_which_imports_nothing() -> None:
    full = [path for path in modules() if path.name == "__init__.py" and path.read_text(encoding="utf-8").strip()]
    assert full == [PACKAGE / "__init__.py"]
    assert list(imports(PACKAGE / "__init__.py")) == []
    assert ast.get_docstring(ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")))


def test_the_list_of_packages_names_every_folder_with_code() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = setup["options"]["packages"].split()
    folders = {".".join(path.parent.relative_to(ROOT).parts) for path in modules()}
    assert set(listed) == folders | DATA
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    if path.name != "__init__.py":
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_page_is_drawn_with_the_process_wide_state_of_pyplot() -> None:
    assert [str(path) for path in modules() if any("pyplot" in name for name in imports(path))] == []
