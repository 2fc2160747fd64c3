"""A walk-in's secret opens one answer, and nobody can make one up."""

import pytest

from feedback_service.responses.walk_in_links import sign_walk_in, walk_in_behind

OLD, NEW = b"the first link key", b"the second link key"


def test_a_secret_leads_back_to_its_answer() -> None:
    secret = sign_walk_in([OLD], "aB3_-x")
    assert walk_in_behind([OLD], secret) == "aB3_-x"
    assert "/" not in secret


def test_an_old_secret_still_works_when_the_keys_have_moved_on() -> None:
    assert walk_in_behind([OLD, NEW], sign_walk_in([OLD], "uid")) == "uid"
    assert walk_in_behind([OLD, NEW], sign_walk_in([OLD, NEW], "uid")) == "uid"


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        (sign_walk_in([NEW], "uid"), "signed with a key of somebody else's"),
        (sign_walk_in([OLD], "uid").replace("uid", "other"), "another answer's name"),
        (sign_walk_in([OLD], "uid")[:-1], "cut off"),
        (sign_walk_in([OLD], "uid").removeprefix("w."), "no walk-in's"),
        (sign_walk_in([OLD], ""), "no name"),
        ("w.uid", "no signature"),
        ("w.", "nothing at all"),
        ("w.uid.ÿ", "no signature anybody makes"),
        ("", "empty"),
    ],
)
def test_any_other_opens_nothing(secret: str, why: str) -> None:
    assert walk_in_behind([OLD], secret) is None, why
