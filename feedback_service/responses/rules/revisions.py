"""What a later word does to an answer."""

from datetime import datetime, timedelta


def score_may_change(answered_at: datetime, now: datetime, window: timedelta) -> bool:
    """Whether a new score still replaces the old one. Afterwards the metric is settled; words stay welcome."""
    return now - answered_at < window
