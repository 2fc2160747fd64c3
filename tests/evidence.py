"""What a GET may leave behind: evidence of the visit, and nothing that a person said (docs/decisions/0007)."""

from flask import Flask
from sqlalchemy import ColumnElement, Table

from feedback_service.invitations.visit_book import VISIT_BOOK, VisitBook

TABLES = {"link_visits", "referral_clicks"}
COLUMNS = {"invitations": {"opened_at"}}


def write_evidence(app: Flask) -> None:
    """Have the visits written down that pages have noted, which a thread does a little later."""
    book: VisitBook = app.extensions[VISIT_BOOK]
    book.flush()


def besides_evidence(table: Table) -> list[ColumnElement[object]]:
    """The columns that stay as they were, whatever is opened; none of the tables that are all evidence."""
    if table.name in TABLES:
        return []
    return [column for column in table.columns if column.name not in COLUMNS.get(table.name, ())]
