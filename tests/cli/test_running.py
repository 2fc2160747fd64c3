"""Setting a shop up, and keeping it running."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_new_keys_are_settings_that_work(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run("new-keys")
    pairs = dict(line.split("=", 1) for line in said.out.splitlines())
    assert set(pairs) == {"FEEDBACK_SECRET_KEY", "FEEDBACK_LINK_KEYS", "FEEDBACK_PRIVACY_KEY"}
    assert len(set(pairs.values())) == 3
    for name, value in pairs.items():
        monkeypatch.setenv(name, value)
    assert run("surveys", "list").code == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_new_shop_is_made_where_there_is_no_folder_yet(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{tmp_path}/var/new/shop.sqlite")
    assert "`feedback migrate` makes a new one" in run("surveys", "list").err
    assert run("migrate").out == "The tables are up to date.\n"
    assert run("migrate").out == "The tables are up to date.\n"
    assert run("surveys", "list").out.splitlines() == [
        "cancellation: Cancellation",
        "delivery_csat: Delivery CSAT",
        "ease_ces: Ease (CES)  (paused)",
        "employee_pulse: Employee pulse",
        "post_purchase_nps: Post-purchase NPS",
        "recovery_csat: Recovery CSAT",
        "relationship_nps: Relationship NPS  (paused)",
        "support_csat: Support CSAT",
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_cannot_be_reached_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", "postgresql://root:hunter2@127.0.0.1:1/x")
    said = run("migrate")
    assert said.code == 2
    assert said.err.startswith("FEEDBACK_DATABASE_URL: the database does not answer: ")
    assert "hunter2" not in said.err
    (tmp_path / "file").touch()
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{tmp_path}/file/shop.sqlite")
    assert run("migrate").err.startswith("FEEDBACK_DATABASE_URL: ")


@pytest.mark.parametrize("command", ["worker", "beat"])
def test_a_second_process_needs_a_broker_that_both_reach(run: Run, command: str) -> None:
    said = run(command)
    assert said.code == 2
    assert said.err.startswith("FEEDBACK_BROKER_URL must name a Redis or RabbitMQ")
