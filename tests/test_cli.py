"""The `feedback` command, as somebody who runs a shop types it."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from feedback_service import cli
from feedback_service.accounts.models import User
from feedback_service.cases.open_cases import open_cases
from feedback_service.config import Settings
from feedback_service.orders.models import Order
from feedback_service.responses.models import Channel, Response
from tests.conftest import NOW
from tests.questionnaires.factories import NPS, edit, survey_files

HEADING = "order_id,customer_id,email,ordered_at,delivered_at,status,amount,currency,attr.region"
GOOD = "A-1,ana,ana@example.com,2026-03-01T10:00:00,2026-03-05,delivered,49.90,EUR,Norte"
SECOND = "A-2,bo,bo@example.com,2026-03-02T10:00:00,,shipped,,,Sul"
BAD = "A-3,zé,zé@,2026-03-02T10:00:00,,shipped,,,Sul"


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
            cli.main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0, printed.out, printed.err)

    yield typed
    structlog.reset_defaults()


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


def test_new_keys_are_settings_that_work(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run("new-keys")
    pairs = dict(line.split("=", 1) for line in said.out.splitlines())
    assert set(pairs) == {"FEEDBACK_SECRET_KEY", "FEEDBACK_LINK_KEYS", "FEEDBACK_PRIVACY_KEY"}
    assert len(set(pairs.values())) == 3
    for name, value in pairs.items():
        monkeypatch.setenv(name, value)
    assert run("surveys", "list").code == 0


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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_new_shop_is_made_where_there_is_no_folder_yet(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{tmp_path}/var/new/shop.sqlite")
    assert "`feedback migrate` makes a new one" in run("surveys", "list").err
    assert run("migrate").out == "The tables are up to date.\n"
    assert run("migrate").out == "The tables are up to date.\n"
    assert run("surveys", "list").out.splitlines() == [
        "delivery_csat: Delivery CSAT",
        "post_purchase_nps: Post-purchase NPS",
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


def test_surveys_are_checked_without_any_settings(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEEDBACK_SECRET_KEY")
    assert run("surveys", "check").out.splitlines() == [
        "delivery_csat: fine, in en, pt-BR",
        "post_purchase_nps: fine, in en, pt-BR",
    ]
    folder = survey_files(tmp_path)
    path = folder / NPS / "survey.toml"
    edit(path, "delay_days = 5 ", 'delay_days = "soon" ')
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", str(folder))
    for words in (("surveys", "check"), ("surveys", "check", folder)):
        said = run(*words)
        assert said.code == 2
        assert said.err.startswith(f"{path}: trigger.delay_days: should be a valid integer")


def test_a_changed_survey_waits_until_it_is_published(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = survey_files(tmp_path)
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", str(folder))
    assert run("surveys", "publish", NPS).err.startswith(f"The survey {NPS} has no draft")
    edit(folder / NPS / "survey.toml", "delay_days = 5 ", "delay_days = 7 ")
    assert f"The file of {NPS} changed: `feedback surveys publish {NPS}`" in run("migrate").out
    assert "post_purchase_nps: Post-purchase NPS  (a changed file waits" in run("surveys", "list").out
    assert run("surveys", "publish", NPS).out == f"{NPS} is in use as its file says.\n"
    assert "waits" not in run("surveys", "list").out
    edit(folder / NPS / "survey.toml", 'metric = "nps"', 'metric = "other"')
    said = run("migrate")
    assert said.code == 2
    assert said.err.startswith(f"surveys/{NPS}: kind and metric of a survey that was asked cannot change")


def test_a_colleague_is_added_once(run: Run, session: Session) -> None:
    words = ("--name", "Rita Lopes", "--role", "manager", "--password", "correct horse battery")
    said = run("users", "add", "Rita@Corner-Shop.example", *words)
    assert (said.code, said.out) == (0, "rita@corner-shop.example can sign in.\n")
    again = run("users", "add", "rita@corner-shop.example", *words)
    assert (again.code, again.err) == (2, "rita@corner-shop.example has an account already.\n")
    user = session.scalars(select(User)).unique().one()
    assert [role.name for role in user.roles] == ["manager"]


@pytest.mark.parametrize(
    ("email", "changed", "sentence"),
    [
        ("rita", {}, "rita is no e-mail address"),
        ("rita@corner-shop.example", {"--password": "short"}, "The password needs at least 10 characters."),
        ("rita@corner-shop.example", {"--team": "Care Team"}, "Use the team's key in small letters"),
        ("rita@corner-shop.example", {"--role": "owner"}, "'owner' is not one of"),
    ],
)
def test_an_account_that_cannot_be_is_refused(run: Run, email: str, changed: dict[str, str], sentence: str) -> None:
    options = {"--name": "Rita", "--password": "correct horse battery"} | changed
    said = run("users", "add", email, *[word for pair in options.items() for word in pair])
    assert said.code == 2
    assert sentence in said.err


def test_sending_is_paused_until_a_first_day_is_set(run: Run) -> None:
    assert run("go-live").out.startswith("Sending is paused")
    assert "2026-07-01 00:00 WEST on are asked about." in run("go-live", "2026-07-01").out
    assert "2026-07-01 00:00 WEST" in run("go-live").out
    assert run("go-live", "1 July").code == 2


@pytest.mark.parametrize("command", ["worker", "beat"])
def test_a_second_process_needs_a_broker_that_both_reach(run: Run, command: str) -> None:
    said = run(command)
    assert said.code == 2
    assert said.err.startswith("FEEDBACK_BROKER_URL must name a Redis or RabbitMQ")


def test_the_log_is_verified_and_a_changed_word_is_found(run: Run, session: Session, settings: Settings) -> None:
    assert run("audit", "verify").out == "The log holds: 0 entries of 0 cases.\n"
    session.add(
        Response(
            channel=Channel.MAIL,
            survey_key=NPS,
            locale="en",
            score=1,
            answered_at=NOW,
            counted_on=NOW.date(),
            comment="Never came",
        )
    )
    session.flush()
    open_cases(session, NOW, 10, key=settings.privacy_secret)
    session.commit()
    assert re.fullmatch(r"The log holds: \d entr(y|ies) of 1 case\.\n", run("audit", "verify").out)
    session.execute(text("UPDATE case_entry_words SET text = 'All was well'"))
    session.commit()
    said = run("audit", "verify")
    assert said.code == 1
    assert "The log does not hold: case 1, entry 1: its words were changed after they were written." in said.err
