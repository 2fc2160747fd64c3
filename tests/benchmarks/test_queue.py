"""The benchmark of the queue runs, no case is lost, every figure is there, and nobody misses the module of its name."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from benchmarks.queue_parts.bulk import filling
from benchmarks.queue_parts.words import LONGEST, SHORTEST, Vocabulary
from feedback_service.accounts.models import Team
from feedback_service.database import session_factory

ROOT = Path(__file__).resolve().parents[2]
FIGURES = {
    "first_page_ratio_pk",
    "deep_page_ratio_pk",
    "search_ratio_pk",
    "list_p95_ms",
    "case_p95_ms",
    "growth_10k_to_1m",
}


def test_a_small_run_loses_no_case_and_prints_every_figure() -> None:
    """Exit code 0 says that pages and searches gave every case once, and that the logs' chains hold."""
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "queue.py", "--small"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found.keys() >= FIGURES
    assert found["lost"] == 0
    assert all(found[name] > 0 for name in FIGURES)


def test_beside_the_benchmark_the_standard_library_keeps_its_queue() -> None:
    """A script's folder comes first on the path, and thread pools need the module that the benchmark is named like."""
    pool = "from concurrent.futures import ThreadPoolExecutor as Pool; print(*Pool(1).map(abs, [-7]))"
    run = subprocess.run(
        [sys.executable, "-c", pool], cwd=ROOT / "benchmarks", capture_output=True, text=True, check=False
    )
    assert run.stdout == "7\n", run.stderr


def test_words_are_as_unequal_as_those_of_a_language_and_counted() -> None:
    vocabulary = Vocabulary()
    comments = [comment.split() for _ in range(2) for comment in vocabulary.comments(2000)]
    assert all(SHORTEST <= len(words) <= LONGEST for words in comments)
    for share in (0.4, 0.01):
        word, number = vocabulary.word_in(share * len(comments))
        assert number == sum(word in words for words in comments)
        assert 0.5 * share < number / len(comments) < 1.5 * share


def test_what_was_put_in_bulk_is_found_and_new_rows_go_on_counting(engine: Engine) -> None:
    with filling(engine) as bulk:
        bulk.put(Team, [{"id": 50, "key": "gifts", "name": "Gifts", "open_to_all": True}])
    with session_factory(engine)() as session:
        session.add(Team(key="wraps", name="Wraps"))
        session.commit()
        teams = session.scalars(select(Team).where(Team.id >= 50).order_by(Team.id)).all()
        assert [(team.id, team.open_to_all) for team in teams] == [(50, True), (51, False)]
        session.rollback()


def test_a_column_that_is_needed_cannot_be_forgotten(engine: Engine) -> None:
    with (
        pytest.raises(ValueError, match=r"\['nmae'\] are unknown, \['name', 'open_to_all'\] missing"),
        filling(engine) as bulk,
    ):
        bulk.put(Team, [{"id": 50, "key": "care", "nmae": "Care"}])
