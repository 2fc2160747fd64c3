"""A mail that comes back says what became of ours, in whichever way its server puts it."""

import pytest

from feedback_service.delivery.models import DeliveryEventKind
from feedback_service.delivery.rules.mime import read_mail
from feedback_service.delivery.rules.reports import LONGEST_DETAIL, MOST_REPORTS, Report, read_reports
from tests.delivery import returned_mails as mails
from tests.delivery.hostile import RUNS, TIMES_SLOWER, times_slower
from tests.delivery.returned_mails import RCPT, UID, mail

HARD, SOFT = DeliveryEventKind.HARD_BOUNCE, DeliveryEventKind.SOFT_BOUNCE
COMPLAINT, OPTED_OUT = DeliveryEventKind.COMPLAINT, DeliveryEventKind.UNSUBSCRIBED
DELIVERED = DeliveryEventKind.DELIVERED


def reports(text: str, **changes: str) -> list[Report] | None:
    return read_reports(read_mail(mail(text, **changes)))


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        (mails.POSTFIX, HARD, "User unknown in local recipient table"),
        (mails.POSTFIX_FULL, SOFT, "over quota"),
        (mails.GMAIL_DISABLED, HARD, "inactive"),
        (mails.EXCHANGE, HARD, "RecipientNotFound"),
        (mails.EXCHANGE_BLOCKED, SOFT, "block list"),
        (mails.QMAIL, HARD, "no mailbox here by that name"),
        (mails.QMAIL_QUEUED_TOO_LONG, SOFT, "Mailbox full"),
        (mails.COMPLAINT, COMPLAINT, "SomeGenerator"),
        (mails.OPT_OUT, OPTED_OUT, "opt-out"),
        (mails.POSTFIX.replace("Action: failed", "Action: delivered"), DELIVERED, ""),
    ],
    ids=[
        "postfix", "postfix, full", "gmail", "exchange", "exchange, blocked", "qmail", "qmail, full", "complaint",
        "opt-out", "delivered",
    ],
)  # fmt: skip
def test_what_a_server_says(text: str, kind: DeliveryEventKind, says: str) -> None:
    found = reports(text)
    assert found is not None
    (report,) = found
    assert (report.kind, report.recipient) == (kind, RCPT)
    assert f"{UID}@corner-shop.example" in report.message_ids
    assert says in report.detail
    assert RCPT not in report.detail


def test_a_server_that_nobody_knows_but_that_quotes_our_mail() -> None:
    assert reports(mails.UNHEARD_OF) == [
        Report(
            HARD,
            "",
            (f"{UID}@corner-shop.example",),
            "Regrettably the account you wrote to is no longer in use here.",
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        mails.GMAIL_DELAYED,
        mails.NOT_SPAM,
        mails.COMPLAINT.replace("Feedback-Type: abuse", "Feedback-Type: auth-failure"),
        mails.POSTFIX.replace("Action: failed", "Action: relayed"),
    ],
    ids=["on its way", "not spam", "about our servers", "handed on"],
)
def test_some_reports_say_nothing_that_anything_follows_from(text: str) -> None:
    assert reports(text) == []


@pytest.mark.parametrize("text", [mails.REPLY, mails.OUT_OF_OFFICE], ids=["a reply", "out of office"])
def test_what_people_and_their_vacations_write_is_no_report(text: str) -> None:
    assert reports(text) is None


def test_a_person_who_quotes_a_bounce_has_not_bounced() -> None:
    said = mails.REPLY.replace("The lamp came broken", "Your mail said: 550 5.1.1 user unknown")
    assert reports(said) is None


def test_a_person_who_attaches_a_bounce_has_not_bounced() -> None:
    attached = (
        "From: Ana <RCPT>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=outer\n\n"
        "--outer\nContent-Type: text/plain\n\nLook at this!\n--outer\nContent-Type: message/rfc822\n\n"
        f"{mails.POSTFIX}\n--outer--\n"
    )
    assert reports(attached) is None


def test_every_recipient_of_a_report_is_heard_up_to_a_bound() -> None:
    block = "\nFinal-Recipient: rfc822; RCPT\nAction: failed\nStatus: 5.1.1\n"
    many = mails.POSTFIX.replace("\nFinal-Recipient: rfc822; RCPT\n", block * 300 + "\nFinal-Recipient: rfc822; RCPT\n")
    assert len(reports(many) or []) == MOST_REPORTS


def test_a_report_without_an_action_goes_by_its_status() -> None:
    (report,) = reports(mails.POSTFIX.replace("Action: failed\n", "")) or []
    assert report.kind == HARD


def test_what_is_kept_of_a_server_s_words_is_one_short_line() -> None:
    wordy = mails.POSTFIX.replace("User unknown in local recipient table\n\n--", f"{'very ' * 200}unknown\n\n--")
    (report,) = reports(wordy) or []
    assert len(report.detail) == LONGEST_DETAIL
    assert "\n" not in report.detail


def test_an_address_of_exchange_s_own_kind_is_none() -> None:
    inner = mails.POSTFIX.replace("Original-Recipient: rfc822;RCPT\n", "").replace(
        "Final-Recipient: rfc822; RCPT", "Final-Recipient: system; /o=Shop/cn=Ana@x"
    )
    (report,) = reports(inner) or []
    assert report.recipient == ""


def test_a_report_that_broke_off_is_read_as_far_as_it_goes() -> None:
    whole = mail(mails.POSTFIX)
    for length in range(200, len(whole), 97):
        read_reports(read_mail(whole[:length]))


@pytest.mark.parametrize("piece", [*RUNS, "message-id:", "<a@"])
def test_what_was_made_to_be_slow_to_read_is_not(piece: str) -> None:
    def read(text: str) -> None:
        head = "From: mailer-daemon@example.org\nContent-Type: text/plain\n\n"
        read_reports(read_mail((head + text).encode()))

    assert times_slower(read, piece) < TIMES_SLOWER
