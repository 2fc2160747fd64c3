"""The benchmark of insights runs on both databases, and its three ways of counting agree."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIGURES = {"speedup_group_by", "speedup_duckdb", "cold_page_share", "cached_ratio_hello"}


def test_a_small_run_counts_the_same_in_three_ways_and_prints_every_figure() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "insights.py", "--small"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found.keys() == {*FIGURES, "identical"}
    assert found["identical"] is True
    assert all(found[name] > 0 for name in FIGURES)
