"""Turns an invitation into the bytes of a mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import SimpleNamespace

import css_inline
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from feedback_service.delivery.compose import compose, message_id_for
from feedback_service.invitations.links import link
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.paths import TEMPLATES
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.fill import filled


@dataclass(frozen=True)
class Letterhead:
    """Whom mail comes from, and where its links lead."""

    shop_name: str
    sender: str
    postal_address: str
    base_url: str
    link_keys: Sequence[bytes]


def render_survey_mail(
    invitation: Invitation, survey: SurveyDefinition, letterhead: Letterhead, *, message_uid: str, now: datetime
) -> bytes:
    """The mail that asks: multipart, with the score row in it.

    Raises ValueError, naming the header, when something cannot stand in one.
    """
    customer = invitation.customer
    wording = survey.wordings[invitation.locale]
    facts = {"name": customer.name, "shop": letterhead.shop_name, "order": invitation.order.external_id, "score": ""}
    words = filled(wording.mail, facts)
    answer_url = link(letterhead.base_url, letterhead.link_keys, invitation, LinkScope.ANSWER)
    unsubscribe_url = link(letterhead.base_url, letterhead.link_keys, invitation, LinkScope.UNSUBSCRIBE)
    context = {
        "wording": SimpleNamespace(
            mail=SimpleNamespace(
                **{**dict(words), "greeting": words.greeting if customer.name else words.greeting_without_name},
                postal_address=letterhead.postal_address,
            )
        ),
        "scores": [(score, f"{answer_url}?score={score}") for score in survey.structure.scale],
        "answer_url": answer_url,
        "unsubscribe_url": unsubscribe_url,
        "shop_name": letterhead.shop_name,
        "locale": invitation.locale,
        "direction": Locale.parse(invitation.locale, sep="-").text_direction,
    }
    templates = _templates()
    return compose(
        message_id=message_id_for(message_uid, letterhead.sender.rpartition("@")[2]),
        date=now,
        sender_name=letterhead.shop_name,
        sender_address=letterhead.sender,
        recipient_name=customer.name,
        recipient_address=customer.email or "",
        subject=templates.get_template("email/survey/subject.txt").render(context).strip(),
        text=templates.get_template("email/survey/body.txt").render(context),
        html=_inliner().inline(templates.get_template("email/survey/body.html").render(context)),
        language=invitation.locale,
        unsubscribe_url=unsubscribe_url,
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inliner() -> css_inline.CSSInliner:
    # Reads no file and no address; media queries stay in the style block.
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
