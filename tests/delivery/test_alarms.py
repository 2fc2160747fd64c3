"""Silence is an alarm where something was due for long enough, and otherwise it is just a quiet day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.delivery.rules.alarms import AlarmKind, Newest, Silence, alarms

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUIET = Silence(None, None, None, Newest(), 0)


def raised(found: Silence, hours: int = 24, answer_hours: int = 72) -> list[AlarmKind]:
    return [alarm.kind for alarm in alarms(found, NOW, hours=hours, answer_hours=answer_hours)]


@pytest.mark.parametrize(
    ("found", "kinds", "why"),
    [
        (QUIET, [], "nothing was due"),
        (replace(QUIET, work_waits_since=NOW - 24 * HOUR), [AlarmKind.STANDS_STILL], "a whole day is too long"),
        (replace(QUIET, work_waits_since=NOW - 23 * HOUR), [], "not yet"),
        (replace(QUIET, mail_waits_since=NOW - 25 * HOUR), [AlarmKind.NOTHING_SENT], "a mail should have left"),
        (replace(QUIET, mail_waits_since=NOW + HOUR), [], "it is not due yet"),
        (replace(QUIET, refused_by_settings="535 no"), [AlarmKind.SERVER_REFUSES_US], "at once: it mends itself never"),
        (
            replace(QUIET, refused_by_settings="535 no", mail_waits_since=NOW - 25 * HOUR),
            [AlarmKind.SERVER_REFUSES_US],
            "one cause, one alarm",
        ),
        (replace(QUIET, newest=Newest(50, 24, "550")), [], "fewer than half"),
        (replace(QUIET, newest=Newest(50, 25, "550")), [AlarmKind.MAILS_REFUSED], "half of them"),
        (replace(QUIET, newest=Newest(9, 9, "550")), [], "nine may all have been bad addresses"),
        (replace(QUIET, mails_unanswered=50), [AlarmKind.NOTHING_ANSWERED], "chance does that once in 200 times"),
        (replace(QUIET, mails_unanswered=49), [], "too few to say"),
    ],
)
def test_what_is_an_alarm(found: Silence, kinds: list[AlarmKind], why: str) -> None:
    assert raised(found) == kinds, why


def test_nought_hours_switch_an_alarm_off() -> None:
    everything = Silence(NOW - 99 * HOUR, NOW - 99 * HOUR, "535 no", Newest(50, 50, "550"), 500)
    assert raised(everything, answer_hours=0) == [
        AlarmKind.STANDS_STILL, AlarmKind.SERVER_REFUSES_US, AlarmKind.MAILS_REFUSED,
    ]  # fmt: skip
    assert raised(everything, hours=0) == [AlarmKind.NOTHING_ANSWERED]
    assert raised(everything, hours=0, answer_hours=0) == []


def test_an_alarm_says_what_is_wrong_and_what_to_do_and_keeps_the_details_apart() -> None:
    (alarm,) = alarms(replace(QUIET, refused_by_settings="535 for ana@x"), NOW, hours=24, answer_hours=72)
    assert alarm.words == "The mail server refuses us, not the recipients: no mail leaves."
    assert "feedback mail check" in alarm.remedy
    assert "ana" not in alarm.words + alarm.remedy
    assert alarm.detail == "535 for ana@x"
