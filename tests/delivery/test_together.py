"""Threads share a transaction, and each learns what became of its own note."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from feedback_service.delivery.together import Together

PATIENCE = 10.0


def test_those_who_come_within_a_moment_are_written_in_one_go() -> None:
    groups: list[list[int]] = []

    def write(notes: Sequence[int]) -> list[int]:
        groups.append(sorted(notes))
        return [note * 10 for note in notes]

    together: Together[int, int] = Together(write, gathering=PATIENCE)
    joined = threading.Barrier(8)

    def work(number: int) -> int | None:
        with together.member():
            joined.wait(PATIENCE)
            return together.submit(number)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(8))) == [number * 10 for number in range(8)]
    assert groups == [list(range(8))]


def test_nobody_waits_for_whoever_has_left_or_does_not_come() -> None:
    groups: list[list[str]] = []

    def write(notes: Sequence[str]) -> Sequence[str]:
        groups.append(list(notes))
        return notes

    together: Together[str, str] = Together(write, gathering=0.01)
    with together.member(), together.member():  # the second never comes
        assert together.submit("late") == "late"
    patient: Together[str, str] = Together(write, gathering=PATIENCE)
    with patient.member():
        with patient.member():
            pass  # has left
        assert patient.submit("alone") == "alone"
    assert groups == [["late"], ["alone"]]


def test_every_note_is_written_exactly_once_however_many_threads_bring_them() -> None:
    written: list[tuple[int, int]] = []

    def write(notes: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        written.extend(notes)
        return notes

    together: Together[tuple[int, int], tuple[int, int]] = Together(write)

    def work(thread: int) -> None:
        with together.member():
            for turn in range(200):
                assert together.submit((thread, turn)) == (thread, turn)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    assert sorted(written) == [(thread, turn) for thread in range(6) for turn in range(200)]


def test_a_failure_reaches_everybody_whose_note_was_in_it_and_nobody_after() -> None:
    fails = iter([True, False])

    def write(notes: Sequence[str]) -> Sequence[str]:
        if next(fails):
            raise RuntimeError("database is locked")
        return notes

    together: Together[str, str] = Together(write, gathering=PATIENCE)
    joined = threading.Barrier(3)

    def work(_: int) -> None:
        with together.member():
            joined.wait(PATIENCE)
            with pytest.raises(RuntimeError, match="locked"):
                together.submit("first")

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, range(3)))
    assert together.submit("second") == "second"
