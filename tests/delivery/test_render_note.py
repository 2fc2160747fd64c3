"""Notes as they arrive: what staff released word for word, one link, and nobody else's markup."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from feedback_service.delivery.models import Message, MessagePurpose
from feedback_service.delivery.render import Letterhead
from feedback_service.delivery.render_note import plus_address, render_note
from feedback_service.invitations.links import link
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.queries import survey_version
from tests.delivery.factories import LETTERHEAD
from tests.delivery.test_render import LARGEST_MAIL, Markup, opened, part, reworded
from tests.invitations.factories import LINK_KEYS, NOW, invitation

OUTCOME, WITHDRAWAL, REPLY = MessagePurpose.OUTCOME, MessagePurpose.WITHDRAWAL, MessagePurpose.REPLY
RELEASED = "Dear Zoe,\nwe sent a new lamp.\n\nIt arrives on Thursday."
LOCALES = sorted(LETTERHEAD.common)


def note(made: Invitation, purpose: MessagePurpose = OUTCOME, words: str | None = RELEASED, **more: str) -> Message:
    return Message(uid="m1", purpose=purpose, words=words if purpose is OUTCOME else None, invitation=made, **more)


def rendered(
    session: Session, mail: Message, survey: SurveyDefinition | None = None, letterhead: Letterhead = LETTERHEAD
) -> bytes:
    raw = render_note(
        mail, survey or survey_version(session, mail.invitation.version_id).definition, letterhead, now=NOW
    )
    session.rollback()
    return raw


def test_the_outcome_says_what_was_done_and_leads_to_the_status_page(session: Session) -> None:
    made = invitation(session)
    status = link(LETTERHEAD.base_url, LINK_KEYS, made, LinkScope.STATUS)
    raw = rendered(session, note(made))
    message = opened(raw)
    assert str(message["Subject"]) == "What became of your feedback to Corner Shop"
    assert str(message["From"]) == "Corner Shop <hello@corner-shop.example>"
    assert (message["Message-ID"], message["Auto-Submitted"]) == ("<m1@corner-shop.example>", "auto-generated")
    assert message["List-Unsubscribe"] is None, "it would not stop a note"
    text = part(raw, "plain")
    assert text.startswith("Hello Zoe,\n")
    assert f"\n\n{RELEASED}\n\n" in text
    assert status in text
    html = Markup(part(raw, "html"))
    assert html.links() == [status]
    assert "Corner Shop, 1 Main Street" in text


def test_line_breaks_are_kept_where_readers_know_no_css(session: Session) -> None:
    html = part(rendered(session, note(invitation(session))), "html")
    assert "Dear Zoe,<br>\nwe sent a new lamp.<br>\n<br>\nIt arrives on Thursday.</td>" in html


def test_what_staff_wrote_is_no_markup_no_placeholder_and_no_template(session: Session) -> None:
    words = "<b>5 < 6</b> & {name} {shop} {{ 7 * 7 }} {% raw %}\n<script>alert(1)</script>"
    raw = rendered(session, note(invitation(session), words=words))
    assert words in part(raw, "plain")
    html = Markup(part(raw, "html"))
    assert not {"b", "script"} & {tag for tag, _ in html.tags}
    assert "<b>5 < 6</b> & {name} {shop} {{ 7 * 7 }} {% raw %}" in html.words


def test_words_in_another_language_run_in_their_own_direction(session: Session) -> None:
    words = "أرسلنا إليكم مصباحًا جديدًا."
    html = Markup(part(rendered(session, note(invitation(session), words=words)), "html"))
    (panel,) = [attributes for tag, attributes in html.tags if tag == "td" and attributes.get("dir") == "auto"]
    assert panel["lang"] == "", "nobody said which language staff wrote"
    assert words in html.words


def test_the_withdrawal_asks_whether_it_was_they(session: Session) -> None:
    made = invitation(session)
    raw = rendered(session, note(made, WITHDRAWAL))
    address = link(LETTERHEAD.base_url, LINK_KEYS, made, LinkScope.WITHDRAW)
    text = part(raw, "plain")
    assert str(opened(raw)["Subject"]) == "Erase your answer to Corner Shop?"
    assert Markup(part(raw, "html")).links() == [address]
    assert text.count("http") == 1
    assert address in text
    assert "The link works for 2 days, and once." in text
    assert "your answer stays as it is" in text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("purpose", [OUTCOME, WITHDRAWAL])
def test_every_language_has_both_notes(session: Session, locale: str, purpose: MessagePurpose) -> None:
    raw = rendered(session, note(invitation(session), purpose, locale=locale))
    assert opened(raw)["Content-Language"] == locale
    html = part(raw, "html")
    assert Markup(html).tags[0] == ("html", {"lang": locale, "dir": "rtl" if locale == "ar" else "ltr"})
    for said in (part(raw, "plain"), Markup(html).words, str(opened(raw)["Subject"])):
        assert "{" not in said
        assert "Corner Shop" in said
    assert "Zoe" in part(raw, "plain")
    assert "prefers-color-scheme: dark" in html
    assert len(raw) < LARGEST_MAIL


def test_a_language_nobody_translated_is_answered_in_english(session: Session) -> None:
    raw = rendered(session, note(invitation(session), locale="pt"))
    assert opened(raw)["Content-Language"] == "pt-BR"
    raw = rendered(session, note(invitation(session, "C2"), locale="fi"))
    assert opened(raw)["Content-Language"] == "en"


def test_a_buyer_without_a_name_is_greeted_without_one(session: Session) -> None:
    assert part(rendered(session, note(invitation(session, name=""))), "plain").startswith("Hello,\n")


def test_the_sender_is_the_one_who_asked(session: Session) -> None:
    made = invitation(session)
    survey = reworded(session, made, sender_name="Ana of {shop}", sender_address="ana@corner-shop.example")
    assert str(opened(rendered(session, note(made), survey))["From"]) == "Ana of Corner Shop <ana@corner-shop.example>"


def test_the_foot_says_where_the_privacy_notice_is(session: Session) -> None:
    made = invitation(session)
    notice = "https://corner-shop.example/privacy"
    with_notice = replace(LETTERHEAD, privacy_url=notice, postal_address="")
    raw = rendered(session, note(made), letterhead=with_notice)
    assert f"Privacy: {notice}\n" in part(raw, "plain")
    assert notice in Markup(part(raw, "html")).links()


def test_two_people_share_a_frame_and_nothing_else(session: Session) -> None:
    first, second = invitation(session), invitation(session, "C2", name="Bo")
    survey = survey_version(session, first.version_id).definition
    texts = [
        part(rendered(session, note(made, OUTCOME, words), survey), "html")
        for made, words in ((first, "One."), (second, "Two."), (first, "One."))
    ]
    assert texts[0] == texts[2]
    assert "Zoe" in texts[0]
    assert "One." in texts[0]
    assert "Zoe" not in texts[1]
    assert "One." not in texts[1]


# What a member of staff writes


def by_hand(made: Invitation, words: str = RELEASED, **more: str) -> Message:
    return Message(uid="b" * 32, purpose=REPLY, words=words, signed="Ben", invitation=made, **more)


def test_a_reply_is_a_letter_by_a_person(session: Session) -> None:
    made = invitation(session)
    made.answered_at = NOW
    status = link(LETTERHEAD.base_url, LINK_KEYS, made, LinkScope.STATUS)
    raw = rendered(session, by_hand(made, thread="0f3a a1@buyers.example"))
    message, text, html = opened(raw), part(raw, "plain"), Markup(part(raw, "html"))
    assert text.startswith("About your answer of March 20, 2026 · Order ")
    assert f"\n\n{RELEASED}\n\nBen\nCorner Shop\n\n" in text
    assert html.links() == [status]
    assert (message["Auto-Submitted"], message["Reply-To"]) == (None, None)
    assert message["In-Reply-To"] == "<a1@buyers.example>"
    assert str(message["References"]).split() == ["<0f3a@corner-shop.example>", "<a1@buyers.example>"]
    assert "Dear Zoe,<br>we sent a new lamp.<br><br>It arrives" in part(raw, "html")


def test_somebody_who_wrote_without_answering_is_answered_about_that(session: Session) -> None:
    text = part(rendered(session, by_hand(invitation(session), locale="de")), "plain")
    assert text.startswith("Zu Ihrer E-Mail an uns · Bestellung ")


def test_answers_go_to_an_address_of_their_own_where_the_host_takes_it(session: Session) -> None:
    made = invitation(session)
    with_plus = replace(LETTERHEAD, plus_addresses=True)
    message = opened(rendered(session, by_hand(made), letterhead=with_plus))
    assert message["Reply-To"].addresses[0].addr_spec == f"hello+{'b' * 32}@corner-shop.example"
    assert opened(rendered(session, note(made), letterhead=with_plus))["Reply-To"] is None
    assert plus_address("a-very-long-name-for-such-an-address@b.example", "b" * 32) is None


def test_the_list_of_mails_shows_how_the_words_begin(session: Session) -> None:
    words = "Hello <b>Zoe</b>, " + "we looked for it. " * 20
    html = part(rendered(session, by_hand(invitation(session), words=words)), "html")
    preheader = html.partition('<div class="preheader"')[2].partition("</div>")[0]
    assert "Hello &lt;b&gt;Zoe&lt;/b&gt;, we looked" in preheader
    assert preheader.endswith("…")
