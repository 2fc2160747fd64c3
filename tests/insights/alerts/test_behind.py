"""An alert leads to the answers of the weeks that raised it, where it is about answers."""

from datetime import date

import pytest

from feedback_service.insights.alerts.behind import answers_of_alert
from feedback_service.insights.alerts.models import Alert
from feedback_service.insights.alerts.readings import MAILS, series_key
from feedback_service.insights.rules.alarms import Signal
from tests.responses.factories import CSAT, NPS


@pytest.mark.parametrize(
    ("signal", "survey_key", "value", "width", "url"),
    [
        (Signal.CSAT_DROP, CSAT, "", 1, f"/answers/?survey={CSAT}&from=2026-03-09&to=2026-03-15"),
        (Signal.NPS_DROP, NPS, "", 3, f"/answers/?survey={NPS}&from=2026-02-23&to=2026-03-15"),
        (
            Signal.THEME_SURGE, NPS, "late:again", 1,
            f"/answers/?survey={NPS}&from=2026-03-09&to=2026-03-15&by=theme&is=late%3Aagain",
        ),
        (Signal.QUIET_FAILURE, None, MAILS, 1, ""),
        (Signal.QUEUE_AGEING, None, "7", 1, ""),
    ],
)  # fmt: skip
def test_the_weeks_that_raised_it(signal: Signal, survey_key: str | None, value: str, width: int, url: str) -> None:
    series = series_key(signal, survey_key or "", value)
    alert = Alert(signal=signal, survey_key=survey_key, series=series, week=date(2026, 3, 9), width=width)
    assert answers_of_alert(alert) == url
