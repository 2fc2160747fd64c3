"""What an eraser is told: whose words go. Each stage that keeps a person's words has one; `pipeline.py` lists them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

ERASE = "feedback_erase"
"""Under this name the app keeps what erases everywhere: a page of an early stage cannot import the later ones."""


@dataclass(frozen=True)
class Erasure:
    """These answers, whatever belongs to these invitations and, where people are forgotten as a whole, the people."""

    response_ids: tuple[int, ...]
    invitation_ids: tuple[int, ...]
    at: datetime
    by: str
    """Who wanted it, in words for a log."""
    key: bytes
    """Of the action log's commitments."""
    customer_ids: tuple[int, ...] = ()
    """Empty where a person takes back one answer and goes on being a customer."""


Eraser = Callable[[Session, Erasure], int]
"""Erases a stage's share in the caller's transaction and returns how many rows lost words; a second time changes
nothing. The entries of the log stay, so that it can still be verified."""
