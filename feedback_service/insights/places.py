"""The pages of insights and the periods they show, as managers call them, and what an address may ask of each page."""

from feedback_service.insights.rules.periods import Grain

GRAINS = {
    Grain.DAY: "Days",
    Grain.WEEK: "Weeks",
    Grain.MONTH: "Months",
    Grain.QUARTER: "Quarters",
    Grain.ROLLING_30: "30 days at a time",
    Grain.ROLLING_90: "90 days at a time",
}
OVERVIEW, SCORECARD, STAFF = "insights.overview", "value.scorecard", "staff_pulse.overview"
PLACES: tuple[tuple[str, str], ...] = (
    ("Overview", OVERVIEW),
    ("Why", "why.overview"),
    ("Comments", "words.overview"),
    ("Coverage", "coverage.overview"),
    ("Loop", "loop.overview"),
    ("Value", "value.overview"),
    ("Staff", STAFF),
    ("Alerts", "alerts.overview"),
    ("Reports", "reports.overview"),
)
"""The pages, each by its endpoint."""
ASKED_OF: dict[str, tuple[str, ...]] = {
    OVERVIEW: (),
    "why.overview": (),
    "words.overview": ("theme", "word"),
    "coverage.overview": (),
    "loop.overview": ("cases",),
    "value.overview": (),
    SCORECARD: (),
    STAFF: ("pulse", "each"),
}
"""The pages that look at something, and what each asks for in its address besides the scope."""


def place_name(endpoint: str) -> str:
    """As the page is called."""
    return next((name for name, place in PLACES if place == endpoint), "Scorecard")
