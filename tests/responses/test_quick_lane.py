"""The answering pages are spared what extensions do for staff, and lose none of their protection."""

from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.responses.quick_lane import Allowance
from tests.accounts.factories import add_colleague, address, sign_in
from tests.responses.factories import asked, look, press

PROTECTION = (
    "Content-Security-Policy",
    "X-Frame-Options",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cache-Control",
    "Permissions-Policy",
)


def test_the_headers_are_those_of_every_page(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    elsewhere = client.get("/u/nobody").headers
    press(client, person.path, score="9")
    for path in (person.path, f"{person.path}/more", f"{person.path}/thanks", "/r/nobody"):
        headers = client.get(path).headers
        assert {name: headers.get(name) for name in PROTECTION} == {name: elsewhere.get(name) for name in PROTECTION}
    assert client.get(person.path, base_url="https://localhost").status_code == 200


def test_a_colleague_who_is_signed_in_answers_like_anybody_and_stays_signed_in(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    add_colleague(client.application, RoleName.STAFF)
    sign_in(client, address(RoleName.STAFF))
    person = asked(session, now)
    assert "Set-Cookie" not in client.get(person.path).headers
    assert press(client, person.path, score="9").status_code == 303
    assert client.get("/cases/").status_code == 200


def test_too_many_presses_are_told_to_wait(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    form = look(client, person.path).forms[0]
    codes = [client.post(person.path, data=form).status_code for _ in range(241)]
    assert codes[-1] == 429
    assert client.get("/r/nobody", environ_base={"REMOTE_ADDR": "198.51.100.9"}).status_code == 404, "nobody else is"


def test_what_is_left_is_counted_by_address_and_kind_of_page() -> None:
    allowance = Allowance(2)
    assert [allowance.take("responses", "192.0.2.1") for _ in range(3)] == [True, True, False]
    assert allowance.take("responses", "192.0.2.2")
    assert allowance.take("follow_ups", "192.0.2.1")
