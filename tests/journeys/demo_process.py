"""Starts `feedback demo` as anybody would, in a process of its own, and talks to it from outside."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 600  # seconds for a first start on a machine with much else to do; it only ends a wait that is hopeless


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Demo:
    """One demo shop in one folder; may be started, killed and started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "feedback.sqlite"

    def environment(self) -> dict[str, str]:
        """What a second command needs to work on the same shop: where it and its proofs lie, and its secrets."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDBACK_")}
        secrets = self.folder / "demo.env"
        lines = secrets.read_text().splitlines() if secrets.exists() else []
        return {
            **kept,
            **dict(line.split("=", 1) for line in lines),
            "FEEDBACK_PORT": str(self.port),
            "FEEDBACK_DATABASE_URL": f"sqlite:///{self.database}",
            "FEEDBACK_PROOF_FOLDER": str(self.folder / "proof"),
        }

    def start(self) -> None:
        """Start the process; returns at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        log = (self.folder / "output.log").open("ab")
        environment = self.environment()
        del environment["FEEDBACK_DATABASE_URL"], environment["FEEDBACK_PROOF_FOLDER"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "feedback_service", "demo", "--folder", str(self.folder)],
            env=environment,
            stdout=log,
            stderr=log,
        )
        log.close()

    def wait_until_ready(self) -> None:
        """Wait until it answers; fails with its output when it ends instead."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "output.log").read_text()
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                self.process_pause()
        raise AssertionError("the demo did not start in time: " + (self.folder / "output.log").read_text())

    def process_pause(self) -> None:
        """Give the process a moment."""
        try:
            assert self.process is not None
            self.process.wait(0.2)
        except subprocess.TimeoutExpired:
            pass

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it, however it is."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def command(self, *arguments: str) -> str:
        """Run another `feedback` command on the same shop; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "feedback_service", *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
