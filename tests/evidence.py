"""What a GET may leave behind: evidence of the visit, and nothing that a person said (docs/decisions/0007)."""

from sqlalchemy import ColumnElement, Table

TABLE = "link_visits"
COLUMNS = {"invitations": {"opened_at"}}


def besides_evidence(table: Table) -> list[ColumnElement[object]]:
    """The columns that stay as they were, whatever is opened; none of the table that is all evidence."""
    if table.name == TABLE:
        return []
    return [column for column in table.columns if column.name not in COLUMNS.get(table.name, ())]
