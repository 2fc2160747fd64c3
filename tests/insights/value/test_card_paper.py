"""A scorecard as a PDF: what its page says, on a sheet or two, and nobody who bought is on it."""

import re
import zlib
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from matplotlib.backends.backend_agg import FigureCanvasAgg
from sqlalchemy.orm import Session

from feedback_service.insights.paper import MARGIN, PDF, WIDTH, Writer
from tests.insights.value.test_routes import CARD, LOOKING, PAGE, WORDS, delivered
from tests.responses.factories import read

PAPER = CARD.replace("/scorecard", "/scorecard.pdf")
NAMES = [
    "Lojas \N{GRINNING FACE} مرحبا 日本 $50, was $75 $\\nope$",
    "$",
    "\N{GRINNING FACE}",
    "شحن سريع",
    "<b>A/B</b>\r\n\x07\N{ZERO WIDTH JOINER}\"'",
    "W" * 80,
]


def streams(data: bytes) -> bytes:
    """What its pages draw."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    return b"\n".join(zlib.decompressobj().decompress(each) for each in found if each[:1] == b"x")


def words(data: bytes) -> str:
    """What stands on its pages, where it is Latin."""
    shown = re.findall(rb"\bBT\b(.*?)\bET\b", streams(data), re.DOTALL)
    lines = (re.findall(rb"\(((?:\\.|[^\\)])*)\)", each) for each in shown)
    return " ".join(re.sub(rb"\\(.)", rb"\1", b"".join(line)).decode("latin-1") for line in lines)


def sheets_of(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", data + streams(data)))


def test_it_says_what_the_page_says(manager: FlaskClient, session: Session) -> None:
    delivered(session, "Swift", 2, 12, late=3, theme="delivery")
    delivered(session, "Steady", 10, 20, late=0)
    session.commit()
    page = manager.get(CARD)
    assert re.search(r'href="/insights/value/scorecard\.pdf\?[^"]*by=order\.carrier&amp;is=Swift" download', page.text)
    file = manager.get(PAPER)
    assert (file.status_code, file.mimetype) == (200, PDF)
    assert file.headers["Content-Disposition"] == "attachment; filename=scorecard-Swift.pdf"
    assert sheets_of(file.data) == 2, "words, and pictures"
    told = words(file.data)
    for each in (
        "Corner Shop",
        "Carrier: Swift",
        "1 Aug 2025 to",
        "12 answers",
        "200 points lower than all others together",
        "(136 to 200): a real",
        "12 deliveries",
        "half were delivered within",
        "Delivery: 100",
        "Nobody was assigned by lot",
    ):
        assert each in told, told
        assert each in read(page).text, each


def test_nobody_who_bought_is_on_it(manager: FlaskClient, session: Session) -> None:
    delivered(session, "Swift", 2, 12, late=3, theme="delivery")
    session.commit()
    data = manager.get(PAPER).data
    told = words(data)
    assert "Carrier: Swift" in told
    for each in (WORDS, "parcel", "Ana", "Souza"):
        assert each not in told
    assert b"/URI" not in data + streams(data), "no link to the answers"


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_what_shops_write_does_not_break_it(manager: FlaskClient, session: Session, name: str) -> None:
    delivered(session, name, 9, 11, late=0)
    session.commit()
    file = manager.get(f"{PAGE}/scorecard.pdf{LOOKING}&by=order.carrier&is={quote(name)}")
    assert (file.status_code, sheets_of(file.data)) == (200, 2)
    assert re.fullmatch(r"attachment; filename[^\r\n/\"<]+\.pdf", file.headers["Content-Disposition"])


@pytest.mark.parametrize("size", [8, 10, 18])
@pytest.mark.parametrize("name", [*NAMES, "DEUTSCHE PAKETGESELLSCHAFT " * 4, "日本語の宅配便" * 12], ids=ascii)
def test_no_line_runs_off_the_sheet_and_none_is_cut(name: str, size: int) -> None:
    writer = Writer()
    writer.line(name, size, bold=True)
    (sheet,) = writer.sheets
    sheet.dpi = 720  # a pixel is a tenth of a point: letters are as wide as in print
    renderer = FigureCanvasAgg(sheet).get_renderer()
    assert all(text.get_window_extent(renderer).x1 / 10 <= WIDTH - MARGIN for text in sheet.texts)
    written = "".join(text.get_text() for text in sheet.texts).replace(" ", "")
    assert len(written) == len("".join(each for each in name if each.isprintable() and each != " "))


def test_too_few_are_on_one_sheet_and_nothing_is_on_none(manager: FlaskClient, session: Session) -> None:
    delivered(session, "Swift", 9, 3, late=0)
    session.commit()
    data = manager.get(PAPER).data
    assert sheets_of(data) == 1
    for each in ("Too few to say", "3 answers", "Too few comments to say."):
        assert each in words(data)
    for asked in (f"{LOOKING}&by=order.carrier&is=Nobody", "", "?by=theme&is=delivery"):
        assert "scorecard.pdf" not in manager.get(f"{PAGE}/scorecard{asked}").text
        assert manager.get(f"{PAGE}/scorecard.pdf{asked}").status_code == 404
