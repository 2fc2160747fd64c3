"""What staff can send to a customer, put to a case, and write as a template."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, ValidationError
from wtforms.widgets import HiddenInput

from feedback_service.cases.form_parts import longest
from feedback_service.cases.mails.read_file import LONGEST_REPLY, fault_in
from feedback_service.choices import SelectChoice
from feedback_service.database import LARGEST_ID
from feedback_service.delivery.rules.files import LARGEST_FILE, File, KeptFile, Refusal, checked
from feedback_service.responses.rules.words import as_kept

LENGTH = longest(LONGEST_REPLY)
REFUSED = {
    Refusal.EMPTY: "This file is empty. Choose another one.",
    Refusal.TYPE: "Files of this type are not kept. Choose a picture, a PDF or a plain text.",
    Refusal.TOO_LARGE: "This file is larger than 5 MB. Choose a smaller one.",
}


class ReplyForm(FlaskForm):
    """A mail to the customer; `seen` is the length of the log when the page was drawn."""

    seen = IntegerField(
        widget=HiddenInput(), validators=[NumberRange(min=0, max=LARGEST_ID, message="Reload the page.")]
    )
    words = TextAreaField(
        "Your words to the customer", filters=[as_kept], validators=[DataRequired("Write to the customer."), LENGTH]
    )
    waits = BooleanField("Then wait for the customer’s answer")

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"prefix": "reply-", **options})


class FileForm(FlaskForm):
    """A file for colleagues."""

    file = FileField("A picture, a PDF or a plain text")

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"prefix": "file-", **options})
        self.kept: KeptFile | None = None

    def validate_file(self, field: FileField) -> None:
        """Look at the bytes; what the browser says of the file is not believed."""
        sent = field.data
        if not isinstance(sent, FileStorage) or not sent.filename:
            raise ValidationError("Choose a file.")
        found = checked(File(sent.filename, sent.stream.read(LARGEST_FILE + 1)))
        if isinstance(found, Refusal):
            raise ValidationError(REFUSED[found])
        self.kept = found


class TemplateForm(FlaskForm):
    """A template of replies."""

    seen = HiddenField()
    name = StringField(
        "Name",
        filters=[as_kept],
        validators=[DataRequired("Give it a name that colleagues know it by."), Length(max=120)],
    )
    locale = SelectField("Language")
    theme = SelectField("Offered first where a comment speaks of")
    words = TextAreaField(
        "Words", filters=[as_kept], validators=[DataRequired("Write what customers should read."), LENGTH]
    )

    def __init__(self, locales: Mapping[str, str], themes: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(**options)
        self.locale.choices = [SelectChoice(locale, title) for locale, title in locales.items()]
        self.theme.choices = [SelectChoice("", "Anything"), *(SelectChoice(key, title) for key, title in themes)]

    def validate_words(self, field: TextAreaField) -> None:
        """Only fields that there are."""
        if fault := fault_in(field.data or ""):
            raise ValidationError(fault)
