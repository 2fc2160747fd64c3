"""Amazon's events are believed when Amazon signed them for our topic, and never otherwise."""

import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.datastructures import Headers

from feedback_service.delivery.models import DeliveryEventKind
from feedback_service.delivery.providers.fetch import FetchError
from feedback_service.delivery.providers.provider import BadBodyError, NotAuthenticError
from feedback_service.delivery.providers.ses import Ses
from feedback_service.delivery.rules.event import Event
from tests.delivery.providers.signing import CERTIFICATE_URL, NOW, TOPIC, Amazon

HARD, SOFT = DeliveryEventKind.HARD_BOUNCE, DeliveryEventKind.SOFT_BOUNCE
MAIL: dict[str, Any] = {
    "timestamp": "2026-03-20T09:58:00.000Z",
    "messageId": "0102018f-1234",
    "source": "hello@corner-shop.example",
    "destination": ["ana@buyers.example"],
    "headersTruncated": False,
    "headers": [{"name": "From", "value": "x"}, {"name": "Message-ID", "value": "<0123abcd@corner-shop.example>"}],
    "commonHeaders": {"messageId": "0102018f-1234"},
}
BOUNCE: dict[str, Any] = {
    "notificationType": "Bounce",
    "mail": MAIL,
    "bounce": {
        "feedbackId": "0102018f-feed",
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [
            {
                "emailAddress": "ana@buyers.example",
                "action": "failed",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 <ana@buyers.example> user unknown",
            }
        ],
        "timestamp": "2026-03-20T09:58:01.000Z",
        "reportingMTA": "dsn; a7-1.smtp-out.eu-west-1.amazonses.com",
    },
}


@pytest.fixture(scope="module")
def amazon() -> Amazon:
    return Amazon()


@pytest.fixture
def ses(amazon: Amazon) -> Ses:
    amazon.asked.clear()
    return Ses(TOPIC, amazon.fetch)


def body(told: object) -> bytes:
    return json.dumps(told).encode()


def events(ses: Ses, amazon: Amazon, message: object, **changes: Any) -> list[Event]:
    raw = body(amazon.envelope(message, **changes))
    ses.verify(Headers(), raw, NOW)
    return ses.events(raw)


def with_(message: dict[str, Any], part: str, **changes: object) -> dict[str, Any]:
    return {**message, part: {**message[part], **changes}}


def test_a_bounce(ses: Ses, amazon: Amazon) -> None:
    (event,) = events(ses, amazon, BOUNCE)
    assert (event.source, event.kind, event.recipient, event.signed) == ("ses", HARD, "ana@buyers.example", True)
    assert event.message_ids == ("0123abcd@corner-shop.example",)
    assert event.at.isoformat() == "2026-03-20T09:58:01+00:00"
    assert "user unknown" in event.detail
    assert "@" not in event.detail + event.key


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"bounceType": "Transient", "bounceSubType": "MailboxFull"}, SOFT),
        ({"bounceType": "Undetermined"}, HARD),  # by its status
        ({"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}, HARD),
    ],
)
def test_amazon_s_own_judgment(ses: Ses, amazon: Amazon, changes: dict[str, str], kind: DeliveryEventKind) -> None:
    (event,) = events(ses, amazon, with_(BOUNCE, "bounce", **changes))
    assert event.kind == kind


def test_complaint_delivery_and_opt_out_in_either_dialect(ses: Ses, amazon: Amazon) -> None:
    told = {"timestamp": "2026-03-20T09:59:00.000Z"}
    complaint = {**told, "feedbackId": "f", "complainedRecipients": [{"emailAddress": "ana@buyers.example"}]}
    delivery = {**told, "recipients": ["ana@buyers.example"], "smtpResponse": "250 ok"}
    gone = {**told, "newTopicPreferences": {"unsubscribeAll": True}, "source": "UnsubscribeHeader"}
    stays = {**told, "newTopicPreferences": {"unsubscribeAll": False}}
    for name in ("notificationType", "eventType"):
        for what, part, kind in (
            ("Complaint", complaint, DeliveryEventKind.COMPLAINT),
            ("Delivery", delivery, DeliveryEventKind.DELIVERED),
            ("Subscription", gone, DeliveryEventKind.UNSUBSCRIBED),
        ):
            (event,) = events(ses, amazon, {name: what, "mail": MAIL, what.lower(): part})
            assert (event.kind, event.recipient) == (kind, "ana@buyers.example")
    assert events(ses, amazon, {"eventType": "Subscription", "mail": MAIL, "subscription": stays}) == []
    not_spam = {**complaint, "complaintFeedbackType": "not-spam"}
    assert events(ses, amazon, {"eventType": "Complaint", "mail": MAIL, "complaint": not_spam}) == []


@pytest.mark.parametrize("kind", ["Open", "Click", "Send", "DeliveryDelay", "Rendering Failure", "Something New"])
def test_kinds_that_nothing_follows_from(ses: Ses, amazon: Amazon, kind: str) -> None:
    assert events(ses, amazon, {"eventType": kind, "mail": MAIL}) == []


def test_amazon_s_hello_is_no_event(ses: Ses, amazon: Amazon) -> None:
    assert events(ses, amazon, "Successfully validated SNS topic for Amazon SES event publishing.") == []


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_versions_of_the_signature_with_and_without_a_subject(ses: Ses, amazon: Amazon, version: str) -> None:
    assert len(events(ses, amazon, BOUNCE, version=version)) == 1
    assert len(events(ses, amazon, BOUNCE, version=version, Subject="Amazon SES Email Event Notification")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"Message": "{}"},
        {"Timestamp": "2026-03-20T10:00:00.000Z"},
        {"Type": "SubscriptionConfirmation"},
        {"Subject": "added"},
        {"TopicArn": "arn:aws:sns:eu-west-1:999999999999:mail"},
        {"TopicArn": None},
        {"SignatureVersion": "1"},
        {"SignatureVersion": "3"},
        {"SignatureVersion": None},
        {"Signature": "AAAA"},
        {"Signature": "not base64!"},
        {"Signature": None},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem"},
        {"SigningCertURL": "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com:8443/a.pem"},
        {"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com/a.txt"},
        {"SigningCertURL": "https://bucket.s3.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://sns.s3.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-2.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://[/a.pem"},
        {"SigningCertURL": None},
    ],
    ids=str,
)
def test_whatever_was_changed_is_refused(ses: Ses, amazon: Amazon, changes: dict[str, Any]) -> None:
    with pytest.raises(NotAuthenticError):
        ses.verify(Headers(), body({**amazon.envelope(BOUNCE), **changes}), NOW)
    assert set(amazon.asked) <= {CERTIFICATE_URL}


def test_another_s_key_is_refused(ses: Ses) -> None:
    with pytest.raises(NotAuthenticError, match="does not fit"):
        ses.verify(Headers(), body(Amazon().envelope(BOUNCE)), NOW)


def test_a_topic_of_somebody_else_s_is_refused_although_amazon_signed_it(ses: Ses, amazon: Amazon) -> None:
    foreign = amazon.envelope(BOUNCE, TopicArn="arn:aws:sns:eu-west-1:999999999999:mail")
    with pytest.raises(NotAuthenticError, match="FEEDBACK_SNS_TOPIC"):
        ses.verify(Headers(), body(foreign), NOW)
    assert amazon.asked == []


def test_a_certificate_that_has_run_out_is_refused() -> None:
    old = Amazon(valid_for=timedelta(days=10))
    with pytest.raises(NotAuthenticError, match="not valid today"):
        Ses(TOPIC, old.fetch).verify(Headers(), body(old.envelope(BOUNCE)), NOW)


def test_a_certificate_is_fetched_once_a_day(ses: Ses, amazon: Amazon) -> None:
    raw = body(amazon.envelope(BOUNCE))
    for hours in (0, 1, 23):
        ses.verify(Headers(), raw, NOW + timedelta(hours=hours))
    assert amazon.asked == [CERTIFICATE_URL]
    ses.verify(Headers(), raw, NOW + timedelta(hours=25))
    assert amazon.asked == [CERTIFICATE_URL] * 2


@pytest.mark.parametrize("served", [{}, {CERTIFICATE_URL: b"<html>"}], ids=["nothing", "no certificate"])
def test_where_amazon_does_not_answer_amazon_may_try_again(amazon: Amazon, served: dict[str, bytes]) -> None:
    def fetch(url: str) -> bytes:
        if url not in served:
            raise FetchError("Amazon SNS answered 503 with 0 bytes")
        return served[url]

    with pytest.raises(FetchError):
        Ses(TOPIC, fetch).verify(Headers(), body(amazon.envelope(BOUNCE)), NOW)


def test_a_subscription_is_confirmed_at_amazon_only(ses: Ses, amazon: Amazon) -> None:
    url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"
    amazon.served[url] = b"<ConfirmSubscriptionResponse/>"
    told = {"Type": "SubscriptionConfirmation", "Token": "abc"}
    assert events(ses, amazon, "You have chosen to subscribe", **told, SubscribeURL=url) == []
    assert amazon.asked == [CERTIFICATE_URL, url]
    for host in ("evil.example", "sns.s3.amazonaws.com", "sns.eu-west-2.amazonaws.com"):
        with pytest.raises(BadBodyError, match="Amazon SNS"):
            events(ses, amazon, "You have chosen", **told, SubscribeURL=f"https://{host}/?Action=ConfirmSubscription")
    assert amazon.asked == [CERTIFICATE_URL, url]


def test_the_end_of_a_subscription_is_not_undone(ses: Ses, amazon: Amazon) -> None:
    told = {"Type": "UnsubscribeConfirmation", "Token": "abc", "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/"}
    assert events(ses, amazon, "You have chosen to end it", **told) == []
    assert amazon.asked == [CERTIFICATE_URL]


@pytest.mark.parametrize(
    "message",
    [
        {"notificationType": "Bounce"},
        {"notificationType": "Bounce", "mail": MAIL, "bounce": []},
        {"notificationType": "Bounce", "mail": MAIL, "bounce": {"timestamp": "yesterday"}},
    ],
)
def test_a_malformed_event_is_refused_in_a_sentence(ses: Ses, amazon: Amazon, message: object) -> None:
    with pytest.raises(BadBodyError, match=r"\.$"):
        events(ses, amazon, message)
