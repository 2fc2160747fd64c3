"""Personal links: made from a key, recognised by a hash, so that a stolen database cannot answer for anybody."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.invitations.models import Invitation, InvitationLink, LinkScope

TOKEN_BYTES = 18  # 144 bits: 24 characters in a link, and no guessing

PATHS = {LinkScope.ANSWER: "r", LinkScope.UNSUBSCRIBE: "u", LinkScope.STATUS: "s", LinkScope.WITHDRAW: "w"}
"""The first part of each scope's address: mails print it long before the page is asked for."""


def token(keys: Sequence[bytes], scope: LinkScope, uid: str, generation: int) -> str:
    """The secret part of a link. `keys` by generation, the first being generation 1."""
    mac = hmac.new(keys[generation - 1], f"link|{scope}|{uid}|{generation}".encode(), hashlib.sha256)
    return urlsafe_b64encode(mac.digest()[:TOKEN_BYTES]).decode()


def token_hash(secret: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link(base_url: str, keys: Sequence[bytes], invitation: Invitation, scope: LinkScope) -> str:
    """The address to print in a mail."""
    secret = token(keys, scope, invitation.uid, invitation.link_generation)
    return f"{base_url}/{PATHS[scope]}/{secret}"


FROM_THE_START = (LinkScope.ANSWER, LinkScope.UNSUBSCRIBE, LinkScope.STATUS)


def links_of(
    invitation: Invitation, keys: Sequence[bytes], scopes: Sequence[LinkScope] = FROM_THE_START
) -> list[InvitationLink]:
    """The rows that make an invitation's links known."""
    return [
        InvitationLink(
            token_hash=token_hash(token(keys, scope, invitation.uid, invitation.link_generation)),
            invitation_id=invitation.id,
            scope=scope,
        )
        for scope in scopes
    ]


def invitation_behind(session: Session, secret: str, scope: LinkScope) -> Invitation | None:
    """The invitation a link belongs to; None for any wrong one, whatever is wrong with it."""
    return session.scalar(
        select(Invitation)
        .join(InvitationLink, InvitationLink.invitation_id == Invitation.id)
        .where(InvitationLink.token_hash == token_hash(secret), InvitationLink.scope == scope)
    )
