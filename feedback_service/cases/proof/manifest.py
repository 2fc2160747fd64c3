"""Manifests: files outside the database that say how long every log was, and what it ended in.

Each names the one before by its hash and carries a seal made with the shop's key, so that none can be edited, taken
away from between two others, or put in another's place without a trace. Plain lines of text:

    feedback manifest 1
    number 2
    day 2026-03-20
    made 2026-03-20T10:00:00+00:00
    previous <SHA-256 of the file before, or - in the first>
    case 17 4 <hash of entry 4 of case 17>
    end 1 <HMAC-SHA256 of all lines above>
"""

import fcntl
import hashlib
import hmac
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FORMAT = b"feedback manifest 1\n"
FIRST = "-"
"""In place of the hash of the manifest before, where there is none."""
_NAME = re.compile(r"manifest-(\d{6,})-(\d{4}-\d\d-\d\d)\.txt", re.ASCII)
_CASE = re.compile(rb"case ([1-9]\d*) ([1-9]\d*) ([0-9a-f]{64})\n")
_END = re.compile(rb"end (\d+) ([0-9a-f]{64})\n")
_HEAD = re.compile(rb"number (\d+)\nday (\S+)\nmade \S+\nprevious (-|[0-9a-f]{64})\n")
HEAD_LINES = 4


class ManifestError(Exception):
    """A manifest that cannot be believed; the message is a sentence without its end."""


@dataclass(frozen=True, order=True)
class Manifest:
    """One of the files, as its name tells."""

    number: int
    day: date
    path: Path

    @classmethod
    def in_folder(cls, folder: Path, number: int, day: date) -> "Manifest":
        """The one with this number, whether it is there yet or not."""
        return cls(number, day, folder / f"manifest-{number:06}-{day.isoformat()}.txt")


@dataclass(frozen=True)
class Vouched:
    """How long the log of a case was, and the hash of its last entry."""

    case_id: int
    length: int
    head: str


def manifests_in(folder: Path) -> list[Manifest]:
    """The manifests, oldest first; none where the folder is not there."""
    found = []
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            if match := _NAME.fullmatch(path.name):
                with suppress(ValueError):  # the name of another kind of file
                    found.append(Manifest(int(match[1]), date.fromisoformat(match[2]), path))
    return sorted(found)


def digest(manifest: Manifest) -> str:
    """SHA-256 of the whole file."""
    with manifest.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Seal:
    """Proves that whoever wrote the lines has the shop's key."""

    def __init__(self, key: bytes) -> None:
        self._mac = hmac.new(key, b"manifest|", hashlib.sha256)

    def add(self, line: bytes) -> bytes:
        """The line as it was given, now part of what is sealed."""
        self._mac.update(line)
        return line

    @property
    def value(self) -> str:
        """Over all lines so far."""
        return self._mac.hexdigest()


def head_lines(number: int, day: date, made: str, previous: str) -> bytes:
    """What stands before the cases."""
    return FORMAT + f"number {number}\nday {day.isoformat()}\nmade {made}\nprevious {previous}\n".encode()


def case_line(vouched: Vouched) -> bytes:
    """What is said of one case."""
    return f"case {vouched.case_id} {vouched.length} {vouched.head}\n".encode()


def end_line(cases: int, seal: str) -> bytes:
    """What stands after the cases."""
    return f"end {cases} {seal}\n".encode()


def read_manifest(manifest: Manifest, key: bytes, previous: str | None = None) -> Iterator[Vouched]:
    """What a manifest says, case by case in the order of their ids.

    Raises ManifestError where it was changed, however late that shows: believe no line before the last. `previous` is
    the hash of the one before; None where nobody asks.
    """
    changed = ManifestError(f"manifest {manifest.number} was changed after it was written")
    seal = Seal(key)
    try:
        file = manifest.path.open("rb")
    except FileNotFoundError:
        raise ManifestError(f"manifest {manifest.number} is missing") from None
    with file:
        head = b"".join(seal.add(file.readline()) for _ in range(HEAD_LINES + 1))
        said = _HEAD.fullmatch(head.removeprefix(FORMAT))
        if said is None or not head.startswith(FORMAT):
            raise changed
        last = cases = 0
        for line in file:
            if end := _END.fullmatch(line):
                if int(end[1]) != cases or not hmac.compare_digest(end[2].decode(), seal.value) or file.read(1):
                    raise changed
                _check_place(manifest, int(said[1]), said[2].decode(), said[3].decode(), previous)
                return
            match = _CASE.fullmatch(seal.add(line))
            if match is None or int(match[1]) <= last:
                raise changed
            last, cases = int(match[1]), cases + 1
            yield Vouched(last, int(match[2]), match[3].decode())
    raise changed  # it ends before its end


def _check_place(manifest: Manifest, number: int, day: str, before: str, previous: str | None) -> None:
    """Raises ManifestError where an untouched manifest stands in the place of another."""
    if (number, day) != (manifest.number, manifest.day.isoformat()):
        raise ManifestError(f"the file of manifest {manifest.number} holds manifest {number} of {day}")
    if previous is not None and before != previous:
        raise ManifestError(f"manifest {manifest.number} does not follow the one before it")


@contextmanager
def holding(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Keep everybody else from writing manifests; False where somebody is at it and nobody shall `wait` for them.

    The lock ends with the process, however it ends. Raises FileNotFoundError where there is no such folder.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _locked(handle, wait=wait)
    finally:
        os.close(handle)


def _locked(handle: int, *, wait: bool) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
