"""Whatever comes back by mail is taken for what it is."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.customers.models import SuppressionReason
from feedback_service.delivery.inbound.take_mail import AS_MUCH_AS_IS_READ, take_mail
from feedback_service.delivery.models import BounceKind, DeliveryEventKind, Message, Reply
from feedback_service.delivery.rules.mime import BadMailError
from feedback_service.delivery.rules.quoted import LONGEST_WORDS
from tests.delivery import returned_mails as mails
from tests.delivery.factories import recipient
from tests.delivery.inbound.factories import address_now, evidence, message_now, sent
from tests.delivery.returned_mails import mail
from tests.invitations.factories import NOW, PRIVACY_KEY, order
from tests.responses.factories import at_once


def take(session: Session, raw: bytes) -> str:
    said = take_mail(session, raw, NOW, key=PRIVACY_KEY)
    session.commit()
    return said


def about(text: str, message: Message) -> bytes:
    """A returned mail about a message of ours."""
    return mail(text, uid=message.uid, recipient=recipient(message))


def replies(session: Session) -> list[Reply]:
    found = session.scalars(select(Reply).order_by(Reply.id)).all()
    session.commit()
    return list(found)


@pytest.mark.parametrize(
    ("text", "said", "bounce", "suppressed"),
    [
        (mails.POSTFIX, "bounce: counted", BounceKind.HARD, SuppressionReason.HARD_BOUNCE),
        (mails.EXCHANGE, "bounce: counted", BounceKind.HARD, SuppressionReason.HARD_BOUNCE),
        (mails.QMAIL, "bounce: counted", BounceKind.HARD, SuppressionReason.HARD_BOUNCE),
        (mails.UNHEARD_OF, "bounce: counted", BounceKind.HARD, SuppressionReason.HARD_BOUNCE),
        (mails.POSTFIX_FULL, "passing bounce: counted", BounceKind.SOFT, None),
        (mails.GMAIL_DELAYED, "report: nothing follows from it", None, None),
        (mails.COMPLAINT, "complaint: counted", None, SuppressionReason.COMPLAINT),
        (mails.OPT_OUT, "opt-out: counted", None, None),
        (mails.OUT_OF_OFFICE, "automatic reply (Auto-Submitted: auto-generated): counted", None, None),
    ],
)
def test_reports(
    session: Session, text: str, said: str, bounce: BounceKind | None, suppressed: SuppressionReason | None
) -> None:
    message = sent(session)
    assert take(session, about(text, message)) == said
    assert message_now(session, message).bounce == bounce
    assert address_now(session).suppressed_reason == suppressed
    assert replies(session) == []


def test_the_same_mail_twice_counts_once_whatever_the_way_it_took(session: Session) -> None:
    message = sent(session)
    first = about(mails.POSTFIX_FULL, message)
    assert take(session, first) == "passing bounce: counted"
    assert take(session, b"Received: by another server\n" + first) == "passing bounce: seen before"
    assert take(session, about(mails.QMAIL, message)) == "bounce: counted"
    assert take(session, about(mails.QMAIL, message)) == "bounce: seen before"  # it has no Message-ID of its own
    assert len(evidence(session)) == 2


def test_a_bounce_of_somebody_else_s_mail_is_evidence_only(session: Session) -> None:
    message = sent(session)
    assert take(session, mail(mails.POSTFIX, recipient=recipient(message))) == "bounce: not about a mail of ours"
    assert address_now(session).suppressed_at is None
    (kept,) = evidence(session)
    assert kept.kind == DeliveryEventKind.HARD_BOUNCE
    assert "@" not in kept.detail


def test_a_forged_bounce_that_names_only_the_address_ends_nothing(session: Session) -> None:
    message = sent(session)
    text = mails.POSTFIX.replace("Message-ID: <UID@corner-shop.example>\n", "")
    assert take(session, mail(text, recipient=recipient(message))) == "bounce: counted"
    assert message_now(session, message).bounce == BounceKind.SOFT
    assert address_now(session).suppressed_at is None


def test_a_person_s_words_are_kept_with_the_mail_they_answer(session: Session) -> None:
    message = sent(session)
    assert take(session, about(mails.REPLY, message)) == "reply: kept"
    (reply,) = replies(session)
    assert (reply.invitation_id, reply.customer_id) == (message.invitation_id, message.invitation.customer_id)
    assert reply.words == "The lamp came broken 😡 and nobody answers the phone."
    assert (reply.sender, reply.subject) == (recipient(message), "Re: How was your delivery?")
    assert (reply.received_at, reply.routed_at) == (NOW, None)
    assert evidence(session) == []


def test_a_reply_deep_in_a_thread_still_answers_our_mail(session: Session) -> None:
    message = sent(session)
    thread = " ".join(f"<{number}@mail.buyers.example>" for number in range(200))
    text = mails.REPLY.replace("In-Reply-To: <UID@corner-shop.example>\n", "").replace(
        "References: <UID@corner-shop.example>", f"References: <UID@corner-shop.example>\n {thread[:1500]}"
    )
    take(session, about(text, message))
    assert replies(session)[0].invitation_id == message.invitation_id


def test_without_our_id_the_sender_tells_who_wrote(session: Session) -> None:
    order(session, "A-1", email="ana@buyers.example")
    session.commit()
    take(session, mail(mails.REPLY, recipient="Ana@Buyers.example"))
    (reply,) = replies(session)
    assert reply.invitation_id is None
    assert reply.customer is not None
    assert reply.customer.email == "ana@buyers.example"


def test_words_of_somebody_unknown_are_kept_too(session: Session) -> None:
    assert take(session, mail(mails.REPLY)) == "reply: kept"
    assert take(session, mail(mails.REPLY)) == "reply: seen before"
    (reply,) = replies(session)
    assert (reply.invitation_id, reply.customer_id, reply.sender) == (None, None, "ana@buyers.example")


def test_two_workers_with_one_reply_keep_it_once(session: Session, sessions: sessionmaker[Session]) -> None:
    def work() -> str:
        with sessions() as own:
            said = take_mail(own, mail(mails.REPLY), NOW, key=PRIVACY_KEY)
            own.commit()
            return said

    assert sorted(at_once(work, work)) == ["reply: kept", "reply: seen before"]
    assert len(replies(session)) == 1


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        ("text/plain; charset=iso-8859-1", "Fünf Stühle, alle kaputt".encode("latin-1"), "Fünf Stühle, alle kaputt"),
        ("text/plain; charset=x-unheard-of", "Ärger 😡".encode(), "Ärger 😡"),
        ("text/plain", b"a\x00b\x1b[31mc", "ab[31mc"),
        ("text/html; charset=utf-8", b"<p>Broken &amp; <b>late</b><blockquote type=cite>x", "Broken & late"),
        (
            "multipart/alternative; boundary=b",
            b"--b\nContent-Type: text/plain\n\nplain words\n--b\nContent-Type: text/html\n\n<p>html</p>\n--b--",
            "plain words",
        ),
        (
            "multipart/alternative; boundary=b",
            b"--b\nContent-Type: text/plain\n\n  \n--b\nContent-Type: text/html\n\n<p>html words</p>\n--b--",
            "html words",
        ),
        (
            "multipart/mixed; boundary=b",
            b"--b\n\nSee the picture.\n--b\nContent-Disposition: attachment; filename=log.txt\n\nsecret log\n--b--",
            "See the picture.",
        ),
        ("image/jpeg", b"\xff\xd8\xff", ""),
        ("text/plain", b"broken " * 100_000, None),
    ],
    ids=["latin-1", "unknown charset", "controls", "html", "both", "empty plain", "attachment", "a picture", "long"],
)  # fmt: skip
def test_words_in_every_shape(session: Session, head: str, body: bytes, words: str | None) -> None:
    raw = b"From: ana@buyers.example\nContent-Type: " + head.encode() + b"\nContent-Transfer-Encoding: 8bit\n\n" + body
    take(session, raw)
    (reply,) = replies(session)
    assert len(reply.words) <= LONGEST_WORDS
    assert words is None or reply.words == words


def test_headers_are_lines_of_text_whatever_they_hold(session: Session) -> None:
    raw = (
        b"From: =?utf-8?Q?Eve=0D=0ABcc:_x=40y.example?= <ana@buyers.example>\n"
        b"Subject: =?utf-8?Q?Re:=0D=0ABcc:_all=40corner-shop.example?= <script>\n\nwords"
    )
    take(session, raw)
    (reply,) = replies(session)
    assert (reply.sender, reply.subject) == ("ana@buyers.example", "Re: Bcc: all@corner-shop.example <script>")


def test_of_a_mail_with_great_pictures_the_words_are_read(session: Session) -> None:
    picture = b"--b\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n" + b"QUJDRA==\n" * 2_400_000
    raw = (
        b"From: ana@buyers.example\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nLook at this lamp!\n" + picture + b"\n--b--\n"
    )
    assert len(raw) > AS_MUCH_AS_IS_READ
    assert take(session, raw) == "reply: kept"
    assert replies(session)[0].words == "Look at this lamp!"


def test_what_is_no_mail_is_refused_in_a_sentence(session: Session) -> None:
    with pytest.raises(BadMailError, match="This is no mail"):
        take_mail(session, b"hello", NOW, key=PRIVACY_KEY)
