"""The benchmark of sending runs, every mail arrives exactly once, and every figure is there."""

import json
import subprocess
import sys
from pathlib import Path
from smtplib import SMTP

import pytest

from benchmarks.sending_parts.runs import Figures
from benchmarks.sending_parts.sinks import listening

ROOT = Path(__file__).resolve().parents[2]
FIGURES = {
    "sqlite_mails_per_s",
    "postgres_mails_per_s",
    "sqlite_ratio_plain_loop",
    "ratio_plain_loop",
    "ratio_smtp_source",
    "cpu_ms_per_mail",
    "relay_share",
}


def test_a_small_run_sends_every_mail_once_and_prints_every_figure() -> None:
    """To the sink that keeps a list of what it accepted: exit code 0 says that the list is right."""
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "sending.py", "--small", "--sink", "asyncio"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found.keys() >= FIGURES
    needs_postfix = {name for name, figure in found.items() if figure is None}
    assert needs_postfix <= {"ratio_smtp_source", "smtp_source_mails_per_s"}
    assert all(figure > 0 for name, figure in found.items() if name not in needs_postfix)
    assert found["relay_share"] <= 1


def test_the_sink_names_what_it_accepted(tmp_path: Path) -> None:
    with listening("asyncio", tmp_path / "log") as sink:
        with SMTP("127.0.0.1", sink.port, local_hostname="localhost") as client:
            for name in ("one", "two", "two"):
                client.sendmail("a@x.example", ["b@x.example"], f"Message-ID: <{name}>\r\n\r\n.dot\r\n")
        assert sink.message_ids() == {"<one>": 1, "<two>": 2}
        assert sink.arrived() == 3


def test_figures_say_what_was_not_as_it_must_be() -> None:
    figures = Figures(mails=200, seconds=0.5, cpu_seconds=0.1, faults=("199 arrived, not 200",))
    assert (figures.per_second, figures.cpu_ms) == (400, pytest.approx(0.5))
    assert str(figures) == "400 mails/s; 0.50 ms of processor time a mail"
