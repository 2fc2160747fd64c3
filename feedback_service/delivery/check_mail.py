"""Looks at everything that decides whether a mail arrives, and says what to mend."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from feedback_service.config import Settings
from feedback_service.delivery.check_domain import Finding, check_domain, fine, look, mend
from feedback_service.delivery.mail_server import MailServer, Security
from feedback_service.delivery.name_server import NameServer
from feedback_service.delivery.rules.sender_policy import aligned
from feedback_service.delivery.smtp import Conversation, MailRefused

PATIENCE = 10.0  # seconds for the mail server


@dataclass(frozen=True)
class Sender:
    """An address that mails come from, and which survey's wording says so; "" for the installation's own."""

    address: str
    survey: str = ""

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


def check_mail(settings: Settings, senders: Sequence[Sender] = ()) -> Iterator[Finding]:
    """Every finding, as it is found; `senders`: those of the wordings, besides the installation's own."""
    own, server = Sender(settings.mail_from), MailServer.from_url(settings.mail_url.get_secret_value())
    names = NameServer(settings.dns_server)
    yield from _login(server)
    for domain in dict.fromkeys(sender.domain for sender in (own, *senders)):
        if _is_example(domain):
            yield mend("sender", f"{domain} is an example and nobody's domain: set FEEDBACK_MAIL_FROM.")
        else:
            yield from check_domain(names, domain, server, settings.dkim_selector)
    yield from _alignment(own, senders)
    yield from _footer(settings)
    yield from _links(settings)


def _is_example(domain: str) -> bool:
    return domain.endswith((".example", ".invalid", ".test", ".localhost")) or domain in {
        "example.com", "example.net", "example.org", "localhost",
    }  # fmt: skip


def _login(server: MailServer) -> Iterator[Finding]:
    about = f"mail server {server}"
    try:
        with Conversation(server, timeout=PATIENCE) as conversation:
            conversation.open()
    except MailRefused as refusal:
        yield mend(about, f"{refusal} FEEDBACK_MAIL_URL says where it is.")
        return
    signed_in = "It answers and lets us sign in." if server.username else "It answers; no sign-in is set."
    if server.security is not Security.NONE or _is_near(server.host):
        yield fine(about, signed_in)
    else:
        words = f"{signed_in} Nothing is encrypted on the way: use smtp+starttls:// or smtps:// in FEEDBACK_MAIL_URL."
        yield mend(about, words) if server.username else look(about, words)


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host


def _alignment(own: Sender, senders: Iterable[Sender]) -> Iterator[Finding]:
    others = [sender for sender in senders if not aligned(sender.domain, own.domain)]
    for sender in others:
        words = (
            f"{sender.survey} is sent from {sender.address}, and bounces go to {own.domain}: SPF does not speak for it."
            f" Your mail server must sign with DKIM for {sender.domain}, or the sender be one of {own.domain}."
        )
        yield look("alignment", words)
    if not others:
        yield fine("alignment", f"Every sender belongs to {own.domain}, where bounces go.")


def _footer(settings: Settings) -> Iterator[Finding]:
    """What the foot of a mail must say: who sends it, what becomes of an answer, and for how long."""
    for value, variable, what in (
        (settings.shop_postal_address, "FEEDBACK_SHOP_POSTAL_ADDRESS", "the shop's postal address"),
        (settings.privacy_url, "FEEDBACK_PRIVACY_URL", "a link to the privacy notice"),
        (settings.data_kept, "FEEDBACK_DATA_KEPT", "how long answers are kept"),
    ):
        if value:
            yield fine("footer", f"It has {what}.")
        else:
            yield mend("footer", f"It lacks {what}: set {variable}.")


def _links(settings: Settings) -> Iterator[Finding]:
    address = urlsplit(settings.base_url)
    if _is_near(address.hostname or ""):
        yield mend("links", f"{settings.base_url} can be reached by nobody outside: set FEEDBACK_PUBLIC_URL.")
    elif address.scheme != "https":
        yield mend("links", f"{settings.base_url} is not encrypted, and mail programs warn of it: use https://.")
    else:
        yield fine("links", f"They lead to {settings.base_url}.")
