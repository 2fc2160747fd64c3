"""A browser without JavaScript, as far as forms go: what a page's form would send."""

from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


class _Form(HTMLParser):
    """Collects what the form with a certain id would send, were it sent untouched."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside = form_id, False
        self.fields: MultiDict[str, str] = MultiDict()
        self.buttons: list[str] = []
        self.select, self.area, self.text = "", "", ""
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        if not self.inside:
            return
        kind = given.get("type", "text")
        if tag == "input" and (kind not in {"checkbox", "radio"} or "checked" in given):
            self.fields.add(given["name"], given.get("value", ""))
        elif tag == "textarea":
            self.area, self.text = given["name"], ""
        elif tag == "select":
            self.select, self.options = given["name"], []
        elif tag == "option" and self.select:
            self.options.append((given.get("value", ""), "selected" in given))
        elif tag == "button":
            self.buttons.append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area:
            self.fields.add(self.area, self.text.removeprefix("\n").replace("\n", "\r\n"))
            self.area = ""
        elif tag == "select" and self.select:
            if self.options:
                chosen = [value for value, selected in self.options if selected]
                self.fields.add(self.select, (chosen or [self.options[0][0]])[-1])
            self.select = ""


def form_on(html: str, form_id: str = "editor") -> MultiDict[str, str]:
    """What the form would send."""
    parser = _Form(form_id)
    parser.feed(html)
    assert parser.fields, f"there is no form {form_id}"
    return parser.fields


def buttons_on(html: str, form_id: str = "editor") -> list[str]:
    """The values of the form's buttons."""
    parser = _Form(form_id)
    parser.feed(html)
    return parser.buttons


def press(client: FlaskClient, path: str, button: str = "save", **typed: str | list[str]) -> TestResponse:
    """Open a page, type into its fields and press one of its buttons."""
    return send(client, path, form_on(client.get(path).text), button, **typed)


def send(
    client: FlaskClient, path: str, form: MultiDict[str, str], button: str = "save", **typed: str | list[str]
) -> TestResponse:
    """Type into a form that was opened before, and press a button. Keys have __ where names have a dot."""
    filled = form.copy()
    for name, value in typed.items():
        filled.setlist(name.replace("__", "."), value if isinstance(value, list) else [value])
    return client.post(path, data={**filled.to_dict(flat=False), "do": [button]})
