"""One mailbox is one person, however it is written, and the database cannot say whose it is."""

import pytest

from feedback_service.customers.addresses import BadAddressError, address_hash, normal_email

KEY = b"a privacy key for tests only"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        (" ana@example.com ", "ana@example.com"),
        ("Ana@EXAMPLE.com", "Ana@example.com"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        ("ana+shop@example.com", "ana+shop@example.com"),
    ],
)
def test_an_address_is_stored_in_its_normal_form(text: str, stored: str) -> None:
    assert normal_email(text) == stored


@pytest.mark.parametrize(
    "text", ["", "ana", "ana@", "@example.com", "a b@example.com", "a@b\r\nBcc: x@example.com", "zoë@example.com"]
)
def test_what_is_no_address_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(BadAddressError) as error:
        normal_email(text)
    assert str(error.value)


def test_case_does_not_make_another_person() -> None:
    assert address_hash(KEY, "Ana@Example.com") == address_hash(KEY, " ana@example.com")


def test_another_key_or_another_address_gives_another_hash() -> None:
    hashes = {address_hash(KEY, "ana@example.com"), address_hash(KEY, "bo@example.com")}
    hashes.add(address_hash(b"another privacy key", "ana@example.com"))
    assert len(hashes) == 3
    assert all(len(value) == 64 for value in hashes)
