"""What the same mails cost without a promise: a plain loop in Python, and postfix's generator in C."""

import smtplib
import subprocess
import time
from dataclasses import dataclass
from email.message import EmailMessage

from feedback_service.delivery.compose import message_id_for

from .shop import DOMAIN
from .sinks import Sink, postfix_tool

SESSIONS = 8


@dataclass(frozen=True)
class Sample:
    """One of the service's mails: its two texts, and its size in bytes as it travels."""

    text: str
    html: str
    size: int


def plain_loop(sink: Sink, sample: Sample, mails: int) -> tuple[float, float]:
    """An `EmailMessage` each, over one kept connection; nothing is rendered and nothing kept.

    Returns mails a second, and milliseconds of processor time a mail.
    """
    started, cpu = time.perf_counter(), time.process_time()
    with smtplib.SMTP("127.0.0.1", sink.port, local_hostname="localhost") as smtp:
        for number in range(mails):
            message = EmailMessage()
            message["From"] = f"Corner Shop <hello@{DOMAIN}>"
            message["To"] = f"Buyer {number} <buyer{number}@example.com>"
            message["Subject"] = f"How was order A{number}?"
            message["Message-ID"] = message_id_for(f"plain{number}", DOMAIN)
            message.set_content(sample.text)
            message.add_alternative(sample.html, subtype="html")
            smtp.send_message(message)
    return mails / (time.perf_counter() - started), 1000 * (time.process_time() - cpu) / mails


def smtp_source(sink: Sink, sample: Sample, mails: int) -> float | None:
    """Mails a second by postfix's smtp-source over 8 kept sessions; None where it is not installed."""
    tool = postfix_tool("smtp-source")
    if tool is None:
        return None
    command = [tool, "-d", "-s", str(SESSIONS), "-m", str(mails), "-l", str(sample.size)]
    started = time.perf_counter()
    subprocess.run(
        [*command, "-f", f"hello@{DOMAIN}", "-t", "buyer@example.com", f"127.0.0.1:{sink.port}"],
        check=True,
        capture_output=True,
    )
    return mails / (time.perf_counter() - started)
