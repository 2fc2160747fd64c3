"""A picture that a demo buyer sends with a mail: a cracked cup from above, as PNG."""

import struct
import zlib
from functools import cache

SIDE, MIDDLE = 160, 80  # pixels
COFFEE, CUP = 44, 62  # radius, in pixels
COLOURS = {"crack": b"\x30\x20\x18", "coffee": b"\x5a\x38\x22", "cup": b"\xee\xe8\xdc", "table": b"\xa8\x86\x62"}


@cache
def cracked_cup() -> bytes:
    """The file's bytes (PNG 1.2, 8-bit RGB, no filter)."""
    rows = (b"\0" + b"".join(COLOURS[_what_is_at(x, y)] for x in range(SIDE)) for y in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def _what_is_at(x: int, y: int) -> str:
    away = ((x - MIDDLE) ** 2 + (y - MIDDLE) ** 2) ** 0.5
    if away < CUP and y < MIDDLE and abs(x - MIDDLE - y // 4 + 20) <= 1:
        return "crack"
    return "coffee" if away < COFFEE else "cup" if away < CUP else "table"
