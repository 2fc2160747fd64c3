"""`feedback ways-in`: signed links for parcels, one for each order."""

import csv
import sys
from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.cli.running import running_app
from feedback_service.config import SettingsError
from feedback_service.csvfiles import BATCH, read_table, safe_cell
from feedback_service.importing import ERR
from feedback_service.orders.models import Order
from feedback_service.responses.models import Channel
from feedback_service.responses.walk_in.order_links import order_link
from feedback_service.responses.walk_in.queries import collector_behind

ORDER = "order_id"


@click.group("ways-in")
def ways_in() -> None:
    """Look after the links by which people answer whom nobody asked by mail."""


@ways_in.command("order-links")
@click.argument("token")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="shop", show_default=True, help="Whose orders these are, as in `feedback import`.")
@click.option("--column", default=ORDER, show_default=True, help="The column with the orders' numbers.")
def order_links(token: str, file: Path, source: str, column: str) -> None:
    """Print a signed link for every order in FILE, as CSV with the columns order_id and link.

    TOKEN is the last part of the way in's address. Whoever opens such a link answers for that order, once.
    """
    table = read_table(file, (ORDER,), {} if column == ORDER else {ORDER: column})
    numbers = list(dict.fromkeys(number for row in table.rows if (number := row.text(ORDER))))
    with running_app() as (_, settings, session):
        session.info["read_only"] = True
        way = collector_behind(session, token)
        if way is None or way.channel is not Channel.LINK:
            raise SettingsError(f"There is no link named {token}; the Ways in page lists them.")
        out = csv.writer(sys.stdout)
        out.writerow([ORDER, "link"])
        for number in numbers:
            link = order_link(settings.base_url, settings.link_key_ring, way.token, source, number)
            out.writerow([safe_cell(number), link])
        if unknown := len(numbers) - _known(session, source, numbers):
            ERR.print(
                f"{unknown} of {len(numbers)} orders are not known yet. Their links work once they are imported;"
                " until then a link only says the number, and proves nothing.",
                soft_wrap=True,
            )


def _known(session: Session, source: str, numbers: list[str]) -> int:
    return sum(
        session.scalar(
            select(func.count()).where(Order.source == source, Order.external_id.in_(numbers[first : first + BATCH]))
        )
        or 0
        for first in range(0, len(numbers), BATCH)
    )
