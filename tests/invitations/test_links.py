"""A personal link opens one door, for one person, and cannot be made from a stolen database."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from feedback_service.delivery.models import Message
from feedback_service.delivery.queue_mails import queue_invitation_mails
from feedback_service.invitations.invite import decide_due
from feedback_service.invitations.links import FROM_THE_START, invitation_behind, link, links_of, token, token_hash
from feedback_service.invitations.models import Invitation, LinkScope
from tests.invitations.factories import LINK_KEYS, NOW, SHOP, go_live, invitation, numbered, order, plan

ANSWER, UNSUBSCRIBE = LinkScope.ANSWER, LinkScope.UNSUBSCRIBE
NEW_KEYS = (*LINK_KEYS, b"the key of the second generation")


def secret_of(made: Invitation, scope: LinkScope = ANSWER) -> str:
    return link("", LINK_KEYS, made, scope).rpartition("/")[2]


def test_a_link_leads_to_its_invitation(session: Session) -> None:
    made = invitation(session)
    for scope, path in ((ANSWER, "r"), (UNSUBSCRIBE, "u"), (LinkScope.STATUS, "s")):
        address = link("https://shop.example", LINK_KEYS, made, scope)
        assert address == f"https://shop.example/{path}/{secret_of(made, scope)}"
        assert invitation_behind(session, secret_of(made, scope), scope) is made


def test_a_link_can_be_printed_again_and_is_the_same(session: Session) -> None:
    made = invitation(session)
    assert secret_of(made) == secret_of(made)
    assert len(secret_of(made)) == 24


def test_one_scope_never_opens_the_door_of_another(session: Session) -> None:
    made = invitation(session)
    assert secret_of(made, ANSWER) != secret_of(made, UNSUBSCRIBE)
    assert invitation_behind(session, secret_of(made, ANSWER), UNSUBSCRIBE) is None
    assert invitation_behind(session, secret_of(made, UNSUBSCRIBE), ANSWER) is None


def test_no_two_invitations_share_a_link() -> None:
    uids = [f"{number:032x}" for number in range(1000)]
    secrets = {token(LINK_KEYS, scope, uid, 1) for uid in uids for scope in LinkScope}
    assert len(secrets) == 4000


def _whole_database(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                yield from (value if isinstance(value, str) else repr(value) for value in row)


def test_a_stolen_database_cannot_answer(session: Session, engine: Engine) -> None:
    made = invitation(session)
    queue_invitation_mails(session, NOW, 10)
    session.commit()
    secrets = [secret_of(made, scope) for scope in FROM_THE_START]
    dump = "\n".join(_whole_database(engine))
    assert all(token_hash(secret) in dump for secret in secrets), "the dump is complete, and holds only hashes"
    assert session.scalars(select(Message.uid)).one() in dump
    for secret in secrets:
        assert secret not in dump
        assert secret[:12] not in dump
    assert LINK_KEYS[0].decode() not in dump
    assert invitation_behind(session, token_hash(secrets[0]), ANSWER) is None, "nor is the hash itself a link"


# --- rotating keys --------------------------------------------------------------------------------------------------


def test_a_new_key_makes_new_links_and_leaves_the_old_ones_working(session: Session) -> None:
    old = invitation(session)
    printed = secret_of(old)
    placed = order(session, numbered(1))
    go_live(session)
    plan(session)
    decide_due(session, NOW, 100, shop=replace(SHOP, link_keys=NEW_KEYS))
    session.commit()
    new = session.scalars(select(Invitation).where(Invitation.order_id == placed.id)).one()
    assert (old.link_generation, new.link_generation) == (1, 2)
    secret = link("", NEW_KEYS, new, ANSWER).rpartition("/")[2]
    assert secret == token(NEW_KEYS, ANSWER, new.uid, 2)
    assert secret != token(LINK_KEYS, ANSWER, new.uid, 1)
    assert invitation_behind(session, secret, ANSWER) is new
    assert invitation_behind(session, printed, ANSWER) is old
    assert link("", NEW_KEYS, old, ANSWER).endswith(printed), "a reminder prints the link the mail had"


def test_the_hashes_of_an_invitation_are_those_of_its_generation() -> None:
    made = Invitation(id=7, uid="a" * 32, link_generation=2)
    assert {row.token_hash for row in links_of(made, NEW_KEYS)} == {
        token_hash(token(NEW_KEYS, scope, "a" * 32, 2)) for scope in FROM_THE_START
    }


# --- wrong links ----------------------------------------------------------------------------------------------------


def _wrong_ones(made: Invitation, other: LinkScope) -> dict[str, str]:
    right = secret_of(made, ANSWER if other is UNSUBSCRIBE else UNSUBSCRIBE)
    return {
        "never made": "A" * 24,
        "cut off": right[:-1],
        "one letter too many": right + "A",
        "one letter wrong": ("B" if right[0] == "A" else "A") + right[1:],
        "in capitals": right.swapcase(),
        "of the other door": secret_of(made, other),
        "the hash from the database": token_hash(right),
        "the invitation's uid": made.uid,
        "the invitation's number": str(made.id),
        "made with another key": token((b"not the shop's key",), ANSWER, made.uid, 1),
        "of a later generation": token(NEW_KEYS, ANSWER, made.uid, 2),
        "very long": "A" * 5000,
        "with a full stop from the sentence": right + ".",
        "with a space": right + "%20",
        "with a NUL": right + "%00",
        "no UTF-8": "%ff%fe",
        "letters of another script": "%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82",
        "an emoji": "%F0%9F%98%80",
        "an attack on SQL": "'%20OR%20'1'='1",
        "an attack on the page": "%3Cimg%20src=x%20onerror=alert(1)%3E",
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("door", "other"), [("r", UNSUBSCRIBE), ("u", ANSWER)])
def test_every_wrong_link_gets_the_same_page(
    session: Session, app: Flask, client: FlaskClient, door: str, other: LinkScope, method: str
) -> None:
    made = invitation(session)
    pages = {}
    for kind, wrong in _wrong_ones(made, other).items():
        answer = client.open(f"/{door}/{wrong}", method=method)
        assert answer.status_code == 404, kind
        pages[kind] = answer.get_data()
        assert b"This link does not work." in pages[kind], kind
    assert len(set(pages.values())) == 1, "nobody can tell from the page how near they came"


def test_a_wrong_link_is_explained_in_the_readers_language(client: FlaskClient) -> None:
    page = client.get("/u/nothing", headers={"Accept-Language": "pt-PT,pt;q=0.9,en;q=0.5"})
    assert page.status_code == 404
    assert '<html lang="pt-BR"' in page.get_data(as_text=True)
