"""Under which name words are shown."""

from feedback_service.advocacy.models import SignedAs


def signatures(name: str) -> tuple[SignedAs, ...]:
    """What can be chosen by somebody of whom we know that name; nobody is always among it."""
    if not name.strip():
        return (SignedAs.NOBODY,)
    if first_name(name) == name.strip():
        return (SignedAs.FIRST_NAME, SignedAs.NOBODY)
    return tuple(SignedAs)


def signature(signed_as: SignedAs, name: str) -> str:
    """The name that stands under the words; empty for none."""
    if signed_as is SignedAs.NOBODY:
        return ""
    return first_name(name) if signed_as is SignedAs.FIRST_NAME else name.strip()


def first_name(name: str) -> str:
    """The first part of a name, or what follows a comma, since lists are sorted by the other part."""
    _, comma, after = name.partition(",")
    return next(iter((after if comma and after.strip() else name).split()), "")
