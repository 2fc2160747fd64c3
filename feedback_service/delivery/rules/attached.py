"""The files that came with a mail, as its sender named them; `files` says which of them are kept."""

from collections.abc import Iterator

from feedback_service.delivery.rules.files import LARGEST_FILE, File
from feedback_service.delivery.rules.mime import LONGEST_HEADER, Mail, decoded_words, parts

NO_FILES = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/ms-tnef",
        "text/calendar",
    }
)
"""What programs add by themselves: neither a file that anybody sent, nor anything to say a word about."""


def attached_files(mail: Mail, *, complete: bool = True) -> Iterator[File]:
    """Every attached or named part, whatever it is called. Not `complete`: the last one lacks its end, and is none."""
    found = [part for part in parts(mail, attached=False) if _is_file(part)]
    for number, part in enumerate(found):
        cut = not complete and number == len(found) - 1
        yield File(_name(part), b"x" * (LARGEST_FILE + 1) if cut else _content(part))


def _is_file(part: Mail) -> bool:
    if part.is_multipart() and part.get_content_type() != "message/rfc822":
        return False
    if part.get_content_type() in NO_FILES:
        return False
    named = part.get_content_disposition() == "attachment" or bool(_raw_name(part))
    return named or part.get_content_maintype() not in {"text", "multipart"}


def _content(part: Mail) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b"\x00"  # a mail in a mail, which is no file of a known kind


def _name(part: Mail) -> str:
    return decoded_words(_raw_name(part)[:LONGEST_HEADER])


def _raw_name(part: Mail) -> str:
    try:
        return str(part.get_filename() or "")
    except (LookupError, ValueError, TypeError):  # a charset that nobody knows
        return "file"
