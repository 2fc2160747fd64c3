"""A shop in which something of everything has happened, and a way to see whether anything moved."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from feedback_service.advocacy.refer import refer
from feedback_service.cases.mails.models import Attachment
from feedback_service.cases.mails.templates import take_in_replies
from feedback_service.cases.models import Case
from feedback_service.cases.open_cases import open_cases
from feedback_service.delivery.models import Message, MessagePurpose, Reply, ReplyAttachment
from feedback_service.delivery.queue_mails import queue_invitation_mails
from feedback_service.insights.alerts.models import Alert
from feedback_service.insights.alerts.readings import series_key
from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.models import DailyScore
from feedback_service.insights.rules.alarms import Signal
from feedback_service.invitations.links import token
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.migrations.tables import metadata
from feedback_service.orders.models import Order
from feedback_service.paths import SURVEYS
from feedback_service.responses.collect import confirm_score
from feedback_service.responses.models import Channel, Response
from feedback_service.responses.walk_in.order_links import signature
from feedback_service.responses.withdraw import ask_by_mail
from feedback_service.sentiment.assess import assess_comments
from tests.cases.factories import colleague
from tests.cases.improvements.factories import improvement_for
from tests.conftest import NOW
from tests.evidence import besides_evidence
from tests.invitations.factories import CSAT, LINK_KEYS, PRIVACY_KEY, decide, go_live, numbered, order, plan
from tests.responses.walk_in.factories import opened

PAGES_OF_WAYS_IN = {
    Channel.LINK: ["walk_in.answer"],
    Channel.KIOSK: ["walk_in.kiosk", "walk_in.kiosk_thanks"],
    Channel.EMBED: ["walk_in.frame", "walk_in.embed"],
}
UTC_ZONE = ZoneInfo("UTC")


FIGURES = {
    "insights.figure": "trend",
    "why.figure": "drivers",
    "words.figure": "sentiment",
    "coverage.figure": "funnel",
    "loop.figure": "ageing",
    "value.figure": "on-time",
    "value.scorecard_figure": "score",
    "staff_pulse.figure": "enps",
    "alerts.figure": "alert-1",
}
"""A figure of each page that has some, by the endpoint of its files."""
QUESTIONS = dict.fromkeys(("value.scorecard_figure", "value.scorecard_pdf"), "?by=order.region&is=Norte")
"""What an address must ask for as well."""


@dataclass(frozen=True)
class Furnished:
    """Where there is something to see."""

    case_id: int
    message_id: int
    customer_id: int
    invitation_id: int
    response_id: int
    template_id: int
    put_file_id: int
    sent_file_id: int
    answer_secret: str
    unsubscribe_secret: str
    status_secret: str
    withdraw_secret: str
    code: str
    ways_in: dict[str, tuple[int, str]]
    """The id and the token of a way in, by the endpoint of its page; of the link by any other."""
    order_number: str

    def values(self, endpoint: str) -> dict[str, object]:
        """What stands for each variable part of an address."""
        secrets = {
            "unsubscribe": self.unsubscribe_secret,
            "status": self.status_secret,
            "withdraw": self.status_secret if endpoint == "withdraw.ask" else self.withdraw_secret,
        }
        way, token_of_way = self.ways_in.get(endpoint, self.ways_in["walk_in.answer"])
        return {
            "collector_id": way,
            "token": token_of_way,
            "signature": signature(LINK_KEYS[-1], token_of_way, "shop", self.order_number),
            "paper": "a6",
            "page": "kiosk",
            "secret": secrets.get(endpoint.partition(".")[0], self.answer_secret),
            "code": self.code,
            "case_id": self.case_id,
            "message_id": self.message_id,
            "notice_id": 1,
            "template_id": self.template_id,
            "file_id": {"case_mails.sent_download": self.sent_file_id}.get(endpoint, self.put_file_id),
            "customer_id": self.customer_id,
            "invitation_id": self.invitation_id,
            "response_id": self.response_id,
            "user_id": 1,
            "view_id": 1,
            "rule_id": 1,
            "queue_id": 1,
            "calendar_id": 1,
            "absence_id": 1,
            "way": "down",
            "survey_key": CSAT,
            "locale": "en",
            "form": "svg",
            "fate": "arrived",
            "switch": "off",
            "name": FIGURES.get(endpoint, "staff"),
            "filename": "js/webauthn.js",
            "promise_id": 1,
            "improvement_id": 1,
            "report_id": 1,
            "look_id": 1,
            "cause_key": "late_delivery",
            "number": {"walk_in.answer_order": self.order_number, "follow_ups.more": 1}.get(endpoint, 2),
            "mail_id": "1",
            "provider": "postmark",
        }


def furnish(session: Session) -> Furnished:
    """Take one unhappy buyer through the loop, up to the mail that nobody sends here; committed."""
    order(session, numbered(0), **{"attr.region": "Norte"})
    go_live(session)
    plan(session)
    decide(session)
    queue_invitation_mails(session, NOW, 10)
    invitation = session.scalars(select(Invitation)).one()
    confirm_score(session, invitation, 1, window=timedelta(days=1), zone=UTC_ZONE, now=NOW)
    assess_comments(session, NOW, 10)
    open_cases(session, NOW, 10, key=PRIVACY_KEY)
    fold_changes(session, NOW, 10)
    _alarm(session)
    manager = colleague(session, "Mia", NOW)
    improvement_for(session, manager, NOW, session.scalars(select(Case)).one())
    ask_by_mail(session, invitation, LINK_KEYS, NOW)
    template_id = take_in_replies(session, SURVEYS, NOW)  # the last of them
    put_file_id, sent_file_id = _files(session, invitation)
    code = refer(session, invitation.customer_id, NOW)
    ways_in = {
        endpoint: (way.id, way.token)
        for channel, endpoints in PAGES_OF_WAYS_IN.items()
        for way in [opened(session, NOW, channel)]
        for endpoint in endpoints
    }
    session.commit()
    secrets = {scope: token(LINK_KEYS, scope, invitation.uid, 1) for scope in LinkScope}
    furnished = Furnished(
        case_id=session.scalars(select(Case.id)).one(),
        message_id=session.scalars(select(Message.id).where(Message.purpose == MessagePurpose.INVITATION)).one(),
        customer_id=invitation.customer_id,
        invitation_id=invitation.id,
        template_id=template_id,
        put_file_id=put_file_id,
        sent_file_id=sent_file_id,
        response_id=session.scalars(select(Response.id)).one(),
        answer_secret=secrets[LinkScope.ANSWER],
        unsubscribe_secret=secrets[LinkScope.UNSUBSCRIBE],
        status_secret=secrets[LinkScope.STATUS],
        withdraw_secret=secrets[LinkScope.WITHDRAW],
        code=code,
        ways_in=ways_in,
        order_number=session.scalars(select(Order.external_id)).one(),
    )
    session.rollback()  # even a look takes SQLite's writer lock outside of a page
    return furnished


def _alarm(session: Session) -> None:
    """A week of answers that managers were called about."""
    session.add(DailyScore(survey_key=CSAT, day=NOW.date() - timedelta(days=14), score=2, imported=False, count=20))
    session.add(
        Alert(
            series=series_key(Signal.CSAT_DROP, CSAT, ""),
            signal=Signal.CSAT_DROP,
            survey_key=CSAT,
            subject="Delivery",
            week=NOW.date() - timedelta(days=NOW.weekday() + 14),
            width=1,
            p_value=0.00001,
            now={"value": 0.0, "low": 0.0, "high": 16.0, "n": 20},
            usual={"value": 80.0, "low": 75.0, "high": 85.0, "n": 400},
            raised_at=NOW,
        )
    )


def _files(session: Session, invitation: Invitation) -> tuple[int, int]:
    """A file that a colleague put to the case, and one that came with a mail of the buyer's."""
    picture = b"\xff\xd8\xff\xe0"
    put = Attachment(
        case_id=session.scalars(select(Case.id)).one(),
        entry=1,
        name="lamp.jpg",
        media_type="image/jpeg",
        size=len(picture),
        sha256="0" * 64,
        content=picture,
    )
    reply = Reply(
        message_key="f" * 64,
        invitation_id=invitation.id,
        sender="ana@buyers.example",
        subject="Re:",
        words="See.",
        received_at=NOW,
        routed_at=NOW,
    )
    session.add_all([put, reply])
    session.flush()
    sent = ReplyAttachment(
        reply_id=reply.id, name="door.jpg", media_type="image/jpeg", size=len(picture), content=picture
    )
    session.add(sent)
    session.flush()
    return put.id, sent.id


def addresses(app: Flask, furnished: Furnished) -> Iterator[tuple[Rule, str]]:
    """Every route, with an address at which it has something to show."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        values = furnished.values(rule.endpoint)
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda part, values=values: str(values[part[1]]), rule.rule)
        yield rule, path + QUESTIONS.get(rule.endpoint, "")


def fingerprint(engine: Engine, *, evidence: bool = True) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash of all that stands in them; without `evidence`, of what people did."""
    looked_at = {
        table.name: list(table.columns) if evidence else besides_evidence(table) for table in metadata.sorted_tables
    }
    with engine.connect() as connection:
        return {
            name: _hash(sorted(repr(tuple(row)) for row in connection.execute(select(*columns))))
            for name, columns in looked_at.items()
            if columns
        }


def _hash(lines: list[str]) -> tuple[int, str]:
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def about_a_case(rule: Rule) -> bool:
    """Whether an address shows or changes one case, or something that hangs on one: for its team only."""
    return bool(rule.arguments & {"case_id", "promise_id"})
