"""`feedback import`, as somebody who runs a shop types it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.orders.models import Order
from tests.cli.conftest import Run
from tests.questionnaires.factories import edit

HEADING = "order_id,customer_id,email,ordered_at,delivered_at,status,amount,currency,attr.region"
GOOD = "A-1,ana,ana@example.com,2026-03-01T10:00:00,2026-03-05,delivered,49.90,EUR,Norte"
SECOND = "A-2,bo,bo@example.com,2026-03-02T10:00:00,,shipped,,,Sul"
BAD = "A-3,zé,zé@,2026-03-02T10:00:00,,shipped,,,Sul"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A file with a bad row between two good ones."""
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADING, GOOD, BAD, SECOND]) + "\n", encoding="utf-8")
    return path


def number_of_orders(session: Session) -> int:
    count = session.scalar(select(func.count()).select_from(Order)) or 0
    session.rollback()
    return count


def test_orders_come_in_and_the_bad_row_lies_in_a_file_of_its_own(run: Run, orders: Path, session: Session) -> None:
    said = run("import", "orders", orders)
    assert said.code == 0
    rejects = orders.with_name("orders.rejects.csv")
    lines = said.out.splitlines()
    assert lines[0] == "2 added, 0 updated, 0 unchanged, 1 refused."
    assert lines[1].startswith("  line 3: email 'zé@' is no e-mail address")
    assert lines[2] == f"Refused rows with their reasons: {rejects}"
    refused = rejects.read_text(encoding="utf-8-sig").splitlines()
    assert refused[0] == f"line,reason,{HEADING}"
    assert refused[1].startswith("3,")
    assert number_of_orders(session) == 2


def test_the_same_file_again_changes_nothing_and_a_mended_rejects_file_brings_the_rest(run: Run, orders: Path) -> None:
    run("import", "orders", orders)
    assert run("import", "orders", orders).out.startswith("0 added, 0 updated, 2 unchanged, 1 refused.")
    rejects = orders.with_name("orders.rejects.csv")
    edit(rejects, "zé@,", "ze@example.com,")
    said = run("import", "orders", rejects)
    assert said.out.splitlines() == ["1 added, 0 updated, 0 unchanged, 0 refused."]
    assert not orders.with_name("orders.rejects.rejects.csv").exists()


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(
    run: Run, orders: Path, session: Session, tmp_path: Path
) -> None:
    said = run("import", "orders", orders, "--dry-run", "--rejects", tmp_path / "elsewhere.csv")
    assert said.out.startswith("Dry run, nothing kept: 2 added, 0 updated, 0 unchanged, 1 refused.")
    assert (tmp_path / "elsewhere.csv").exists()
    assert number_of_orders(session) == 0


def test_other_headings_are_mapped_and_those_that_nobody_reads_are_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    heading = HEADING.replace("order_id", "Order number").replace("email", "e-mail").replace("attr.region", "Region")
    path.write_text(f"{heading}\n{GOOD}\n", encoding="utf-8")
    said = run("import", "orders", path, "--map", "order_id=Order number", "--map", "attr.region=Region")
    assert said.code == 0
    assert said.out.splitlines() == [
        "Columns that were not read: e-mail. If one is ours, give --map COLUMN=HEADING.",
        "1 added, 0 updated, 0 unchanged, 0 refused.",
    ]


def test_a_guessed_encoding_is_told_and_can_be_given(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(f"{HEADING},name\n{GOOD},João\n".encode("cp1252"))
    assert "Read as cp1252, which is a guess; if letters come out wrong" in run("import", "orders", path).out
    said = run("import", "orders", path, "--encoding", "cp1252")
    assert said.out.splitlines() == ["0 added, 0 updated, 1 unchanged, 0 refused."]


def test_rows_that_repeat_an_order_are_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADING, GOOD.replace("Norte", "Sul"), GOOD]), encoding="utf-8")
    assert run("import", "orders", path).out.splitlines() == [
        "1 added, 0 updated, 0 unchanged, 0 refused.",
        "1 more had a later row about the same thing, which counts.",
    ]


def test_only_the_first_refusals_are_shown_and_all_are_filed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADING, *[BAD] * 9]), encoding="utf-8")
    said = run("import", "orders", path)
    assert said.out.count("  line ") == 5
    assert [line.split(":")[0] for line in said.out.splitlines()[1:6]] == [f"  line {n}" for n in range(2, 7)]
    assert len(path.with_name("orders.rejects.csv").read_text(encoding="utf-8-sig").splitlines()) == 10


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--map", "order_id"], 'write COLUMN=HEADING, such as --map order_id="Order number"'),
        (["--map", "order_id=Number"], "orders.csv has no column 'Number', which --map gives for order_id."),
        (["--map", "e-mail=email"], "there is no column e-mail"),
        (["--source", "x" * 65], "use 1 to 64 characters"),
        (["--encoding", "klingon"], "There is no encoding klingon."),
        (["--rejects", "/nowhere/rejects.csv"], "/nowhere/rejects.csv cannot be written; say with --rejects"),
    ],
)
def test_what_is_typed_wrong_is_said_in_a_sentence(run: Run, orders: Path, words: list[str], sentence: str) -> None:
    said = run("import", "orders", orders, *words)
    assert said.code == 2
    assert sentence in said.err
    assert "Traceback" not in said.err


def test_a_file_that_is_no_table_is_refused_as_a_whole(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("", encoding="utf-8")
    said = run("import", "orders", path)
    assert (said.code, said.err) == (2, "orders.csv is empty.\n")
    assert run("import", "orders", tmp_path / "gone.csv").code == 2


def test_answers_come_in_after_their_orders(run: Run, orders: Path, tmp_path: Path) -> None:
    run("import", "orders", orders)
    path = tmp_path / "answers.csv"
    path.write_text(
        "survey;order_id;score;answered_at;comment\n"
        'delivery_csat;A-1;5;2026-03-10T09:00:00;"Great; really"\n'
        "delivery_csat;A-9;5;2026-03-10T09:00:00;\n",
        encoding="utf-8",
    )
    said = run("import", "answers", path)
    assert said.out.splitlines()[:2] == [
        "1 added, 0 updated, 0 unchanged, 1 refused.",
        "  line 3: order_id 'A-9' is not known; import its order first",
    ]
    assert path.with_name("answers.rejects.csv").read_text(encoding="utf-8-sig").startswith("line;reason;survey;")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_terminal_sees_how_far_it_is(environment: dict[str, str], orders: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "feedback_service", "import", "orders", str(orders)],
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        stderr=theirs,
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "orders.csv" in shown
    assert "100%" in shown
    assert done.stdout.decode().startswith("2 added")


def test_closed_cases_and_colleagues_come_in_the_same_way(run: Run, tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text(
        "touchpoint_id,kind,customer_id,happened_at,country\n"
        "T-1,support_closed,ana,2026-03-01T10:00:00,pt\n"
        "T-2,birthday,ana,2026-03-01T10:00:00,pt\n",
        encoding="utf-8",
    )
    assert run("import", "touchpoints", cases, "--source", "desk").out.splitlines()[:2] == [
        "1 added, 0 updated, 0 unchanged, 1 refused.",
        "  line 3: kind 'birthday' is none of support_closed, left",
    ]
    staff = tmp_path / "staff.csv"
    staff.write_text("employee_id,email,left\n7,bo@shop.example,\n8,,yes\n", encoding="utf-8")
    assert run("import", "employees", staff).out.startswith("2 added, 0 updated, 0 unchanged, 0 refused.")
    assert run("import", "employees", staff).out.startswith("0 added, 0 updated, 2 unchanged, 0 refused.")
    refused = run("import", "employees", staff, "--source", "desk")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("The source desk holds customers, so no colleagues can be taken in under it;")
