"""Takes card numbers and passwords out of what people write, before it is stored or mailed.

What stands in their place has no language and no digit, is never longer than a card number, and is left alone when it
is masked again. Whoever reads it is told what it means by the page around it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, Self

CARD = "[•••• ••••]"
"""In place of a card number."""
PASSWORD = "[••••••]"  # noqa: S105 - what a password is replaced by
"""In place of a password, a PIN, or the digits on a card's back."""

FEWEST_DIGITS, MOST_DIGITS = 13, 19  # ISO/IEC 7812-1, as in use: 12 digits are a phone number, 20 a parcel's

# Blanks of every width, dashes of every length, dots, and what cannot be seen; not a line's end, since lists of order
# numbers have one.
_APART = "[\\s\u200b-\u200f\u2060\ufeff\u00ad.·_\\-\u2010-\u2015\u2212]"
_BETWEEN = re.compile(rf"(?:(?![\n\r]){_APART}){{1,4}}(?=\d)")
_DIGITS = re.compile(r"\d+")
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Twice a digit, and of that the sum of its digits."""

_PASSWORDS = (
    r"pass[ -]?words?|pass[ -]?code|passwd|pwd"
    r"|contraseñas?|contrasenas?|clave"
    r"|mots?[ ]de[ ]passe|mdp"
    r"|pass?wort|kennwort|zugangscode"
    r"|senhas?|palavras?[ -]passe"
    r"|(?:ال)?كلمة[ ](?:المرور|السر|سر|مرور)|(?:ال)?باسورد"
)
_IS = "is|was|es|era|est|était|ist|war|lautet|é|foi|هي|هو"
_ORDINARY_WORDS = """
    a accepted again also always an and as asked been being but changed correct did expired fine for forgotten from
    gone good had has i in incorrect invalid it just locked lost missing my never no not of ok old on one only over
    required reset right same secure sent set so still strong that the there they this to too unknown weak what when
    why with working wrong you aceptada caducada con correcta de del el en errónea incorrecta inválida la lo los más
    mi muy ni nunca para perdida por pero que segura si sin su también un una válida y ya acceptée accepté au aux
    bon bonne correct dans des du elle en encore et expiré faux il inconnu incorrecte invalide je jamais le les mais
    ne on ou oublié pas perdu plus pour qu que refusé sur toujours trop un une abgelaufen abgelehnt akzeptiert aber
    auch bei dann das dem den der die ein eine es falsch für gesperrt ich im immer in ist kaputt kein mit nicht nie
    noch nur oder richtig sehr sicher sie ungültig und unbekannt vergessen von weg weil wie zu zurückgesetzt aceita
    aceite as com como correta da das de do e ela em errada esqueci eu expirada foi incorreta inválida mais mas meu
    minha muito na no não nem nunca o os ou para perdida por que segura sem só também um uma válida خاطئة غير لا
    ليست التي في من على صحيحة منتهية
"""
_ORDINARY = frozenset(_ORDINARY_WORDS.split())
"""What may follow "the password is" and is no password: whoever complains about it should be read in full."""

_SECRET = re.compile(
    rf"""
    (?<!\w)(?:{_PASSWORDS})
    (?P<sign>
        \s*(?:[:=]|->|→)\s*
      | \s+(?:(?:\w+\s+){{0,3}}?)(?:{_IS})\s*:?\s+
      | \s+(?=["'«»„“”‚‘])
    )
    (?:(?P<open>["'«»„“”‚‘])(?P<quoted>[^"'«»„“”‚‘’\n]{{1,64}})["'«»„“”‚‘’] | (?P<bare>[^\s,;]{{1,128}}))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PIN = re.compile(
    r"(?<!\w)(?P<what>pin|cvv2?|cvc2?|csc)(?P<sign>[\s:=#-]*(?:\w{2,7}\s+)?)(?P<digits>\d{3,8})(?!\w)", re.I
)


def mask(text: str) -> str:
    """``text`` without card numbers and passwords; linear in its length, and the same when it is masked again.

    A card number is 13 to 19 digits in a row, or in groups with blanks, dashes or dots between, whose last digit fits
    by Luhn's rule (ISO/IEC 7812-1, annex B). One number in ten of that length fits by chance and goes as well.
    """
    return _without_passwords(_without_cards(text))


def holds_mask(text: str) -> bool:
    """Whether something was taken out of it."""
    return CARD in text or PASSWORD in text


def luhn(digits: str) -> bool:
    """Whether the last of the digits 0 to 9 fits the others."""
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


def _without_cards(text: str) -> str:
    groups = [_Group.of(found, text) for found in _DIGITS.finditer(text)]
    kept: list[str] = []
    done = first = 0
    while first < len(groups):
        last = _card_from(groups, first)
        if last is None:
            first += 1
            continue
        kept += [text[done : groups[first].start], CARD]
        done = groups[last].end
        first = last + 1
    return "".join(kept) + text[done:]


class _Group(NamedTuple):
    """Digits in a row, as 0 to 9 whatever their script, and whether more of the same number may follow."""

    start: int
    end: int
    digits: str
    goes_on: bool

    @classmethod
    def of(cls, found: re.Match[str], text: str) -> Self:
        digits = found[0] if found[0].isascii() else "".join(str(int(digit)) for digit in found[0])
        return cls(found.start(), found.end(), digits, bool(_BETWEEN.match(text, found.end())))


def _card_from(groups: Sequence[_Group], first: int) -> int | None:
    """The last of the groups of digits that make a card number from the first on; the longest there is."""
    digits, found = "", None
    for place in range(first, len(groups)):
        digits += groups[place].digits
        if len(digits) > MOST_DIGITS:
            break
        if len(digits) >= FEWEST_DIGITS and luhn(digits):
            found = place
        if not groups[place].goes_on:
            break
    return found


def _without_passwords(text: str) -> str:
    return _PIN.sub(rf"\g<what>\g<sign>{PASSWORD}", _SECRET.sub(_secret_gone, text))


def _secret_gone(found: re.Match[str]) -> str:
    said = found["quoted"] or found["bare"]
    if said.startswith(("[•", *"[•")) or _is_ordinary(found, said):
        return found[0]
    place = "quoted" if found["quoted"] else "bare"
    start, end = found.start(place) - found.start(), found.end(place) - found.start()
    mark = said[len(said.rstrip(".!?)")) :] if place == "bare" else ""
    return f"{found[0][:start]}{PASSWORD}{mark}{found[0][end:]}"


def _is_ordinary(found: re.Match[str], said: str) -> bool:
    """Whether a sentence just goes on."""
    word = said.rstrip(".!?…)").lower()
    return not found["quoted"] and (word in _ORDINARY or not word)
