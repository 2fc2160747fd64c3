"""Counts that end where nobody looks any further, and how they are shown, such as 999+."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

COUNT_CAP = 1000
"""Counting further would read what nobody looks at."""


def count_up_to(session: Session, found: Select[Any], most: int = COUNT_CAP) -> int:
    """How many rows a statement finds; `most` stands for as many and more."""
    return session.scalar(select(func.count()).select_from(found.limit(most).subquery())) or 0


def capped(count: int, most: int = COUNT_CAP) -> str:
    """A count that is exact only below `most`."""
    return f"{most - 1}+" if count >= most else str(count)
