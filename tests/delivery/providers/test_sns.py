"""The text that Amazon signs, as its developer guide has it."""

from feedback_service.delivery.providers.sns import signed_text

TOLD = {
    "Type": "Notification",
    "MessageId": "22b80b92",
    "TopicArn": "arn:aws:sns:us-west-2:123456789012:MyTopic",
    "Subject": "My First Message",
    "Message": "Hello world!",
    "Timestamp": "2012-05-02T00:54:06.655Z",
    "SignatureVersion": "1",
    "Signature": "EXAMPLE",
    "SigningCertURL": "https://sns.us-west-2.amazonaws.com/SimpleNotificationService.pem",
    "UnsubscribeURL": "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe",
}


def test_a_notification() -> None:
    assert signed_text(TOLD) == (
        b"Message\nHello world!\nMessageId\n22b80b92\nSubject\nMy First Message\nTimestamp\n2012-05-02T00:54:06.655Z\n"
        b"TopicArn\narn:aws:sns:us-west-2:123456789012:MyTopic\nType\nNotification\n"
    )


def test_a_notification_without_a_subject() -> None:
    assert b"Subject" not in signed_text({**TOLD, "Subject": None})


def test_a_confirmation() -> None:
    told = {**TOLD, "Type": "SubscriptionConfirmation", "Token": "abc", "SubscribeURL": "https://sns/"}
    assert signed_text(told) == (
        b"Message\nHello world!\nMessageId\n22b80b92\nSubscribeURL\nhttps://sns/\nTimestamp\n2012-05-02T00:54:06.655Z\n"
        b"Token\nabc\nTopicArn\narn:aws:sns:us-west-2:123456789012:MyTopic\nType\nSubscriptionConfirmation\n"
    )
