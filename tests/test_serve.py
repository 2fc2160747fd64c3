"""What stands between a shop's environment and the demo, and what is said when a process cannot start."""

import socket
from pathlib import Path

import pytest
from rich.console import Console

from feedback_service.config import SettingsError
from feedback_service.demo.mailbox import Mailbox
from feedback_service.jobs import SecondProcessError, held
from feedback_service.serve import _check_port, _demo_settings, start_demo


def test_the_demo_does_not_look_at_a_shops_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", "postgresql://shop.example/production")
    monkeypatch.setenv("FEEDBACK_HOST", "0.0.0.0")
    monkeypatch.setenv("FEEDBACK_PUBLIC_URL", "https://shop.example")
    monkeypatch.setenv("FEEDBACK_BROKER_URL", "redis://shop.example")
    monkeypatch.setenv("FEEDBACK_SECRET_KEY", "the secret of the shop itself")
    monkeypatch.setenv("FEEDBACK_PORT", "8456")
    settings = _demo_settings(tmp_path, 2525)
    assert settings.database_url.endswith("/feedback.sqlite")
    assert settings.base_url == "http://127.0.0.1:8456"
    assert settings.broker_url.get_secret_value().startswith("memory://")
    assert settings.secret_key.get_secret_value() != "the secret of the shop itself"
    assert settings.mail_url.get_secret_value() == "smtp://127.0.0.1:2525"


def test_its_secrets_are_kept_and_nobody_else_can_read_them(tmp_path: Path) -> None:
    first, second = _demo_settings(tmp_path, 1), _demo_settings(tmp_path, 2)
    assert first.link_key_ring == second.link_key_ring
    assert (tmp_path / "demo.env").stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_said_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("FEEDBACK_PORT", str(taken.getsockname()[1]))
        with pytest.raises(SettingsError, match=r"FEEDBACK_PORT: 127\.0\.0\.1:"):
            _check_port(_demo_settings(tmp_path, 1))


def test_a_second_demo_in_the_same_folder_leaves_the_first_alone(tmp_path: Path) -> None:
    with held(tmp_path / "demo.lock"), pytest.raises(SecondProcessError):
        start_demo(tmp_path, Console())
    assert Mailbox(tmp_path / "mailbox").mails() == []
