"""Only Amazon SNS's own addresses are ever asked for anything."""

import pytest

from feedback_service.delivery.providers.fetch import FetchError, fetch_from_sns, is_from_sns


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem",
        "https://SNS.eu-west-1.amazonaws.com:443/?Action=ConfirmSubscription",
        "https://sns.cn-north-1.amazonaws.com.cn/a.pem",
    ],
)
def test_amazon_s(url: str) -> None:
    assert is_from_sns(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "ftp://sns.eu-west-1.amazonaws.com/a.pem",
        "//sns.eu-west-1.amazonaws.com/a.pem",
        "https://eu-west-1.amazonaws.com/a.pem",
        "https://sns.amazonaws.com/a.pem",
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
    assert not is_from_sns(url)
    with pytest.raises(FetchError, match="not Amazon SNS's"):
        fetch_from_sns(url)
