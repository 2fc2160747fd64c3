"""The form's signed nonce, bound to the link instead of a cookie: it works in a frame, and after lunch."""

from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.form import BaseForm

NONCE_SECONDS = 24 * 60 * 60  # a page left open longer is sent back filled in, with a fresh nonce


class LinkNonce(CSRF):
    """A CSRF token made of the link's hash. Meta needs `csrf_context` (the hash), `nonce_key` and `nonce_too_old`."""

    def setup_form(self, form: BaseForm) -> Any:
        self._link = form.meta.csrf_context
        self._signer = URLSafeTimedSerializer(form.meta.nonce_key, salt="answer-form")
        self._too_old = form.meta.nonce_too_old
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        return str(self._signer.dumps(self._link))

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        try:
            link = self._signer.loads(field.data or "", max_age=NONCE_SECONDS)
        except BadSignature:
            raise ValidationError(self._too_old) from None
        if link != self._link:
            raise ValidationError(self._too_old)
