"""The mail about an improvement: the published words, the page for everybody, and a way to get no more of its kind."""

import pytest
from sqlalchemy.orm import Session

from feedback_service.delivery.models import Message, MessagePurpose
from feedback_service.delivery.render_note import render_note
from feedback_service.invitations.links import link
from feedback_service.invitations.models import LinkScope
from feedback_service.questionnaires.queries import survey_version
from tests.delivery.factories import LETTERHEAD
from tests.delivery.test_render import LARGEST_MAIL, Markup, opened, part
from tests.invitations.factories import LINK_KEYS, NOW, invitation

WORDS = "You said: lamps arrive <broken>.\nWe did: double boxes."


@pytest.mark.parametrize("locale", sorted(LETTERHEAD.common))
def test_it_says_what_was_done_and_how_to_get_no_more(session: Session, locale: str) -> None:
    made = invitation(session)
    mail = Message(uid="m1", purpose=MessagePurpose.IMPROVEMENT, words=WORDS, invitation=made, locale=locale)
    raw = render_note(mail, survey_version(session, made.version_id).definition, LETTERHEAD, now=NOW)
    stop = link(LETTERHEAD.base_url, LINK_KEYS, made, LinkScope.UNSUBSCRIBE)
    session.rollback()
    message, text, html = opened(raw), part(raw, "plain"), part(raw, "html")
    words = LETTERHEAD.common[locale].improvement_mail
    assert str(message["Subject"]) == words.subject.format(shop="Corner Shop")
    assert message["List-Unsubscribe"] == f"<{stop}>"
    assert WORDS in text
    assert "&lt;broken&gt;.<br>\nWe did" in html
    improved = f"{LETTERHEAD.base_url}/improved/"
    assert Markup(html).links() == [improved, stop]
    assert improved in text
    assert stop in text
    assert len(raw) < LARGEST_MAIL
