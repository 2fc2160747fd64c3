"""Keeps a queue's ladder: what a case has behind it stays known when rungs are changed, moved or taken out."""

from collections.abc import Mapping, Sequence
from typing import Any

from feedback_service.cases.queues.models import Queue
from feedback_service.cases.rules.deadlines import numbered


def keep_ladder(queue: Queue, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Let a queue have these rungs, each with "step", "of" and "minutes"."""
    queue.ladder, queue.rungs_numbered = numbered(queue.ladder or [], wanted, queue.rungs_numbered or 0)


def rungs_said(ladder: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rungs as somebody writes them, without their numbers."""
    return [{name: value for name, value in rung.items() if name != "number"} for rung in ladder]
