"""Commands about routing.toml: who answers for what comes back, and by when."""

import click

from feedback_service import clock
from feedback_service.cases.queues.read_file import FILE, read_routing
from feedback_service.cases.queues.take_in import apply_routing, differences
from feedback_service.cli.running import running_app
from feedback_service.importing import line
from feedback_service.paths import SURVEYS


@click.group()
def routing() -> None:
    """Calendars, queues and the rules by which cases come into them."""


@routing.command("check")
def check() -> None:
    """Read the file, and tell what it says differently from what holds now."""
    with running_app() as (_app, settings, session):
        document = read_routing(settings.surveys_folder or SURVEYS)
        session.info["read_only"] = True
        found = differences(session, document, settings.zone, settings.shop_country)
    for sentence in found:
        line(sentence)
    line(f"{FILE} can be used. " + ("`feedback routing apply` lets it hold." if found else "All of it holds."))


@routing.command("apply")
def apply() -> None:
    """Let the file hold in place of what was changed in the browser. Cases that are open keep their place."""
    with running_app() as (_app, settings, session):
        document = read_routing(settings.surveys_folder or SURVEYS)
        found = differences(session, document, settings.zone, settings.shop_country)
        apply_routing(session, document, clock.now(), settings.zone, settings.shop_country)
        session.commit()
    settled = "1 difference was settled" if len(found) == 1 else f"{len(found)} differences were settled"
    line(f"{FILE} holds: {settled}." if found else f"{FILE} held already.")
