"""WTForms' choices, imported in one place, since its stubs are older than they are."""

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs do not know it yet

__all__ = ["SelectChoice"]
