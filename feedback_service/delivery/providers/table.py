"""The providers whose webhooks this installation takes: those whose secret is set."""

from feedback_service.config import Settings, SettingsError
from feedback_service.delivery.providers.mailgun import Mailgun
from feedback_service.delivery.providers.postmark import Postmark
from feedback_service.delivery.providers.provider import Provider
from feedback_service.delivery.providers.sendgrid import SendGrid, public_key
from feedback_service.delivery.providers.ses import Ses

PROVIDERS = "feedback_providers"
"""Under this name the app keeps them."""

VARIABLES = {
    "ses": "FEEDBACK_SNS_TOPIC",
    "postmark": "FEEDBACK_POSTMARK_TOKEN",
    "mailgun": "FEEDBACK_MAILGUN_KEY",
    "sendgrid": "FEEDBACK_SENDGRID_KEY",
}


def providers_of(settings: Settings) -> dict[str, Provider]:
    """By name, as it stands in the webhook's address. Raises SettingsError where a key is none."""
    if settings.sendgrid_key:
        try:
            public_key(settings.sendgrid_key)
        except ValueError as error:
            raise SettingsError(f"FEEDBACK_SENDGRID_KEY {error}.") from None
    table: dict[str, Provider | None] = {
        "ses": Ses(settings.sns_topic) if settings.sns_topic else None,
        "postmark": Postmark(settings.postmark_token.get_secret_value()) if settings.postmark_token else None,
        "mailgun": Mailgun(settings.mailgun_key.get_secret_value()) if settings.mailgun_key else None,
        "sendgrid": SendGrid(settings.sendgrid_key) if settings.sendgrid_key else None,
    }
    return {name: provider for name, provider in table.items() if provider is not None}
