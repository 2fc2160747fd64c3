"""Nobody is asked until somebody says from when on, and that earlier opt-outs are settled."""

from pathlib import Path

from tests.cli.conftest import Run


def test_nothing_is_sent_until_a_first_day_is_set(run: Run) -> None:
    assert run("go-live").out.startswith("Sending has not started")
    assert "2026-07-01 00:00 WEST on are asked about." in run("go-live", "2026-07-01", "--opt-outs-settled").out
    assert "2026-07-01 00:00 WEST" in run("go-live").out
    assert run("go-live", "1 July").code == 2
    assert "choose a day between 1990 and 2100" in run("go-live", "0026-07-01").err


def test_earlier_opt_outs_come_first(run: Run) -> None:
    said = run("go-live", "2026-07-01")
    assert said.code == 2
    assert "feedback import optouts FILE" in said.err
    assert run("go-live").out.startswith("Sending has not started")


def test_once_they_are_settled_nobody_asks_again(run: Run) -> None:
    run("go-live", "2026-07-01", "--opt-outs-settled")
    assert "2026-08-01" in run("go-live", "2026-08-01").out


def test_a_file_of_opt_outs_settles_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "optouts.csv"
    path.write_text("email;choice\nana@example.com;never\nana@;never\n", encoding="utf-8-sig")
    said = run("import", "optouts", path)
    assert said.out.startswith("1 added, 0 updated, 0 unchanged, 1 refused.")
    assert run("import", "optouts", path).out.startswith("0 added, 0 updated, 1 unchanged, 1 refused.")
    assert "2026-07-01" in run("go-live", "2026-07-01").out


def test_a_dry_run_settles_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "optouts.csv"
    path.write_text("email\nana@example.com\n", encoding="utf-8")
    assert "Dry run, nothing kept: 1 added" in run("import", "optouts", path, "--dry-run").out
    assert run("go-live", "2026-07-01").code == 2


def test_sending_pauses_and_goes_on(run: Run) -> None:
    assert run("pause").out.startswith("Sending has not started")
    run("go-live", "2026-07-01", "--opt-outs-settled")
    assert "Sending is paused since" in run("pause").out
    assert "`feedback resume` goes on" in run("go-live").out
    assert "paused" not in run("resume").out
