"""Every route says whom it is for, lets those in and nobody else, and only a form that came from us can act."""

import json
import re

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from feedback_service.accounts.audience import AUDIENCES, ROLES, Audience
from feedback_service.accounts.models import RoleName
from feedback_service.app import FOR_CUSTOMERS
from feedback_service.config import Settings
from feedback_service.database import SAFE_METHODS
from feedback_service.delivery.providers.table import PROVIDERS, VARIABLES, providers_of
from tests.accounts.factories import add_colleague, address, csrf_token, sign_in
from tests.delivery.providers.signing import TOPIC, Twilio
from tests.evidence import write_evidence
from tests.guards.factories import Furnished, addresses, fingerprint, furnish

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
OWN_NONCE = {
    "responses",
    "after",
    "follow_ups",
    "walk_in",
    "unsubscribe",
    "inbound",
    "status",
    "withdraw",
}
"""Blueprints whose forms carry a nonce bound to the link, or need none (RFC 8058); programs have no forms."""
ENDS_THE_VISIT = "security.logout"
FORGED = {
    "TopicArn": TOPIC,
    "SignatureVersion": "2",
    "SigningCertURL": "https://sns.s3.amazonaws.com/a.pem",
    "signature": {"timestamp": "1774000770", "token": "a8ce", "signature": "0" * 64},
}
"""What looks like a provider's event, signed by nobody."""
LEAVES_EVIDENCE = {"responses.answer", "unsubscribe.stop", "unsubscribe.why", "referrals.go"}
"""Addresses that stand in mails or are passed round: opening one is evidence, which alone is kept (decisions/0007)."""


pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def furnished(session: Session) -> Furnished:
    return furnish(session)


@pytest.fixture
def visitor(request: pytest.FixtureRequest, app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser in which nobody, or somebody of a role, is signed in."""
    role: RoleName | None = request.param
    if role is not None:
        add_colleague(app, role, team="care")  # whose case it is
        sign_in(client, address(role))
    return client


everybody = pytest.mark.parametrize(
    ("visitor", "role"), [(role, role) for role in (None, *RoleName)], indirect=["visitor"], ids=str
)


def audience_of(app: Flask, rule: Rule) -> Audience:
    audience: Audience = app.extensions[AUDIENCES][rule.endpoint.rpartition(".")[0]]
    return audience


def belongs(role: RoleName | None, audience: Audience) -> bool:
    return audience in {Audience.PUBLIC, Audience.MACHINE} or role in ROLES[audience]


def sent_to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.location.startswith("/sign-in")


def test_every_route_declares_an_audience(app: Flask) -> None:
    declared = app.extensions[AUDIENCES]
    undeclared = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.rpartition(".")[0] not in declared]
    assert undeclared == []


def test_every_declared_blueprint_has_routes(app: Flask) -> None:
    serving = {rule.endpoint.rpartition(".")[0] for rule in app.url_map.iter_rules()}
    assert set(app.extensions[AUDIENCES]) == serving


def test_every_form_of_a_customer_s_can_be_come_back_to(app: Flask) -> None:
    """A reload, or an address out of the history, asks with GET for what a form was sent to."""
    taken = {rule.rule: _methods_at(app, rule) for rule in app.url_map.iter_rules() if _is_customers(rule)}
    assert [path for path, methods in taken.items() if "POST" in methods and "GET" not in methods] == []


def _is_customers(rule: Rule) -> bool:
    return rule.endpoint.rpartition(".")[0] in FOR_CUSTOMERS


@everybody
def test_every_route_lets_its_audience_in_and_nobody_else(
    app: Flask, furnished: Furnished, visitor: FlaskClient, role: RoleName | None
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # so that the audience alone decides
    wrong = []
    for rule, path in addresses(app, furnished):
        for method in METHODS:
            if rule.endpoint == ENDS_THE_VISIT and method == "POST":
                continue
            answer = visitor.open(path, method=method, buffered=True)
            if fault := _fault(answer, method, rule, role, audience_of(app, rule), _methods_at(app, rule)):
                wrong.append(f"{method} {path}: {answer.status_code} {fault}")
    assert wrong == []


def _methods_at(app: Flask, rule: Rule) -> set[str]:
    """What may be done at an address: two routes may share one."""
    return {method for other in app.url_map.iter_rules() if other.rule == rule.rule for method in other.methods or ()}


def _fault(
    answer: TestResponse, method: str, rule: Rule, role: RoleName | None, audience: Audience, methods: set[str]
) -> str:
    if method not in methods:
        return "" if answer.status_code == 405 else "though nothing answers to it"
    if belongs(role, audience):
        let_in = answer.status_code < 500 and answer.status_code not in {403, 405} and not sent_to_sign_in(answer)
        return "" if let_in else f"though it is for {audience}"
    if role is None and method in SAFE_METHODS:
        return "" if sent_to_sign_in(answer) else "instead of the way to sign in"
    return "" if answer.status_code == 403 else f"though it is for {audience} only"


@pytest.mark.parametrize("role", [None, *RoleName], ids=str)
def test_a_route_of_an_undeclared_blueprint_lets_nobody_in(app: Flask, role: RoleName | None) -> None:
    forgotten = Blueprint("forgotten", __name__)
    forgotten.add_url_rule("/forgotten", view_func=lambda: "secret")
    app.register_blueprint(forgotten)
    app.add_url_rule("/loose", view_func=lambda: "secret")
    visitor = app.test_client()
    if role is not None:
        add_colleague(app, role)
        sign_in(visitor, address(role))
    assert visitor.get("/forgotten").status_code == 403
    assert visitor.get("/loose").status_code == 403


@pytest.mark.parametrize("visitor", [None, RoleName.ADMIN], indirect=True, ids=str)
def test_no_get_changes_anything(app: Flask, engine: Engine, furnished: Furnished, visitor: FlaskClient) -> None:
    before = {evidence: fingerprint(engine, evidence=evidence) for evidence in (True, False)}
    for rule, path in sorted(addresses(app, furnished), key=lambda found: found[0].endpoint in LEAVES_EVIDENCE):
        evidence = rule.endpoint not in LEAVES_EVIDENCE
        for method in ("GET", "HEAD", "OPTIONS"):
            asked = f"{path}{'&' if '?' in path else '?'}score=3"
            answer = visitor.open(asked, method=method, buffered=True)
            assert answer.status_code < 500, f"{method} {path}"
            after = fingerprint(engine, evidence=evidence)
            assert after == before[evidence], f"{method} {path} ({rule.endpoint}) changed the database"


@pytest.mark.parametrize("visitor", [RoleName.ADMIN], indirect=True, ids=str)
def test_every_page_has_something_to_show(app: Flask, furnished: Furnished, visitor: FlaskClient) -> None:
    """Otherwise the walks above would walk past error pages."""
    shown = {
        rule.endpoint: visitor.get(path).status_code
        for rule, path in addresses(app, furnished)
        if "GET" in (rule.methods or ()) and rule.endpoint != "security.static"
    }
    assert {endpoint: code for endpoint, code in shown.items() if code not in {200, 302, 303, 308}} == {}


@pytest.mark.parametrize("visitor", [None, RoleName.ADMIN], indirect=True, ids=str)
@pytest.mark.parametrize("data", [{}, {"csrf_token": "made up"}], ids=["no token", "a false token"])
def test_no_form_acts_without_our_token(
    app: Flask, engine: Engine, furnished: Furnished, visitor: FlaskClient, data: dict[str, str]
) -> None:
    before = fingerprint(engine)
    posted = 0
    for rule, path in addresses(app, furnished):
        blueprint = rule.endpoint.rpartition(".")[0]
        if "POST" in (rule.methods or ()) and blueprint not in OWN_NONCE:
            answer = visitor.post(path, data=data)
            assert answer.status_code == 400, f"POST {path}: {answer.status_code}"
            assert re.search("This page was open too long|Your browser sent no cookie", answer.text)
            posted += 1
    assert posted > 5
    assert fingerprint(engine) == before


@pytest.mark.parametrize("visitor", [None, RoleName.ADMIN], indirect=True, ids=str)
def test_no_program_acts_without_a_token_or_a_signature(
    app: Flask, settings: Settings, engine: Engine, furnished: Furnished, visitor: FlaskClient
) -> None:
    open_every_door(app, settings)
    before = fingerprint(engine)
    machines = [rule for rule, _ in addresses(app, furnished) if audience_of(app, rule) == Audience.MACHINE]
    paths = {re.sub(r"<[^>]+>", provider, rule.rule) for rule in machines for provider in VARIABLES}
    for path in sorted(paths):
        answer = visitor.post(path, data=json.dumps(FORGED), content_type="application/octet-stream")
        assert answer.status_code in {401, 403}, f"POST {path}: {answer.status_code} {answer.text}"
    assert len(paths) > len(VARIABLES)
    assert fingerprint(engine) == before


def open_every_door(app: Flask, settings: Settings) -> None:
    """Let the app have every secret, since an endpoint without one refuses everybody."""
    secrets = {
        "inbound_token": SecretStr("a token for tests only"),
        "sns_topic": TOPIC,
        "postmark_token": SecretStr("a webhook password for tests"),
        "mailgun_key": SecretStr("a signing key for tests only"),
        "sendgrid_key": Twilio().verification_key,
    }
    told = settings.model_copy(update=secrets)
    app.extensions["feedback_settings"] = told
    app.extensions[PROVIDERS] = providers_of(told)
    assert set(app.extensions[PROVIDERS]) == set(VARIABLES)


def test_an_answer_without_the_links_nonce_changes_nothing(
    engine: Engine, furnished: Furnished, client: FlaskClient
) -> None:
    before = fingerprint(engine, evidence=False)
    for path in (f"/r/{furnished.answer_secret}", f"/r/{furnished.answer_secret}/more"):
        assert client.post(path, data={"score": "3", "comment": "x"}).status_code == 422
    write_evidence(client.application)
    assert fingerprint(engine, evidence=False) == before


def test_a_token_of_one_visitor_is_worth_nothing_to_another(app: Flask, client: FlaskClient) -> None:
    token = csrf_token(client, "/sign-in")
    other = app.test_client()
    assert other.post("/sign-in", data={"email": "a", "password": "b", "csrf_token": token}).status_code == 400


def test_signing_out_ends_the_visit(app: Flask, client: FlaskClient) -> None:
    add_colleague(app, RoleName.STAFF)
    sign_in(client, address(RoleName.STAFF))
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out", data={"csrf_token": csrf_token(client, "/cases/")}).status_code == 302
    assert sent_to_sign_in(client.get("/cases/"))
