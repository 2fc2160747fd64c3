"""Looks at what a sending domain says in the DNS, and says what to mend, with the record to add."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.name_server import NameServer, NoAnswerError
from feedback_service.delivery.rules.sender_policy import (
    MOST_LOOKUPS,
    DkimKey,
    PolicyError,
    SpfWalk,
    dmarc_records,
    joined_spf,
    networks,
    parse_dkim,
    parse_dmarc,
    spf_records,
    walk_spf,
)

SHORTEST_RSA, USUAL_RSA = 1024, 2048  # bits: below the first receivers refuse (RFC 8301), below the second they may
USUAL_SELECTORS = (
    "default", "mail", "dkim", "selector1", "selector2", "s1", "s2", "k1", "k2", "google", "pm", "mg", "smtp", "mx",
)  # fmt: skip
SPF_OF_PROVIDERS = {
    "amazonaws.com": "amazonses.com",
    "google.com": "_spf.google.com",
    "gmail.com": "_spf.google.com",
    "mailgun.org": "mailgun.org",
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
    "postmarkapp.com": "spf.mtasv.net",
    "sendgrid.net": "sendgrid.net",
}
"""What a provider whose mail server has such a name asks its customers to include."""


class Level(StrEnum):
    """How a finding stands."""

    FINE = "fine"
    LOOK = "look"
    """It may be right; only a person can say."""
    MEND = "mend"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and the DNS record to add, where one would mend it."""

    level: Level
    about: str
    words: str
    record: str = ""


def check_domain(names: NameServer, domain: str, server: MailServer, selector: str) -> Iterator[Finding]:
    """Whether bounces come back, and what SPF, DKIM and DMARC say; `selector` is "" where it is not known."""
    looks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("bounces", lambda: _returns(names, domain)),
        ("SPF", lambda: _spf(names, domain, server)),
        ("DKIM", lambda: _dkim(names, domain, selector)),
        ("DMARC", lambda: _dmarc(names, domain)),
    )
    for about, looked_at in looks:
        try:
            yield from looked_at()
        except NoAnswerError as error:
            yield mend(f"{about} of {domain}", str(error))


def fine(about: str, words: str) -> Finding:
    """All is well."""
    return Finding(Level.FINE, about, words)


def look(about: str, words: str, record: str = "") -> Finding:
    """A person should look at it."""
    return Finding(Level.LOOK, about, words, record)


def mend(about: str, words: str, record: str = "") -> Finding:
    """It is wrong."""
    return Finding(Level.MEND, about, words, record)


def _returns(names: NameServer, domain: str) -> Iterator[Finding]:
    about, servers = f"bounces of {domain}", names.mail_servers(domain)
    if "." in servers:
        yield mend(about, "The domain says that it takes no mail, so bounces and replies are lost.")
    elif servers or names.addresses(domain):
        yield fine(about, f"Bounces and replies reach {', '.join(servers) or domain}.".replace(".,", ","))
    else:
        record = f"{domain}. MX 10 <the name of the server that takes its mail>."
        yield mend(about, "No server takes mail for the domain, so bounces and replies are lost.", record)


def _spf(names: NameServer, domain: str, server: MailServer) -> Iterator[Finding]:
    about, found = f"SPF of {domain}", spf_records(names.texts(domain))
    if not found:
        record = f'{domain}. TXT "v=spf1 {_own_terms(names, server)} ~all"'
        yield mend(about, "There is no SPF record: nobody knows which servers may send for the domain.", record)
        return
    if len(found) > 1:
        record = f'{domain}. TXT "{joined_spf(sorted(found))}"'
        yield mend(about, f"There are {len(found)} SPF records, so receivers believe none. Make them one.", record)
        return
    try:
        walk = walk_spf(domain, found[0], lambda name: spf_records(names.texts(name)))
    except PolicyError as error:
        yield mend(about, f"The record {error}: “{found[0]}”.")
        return
    problems = [*_spf_faults(about, domain, found[0], walk), *_spf_covers(about, domain, found[0], names, server, walk)]
    yield from problems or [fine(about, f"“{found[0]}”, {walk.lookups} of {MOST_LOOKUPS} look-ups.")]


def _spf_faults(about: str, domain: str, record: str, walk: SpfWalk) -> Iterator[Finding]:
    for broken in walk.broken:
        yield mend(about, f"{broken}. Receivers then believe nothing of the record: mend or remove it.")
    if walk.lookups > MOST_LOOKUPS:
        words = (
            f"Reading the record takes {walk.lookups} look-ups, and receivers stop at {MOST_LOOKUPS}:"
            f" remove includes that are not needed. It includes {', '.join(walk.followed)}."
        )
        yield mend(about, words)
    parts = record.split()
    last = next((word.lower() for word in parts if word.lstrip("+?~-").lower() == "all"), "")
    if last in {"all", "+all"}:
        mended = " ".join("-all" if word.lower() == last else word for word in parts)
        yield mend(about, f"{last} lets everybody send in your name.", f'{domain}. TXT "{mended}"')
    elif last == "?all" or (not last and not any(word.lower().startswith("redirect=") for word in parts)):
        mended = " ".join([*(word for word in parts if word.lower() != last), "~all"])
        yield look(
            about, "The record says nothing about all other servers: end it in ~all.", f'{domain}. TXT "{mended}"'
        )


def _spf_covers(
    about: str, domain: str, record: str, names: NameServer, server: MailServer, walk: SpfWalk
) -> Iterator[Finding]:
    """Whether the mail server we hand to may send for the domain."""
    if included := _provider(server.host):
        if included not in walk.followed:
            first, *rest = record.split()
            mended = " ".join([first, f"include:{included}", *rest])
            words = f"{server.host} is not among the servers that may send: its provider's include is missing."
            yield mend(about, words, f'{domain}. TXT "{mended}"')
        return
    allowed = networks(walk.terms)
    given = [ip_address(text) for text in _addresses(names, server.host)]
    public = [address for address in given if not address.is_private]
    if not public or any(address in network for address in public for network in allowed):
        return
    if any(term.name in {"a", "mx", "exists", "ptr"} for term in walk.terms):
        return  # they may well name it; a guess would be wrong more often than right
    words = f"{public[0]}, where we hand mail over, is not named. If mail leaves from there, add {_term(public[0])}."
    yield look(about, words)


def _provider(host: str) -> str:
    return next((spf for name, spf in SPF_OF_PROVIDERS.items() if host == name or host.endswith(f".{name}")), "")


def _addresses(names: NameServer, host: str) -> Sequence[str]:
    try:
        return [str(ip_address(host))]
    except ValueError:
        return names.addresses(host) if "." in host else ()


def _own_terms(names: NameServer, server: MailServer) -> str:
    """What an SPF record has to name, as far as we can tell."""
    if included := _provider(server.host):
        return f"include:{included}"
    given = (ip_address(text) for text in _addresses(names, server.host))
    return " ".join(_term(address) for address in given if not address.is_private) or "mx"


def _term(address: object) -> str:
    return f"ip{'6' if ':' in str(address) else '4'}:{address}"


def _dkim(names: NameServer, domain: str, selector: str) -> Iterator[Finding]:
    about, tried = f"DKIM of {domain}", [selector] if selector else USUAL_SELECTORS
    found = [(name, texts[0]) for name in tried if (texts := names.texts(f"{name}._domainkey.{domain}"))]
    if selector and not found:
        record = f'{selector}._domainkey.{domain}. TXT "v=DKIM1; k=rsa; p=<the public key that your mail server shows>"'
        yield mend(about, f"There is no key under the selector {selector}: signatures count as broken.", record)
    elif not found:
        words = f"No key under the usual selectors ({', '.join(USUAL_SELECTORS)}). Set FEEDBACK_DKIM_SELECTOR to yours."
        yield look(about, f"{words} Without DKIM large hosts take no bulk mail.")
    for name, record in found:
        yield _dkim_key(about, name, record, guessed=not selector)


def _dkim_key(about: str, selector: str, record: str, *, guessed: bool) -> Finding:
    try:
        key = parse_dkim(record)
    except PolicyError as error:
        return mend(about, f"The key under {selector} {error}.")
    if fault := _fault(key):
        return mend(about, f"The key under {selector} {fault}.")
    if key.testing:
        return look(about, f"The key under {selector} says t=y, a test: take that out once mails arrive signed.")
    if key.kind == "rsa" and key.bits < USUAL_RSA:
        return look(about, f"The key under {selector} has {key.bits} bits; make one of {USUAL_RSA} when you can.")
    words = f"A key of {key.bits} bits ({key.kind}) under {selector}."
    doubt = " The selector was guessed: set FEEDBACK_DKIM_SELECTOR if yours is another." if guessed else ""
    return fine(about, words + doubt)


def _fault(key: DkimKey) -> str:
    if key.bits == 0:
        return "was taken back (p= is empty): put the present one there"
    if key.kind == "rsa" and key.bits < SHORTEST_RSA:
        return f"has {key.bits} bits, and receivers refuse such: make a new one"
    return ""


def _dmarc(names: NameServer, domain: str) -> Iterator[Finding]:
    about, (at, found) = f"DMARC of {domain}", _dmarc_above(names, domain)
    advised = f'_dmarc.{domain}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"'
    if not found:
        yield mend(about, "There is no DMARC record, and large hosts ask for one from whoever sends in bulk.", advised)
        return
    if len(found) > 1:
        yield mend(about, f"There are {len(found)} DMARC records at _dmarc.{at}, so receivers go by none. Keep one.")
        return
    try:
        policy = parse_dmarc(found[0])
    except PolicyError as error:
        yield mend(about, f"The record {error}: “{found[0]}”.", advised)
        return
    if policy.policy == "none":
        words = (
            "p=none only watches: others can go on mailing in your name. Once the reports show your own mail passing,"
        )
        yield look(
            about, f"{words} say p=quarantine.", f'_dmarc.{at}. TXT "{found[0].replace("p=none", "p=quarantine")}"'
        )
    elif policy.percent < 100:  # noqa: PLR2004 - per cent
        yield look(about, f"pct={policy.percent} lets the rest through: take it out once all is well.")
    if not policy.reports_to:
        words = "Nobody gets reports: add rua=mailto:… to see who sends in your name."
        yield look(about, words)
    elif policy.policy != "none":
        yield fine(about, f"“{found[0]}”")


def _dmarc_above(names: NameServer, domain: str) -> tuple[str, list[str]]:
    """The records of the domain or, where it has none, of the nearest domain above it that has one."""
    labels = domain.split(".")
    for skipped in range(len(labels) - 1):
        at = ".".join(labels[skipped:])
        if found := dmarc_records(names.texts(f"_dmarc.{at}")):
            return at, found
    return domain, []
