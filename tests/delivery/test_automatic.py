"""What a machine answered is dropped; what a person wrote never is."""

import pytest

from feedback_service.delivery.rules.automatic import why_automatic
from feedback_service.delivery.rules.mime import read_mail
from tests.delivery.returned_mails import OUT_OF_OFFICE, REPLY, mail


def why(*headers: str, text: str = REPLY) -> str | None:
    return why_automatic(read_mail(mail("\n".join(headers) + "\n" * bool(headers) + text)))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Auto-Submitted: auto-replied", "Auto-Submitted: auto-replied"),
        ("auto-submitted: Auto-Generated; owner-email=a@b.example", "Auto-Submitted: auto-generated"),
        ("X-Autoreply: yes", "it says that it is automatic"),
        ("X-Autorespond: vacation", "it says that it is automatic"),
        ("Precedence: auto_reply", "Precedence: auto_reply"),
        ("Precedence: bulk", "Precedence: bulk"),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "it asks that nothing answers it by itself"),
        ("List-Id: <news.example.com>", "it comes from a mailing list"),
        (
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
            "a report, such as a read receipt",
        ),
    ],
)
def test_a_machine_says_so(header: str, reason: str) -> None:
    assert why(header) == reason


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: How was it?", "Out of Office: Ana", "Auto: away", "Abwesenheitsnotiz: Ana",
        "Resposta automática: Ana", "=?utf-8?q?R=C3=A9ponse_automatique?=",
    ],
)  # fmt: skip
def test_some_only_say_it_in_their_subject(subject: str) -> None:
    assert why(text=REPLY.replace("Re: How was your delivery?", subject)) == "its subject says so"


@pytest.mark.parametrize("sender", ["<>", "<RCPT>"])
def test_a_mail_without_a_return_address_is_a_machine_s(sender: str) -> None:
    assert bool(why(text=REPLY.replace("Return-Path: <RCPT>", f"Return-Path: {sender}"))) == (sender == "<>")


def test_exchange_s_vacation() -> None:
    assert why(text=OUT_OF_OFFICE) == "Auto-Submitted: auto-generated"


@pytest.mark.parametrize(
    "header",
    [
        "X-Mailer: Outlook",
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: None",
        "Precedence: normal",
        "Subject: Automobile came late",
        "Subject: Re: Automatic reply: thanks",
    ],
)
def test_a_person_is_heard(header: str) -> None:
    assert why(header) is None
