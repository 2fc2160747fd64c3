"""Buyers who were asked, what their browsers see, and what the database holds."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from itertools import count
from threading import Barrier
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service import clock
from feedback_service.customers.models import Address, Customer
from feedback_service.database import Base
from feedback_service.invitations.links import links_of, token
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.questionnaires.models import SurveyVersion, VersionState
from feedback_service.responses.collect import confirm_score
from feedback_service.responses.models import Channel, Response
from tests.evidence import besides_evidence

LINK_KEYS = [b"a link key for tests only"]
NPS, CSAT = "post_purchase_nps", "delivery_csat"
READING = timedelta(seconds=4)
"""How long somebody looks at a page before they press."""
T = TypeVar("T")
_numbers = count(1)


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked, and the address in their mail."""

    invitation_id: int
    secret: str
    uid: str = ""

    @property
    def path(self) -> str:
        return f"/r/{self.secret}"


def asked(
    session: Session,
    at: datetime,
    *,
    survey: str = NPS,
    locale: str = "en",
    name: str = "Ana Souza",
    attributes: dict[str, str] | None = None,
) -> Asked:
    """Invite a new buyer about a new order; committed, since browsers and workers come by other connections."""
    number = next(_numbers)
    address = Address(hash=f"{number:064x}")
    session.add(address)
    session.flush()
    customer = Customer(
        source="shop",
        external_id=f"c{number}",
        name=name,
        address_hash=address.hash,
        locale=locale,
        created_at=at,
    )
    session.add(customer)
    session.flush()
    order = Order(
        source="shop",
        external_id=f"O-{number}",
        customer_id=customer.id,
        ordered_at=at - timedelta(days=9),
        delivered_at=at - timedelta(days=5),
        status=OrderStatus.DELIVERED,
        attributes=attributes or {},
        created_at=at,
        updated_at=at,
    )
    session.add(order)
    session.flush()
    version = session.scalars(select(SurveyVersion.id).filter_by(survey_key=survey, state=VersionState.PUBLISHED)).one()
    invitation = Invitation(
        address_hash=address.hash,
        uid=f"uid-{number}",
        survey_key=survey,
        event_key=f"event-{number}",
        version_id=version,
        customer_id=customer.id,
        order_id=order.id,
        locale=locale,
        link_generation=1,
        created_at=at,
        expires_at=at + timedelta(days=30),
    )
    session.add(invitation)
    session.flush()
    session.add_all(links_of(invitation, LINK_KEYS))
    session.commit()
    return Asked(invitation.id, token(LINK_KEYS, LinkScope.ANSWER, invitation.uid, 1), invitation.uid)


def answered_by(session: Session, at: datetime, score: int, *, survey: str = NPS, locale: str = "en") -> Asked:
    """Somebody who was asked and has pressed a score; committed."""
    person = asked(session, at, survey=survey, locale=locale)
    invitation = session.get_one(Invitation, person.invitation_id)
    confirm_score(session, invitation, score, window=timedelta(days=1), zone=ZoneInfo("UTC"), now=at)
    session.commit()
    return person


def secret_of(person: Asked, scope: str) -> str:
    """Another of the person's links."""
    return token(LINK_KEYS, LinkScope(scope), person.uid, 1)


def answered(
    session: Session,
    at: datetime,
    score: int,
    *,
    survey: str = NPS,
    comment: str = "",
    wants_contact: bool = False,
    locale: str = "en",
) -> Response:
    """An answer as the pages leave it, without the way there; committed."""
    response = Response(
        channel=Channel.MAIL,
        survey_key=survey,
        locale=locale,
        score=score,
        comment=comment,
        wants_contact=wants_contact,
        answered_at=at,
        counted_on=at.date(),
    )
    session.add(response)
    session.commit()
    return response


def say_more(session: Session, response: Response, **said: object) -> None:
    """Change an answer as a correction does; committed."""
    for name, value in said.items():
        setattr(response, name, value)
    response.latest_score = response.score
    response.revision += 1
    session.commit()


@dataclass
class Page:
    """A page as a browser without scripts sees it: its words, and what its forms would send."""

    words: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    stylesheets: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def form(self, *, having: str) -> dict[str, str]:
        """What the form with that field would send if nothing were touched; `:action` is its address."""
        return next(form for form in self.forms if having in form)


class _Reader(HTMLParser):
    """Follows HTML's own rules on what a form sends: checked boxes, selected options, the text of an area."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._area: str | None = None
        self._select: str | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        name, value = attributes.get("name"), attributes.get("value") or ""
        if tag == "link" and attributes.get("rel") == "stylesheet":
            self.page.stylesheets.append(attributes["href"] or "")
        elif tag in ("style", "script"):
            self._silent += 1
        elif tag == "form":
            self.page.forms.append({":action": attributes.get("action") or ""})
        elif name and tag == "textarea":
            self._area = name
            self.page.forms[-1][name] = ""
        elif name and tag == "select":
            self._select = name
            self.page.forms[-1][name] = ""
        elif tag == "option" and "selected" in attributes and self._select:
            self.page.forms[-1][self._select] = value
        elif name and tag == "input":
            ticked = attributes.get("type") not in ("radio", "checkbox") or "checked" in attributes
            if ticked:
                self.page.forms[-1][name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # The first line break after <textarea> belongs to the markup.
            text = self.page.forms[-1][self._area]
            self.page.forms[-1][self._area] = text.removeprefix("\r\n").removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag in ("style", "script"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if self._area:
            self.page.forms[-1][self._area] += data
        elif data.strip() and not self._silent:
            self.page.words.append(" ".join(data.split()))


def read(response: TestResponse) -> Page:
    """What a browser makes of an answer."""
    reader = _Reader()
    reader.feed(response.get_data(as_text=True))
    reader.close()
    return reader.page


def look(client: FlaskClient, path: str, ago: timedelta = READING) -> Page:
    """Open a page some time before now, as a person does who reads it before they press."""
    moment = clock.now()
    with clock.running_on(lambda: moment - ago):
        return read(client.get(path))


def press(client: FlaskClient, path: str, **changed: str) -> TestResponse:
    """Open a page, read it, change some fields of its form and press its button."""
    field_name = next(iter(changed), "csrf_token")
    page = look(client, path)
    form = {**next((form for form in page.forms if field_name in form), page.forms[0]), **changed}
    form.pop(":action")
    return client.post(path, data=form)


def everything(engine: Engine) -> str:
    """Every row of every table, to compare before and after; but for the evidence that somebody looked."""
    with engine.connect() as connection:
        rows = {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
            for table in Base.metadata.sorted_tables
            if (columns := besides_evidence(table))
        }
    return json.dumps(rows, sort_keys=True)


def at_once(*acts: Callable[[], T]) -> list[T]:
    """Start all acts at the same moment, each in a thread; their results in order, the first failure raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        start.wait(timeout=10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, act) for act in acts]]


@contextmanager
def later(now: datetime, **span: float) -> Iterator[datetime]:
    """Let the clock stand at a later moment."""
    moment = now + timedelta(**span)
    with clock.running_on(lambda: moment):
        yield moment
