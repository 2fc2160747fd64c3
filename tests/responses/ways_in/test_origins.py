"""A manager says on which pages the panel may be shown; what passes stands in a header."""

import pytest

from feedback_service.responses.ways_in.origins import MOST_ORIGINS, OriginError, parse_origins


@pytest.mark.parametrize(
    ("typed", "origins", "why"),
    [
        ("https://shop.example", ["https://shop.example"], "an address"),
        ("https://shop.example/", ["https://shop.example"], "as browsers copy it"),
        ("HTTPS://Shop.Example", ["https://shop.example"], "letters are compared as small ones"),
        ("https://shop.example:443 http://shop.example:80", ["https://shop.example", "http://shop.example"], "ports"),
        ("http://localhost:8080", ["http://localhost:8080"], "a website that is being built"),
        ("https://a.example\nhttps://b.example,https://a.example", ["https://a.example", "https://b.example"], "lists"),
        ("https://bücher.example", ["https://xn--bcher-kva.example"], "as a browser sends it"),
        ("", [], "nothing"),
    ],
)
def test_what_is_understood(typed: str, origins: list[str], why: str) -> None:
    assert parse_origins(typed) == origins, why


@pytest.mark.parametrize(
    "typed",
    [
        "shop.example",
        "https://shop.example/cart",
        "https://shop.example?a=b",
        "https://*.shop.example",
        "*",
        "'self'",
        "javascript://shop.example",
        "https://user@shop.example",
        "https://shop.example;script-src",
        "https://shop.example:99999",
        "https://",
        "https://[::1",
        "https://-shop.example",
    ],
)
def test_what_is_refused_says_what_an_address_looks_like(typed: str) -> None:
    with pytest.raises(OriginError, match=r"such as https://shop\.example"):
        parse_origins(typed)


def test_a_list_has_an_end() -> None:
    many = " ".join(f"https://shop{number}.example" for number in range(MOST_ORIGINS + 1))
    with pytest.raises(OriginError, match="at most"):
        parse_origins(many)
