"""What managers copy into their website: the snippet, and the sources that a Content-Security-Policy must allow."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from feedback_service.responses.walk_in.queries import FoundCollector


@dataclass(frozen=True)
class Panel:
    """What a website needs to show the panel."""

    snippet: str
    policy: str


def panel_on(way: FoundCollector, base_url: str) -> Panel:
    """The tag to copy into a page, and the sources to add to its Content-Security-Policy."""
    parts = urlsplit(base_url)
    service = f"{parts.scheme}://{parts.netloc}"
    return Panel(
        snippet=f'<script src="{base_url}/c/{way.token}/embed.js" async></script>',
        policy=f"script-src {service}; frame-src {service}",
    )
