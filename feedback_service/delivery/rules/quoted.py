"""What is new in a reply: a person's own words, without the mail that their program quotes below or above them."""

import re

LONGEST_WORDS = 5_000  # characters; as much as a comment may have
LOOKED_AT = 20_000  # characters of a mail; a hostile one is as long as its writer likes
LONGEST_ATTRIBUTION = 1_000  # characters, blanks together

_QUOTED = re.compile(r"^\s*>")
# "On 20 March, Ana wrote:" as mail programs put it in the languages of most customers; it may run over three lines.
_ATTRIBUTION = re.compile(
    r"^(?=.*[\d@])(?:on|am|le|el|em|il|op|den|dne|w dniu|a)\b.{0,300}?"
    r"\b(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev|napsal\(a\)|pisze|írta)\b.{0,80}:$"
    r"|^\d{4}[-./]\d.{0,200}<[^<>\s@]+@[^<>\s@]+>.{0,20}:$",
    re.IGNORECASE | re.DOTALL,
)
# Where a program puts the whole mail below a line of its own. What follows is never new.
_DIVIDER = re.compile(
    r"^\s*-{2,}\s*(?:original message|original appointment|forwarded message|ursprüngliche nachricht|mensagem original"
    r"|mensaje original|message d'origine|messaggio originale|oorspronkelijk bericht)\s*-{2,}\s*$",
    re.IGNORECASE,
)
_OUTLOOK_FROM = re.compile(r"^\s*\*?(?:from|von|de|da|van|fra|från)\s?:\*?\s.*(?:@|\S)", re.IGNORECASE)
_OUTLOOK_NEXT = re.compile(
    r"^\s*\*?(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|enviada|para|assunto|asunto|data|inviato"
    r"|a|oggetto|verzonden|aan|onderwerp)\s?:\*?\s",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"^\s*(?:sent from my|get outlook for|von meinem .{1,40} gesendet|gesendet von|enviado (?:do|desde|de) meu?"
    r"|envoyé de mon|inviato da)\b.{0,80}$",
    re.IGNORECASE,
)
_SIGNATURE = "--"
HEADERS_TOGETHER = 3  # lines within which Outlook's From is followed by its Sent, To and Subject


def new_words(text: str) -> str:
    """A person's own words, at most LONGEST_WORDS characters.

    Where nothing would be left, the whole text is kept: better a quoted mail too much than a word too few.
    """
    lines = text[:LOOKED_AT].split("\n")
    kept = _without_quotes(_above_divider(lines))
    return _tidy(kept)[:LONGEST_WORDS].rstrip() or _tidy(lines)[:LONGEST_WORDS].rstrip()


def _above_divider(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        following = [each for each in lines[number + 1 : number + 1 + HEADERS_TOGETHER] if each.strip()]
        outlook = _OUTLOOK_FROM.match(line) and sum(bool(_OUTLOOK_NEXT.match(each)) for each in following) > 1
        if outlook or _DIVIDER.match(line):
            return _drop_rule(lines[:number])
    return lines


def _drop_rule(lines: list[str]) -> list[str]:
    """Without the line of underscores that Outlook draws above a quoted mail."""
    end = len(lines)
    while end and not lines[end - 1].strip(" _"):
        end -= 1
    return lines[:end]


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    number = 0
    while number < len(lines):
        length = _attribution(lines, number)
        if length:
            number += length
            if not _quotes_follow(lines, number):  # a program that quotes without marks: all of the rest
                return kept
            continue
        if lines[number].rstrip() == _SIGNATURE and lines[number].startswith(_SIGNATURE):
            return kept + _after_quotes(lines[number:])
        if not _QUOTED.match(lines[number]) and not _SENT_FROM.match(lines[number]):
            kept.append(lines[number])
        number += 1
    return kept


def _attribution(lines: list[str], number: int) -> int:
    """How many lines from here say who wrote what is quoted next; 0 where none does."""
    for length in (1, 2, 3):
        said = " ".join(" ".join(lines[number : number + length]).split())
        if len(said) <= LONGEST_ATTRIBUTION and _ATTRIBUTION.match(said):
            return length
        if not lines[number].strip():
            break
    return 0


def _quotes_follow(lines: list[str], number: int) -> bool:
    following = next((line for line in lines[number:] if line.strip()), "")
    return bool(_QUOTED.match(following))


def _after_quotes(lines: list[str]) -> list[str]:
    """What stands below a signature is dropped with it, unless it answers what is quoted there."""
    first = next((number for number, line in enumerate(lines) if _QUOTED.match(line)), None)
    return [] if first is None else [line for line in lines[first:] if not _QUOTED.match(line)]


def _tidy(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
