"""The wheel, installed away from the checkout, holds all it needs: it mails a survey and takes an answer."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LOOP = """
import re, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
import feedback_service
site, folder = Path(sys.argv[1]), Path(sys.argv[2])
assert Path(feedback_service.__file__).is_relative_to(site), feedback_service.__file__
from feedback_service import clock
from feedback_service.app import create_app
from feedback_service.config import read_settings
from feedback_service.csvfiles import read_table
from feedback_service.database import db, session_factory
from feedback_service.demo.mailbox import Mailbox
from feedback_service.invitations.go_live import set_go_live
from feedback_service.migrations.run import upgrade
from feedback_service.orders.import_orders import import_orders
from feedback_service.paths import SURVEYS
from feedback_service.pipeline import run_all
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.read_files import read_surveys
assert SURVEYS.is_relative_to(site), SURVEYS
now = clock.now()
orders = folder / "orders.csv"
ordered, delivered = (now - timedelta(days=9)).isoformat(), (now - timedelta(days=7)).isoformat()
orders.write_text(
    "order_id,customer_id,email,name,ordered_at,delivered_at,status\\n"
    f"1,1,ada@example.org,Ada,{ordered},{delivered},delivered\\n"
)
with Mailbox(folder / "mailbox") as mailbox:
    settings = read_settings(
        database_url=f"sqlite:///{folder / 'shop.sqlite'}", mail_url=f"smtp://127.0.0.1:{mailbox.start()}",
        shop_time_zone=f"Etc/GMT{now.hour - 12:+d}",  # where it is noon now: mails go out by day
        secret_key="s" * 20, link_keys="l" * 20, privacy_key="p" * 20,
    )
    app = create_app(settings)
    with app.app_context():
        upgrade(db.engine)
        take_in(db.session, read_surveys(SURVEYS), now)
        set_go_live(db.session, now - timedelta(days=30), by="test", now=now)
        rows = read_table(orders, (), {}).rows
        import_orders(
            db.session, rows, source="shop", key=settings.privacy_secret, shop_zone=settings.zone, now=now
        )
        db.session.commit()
        sessions = session_factory(db.engine)
    run_all(settings, sessions, now)
    (mail,) = mailbox.mails()
    link = re.search(r"/r/[\\w-]+", mailbox.read(mail.id).text).group()
    browser = app.test_client()
    firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    page = browser.get(link, headers=firefox)
    nonce = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    assert browser.get("/static/customer.css").status_code == 200
    read = clock.now() + timedelta(seconds=5)  # whoever presses at once, or names no browser, looks like a machine
    with clock.running_on(lambda: read):
        assert browser.post(link, data={"score": "1", "csrf_token": nonce}, headers=firefox).status_code == 303
    run_all(settings, sessions, read)
    with app.app_context():
        from sqlalchemy import text
        print("cases:", db.session.scalar(text("SELECT count(*) FROM cases")))
"""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as `pip` would build it, from a copy: setuptools leaves a build/ folder behind that would go stale."""
    copy = tmp_path_factory.mktemp("source") / "checkout"
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in files:
        source = ROOT / name
        if source.is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes(source.read_bytes())
    built = copy / "dist"
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built)],
        cwd=copy, check=True, capture_output=True,
    )  # fmt: skip
    return next(built.glob("*.whl"))


def test_the_wheel_holds_every_template_survey_and_stylesheet(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "surveys"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"feedback_service/{folder}/{path.relative_to(ROOT / folder)}" in inside
    for path in (ROOT / "feedback_service").rglob("*"):
        if path.is_file() and path.suffix in {".py", ".css", ".js", ".mako", ".typed"}:
            assert str(path.relative_to(ROOT)) in inside


def test_a_survey_is_answered_far_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)], check=True
    )
    done = subprocess.run(
        [sys.executable, "-c", LOOP, str(site), str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "cases: 1" in done.stdout
