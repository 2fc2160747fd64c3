"""Signing in, and the page on which an admin adds colleagues."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback_service.accounts.models import RoleName, User
from feedback_service.database import db
from tests.accounts.factories import PASSWORD, add_colleague, address, csrf_token, sign_in


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> FlaskClient:
    """An admin's browser."""
    add_colleague(app, RoleName.ADMIN)
    sign_in(client, address(RoleName.ADMIN))
    return client


def form(client: FlaskClient, **changes: str) -> dict[str, str]:
    return {
        "csrf_token": csrf_token(client, "/team/"),
        "name": "Rita Lopes",
        "email": "Rita@Corner-Shop.example",
        "password": PASSWORD,
        "role": "staff",
        "team": "care",
    } | changes


def test_a_colleague_is_added_and_can_sign_in(app: Flask, admin: FlaskClient) -> None:
    answer = admin.post("/team/", data=form(admin))
    assert answer.status_code == 303
    page = admin.get("/team/").text
    assert "Rita Lopes can sign in now." in page
    assert "rita@corner-shop.example" in page
    theirs = app.test_client()
    assert sign_in(theirs, "RITA@corner-shop.example").status_code == 302
    assert theirs.get("/cases/").status_code == 200
    assert theirs.get("/team/").status_code == 403


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "rita"}, "This is no e-mail address."),
        ({"name": ""}, "Say what colleagues call them."),
        ({"password": "short"}, "Use at least 10 characters."),
        ({"team": "Care Team"}, "Use the team&#39;s key in small letters, such as care."),
        ({"email": "admin@corner-shop.example"}, "has an account already"),
        ({"role": "owner"}, "Not a valid choice."),
    ],
)
def test_a_bad_field_is_named_and_what_was_typed_stays(admin: FlaskClient, changes: dict[str, str], said: str) -> None:
    answer = admin.post("/team/", data=form(admin, **changes))
    assert answer.status_code == 422
    assert said in answer.text
    if "name" not in changes:
        assert 'value="Rita Lopes"' in answer.text


def test_a_name_is_never_markup(admin: FlaskClient) -> None:
    admin.post("/team/", data=form(admin, name="<b>Rita</b>"))
    page = admin.get("/team/").text
    assert "<b>Rita</b>" not in page
    assert "&lt;b&gt;Rita&lt;/b&gt;" in page


def test_switching_somebody_off_ends_their_session_at_once(app: Flask, admin: FlaskClient) -> None:
    staff = add_colleague(app, RoleName.STAFF)
    theirs = app.test_client()
    sign_in(theirs, address(RoleName.STAFF))
    assert theirs.get("/cases/").status_code == 200
    answer = admin.post(f"/team/{staff}/off", data={"csrf_token": csrf_token(admin, "/team/")})
    assert answer.status_code == 303
    assert theirs.get("/cases/").status_code == 302
    assert sign_in(theirs, address(RoleName.STAFF)).status_code == 200
    admin.post(f"/team/{staff}/on", data={"csrf_token": csrf_token(admin, "/team/")})
    assert sign_in(theirs, address(RoleName.STAFF)).status_code == 302


def test_nobody_locks_themselves_out(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        me = db.session.query(User.id).filter_by(email=address(RoleName.ADMIN)).scalar()
    admin.post(f"/team/{me}/off", data={"csrf_token": csrf_token(admin, "/team/")})
    assert "Ask another admin." in admin.get("/team/").text


@pytest.mark.parametrize("user", [999, 2**62, 2**70])
def test_a_colleague_who_is_not_there_is_not_found(admin: FlaskClient, user: int) -> None:
    answer = admin.post(f"/team/{user}/off", data={"csrf_token": csrf_token(admin, "/team/")})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("email", "password"),
    [("staff@corner-shop.example", "wrong horse"), ("nobody@corner-shop.example", PASSWORD), ("", "")],
)
def test_a_failed_sign_in_does_not_say_whether_the_account_exists(
    app: Flask, client: FlaskClient, email: str, password: str
) -> None:
    add_colleague(app, RoleName.STAFF)
    answer = sign_in(client, email, password)
    assert answer.status_code == 200
    assert "Sign in" in answer.text
    assert "exist" not in answer.text
    assert client.get("/cases/").status_code == 302


def test_after_signing_in_the_page_that_was_wanted_opens(app: Flask, client: FlaskClient) -> None:
    add_colleague(app, RoleName.STAFF)
    wanted = client.get("/cases/?view=late")
    assert wanted.status_code == 302
    token = csrf_token(client, wanted.location)
    answer = client.post(
        wanted.location, data={"email": address(RoleName.STAFF), "password": PASSWORD, "csrf_token": token}
    )
    assert answer.location.endswith("/cases/?view=late")


def test_signing_in_leads_to_no_other_site(app: Flask, client: FlaskClient) -> None:
    add_colleague(app, RoleName.STAFF)
    path = "/sign-in?next=//evil.example/"
    token = csrf_token(client, path)
    answer = client.post(path, data={"email": address(RoleName.STAFF), "password": PASSWORD, "csrf_token": token})
    assert "evil" not in (answer.location or "")


def test_guessing_passwords_is_slowed_down(client: FlaskClient) -> None:
    token = csrf_token(client, "/sign-in")
    tries = [
        client.post("/sign-in", data={"email": "a@b.example", "password": f"guess {n}", "csrf_token": token})
        for n in range(12)
    ]
    assert tries[-1].status_code == 429
    assert "too many tries" in tries[-1].text
