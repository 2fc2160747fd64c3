"""The mail as it arrives: two versions that each stand alone, links that work, and nobody else's markup."""

import email.policy
import re
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.delivery.models import MessagePurpose
from feedback_service.delivery.render import Letterhead, render_survey_mail
from feedback_service.invitations.links import link, token
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.queries import published_surveys, survey_version
from tests.delivery.factories import LETTERHEAD
from tests.invitations.factories import CSAT, LINK_KEYS, NOW, NPS, invitation

LARGEST_MAIL = 100 * 1024  # bytes; larger ones are cut off by some readers
EVE = "<b>Eve</b>\r\nBcc: x"


def rendered(session: Session, made: Invitation, letterhead: Letterhead = LETTERHEAD) -> bytes:
    survey = survey_version(session, made.version_id).definition
    raw = render_survey_mail(made, survey, letterhead, message_uid="m1", now=NOW)
    session.commit()
    return raw


def opened(raw: bytes) -> EmailMessage:
    message = BytesParser(policy=email.policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def part(raw: bytes, kind: str) -> str:
    found = opened(raw).get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


class Markup(HTMLParser):
    """What a reader's program finds in the HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._quiet = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._quiet += tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        self.words += "" if self._quiet else data

    def links(self) -> list[str]:
        return [attributes.get("href") or "" for tag, attributes in self.tags if tag == "a"]


def scores_in(addresses: Sequence[str], answer: str) -> list[int]:
    return [int(address.removeprefix(f"{answer}?score=")) for address in addresses if address.startswith(f"{answer}?")]


def test_a_mail_has_two_versions_and_says_who_it_is_from(session: Session) -> None:
    made = invitation(session, name="Zoë Ångström")
    message = opened(rendered(session, made))
    assert message.get_content_type() == "multipart/alternative"
    assert [piece.get_content_type() for piece in message.iter_parts()] == ["text/plain", "text/html"]
    assert str(message["From"]) == "Corner Shop <hello@corner-shop.example>"
    assert str(message["To"]) == f"Zoë Ångström <{made.customer.email}>"
    assert message["Message-ID"] == "<m1@corner-shop.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert made.order.external_id in str(message["Subject"])


@pytest.mark.parametrize("key", [CSAT, NPS])
def test_every_score_has_its_link_in_both_versions(session: Session, key: str) -> None:
    made = invitation(session)
    survey = published_surveys(session)[key].definition
    raw = render_survey_mail(made, survey, LETTERHEAD, message_uid="m1", now=NOW)
    answer = link(LETTERHEAD.base_url, LINK_KEYS, made, LinkScope.ANSWER)
    scale = list(survey.structure.scale)
    text = part(raw, "plain")
    assert scores_in(re.findall(r"https?://\S+", text), answer) == scale
    for score in scale[1:-1]:
        assert f"{score}: {answer}?score={score}\n" in text, "each score stands before its own link"
    html = Markup(part(raw, "html"))
    assert scores_in(html.links(), answer) == scale


PHONE, EDGES = 320, 2 * (8 + 1 + 16)  # px: the narrowest screen; gutter, border and padding on both sides


@pytest.mark.parametrize(("key", "sizes"), [(CSAT, [5]), ("ease_ces", [4, 3]), (NPS, [6, 5])])
def test_a_scale_fits_a_phone(session: Session, key: str, sizes: list[int]) -> None:
    survey = published_surveys(session)[key].definition
    raw = render_survey_mail(invitation(session), survey, LETTERHEAD, message_uid="m1", now=NOW)
    groups = part(raw, "html").split('<div class="group"')[1:]
    assert [group.count("?score=") for group in groups] == sizes
    width = max(int(found) for found in re.findall(r"[^-]width: ?(\d+)px", groups[0]))
    assert max(sizes) * (width + 2 + 4) <= PHONE - EDGES, "each score has a border and some room around it"


def test_the_text_says_everything_by_itself(session: Session) -> None:
    made = invitation(session)
    text = part(rendered(session, made), "plain")
    survey = survey_version(session, made.version_id).definition
    words = survey.wordings["en"].mail
    assert "Hello Zoe," in text
    for sentence in (words.question, words.low, words.high, words.stop, "Corner Shop, 1 Main Street"):
        assert sentence in text
    assert made.order.external_id in text
    assert link(LETTERHEAD.base_url, LINK_KEYS, made, LinkScope.UNSUBSCRIBE) in text
    assert not re.search(r"[{}<>]|\b(None|Undefined)\b|&\w+;", text), "no markup, no gap"


def test_a_buyer_without_a_name_is_greeted_without_one(session: Session) -> None:
    made = invitation(session, name="")
    raw = rendered(session, made)
    assert part(raw, "plain").startswith("Hello,\n")
    assert opened(raw)["To"] == made.customer.email


def test_the_html_has_its_style_where_readers_keep_it(session: Session) -> None:
    html = part(rendered(session, invitation(session)), "html")
    found = Markup(html)
    score_links = [attributes for tag, attributes in found.tags if tag == "a" and "score=" in str(attributes["href"])]
    assert all("line-height: 44px" in str(attributes["style"]) for attributes in score_links), "large enough to tap"
    assert all("style" in attributes for tag, attributes in found.tags if tag in {"td", "p", "h1"})
    assert "prefers-color-scheme: dark" in html
    loaded = {tag for tag, attributes in found.tags if {"src", "background"} & set(attributes)}
    assert loaded | {tag for tag, _ in found.tags} & {"script", "img", "link", "form", "iframe"} == set(), (
        "loads nothing"
    )


def test_language_and_direction_are_declared(session: Session) -> None:
    made = invitation(session, locale="pt-BR")
    raw = rendered(session, made)
    assert opened(raw)["Content-Language"] == "pt-BR"
    html = Markup(part(raw, "html"))
    assert html.tags[0] == ("html", {"lang": "pt-BR", "dir": "ltr"})
    assert "Olá, Zoe," in part(raw, "plain")


def _in_arabic(survey: SurveyDefinition) -> SurveyDefinition:
    return survey.model_copy(update={"wordings": {**survey.wordings, "ar": survey.wordings["en"]}})


def test_a_language_that_runs_from_right_to_left_does(session: Session) -> None:
    made = invitation(session)
    survey = _in_arabic(survey_version(session, made.version_id).definition)
    made.locale = "ar"
    raw = render_survey_mail(made, survey, LETTERHEAD, message_uid="m1", now=NOW)
    assert Markup(part(raw, "html")).tags[0] == ("html", {"lang": "ar", "dir": "rtl"})


def test_a_name_is_never_markup_and_never_a_header(session: Session) -> None:
    made = invitation(session)
    made.customer.name = EVE
    raw = rendered(session, made)
    message = opened(raw)
    assert message["Bcc"] is None
    assert str(message["To"]) == f'"<b>Eve</b> Bcc: x" <{made.customer.email}>'
    html = part(raw, "html")
    assert "&lt;b&gt;Eve&lt;/b&gt;" in html
    assert "b" not in {tag for tag, _ in Markup(html).tags}
    assert "<b>Eve</b>" in part(raw, "plain"), "in plain text it is what they typed"


@pytest.mark.parametrize(
    "name", ["{shop} {0} {name.__class__}", "{{ 7 * 7 }} {% raw %}", "=?utf-8?q?Boss?=", "\u202emoc.live", "A" * 200]
)
def test_odd_names_are_only_names(session: Session, name: str) -> None:
    made = invitation(session)
    made.customer.name = name
    raw = rendered(session, made)
    assert f"Hello {name}," in part(raw, "plain")
    assert name in Markup(part(raw, "html")).words
    assert str(opened(raw)["To"]).endswith(f"<{made.customer.email}>")


@pytest.mark.parametrize("key", [CSAT, NPS])
@pytest.mark.parametrize("locale", ["en", "pt-BR"])
def test_a_mail_is_small_and_ascii_in_short_lines(session: Session, key: str, locale: str) -> None:
    made = invitation(session, locale=locale, name="Ж" * 200)
    survey = published_surveys(session)[key].definition
    raw = render_survey_mail(made, survey, LETTERHEAD, message_uid="m1", now=NOW)
    assert len(raw) < LARGEST_MAIL
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_two_attempts_are_one_mail(session: Session) -> None:
    made = invitation(session)
    assert rendered(session, made) == rendered(session, made)


# --- words of a survey's own ----------------------------------------------------------------------------------------


def reworded(session: Session, made: Invitation, **words: str) -> SurveyDefinition:
    """The invitation's survey with some words of its mail changed."""
    survey = survey_version(session, made.version_id).definition
    wording = survey.wordings[made.locale]
    changed = wording.model_copy(update={"mail": wording.mail.model_copy(update=words)})
    return survey.model_copy(update={"wordings": {**survey.wordings, made.locale: changed}})


def test_a_reminder_has_its_own_first_words(session: Session) -> None:
    made = invitation(session)
    survey = reworded(session, made, reminder_subject="{name}, a reminder", reminder_intro="We asked before, {name}.")
    first, second = (
        render_survey_mail(made, survey, LETTERHEAD, message_uid="m1", now=NOW, purpose=purpose)
        for purpose in (MessagePurpose.INVITATION, MessagePurpose.REMINDER)
    )
    assert str(opened(second)["Subject"]) == "Zoe, a reminder"
    assert "We asked before, Zoe." in part(second, "plain")
    assert "We asked before, Zoe." in Markup(part(second, "html")).words
    assert str(opened(first)["Subject"]) != "Zoe, a reminder"
    assert "We asked before" not in part(first, "plain")


def test_without_words_of_its_own_a_reminder_is_the_same_mail(session: Session) -> None:
    made = invitation(session)
    survey = reworded(session, made, reminder_subject=None, reminder_intro=None)
    mails = {
        render_survey_mail(made, survey, LETTERHEAD, message_uid="m1", now=NOW, purpose=purpose)
        for purpose in (MessagePurpose.INVITATION, MessagePurpose.REMINDER)
    }
    assert len(mails) == 1


def test_a_survey_may_have_a_sender_of_its_own(session: Session) -> None:
    made = invitation(session)
    survey = reworded(session, made, sender_name="Ana of {shop}", sender_address="ana@corner-shop.example")
    message = opened(render_survey_mail(made, survey, LETTERHEAD, message_uid="m1", now=NOW))
    assert str(message["From"]) == "Ana of Corner Shop <ana@corner-shop.example>"
    assert message["Message-ID"] == "<m1@corner-shop.example>"


def test_the_foot_says_where_the_privacy_notice_is_and_how_long_answers_are_kept(session: Session) -> None:
    made = invitation(session)
    notice, kept = "https://corner-shop.example/privacy", "24 months"
    full = rendered(session, made, replace(LETTERHEAD, privacy_url=notice, data_kept=kept))
    foot = f"Corner Shop, 1 Main Street\nPrivacy: {notice}\nHow long answers are kept: {kept}\n"
    assert foot in part(full, "plain")
    html = Markup(part(full, "html"))
    assert notice in html.links()
    assert kept in html.words
    bare = rendered(session, made, replace(LETTERHEAD, postal_address=""))
    assert part(bare, "plain").rstrip().endswith(link(LETTERHEAD.base_url, LINK_KEYS, made, LinkScope.UNSUBSCRIBE))
    assert 'class="foot-text"></p>' not in part(bare, "html")


def test_a_mail_about_no_order_is_written_too(session: Session) -> None:
    made = invitation(session)
    made.order = None
    survey = reworded(session, made, intro="How are we doing, {name}?{order}")
    assert "How are we doing, Zoe?\n" in part(
        render_survey_mail(made, survey, LETTERHEAD, message_uid="m1", now=NOW), "plain"
    )
    session.rollback()


def test_after_a_rotation_an_old_invitation_is_printed_with_its_old_key(session: Session) -> None:
    made = invitation(session)
    rotated = replace(LETTERHEAD, link_keys=(*LINK_KEYS, b"a key of the second generation"))
    assert rendered(session, made, rotated) == rendered(session, made)
    assert token(LINK_KEYS, LinkScope.ANSWER, made.uid, 1) in part(rendered(session, made, rotated), "plain")


# --- links as printed -----------------------------------------------------------------------------------------------


def test_every_printed_link_opens_its_page(session: Session, client: FlaskClient, now: object) -> None:
    made = invitation(session)
    raw = rendered(session, made)
    printed = {*re.findall(r"https?://\S+", part(raw, "plain")), *Markup(part(raw, "html")).links()}
    assert len(printed) == 8, "five scores, the question, why, and the way out"
    for address in printed:
        parts = urlsplit(address)
        assert address.startswith(LETTERHEAD.base_url)
        assert client.get(f"{parts.path}?{parts.query}").status_code == 200, address


def test_list_unsubscribe_is_printed_unfolded_and_works_with_one_click(
    session: Session, client: FlaskClient, now: object
) -> None:
    made = invitation(session)
    raw = rendered(session, made)
    lines = raw.split(b"\r\n\r\n", 1)[0].decode().split("\r\n")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    (printed,) = [line for line in lines if line.startswith("List-Unsubscribe: ")]
    address = printed.removeprefix("List-Unsubscribe: ").removeprefix("<").removesuffix(">")
    assert address == link(LETTERHEAD.base_url, LINK_KEYS, made, LinkScope.UNSUBSCRIBE)
    answer = client.post(urlsplit(address).path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
