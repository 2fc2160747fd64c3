"""The address of a way in as a QR code, for receipts, parcels and counters."""

import io

import segno

CORRECTION = "q"  # a quarter may be scratched, creased or faded: thermal paper is all three
QUIET_ZONE = 4  # modules of white around it, as ISO/IEC 18004 asks for
PIXELS_PER_MODULE = 20
DOTS_PER_INCH = 600
SMALLEST_MODULE_MM = 0.5  # what a phone's camera tells apart at arm's length, from a thermal printer


def qr_code(address: str) -> segno.QRCode:
    """The smallest code that holds an address with that much correction."""
    return segno.make_qr(address, error=CORRECTION)


def as_svg(address: str) -> bytes:
    """A drawing of any size, black on white: many scanners read no other colours, and none read white on black."""
    out = io.BytesIO()
    qr_code(address).save(out, kind="svg", scale=8, border=QUIET_ZONE, dark="black", light="white", title=address)
    return out.getvalue()


def as_png(address: str) -> bytes:
    """An image for a printer: 600 dots an inch, sharp at every size that a receipt or a label has room for."""
    out = io.BytesIO()
    qr_code(address).save(out, kind="png", scale=PIXELS_PER_MODULE, border=QUIET_ZONE, dpi=DOTS_PER_INCH)
    return out.getvalue()


def smallest_print_mm(address: str) -> int:
    """How wide it should be printed at least, the white around it included."""
    modules = qr_code(address).symbol_size(border=QUIET_ZONE)[0]
    return round(modules * SMALLEST_MODULE_MM)
