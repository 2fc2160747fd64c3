"""An HTML reply is read as its writer saw it, without what its program quotes."""

import pytest

from feedback_service.delivery.rules.html_text import words_of_html
from tests.delivery.hostile import RUNS, TIMES_SLOWER, times_slower

NEW = "<div>The lamp &amp; its shade<br>came <b>broken</b>.</div>"
READ = "The lamp & its shade\ncame broken."


@pytest.mark.parametrize(
    "quoted",
    [
        '<div class="gmail_quote"><div class="gmail_attr">On Friday</div><blockquote>How was it?</blockquote></div>',
        '<div class="gmail_quote gmail_quote_container">How was it?</div>',
        '<blockquote type="cite"><p>How was it?</p></blockquote>',
        '<div id="divRplyFwdMsg"><b>From:</b> Shop</div><div>How was it?</div>',
        '<div id="x_divRplyFwdMsg"></div><p>How was it?</p>',
        '<div id="appendonsend"></div><hr><div>How was it?</div>',
        '<div class="yahoo_quoted">How was it?</div>',
        '<div class="moz-cite-prefix">On Friday wrote:</div><blockquote type="cite">How was it?</blockquote>',
        "<style>p { color: red }</style><script>alert(1)</script>",
    ],
)
def test_the_quoted_mail_goes(quoted: str) -> None:
    assert words_of_html(f"<html><head><title>Re</title></head><body>{NEW}{quoted}</body></html>") == READ


def test_words_below_a_quote_stay() -> None:
    assert words_of_html(f'<blockquote type="cite">How was it?</blockquote>{NEW}') == READ


@pytest.mark.parametrize("html", ["<p>a", "</p></div>a", "<div<div>>a", "<b>a</i>", "a<!-- b", "&#0;a", "<![if x]>a"])
def test_broken_html_is_no_reason_to_fail(html: str) -> None:
    words_of_html(html)


def test_a_depth_that_nobody_writes_is_no_reason_to_fail() -> None:
    assert words_of_html("<div>" * 9_000 + "a") == "a"


@pytest.mark.parametrize("piece", RUNS)
def test_what_was_made_to_be_slow_to_read_is_not(piece: str) -> None:
    assert times_slower(words_of_html, piece) < TIMES_SLOWER


def test_a_tag_without_an_end_hides_no_word_after_it() -> None:
    assert words_of_html("<p <p>I &lt;3 it, 1 < 2 <b>very</b> <!-- not <!-- this -->so") == "<p\nI <3 it, 1 < 2 very so"
