"""Buyers with links in their mails, and for each the requests that answering takes, written down beforehand."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sending_parts.shop import Shop, fill_outbox
from sqlalchemy import func, select, text

from feedback_service.app import create_app
from feedback_service.config import read_settings
from feedback_service.invitations.links import link
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.questionnaires.common_words import common_words
from feedback_service.responses.forms import ScoreForm
from feedback_service.responses.models import Response, ResponseChange, ResponseRevision

COMMENT = "It came on time, and the box was whole."
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SCORES = {"delivery_csat": 6, "post_purchase_nps": 11}
"""How many scores, counted from the lowest."""


@dataclass(frozen=True)
class Buyer:
    """One person's way through the pages: what is fetched, and what is sent."""

    link: str
    """Path of the page, with the score that was tapped in the mail."""
    score: int
    press: str
    """Body of the confirming POST."""
    more: str
    words: str
    """Body of the comment's POST."""
    address: str
    """Of the network, as the proxy in front says it."""


def buyers(shop: Shop, count: int, start: int) -> list[Buyer]:
    """`count` fresh invitations, with forms as pages that were opened just before would hold them."""
    fill_outbox(shop, count, start=start)
    app = create_app(read_settings(**{name[9:].lower(): value for name, value in shop.environment.items()}))
    with shop.sessions() as session:
        session.info["read_only"] = True
        asked = session.scalars(select(Invitation).where(Invitation.id > start).order_by(Invitation.id)).all()
        session.expunge_all()
    return [_buyer(app, shop, invitation) for invitation in asked]


def _buyer(app: Flask, shop: Shop, invitation: Invitation) -> Buyer:
    path = link("", [shop.link_key], invitation, LinkScope.ANSWER)
    score = 1 + secrets.randbelow(SCORES[invitation.survey_key] - 1)
    address = f"10.{invitation.id >> 16 & 255}.{invitation.id >> 8 & 255}.{invitation.id & 255}"
    nonce = _nonce(app, path, address)
    return Buyer(
        link=f"{path}?score={score}",
        score=score,
        press=urlencode({"csrf_token": nonce, "score": score}),
        more=f"{path}/more",
        words=urlencode({"csrf_token": nonce, "comment": COMMENT}),
        address=address,
    )


def _nonce(app: Flask, path: str, address: str) -> str:
    with app.test_request_context(path, environ_base={"REMOTE_ADDR": address}):
        form = ScoreForm(path.rpartition("/")[2], common_words("en")[1], range(11), None)
        return str(form.csrf_token.current_token)


def write_for_wrk(folder: Path, everyone: Sequence[Buyer], threads: int) -> None:
    """A file for each of wrk's threads, so that no two of them speak for one buyer."""
    for thread in range(threads):
        lines = [
            "\t".join((buyer.address, buyer.link, buyer.press, buyer.more, buyer.words))
            for buyer in everyone[thread::threads]
        ]
        (folder / f"buyers-{thread}.tsv").write_text("\n".join(lines) + "\n")


@dataclass(frozen=True)
class Found:
    """What the database holds afterwards."""

    answered: dict[str, int]
    """Score by the path of the invitation's link."""
    twice: int
    """Answers beyond the first of an invitation."""
    faults: tuple[str, ...]


def found(shop: Shop) -> Found:
    """Every answer, and whether revisions and counts agree with them."""
    with shop.sessions() as session:
        session.info["read_only"] = True
        rows = session.execute(
            select(Invitation, Response.score, Response.id).join(Response, Response.invitation_id == Invitation.id)
        ).all()
        answers = session.scalar(select(func.count()).select_from(Response)) or 0
        suspected = session.scalar(select(func.count()).where(Response.suspected.is_not(None))) or 0
        counted = session.scalar(select(func.sum(ResponseChange.delta))) or 0
        counted += session.scalar(text("SELECT coalesce(sum(count), 0) FROM daily_scores")) or 0
        revised = session.scalar(select(func.count(func.distinct(ResponseRevision.response_id)))) or 0
    paths = {link("", [shop.link_key], invitation, LinkScope.ANSWER): score for invitation, score, _ in rows}
    faults = [
        f"{what}: {number} of {answers}"
        for what, number in (("counted", counted), ("revised", revised))
        if number != answers
    ]
    if suspected:
        faults.append(f"{suspected} of {answers} taken for a machine's")
    return Found(paths, answers - len(paths), tuple(faults))


def as_json(figures: dict[str, object]) -> str:
    """The last line of the benchmark."""
    return json.dumps(figures)
