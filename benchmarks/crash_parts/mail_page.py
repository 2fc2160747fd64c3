"""The Mail page as a manager sees it, over HTTP."""

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from .people import number_of

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_ADDRESS = re.compile(r"buyer\d{6}@[\w.]+")
PATIENCE = 60.0  # seconds


def listed(port: int, email: str, password: str) -> set[int]:
    """The numbers of the buyers whose mails the page says need a person. Raises OSError where it does not open."""
    home = f"http://127.0.0.1:{port}"
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with browser.open(f"{home}/sign-in", timeout=PATIENCE) as page:
        token = _TOKEN.search(page.read().decode())
    fields = {"email": email, "password": password, "csrf_token": token[1] if token else ""}
    browser.open(f"{home}/sign-in", urlencode(fields).encode(), timeout=PATIENCE).close()
    with browser.open(f"{home}/mail/", timeout=PATIENCE) as page:
        return {number_of(address) for address in _ADDRESS.findall(page.read().decode())}
