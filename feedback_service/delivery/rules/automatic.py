"""Mails that no person wrote: answering them, or counting them as somebody's words, would be talking to a wall."""

import re

from feedback_service.delivery.rules.mime import Mail, header, sender
from feedback_service.delivery.rules.reports import DAEMONS

# RFC 3834 names the first; the others are what was in use before it, and what Exchange and help desks add.
_AUTO_HEADERS = ("X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponder", "X-AutoReply-From", "X-Vacation")
_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "bulk", "junk", "list"})
_SUBJECT = re.compile(
    r"(?:auto(?:matic|mated|matische|mático)? ?[:-]?\s?(?:reply|response|answer)\b|auto:|autoreply"
    r"|out of (?:the )?office"
    r"|abwesenheitsnotiz|automatische antwort|resposta autom[aá]tica|respuesta autom[aá]tica|réponse automatique"
    r"|risposta automatica|absence du bureau|fora do escritório|fuera de la oficina)",
    re.IGNORECASE,
)


def why_automatic(mail: Mail) -> str | None:
    """Why a mail is taken for a machine's, in a few words; None where a person seems to have written it."""
    submitted = header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    suppress = header(mail, "X-Auto-Response-Suppress").strip().lower()
    report = mail.get_content_type() == "multipart/report"
    signs = (
        (submitted not in {"", "no"}, f"Auto-Submitted: {submitted[:40]}"),
        (any(header(mail, name).lower() not in {"", "no"} for name in _AUTO_HEADERS), "it says that it is automatic"),
        (header(mail, "Precedence").lower() in _PRECEDENCE, f"Precedence: {header(mail, 'Precedence')[:40]}"),
        (suppress not in {"", "none"}, "it asks that nothing answers it by itself"),
        (report, "a report, such as a read receipt"),
        (bool(header(mail, "List-Id")), "it comes from a mailing list"),
        (header(mail, "Return-Path") == "<>", "it has no return address"),
        (sender(mail).partition("@")[0].lower() in DAEMONS, "a mail server wrote it"),
        (bool(_SUBJECT.match(header(mail, "Subject"))), "its subject says so"),
    )
    return next((reason for applies, reason in signs if applies), None)
