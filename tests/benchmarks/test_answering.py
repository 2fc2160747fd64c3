"""The benchmark of answering runs, every acknowledged answer is found once, and every figure is there."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIGURES = {
    "get_ratio_bare",
    "post_ratio_bare",
    "sql_per_get",
    "get_p99_ms_32",
    "get_p95_ms_half_load",
    "full_answers_per_s",
    "lost",
    "twice",
}
MOST_STATEMENTS = 3


@pytest.fixture(params=["wrk", "threads"])
def path_of_tools(request: pytest.FixtureRequest) -> str:
    """With wrk where the machine has it, and as a machine without it."""
    if request.param == "threads":
        return str(Path(sys.executable).parent)
    return f"{Path(sys.executable).parent}:{Path(shutil.which('wrk') or sys.executable).parent}:/usr/bin:/bin"


def test_a_small_run_finds_every_answer_once_and_prints_every_figure(path_of_tools: str) -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "answering.py", "--small"],
        capture_output=True, text=True, check=False, env={"PATH": path_of_tools, "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found.keys() >= FIGURES
    assert (found["lost"], found["twice"]) == (0, 0)
    assert found["sql_per_get"] <= MOST_STATEMENTS
    assert found["get_ratio_bare"] > 0
    assert found["post_ratio_bare"] > 0
    assert found["full_answers_per_s"] > 0
