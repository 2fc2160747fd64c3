"""Answers told apart by a dimension, as the inbox does: what the counts of days are made from, and tested by."""

from feedback_service.cases.inbox.told_apart import COUNTED, ORDER, Reasons, answers_by, reasons

__all__ = ["COUNTED", "ORDER", "Reasons", "answers_by", "reasons"]
