"""A code is easy to type and hard to mistake, and the shop's address keeps what it had."""

import pytest

from feedback_service.advocacy.codes import LENGTH, as_kept, is_code, new_code, referral_link, shop_link


def test_no_letter_of_a_code_looks_like_another() -> None:
    drawn = {letter for _ in range(2000) for letter in new_code()}
    assert drawn.isdisjoint("0O1ILU")
    assert drawn.isdisjoint("AEIOU"), "and no code is a word"
    assert len(drawn) > 20


def test_codes_are_short_and_hardly_ever_alike() -> None:
    codes = [new_code() for _ in range(5000)]
    assert {len(code) for code in codes} == {LENGTH}
    assert len(set(codes)) == 5000
    assert all(is_code(code) for code in codes)


@pytest.mark.parametrize("text", ["", "BCDFGH", "BCDFGHJK", "bcdfghj", "BCDFGH0", "BCDFGH\0", "ﬀﬀﬀﬀﬀﬀﬀ"])
def test_what_cannot_be_a_code_is_known_without_looking(text: str) -> None:
    assert not is_code(text)


def test_a_code_may_be_typed_in_small_letters_and_with_a_blank() -> None:
    assert as_kept(" bcdfg23 ") == "BCDFG23"


def test_the_link_is_short_enough_to_be_read_out() -> None:
    assert referral_link("https://feedback.shop.example", "BCDFG23") == "https://feedback.shop.example/go/BCDFG23"


@pytest.mark.parametrize(
    ("shop", "there", "why"),
    [
        ("https://shop.example", "https://shop.example/?ref=C", "a host alone gets a path"),
        ("https://shop.example/", "https://shop.example/?ref=C", "no query yet"),
        ("https://shop.example/a?lang=pt", "https://shop.example/a?lang=pt&ref=C", "beside what is there"),
        ("https://shop.example/?a=%20b+c&flag", "https://shop.example/?a=%20b+c&flag&ref=C", "which stays as it is"),
        ("https://shop.example/?ref=old&a=1", "https://shop.example/?a=1&ref=C", "in place of another one"),
        ("https://shop.example/?r%65f=old", "https://shop.example/?ref=C", "however that was written"),
        ("https://shop.example/?href=x", "https://shop.example/?href=x&ref=C", "another name is another name"),
        ("https://shop.example/?", "https://shop.example/?ref=C", "an empty query"),
        ("https://shop.example/#new", "https://shop.example/?ref=C#new", "before the fragment"),
        ("http://127.0.0.1:8080/s", "http://127.0.0.1:8080/s?ref=C", "a port stays"),
    ],
)
def test_the_code_is_added_to_the_shops_address(shop: str, there: str, why: str) -> None:
    assert shop_link(shop, "C") == there, why
