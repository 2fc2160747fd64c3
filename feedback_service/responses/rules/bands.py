"""The three bands of a score, under the field's names whatever the scale."""

from typing import Literal

LOWEST_PROMOTER = {"nps": 9, "csat": 4, "ces": 5, "enps": 9}


def band(kind: str, score: int, detractor_max: int) -> Literal["promoter", "passive", "detractor"]:
    """Promoter (NPS and eNPS 9–10, CSAT 4–5, CES 5–7), detractor (up to the survey's threshold), passive in between."""
    if score <= detractor_max:
        return "detractor"
    return "promoter" if score >= LOWEST_PROMOTER[kind] else "passive"
