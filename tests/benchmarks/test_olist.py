"""The benchmark on real orders runs, adds up, and notices when something does not."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.olist_loop.buyers import Outcome
from benchmarks.olist_loop.expected import Second, expect
from benchmarks.olist_loop.files import Answer, read_sample
from benchmarks.olist_loop.ledger import Ledger
from benchmarks.olist_loop.plain import Figures, plain_figures
from benchmarks.olist_loop.replay import Posted

ROOT = Path(__file__).resolve().parents[2]
MONDAY = datetime(2018, 3, 5, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def olist() -> Path:
    """The folder of the Olist files."""
    folder = Path(os.environ.get("FEEDBACK_OLIST_FOLDER") or ROOT.parent / "shared" / "data" / "olist")
    if not (folder / "olist_orders_dataset.csv").is_file():
        pytest.skip("no Olist files: FEEDBACK_OLIST_FOLDER names no folder that holds them")
    return folder


def test_the_earliest_orders_go_through_the_whole_loop(olist: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "olist.py", olist, "--small", "--output", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["orders"] == 300
    assert found["asked"] + sum(found["not_asked"].values()) == 300
    assert found["sink_mails"] == found["sent"] == found["asked"]
    assert found["cases"] >= found["detractors"] > 0
    assert {path.name for path in tmp_path.iterdir()} == {"olist-csat.png", "olist-csat.svg"}


def test_the_plain_figures_are_the_known_ones(olist: Path) -> None:
    sample = read_sample(olist, small=False)
    found = plain_figures(olist, {order.id for order in sample.orders})

    assert (len(sample.orders), len(sample.answers)) == (8135, 8225)
    assert (round(found.csat, 2), found.answers) == (55.17, 8225)
    assert (round(found.late_mean, 2), found.late) == (2.18, 345)
    assert (round(found.ontime_mean, 2), found.ontime) == (4.27, 4893)


def test_an_orders_life_ends_as_its_last_row_says(olist: Path) -> None:
    for order in read_sample(olist, small=False).orders:
        times, rows = zip(*order.life(), strict=True)
        assert rows[-1] == order.final
        assert list(times) == sorted(times)


def test_a_folder_without_the_files_is_named(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "olist.py", tmp_path], capture_output=True, text=True, check=False
    )

    assert run.returncode == 2
    assert str(tmp_path) in run.stdout


def test_what_does_not_add_up_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Ledger()

    ledger.adds_up("orders", 10, {"asked": 7, "cancelled": 3})
    assert ledger.faults == []
    ledger.adds_up("orders", 10, {"asked": 7, "cancelled": 2})
    ledger.same("mails", 6, 7)
    ledger.never("each once", 2)

    assert ledger.faults == ["orders: 10 = 7 asked + 2 cancelled", "mails: 6, not 7", "each once: not so 2 times"]
    assert capsys.readouterr().out.count("FAULT") == 3


def _posted(
    score: int, comment: str = "", *, after: timedelta = timedelta(), outcome: Outcome = Outcome.KEPT
) -> Posted:
    return Posted(Answer("r1:o1", "o1", score, comment, datetime(2018, 3, 5, 12, 0)), MONDAY + after, outcome)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("further", "score", "kind"),
    [
        pytest.param(
            _posted(1, after=timedelta(hours=23)), 1, Second.CORRECTION, id="another score within a day counts"
        ),
        pytest.param(_posted(1, after=timedelta(hours=24)), 5, Second.LATER, id="a day later it is only kept"),
        pytest.param(_posted(5, after=timedelta(hours=1)), 5, Second.REPEAT, id="the same score again is no news"),
        pytest.param(_posted(5, "Chegou!", after=timedelta(days=9)), 5, Second.LATER, id="words are welcome later"),
    ],
)
def test_a_second_answer_is_named_for_what_it_does(further: Posted, score: int, kind: Second) -> None:
    expected = expect([_posted(5, "Ótimo"), further])

    assert expected.stored["o1"].score == score
    assert expected.second == {kind: 1}


def test_an_answer_after_the_link_expired_is_not_expected_to_be_kept() -> None:
    expected = expect([_posted(1, after=timedelta(days=400), outcome=Outcome.EXPIRED)])

    assert (expected.stored, expected.expired) == ({}, 1)


def test_a_detractor_who_corrects_upwards_keeps_the_case() -> None:
    expected = expect([_posted(2), _posted(4, after=timedelta(hours=2))])

    assert (expected.detractors, expected.turned) == (0, 1)


def test_whoever_comes_back_unhappy_gets_a_case_and_the_metric_stands() -> None:
    expected = expect([_posted(5), _posted(1, after=timedelta(days=2))])

    assert (expected.csat, expected.detractors, expected.came_back_unhappy) == (100, 0, 1)
    assert expected.orders_with_case == {"o1"}


def test_figures_read_as_a_sentence() -> None:
    assert str(Figures(4, 50.0, 1, 1.0, 2, 4.5)) == (
        "CSAT 50.00 % of 4 answers; delivered late 1.00 (1), in time 4.50 (2)"
    )
