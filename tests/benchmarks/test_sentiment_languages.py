"""The learning curve is measured as said, and languages are learned from real answers as well as was claimed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sentiment_parts.languages import LABELS, Labelled, curve, figures, head_learned, read_olist
from tests.sentiment.languages.factories import comments

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="module")
def olist() -> Path:
    """The folder of the Olist files."""
    folder = Path(os.environ.get("FEEDBACK_OLIST_FOLDER") or SHARED / "olist")
    if not (folder / "olist_order_reviews_dataset.csv").is_file():
        pytest.skip("no Olist files: FEEDBACK_OLIST_FOLDER names no folder that holds them")
    return folder


@pytest.fixture(scope="module")
def labelled() -> Path:
    """The folder of the labelled comments that may only be measured against."""
    folder = Path(os.environ.get("FEEDBACK_COMMENTS_FOLDER") or SHARED / "comments" / "dev")
    if not (folder / "semeval16_es.csv").is_file():
        pytest.skip("no labelled comments: FEEDBACK_COMMENTS_FOLDER names no folder that holds them")
    return folder


def test_figures_are_those_of_a_table_made_by_hand() -> None:
    chances = np.array([[0.8, 0.1, 0.1], [0.2, 0.2, 0.6], [0.3, 0.4, 0.3], [0.1, 0.2, 0.7], [0.5, 0.1, 0.4]])
    found = figures(chances, np.array([0, 0, 1, 2, 2]))
    assert (found.acc3, found.acc2, found.auc) == (0.6, 0.5, 0.75)


def test_one_side_alone_has_no_auc() -> None:
    assert figures(np.array([[0.1, 0.1, 0.8]]), np.array([2])).rounded() == {"acc3": 1.0, "acc2": 1.0}


def test_a_curve_is_learned_from_more_and_more() -> None:
    some = comments(400)
    data = Labelled("pt", [each.text for each in some], np.array([LABELS.index(each.label) for each in some]))
    found = curve(data, head_learned)
    assert list(found) == ["100", "300", "all"]
    assert found["all"].acc2 > 0.9


def test_portuguese_is_learned_from_real_answers(olist: Path) -> None:
    """Measured when this was written: .905 and .955 from 300, .937 and .972 from four fifths of all."""
    found = curve(read_olist(olist), head_learned)
    for size, acc2, auc in (("300", 0.885, 0.94), ("1000", 0.9, 0.95), ("3000", 0.91, 0.96), ("all", 0.925, 0.967)):
        assert found[size].acc2 >= acc2
        assert found[size].auc >= auc


def test_the_benchmark_runs_alone(olist: Path, labelled: Path) -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "sentiment_parts" / "languages.py", labelled, olist, "--small"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert set(found["learning_curve"]) == {"pt", "es", "fr", "nl"}
    for by_method in found["learning_curve"].values():
        assert by_method["head"]["all"]["acc3"] > by_method["most frequent"]["all"]["acc3"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "sentiment_parts" / "languages.py", tmp_path, tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert "olist_order_reviews_dataset.csv" in run.stdout
