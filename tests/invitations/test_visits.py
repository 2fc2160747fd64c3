"""What speaks for a machine, and what does not: every row says why."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.invitations.rules.visits import (
    LONGEST_AGENT,
    MOST_KEPT,
    MOST_SUSPECTED_KEPT,
    Visit,
    VisitSuspicion,
    agent_as_kept,
    calls_itself_a_machine,
    first_opening,
    judged,
    worth_keeping,
)

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Version/18.3 Safari/604.1"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/134.0.0.0 Safari/537.36"
KNOWN, HEAD, SEVERAL, NO_NONCE = VisitSuspicion


def at(seconds: float = 0, scope: str = "answer", method: str = "GET", agent: str = PHONE) -> Visit:
    return Visit(scope, NOW + timedelta(seconds=seconds), method, agent)


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "Wget/1.21.4",
        "python-requests/2.32.3",
        "Python-urllib/3.11",
        "Go-http-client/2.0",
        "Java/17.0.9",
        "Apache-HttpClient/4.5.14 (Java/11.0.21)",
        "okhttp/4.12.0",
        "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "WhatsApp/2.24.6.77 A",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
        "Mozilla/5.0 (compatible; BarracudaCentral; +https://barracudacentral.org)",
        "Mozilla/5.0 (compatible; proofpoint-url-defense)",
        "Mimecast-URL-Protect/1.0",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/134.0.0.0 Safari/537.36",
    ],
)
def test_a_machine_that_says_so_is_believed(agent: str) -> None:
    assert calls_itself_a_machine(agent)


@pytest.mark.parametrize(
    "agent",
    [
        PHONE,
        LAPTOP,
        "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0",
        "Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 Chrome/134.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 SamsungBrowser/27.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;FBAV/500.0.0]",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3) AppleWebKit/605.1.15 GSA/360.1 Mobile/15E148 Safari/604.1",
        "Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1",
    ],
)
def test_a_persons_browser_is_not_mistaken_for_one(agent: str) -> None:
    assert not calls_itself_a_machine(agent)


@pytest.mark.parametrize(
    ("visits", "expected", "why"),
    [
        ([at()], [None], "a person opens the link"),
        ([at(agent="curl/8.5.0"), at(60)], [KNOWN, None], "a machine first, the person a minute later"),
        ([at(method="HEAD"), at(0.3)], [HEAD, HEAD], "the head, then at once the page, by the same visitor"),
        ([at(method="HEAD"), at(3600)], [HEAD, None], "an hour later the same browser is the person's"),
        ([at(method="HEAD", agent=LAPTOP), at(0.5)], [HEAD, None], "checked by another as the person tapped it"),
        ([at(), at(0.2)], [None, None], "a double tap"),
        ([at(), at(0.2), at(0.9)], [SEVERAL] * 3, "three scores of one row within a second"),
        ([at(), at(0.8), at(1.6)], [None] * 3, "three in longer than a second"),
        ([at(), at(0.8), at(1.6), at(1.7)], [None, SEVERAL, SEVERAL, SEVERAL], "the burst began with the second"),
        ([at(), at(1, scope="unsubscribe")], [SEVERAL, SEVERAL], "both links of the mail within a second"),
        ([at(), at(1.01, scope="unsubscribe")], [None, None], "the answer, and then a look at how to stop it"),
        ([at(scope="unsubscribe"), at(0.5)], [SEVERAL, SEVERAL], "in whatever order"),
    ],
)
def test_visits_are_judged_together(visits: list[Visit], expected: list[VisitSuspicion | None], why: str) -> None:
    assert judged(visits) == expected, why


def test_what_was_suspected_stays_so_whatever_is_known_later() -> None:
    assert judged([Visit("answer", NOW, "GET", PHONE, KNOWN)]) == [KNOWN]


@given(
    st.lists(st.tuples(st.floats(0, 5), st.sampled_from(["answer", "unsubscribe"]), st.sampled_from(["GET", "HEAD"])))
)
def test_one_more_visit_never_clears_an_earlier_one(described: list[tuple[float, str, str]]) -> None:
    visits = [at(seconds, scope, method) for seconds, scope, method in described]
    for known in range(len(visits)):
        before, after = judged(visits[:known]), judged(visits[: known + 1])
        assert all(now is not None for was, now in zip(before, after, strict=False) if was is not None)


@pytest.mark.parametrize(
    ("visits", "expected", "why"),
    [
        ([], None, "nobody came"),
        ([at(5), at(60)], 5, "the first of two"),
        ([Visit("answer", NOW, "GET", PHONE, SEVERAL), at(60)], 60, "a scanner is passed over"),
        ([at(5, method="HEAD")], None, "a head shows no form"),
        ([at(5, scope="unsubscribe")], None, "another page"),
        ([at(100)], None, "the form was no longer there"),
    ],
)
def test_the_first_opening_is_a_persons(visits: list[Visit], expected: int | None, why: str) -> None:
    opened = first_opening(visits, answer_scope="answer", closes_at=NOW + timedelta(seconds=100))
    assert opened == (None if expected is None else NOW + timedelta(seconds=expected)), why


def test_a_keen_scanner_leaves_room_for_the_person() -> None:
    scanner = [Visit("answer", NOW, "GET", PHONE, SEVERAL)] * MOST_SUSPECTED_KEPT
    assert not worth_keeping(scanner[0], scanner)
    assert worth_keeping(scanner[0], scanner[1:])
    assert worth_keeping(at(60), scanner)
    assert not worth_keeping(at(60), [at(60)] * MOST_KEPT)


def test_an_agent_is_kept_short_and_printable() -> None:
    assert agent_as_kept("curl\x00/8\r\n\u202e " + "x" * 500) == ("curl/8 " + "x" * 500)[:LONGEST_AGENT]
    assert agent_as_kept("\t ") == ""
