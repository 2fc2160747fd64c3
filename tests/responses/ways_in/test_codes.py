"""What is printed is the address: the drawings are compared with the code itself, module by module."""

import re
import struct
import zlib

import segno

from feedback_service.responses.ways_in.codes import PIXELS_PER_MODULE, QUIET_ZONE, as_png, as_svg, smallest_print_mm

ADDRESS = "https://feedback.corner-shop.example/c/abcdefghjk"
Dark = set[tuple[int, int]]


def expected() -> Dark:
    """Where the code of the address is dark, with its quiet zone, as (row, column)."""
    matrix = segno.make_qr(ADDRESS, error="q").matrix
    return {
        (row + QUIET_ZONE, column + QUIET_ZONE)
        for row, modules in enumerate(matrix)
        for column, module in enumerate(modules)
        if module
    }


def drawn(svg: str) -> Dark:
    """Where a drawing made of horizontal strokes is dark."""
    found: Dark = set()
    [strokes] = re.findall(r'<path[^>]* stroke[^>]*d="([^"]+)"|<path[^>]*d="([^"]+)"[^>]*stroke', svg)
    x = y = 0.0
    for command, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,](-?[\d.]+))?", "".join(strokes)):
        if command == "M":
            x, y = float(first), float(second)
        elif command == "m":
            x, y = x + float(first), y + float(second)
        else:
            found |= {(int(y), int(x) + step) for step in range(int(first))}
            x += float(first)
    return found


def pixels(png: bytes) -> list[list[int]]:
    """The bits of a black and white PNG, rows of 1 for white."""
    width = struct.unpack(">I", png[16:20])[0]
    assert png[24] == 1  # one bit for each pixel
    data, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, stride = zlib.decompress(data), 1 + (width + 7) // 8
    rows: list[bytes] = [bytes(stride - 1)]
    for first in range(0, len(raw), stride):
        how, row = raw[first], raw[first + 1 : first + stride]
        assert how in {0, 2}  # as it is, or as a difference from the row above
        rows.append(row if how == 0 else bytes((one + other) & 255 for one, other in zip(row, rows[-1], strict=True)))
    return [[row[column // 8] >> (7 - column % 8) & 1 for column in range(width)] for row in rows[1:]]


def test_the_drawing_is_the_address() -> None:
    assert drawn(as_svg(ADDRESS).decode()) == expected()


def test_the_image_is_the_address() -> None:
    rows = pixels(as_png(ADDRESS))
    middle = PIXELS_PER_MODULE // 2
    dark = {
        (row, column)
        for row in range(len(rows) // PIXELS_PER_MODULE)
        for column in range(len(rows) // PIXELS_PER_MODULE)
        if rows[row * PIXELS_PER_MODULE + middle][column * PIXELS_PER_MODULE + middle] == 0
    }
    assert dark == expected()


def test_a_quarter_of_it_may_be_lost() -> None:
    assert segno.make_qr(ADDRESS, error="q").error in {"Q", "H"}


def test_it_fits_on_a_receipt() -> None:
    assert 15 <= smallest_print_mm(ADDRESS) <= 40
