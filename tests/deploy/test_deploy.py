"""The files in deploy/: what they promise, and that their very commands start and take an order to a sent mail."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml

from feedback_service.config import Settings
from feedback_service.demo.mailbox import Mailbox
from tests.processes import (
    ROOT,
    broker,
    emptied,
    environment,
    eventually,
    first_day,
    free_port,
    here,
    orders_file,
    running,
    say,
)

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SECRETS = ("secret_key", "link_keys", "privacy_key")
SERVING_PORT = ":8000"
HARDENED = {
    "DynamicUser=yes",
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "CapabilityBoundingSet=",
    "SystemCallFilter=@system-service",
    "EnvironmentFile=/etc/feedback/feedback.env",
}


def compose() -> dict[str, dict[str, object]]:
    services: dict[str, dict[str, object]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return services


def compose_command(service: str) -> list[str]:
    command = compose()[service]["command"]
    assert isinstance(command, list)
    return [str(word) for word in command]


def unit_command(unit: str) -> list[str]:
    """The one ExecStart= of a unit."""
    lines = (DEPLOY / "systemd" / unit).read_text().splitlines()
    (command,) = [line.removeprefix("ExecStart=") for line in lines if line.startswith("ExecStart=")]
    return command.split()


def env_file(name: str) -> dict[str, str]:
    lines = (DEPLOY / name).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


# --- what they promise ----------------------------------------------------------------------------------------------


def test_compose_has_the_whole_scaled_installation() -> None:
    assert set(compose()) == {"migrate", "web", "worker", "beat", "postgres", "redis"}


def test_secrets_come_from_env_files_only() -> None:
    for name, service in compose().items():
        assert "environment" not in service, name
        assert service.get("env_file") == {"postgres": "postgres.env", "redis": None}.get(name, "feedback.env"), name
    for name in ("FEEDBACK_SECRET_KEY", "FEEDBACK_LINK_KEYS", "FEEDBACK_PRIVACY_KEY"):
        assert env_file("feedback.env.example")[name] == "", "an example that works would be used"
    assert env_file("postgres.env.example")["POSTGRES_PASSWORD"] == ""


def test_health_is_asked_for_where_it_can_be() -> None:
    asked = {name: str(service.get("healthcheck")) for name, service in compose().items() if "healthcheck" in service}
    assert set(asked) == {"web", "postgres", "redis"}
    assert "healthz" in asked["web"]
    assert "readyz" in asked["web"]


def test_the_example_names_settings_that_exist() -> None:
    words = (DEPLOY / "feedback.env.example").read_text().replace("#FEEDBACK_", "FEEDBACK_")
    named = {line.split("=", 1)[0] for line in words.splitlines() if line.startswith("FEEDBACK_")}
    assert named <= {f"FEEDBACK_{name.upper()}" for name in Settings.model_fields}


def test_what_the_image_is_built_from_is_let_through_to_the_builder() -> None:
    let_through = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    }
    assert all((ROOT / path).exists() for path in let_through)
    assert {"wsgi.py", "setup.cfg", "requirements/lock.txt", "feedback_service", "templates", "surveys"} <= let_through


def test_the_server_is_in_the_lock_the_image_is_built_from() -> None:
    pinned = {line.split("==")[0] for line in (ROOT / "requirements" / "lock.txt").read_text().splitlines()}
    assert {"gunicorn", "celery", "redis", "psycopg", "waitress"} <= pinned


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_are_hardened_and_start_programs_that_exist(unit: Path) -> None:
    lines = unit.read_text().splitlines()
    assert set(lines) >= HARDENED
    assert Path(here(unit_command(unit.name))[0]).exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here to ask")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    installed = tmp_path / unit.name.replace("@.", "@1.")
    programs = str(Path(here(["feedback"])[0]).parent)
    installed.write_text(unit.read_text().replace("/opt/feedback/.venv/bin", programs).replace("/opt/feedback", "/"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", installed], capture_output=True, text=True, check=False
    )
    about_this = [
        line for line in done.stderr.splitlines() if unit.name.partition("@")[0].removesuffix(".service") in line
    ]
    assert about_this == []


@pytest.mark.parametrize(
    ("unit", "service"),
    [
        ("feedback-migrate.service", "migrate"),
        ("feedback-web.service", "web"),
        ("feedback-worker@.service", "worker"),
        ("feedback-beat.service", "beat"),
    ],
)
def test_both_ways_of_starting_give_the_same_command(unit: str, service: str) -> None:
    program, *words = unit_command(unit)
    container = [word for word in compose_command(service) if word != "--worker-tmp-dir=/dev/shm"]  # its disk is slow
    assert [Path(program).name, *words] == [word.replace("=0.0.0.0:", "=127.0.0.1:") for word in container]


# --- that it works --------------------------------------------------------------------------------------------------


@contextmanager
def mailbox_at(folder: Path) -> Iterator[tuple[Mailbox, str]]:
    with Mailbox(folder / "mailbox") as mailbox:
        yield mailbox, f"smtp://127.0.0.1:{mailbox.start()}"


def an_installation(folder: Path, port: int, settings: Settings, **others: object) -> dict[str, str]:
    """The example's environment with everything filled in that it leaves open."""
    return environment(
        folder,
        env_file("feedback.env.example"),
        database_url=emptied(settings.database_url),
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        **{name: getattr(settings, name).get_secret_value() for name in SECRETS},
        **others,
    )


def on_port(command: list[str], port: int) -> list[str]:
    return [word.replace(SERVING_PORT, f":{port}") for word in command]


def answers(port: int, page: str) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/{page}", timeout=10) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def one_order_becomes_one_mail(shop: dict[str, str], folder: Path, port: int, mailbox: Mailbox) -> None:
    assert eventually(lambda: answers(port, "healthz"))
    assert eventually(lambda: answers(port, "readyz"))
    say(shop, "import", "orders", orders_file(folder / "orders.csv", range(1)))
    say(shop, "go-live", first_day(), "--opt-outs-settled")
    assert eventually(lambda: len(mailbox.mails()) == 1)
    mail = mailbox.read(mailbox.mails()[0].id)
    link = next(word for word in mail.text.split() if "/r/" in word)
    assert link.startswith(f"http://127.0.0.1:{port}/r/")
    assert answers(port, link.partition(f":{port}/")[2])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_scaled_commands_take_an_order_to_a_sent_mail(settings: Settings, tmp_path: Path) -> None:
    port = free_port()
    with mailbox_at(tmp_path) as (mailbox, mail_url), broker() as broker_url:
        shop = an_installation(tmp_path, port, settings, broker_url=broker_url, mail_url=mail_url)
        say(shop, *compose_command("migrate")[1:])
        commands = [on_port(compose_command(service), port) for service in ("web", "worker", "beat")]
        with running(shop, tmp_path, *commands):
            one_order_becomes_one_mail(shop, tmp_path, port, mailbox)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_embedded_command_takes_an_order_to_a_sent_mail(settings: Settings, tmp_path: Path) -> None:
    port = free_port()
    with mailbox_at(tmp_path) as (mailbox, mail_url):
        shop = an_installation(tmp_path, port, settings, broker_url="", mail_url=mail_url)
        say(shop, "migrate")
        with running(shop, tmp_path, unit_command("feedback-serve.service")):
            one_order_becomes_one_mail(shop, tmp_path, port, mailbox)
