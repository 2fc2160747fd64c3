"""The script for the shop's pages is small, and no name in it can end it."""

import json

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_common_words
from feedback_service.responses.walk_in.script import LARGEST_SCRIPT, Embedded, embed_script, squeezed

EMBEDDED = Embedded("abcdefghjk", "https://feedback.example/c/abcdefghjk/frame", None, 90)


def script(shop_name: str = "Corner Shop") -> str:
    return embed_script(EMBEDDED, read_common_words(SURVEYS), shop_name)


def settings(code: str) -> dict[str, object]:
    """What was put in: the argument of the function that the script is."""
    found, _ = json.JSONDecoder().raw_decode(code[code.rindex('{"token"') :])
    assert isinstance(found, dict)
    return found


def test_it_is_small() -> None:
    assert len(script().encode()) <= LARGEST_SCRIPT * 0.7


def test_it_speaks_every_language() -> None:
    words = settings(script())["words"]
    assert isinstance(words, dict)
    assert set(words) == set(read_common_words(SURVEYS))
    assert words["en"] == {"lang": "en", "dir": "ltr", "panel": "A question from Corner Shop", "close": "Close"}
    assert words["ar"]["dir"] == "rtl"


def test_a_name_stays_a_name() -> None:
    hostile = "</script><script>alert(1)//\u2028\"'"
    code = script(hostile)
    assert "</script" not in code
    assert code.isascii()
    words = settings(code)["words"]
    assert isinstance(words, dict)
    assert words["en"]["panel"] == f"A question from {hostile}"


def test_the_panel_has_the_pages_colours_in_both_schemes() -> None:
    style = str(settings(script())["css"])
    assert "--accent:#1d4ed8" in style
    assert "--accent:#93c5fd" in style
    assert "--promoter" not in style  # what it does not use stays at home


def test_comments_stay_at_home() -> None:
    assert squeezed('/* a\n b */\n  var url = "https://a"; // why\n\n  // alone\n') == 'var url = "https://a";'
