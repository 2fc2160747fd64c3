"""Only Amazon SNS's own addresses are ever asked for anything."""

import pytest

from feedback_service.delivery.providers.fetch import is_at, sns_host

HOST = "sns.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem",
        "https://SNS.eu-west-1.amazonaws.com:443/?Action=ConfirmSubscription",
    ],
)
def test_amazon_s(url: str) -> None:
    assert is_at(url, HOST)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "ftp://sns.eu-west-1.amazonaws.com/a.pem",
        "//sns.eu-west-1.amazonaws.com/a.pem",
        "https://eu-west-1.amazonaws.com/a.pem",
        "https://sns.amazonaws.com/a.pem",
        "https://sns.s3.amazonaws.com/a.pem",
        "https://sns.eu-west-2.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com.cn/a.pem",
        "https://sns.eu.west.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com.cn.evil.example/a.pem",
        "https://evilsns.eu-west-1.amazonaws.com/a.pem",
        "https://me@sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com@127.0.0.1/a.pem",
        "https://sns.eu-west-1.amazonaws.com:22/a.pem",
        "https://sns.eu-west-1.amazonaws.com:x/a.pem",
        "https://[::1]/a.pem",
        "https://[/a.pem",
    ],
)
def test_anybody_else_s_are_not_asked(url: str) -> None:
    assert not is_at(url, HOST)
    assert not is_at(url, "")


@pytest.mark.parametrize(
    ("topic", "host"),
    [
        ("arn:aws:sns:eu-west-1:123456789012:mail", HOST),
        ("arn:aws:sns:ap-southeast-2:123456789012:mail.fifo", "sns.ap-southeast-2.amazonaws.com"),
        ("arn:aws-us-gov:sns:us-gov-west-1:123456789012:mail", "sns.us-gov-west-1.amazonaws.com"),
        ("arn:aws-cn:sns:cn-north-1:123456789012:mail", "sns.cn-north-1.amazonaws.com.cn"),
        ("arn:aws:sns:s3:123456789012:mail", ""),
        ("arn:aws:sns::123456789012:mail", ""),
        ("arn:elsewhere:sns:eu-west-1:123456789012:mail", ""),
        ("", ""),
    ],
)
def test_the_topic_says_which_host_is_asked(topic: str, host: str) -> None:
    assert sns_host(topic) == host
