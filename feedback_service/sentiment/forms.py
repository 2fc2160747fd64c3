"""What staff can send about a comment."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from feedback_service.choices import SelectChoice
from feedback_service.sentiment.models import CheckedLabel
from feedback_service.sentiment.shown import LABEL_WORDS, Reading

AS_THE_MODEL_SAYS = ""


class CorrectionForm(FlaskForm):
    """What a comment says, by somebody who has read it; what is left to the model follows later models too."""

    label = SelectField("Mood")
    language = SelectField("Language")
    themes = SelectMultipleField(
        "Themes", widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )

    def __init__(self, reading: Reading, themes: Mapping[str, str], languages: Mapping[str, str], **options: Any):
        """themes: titles by key. languages: names by code."""
        said = reading.correction
        shown = {
            "label": said.label.value if said and said.label else AS_THE_MODEL_SAYS,
            "language": (said.language if said else None) or AS_THE_MODEL_SAYS,
            "themes": list(reading.themes),
        }
        super().__init__(data=shown, **options)
        self._reading, self._known = reading, themes
        self.label.choices = [
            SelectChoice(AS_THE_MODEL_SAYS, f"As the model says: {LABEL_WORDS[reading.model_label].lower()}"),
            *[SelectChoice(label.value, label.value.capitalize()) for label in CheckedLabel],
        ]
        self.language.choices = [
            SelectChoice(AS_THE_MODEL_SAYS, f"As found: {reading.language}"),
            *[SelectChoice(code, name) for code, name in languages.items()],
        ]
        self.themes.choices = [SelectChoice(key, title) for key, title in themes.items()]

    @property
    def said(self) -> dict[str, Any]:
        """As `correct` takes it: label, language and themes, None for what is left to the model. After validation.

        Themes are staff's once they differ from those that the page showed, and stay theirs.
        """
        ticked = [key for key in self.themes.data or [] if key in self._known]
        before = self._reading.correction
        theirs = set(ticked) != set(self._reading.themes) or (before is not None and before.themes is not None)
        return {
            "label": CheckedLabel(self.label.data) if self.label.data else None,
            "language": self.language.data or None,
            "themes": ticked if theirs else None,
        }
