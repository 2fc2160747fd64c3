"""Which files are kept of those that people send: few, small, of kinds that are known by their first bytes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MOST_FILES = 5
LARGEST_FILE = 5 * 1024 * 1024  # bytes
LARGEST_TOGETHER = 12 * 1024 * 1024  # bytes
LONGEST_NAME = 120  # characters

ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "application/pdf": (".pdf",),
    "text/plain": (".txt", ".log", ".csv"),
}
"""What is kept, and how the name of such a file may end; the first ending is put to one that ends otherwise."""

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
# Text that a browser or an interpreter would run if somebody gave it to one under another name.
_MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|meta|\?xml|\?php|%)", re.IGNORECASE
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')


class Refusal(StrEnum):
    """Why a file is not kept."""

    EMPTY = "empty"
    TYPE = "type not allowed"
    TOO_LARGE = "larger than 5 MB"
    TOO_MANY = "more than 5 files, or 12 MB together"


@dataclass(frozen=True)
class File:
    """A file under the name that its sender gave it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class KeptFile(File):
    """A file that is fit to be kept: its name is cleaned, its type is what its first bytes say."""

    media_type: str


@dataclass(frozen=True)
class Sorted:
    """What is kept of some files, and how many are not, by reason."""

    kept: tuple[KeptFile, ...]
    refused: Counter[Refusal]

    @property
    def left_out(self) -> str:
        """For staff, such as "2 files were not kept: type not allowed."; empty where all were kept."""
        said = [f"{_files(count)} not kept: {reason}." for reason, count in sorted(self.refused.items())]
        return " ".join(said)


def sort_out(files: Iterable[File]) -> Sorted:
    """Keep what may be kept, in the order given; the limits count what is kept only."""
    kept: list[KeptFile] = []
    refused: Counter[Refusal] = Counter()
    for file in files:
        fit = checked(file)
        if isinstance(fit, KeptFile) and not _fits(kept, fit):
            fit = Refusal.TOO_MANY
        if isinstance(fit, KeptFile):
            kept.append(fit)
        else:
            refused[fit] += 1
    return Sorted(tuple(kept), refused)


def checked(file: File) -> KeptFile | Refusal:
    """The file as it may be kept, or why it may not."""
    if not file.content:
        return Refusal.EMPTY
    if len(file.content) > LARGEST_FILE:
        return Refusal.TOO_LARGE
    media_type = media_type_of(file.content)
    if media_type is None:
        return Refusal.TYPE
    return KeptFile(clean_name(file.name, media_type), file.content, media_type)


def media_type_of(content: bytes) -> str | None:
    """What the first bytes say, whatever anybody calls it; None for anything that is not in `ENDINGS`."""
    signs = (
        ("image/jpeg", content.startswith(b"\xff\xd8\xff")),
        ("image/png", content.startswith(b"\x89PNG\r\n\x1a\n")),
        ("image/gif", content.startswith((b"GIF87a", b"GIF89a"))),
        ("image/webp", content[:4] == b"RIFF" and content[8:12] == b"WEBP"),
        ("image/heic", content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS),
        ("application/pdf", content.startswith(b"%PDF-")),
        ("text/plain", _is_text(content)),
    )
    return next((media_type for media_type, applies in signs if applies), None)


def clean_name(name: str, media_type: str) -> str:
    """A name without folders and without what is not seen, that ends as its type does."""
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join(each for each in last if unicodedata.category(each) not in _UNSEEN)
    plain = " ".join(_NOT_IN_NAMES.sub("_", seen).split()).lstrip(". ") or "file"
    endings = ENDINGS[media_type]
    if plain.lower().endswith(endings) and plain.lower() not in endings:
        stem, _, ending = plain.rpartition(".")
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return plain[: LONGEST_NAME - len(endings[0])].rstrip(". ") + endings[0]


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not (_TEXT_CONTROLS.search(text) or _MARKUP.search(text) or text.startswith("#!"))


def _fits(kept: list[KeptFile], file: KeptFile) -> bool:
    together = sum(len(each.content) for each in kept) + len(file.content)
    return len(kept) < MOST_FILES and together <= LARGEST_TOGETHER


def _files(count: int) -> str:
    return "1 file was" if count == 1 else f"{count} files were"
