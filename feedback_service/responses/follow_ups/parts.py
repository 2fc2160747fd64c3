"""One question on a page: its fields, its words, and what they say together."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from wtforms import BooleanField, Field, RadioField, SelectMultipleField, StringField, TelField, TextAreaField
from wtforms.validators import Length, ValidationError

from feedback_service.choices import SelectChoice
from feedback_service.questionnaires.common_words import CommonWords, FollowUpWords, RemedyWords
from feedback_service.questionnaires.fill import filled
from feedback_service.questionnaires.questions import NO, OTHER, YES, Question, QuestionType
from feedback_service.questionnaires.words import Band, QuestionWords, Wording
from feedback_service.responses.forms import not_too_long
from feedback_service.responses.models import ContactHow, ContactWhen, Remedy
from feedback_service.responses.rules.answers import Contact, Given
from feedback_service.responses.rules.words import LONGEST_PHONE_NUMBER, as_kept, as_phone_number, can_be_called

Option = tuple[str, str]
"""What is sent, and the words beside it."""


@dataclass(frozen=True)
class Asking:
    """The words in which somebody is asked, and what they depend on."""

    wording: Wording
    words: FollowUpWords
    too_long: str
    """With a place for the label of what is."""
    band: Band | None
    """Of their score; None where it is asked on the same page."""
    has_order: bool
    """Whether there is one that could be put right."""
    by_mail: bool = True
    """Whether we know where to write to them; whoever walked in can only be called."""

    def words_of(self, question: Question) -> QuestionWords:
        """The question's own words; every published wording has them."""
        return self.wording.questions[question.key]


def asking_in(
    wording: Wording,
    common: CommonWords,
    facts: Mapping[str, str],
    *,
    band: Band | None = None,
    has_order: bool = False,
    by_mail: bool = True,
) -> Asking:
    """The words for somebody of this band; `wording` is filled already, with the same `facts`."""
    return Asking(wording, filled(common.follow_ups, facts), common.errors.too_long, band, has_order, by_mail)


class Form(Protocol):
    """A form that takes further fields."""

    def add(self, name: str, unbound: Any, shown: object) -> Field:
        """A new field, filled with what was sent, or else with `shown`."""


class Part(ABC):
    """A question as it is put. `kind` names the macro that draws it."""

    fields: tuple[Field, ...]

    def __init__(self, form: Form, question: Question, asking: Asking, given: Given) -> None:
        self.question, self.kind, self.asking = question, question.type.value, asking
        self.words = asking.words
        self.needed = question.required
        self._put(form, given)

    @abstractmethod
    def _put(self, form: Form, given: Given) -> None:
        """Put its fields on the form, filled with what was given before."""

    @abstractmethod
    def said(self) -> Given:
        """The answer that the fields give together; it is good only where the part is `valid`."""

    @property
    def label(self) -> str:
        """The question, as this band is asked it."""
        words = self.asking.words_of(self.question)
        return words.label_for(self.asking.band) if self.asking.band else words.label

    @property
    def hint(self) -> str:
        """What stands under it."""
        hint = self.asking.words_of(self.question).hint if self.question.type != QuestionType.REMEDY else None
        return " ".join(words for words in (hint, self.words.needed if self.needed else None) if words)

    @property
    def valid(self) -> bool:
        """Whether no field of it has a fault."""
        return not any(field.errors for field in self.fields)

    def _answered(self, _form: object, _field: Field) -> None:
        if self.needed and not self.said():
            raise ValidationError(self.words.missing)

    def _not_too_long(self, label: str) -> Length:
        return not_too_long(self.asking.too_long, label)


class TextPart(Part):
    """Words, as they were typed."""

    def _put(self, form: Form, given: Given) -> None:
        checks = [self._answered, self._not_too_long(self.label)]
        self.field = form.add(self.question.key, TextAreaField(filters=[as_kept], validators=checks), given.text)
        self.fields = (self.field,)

    def said(self) -> Given:
        return Given(text=self.field.data)


class ChoicePart(Part):
    """One or several of the options, and words beside "other"; a rating and a yes or no are choices too."""

    other: Field | None = None

    def _put(self, form: Form, given: Given) -> None:
        many = self.question.type == QuestionType.CHOICE_MANY
        shown = list(given.chosen) if many else next(iter(given.chosen), None)
        field = (SelectMultipleField if many else RadioField)(
            choices=[SelectChoice(*option) for option in self.options],
            validate_choice=False,  # what no option is, is not kept; a page of ours never sends it
            validators=[self._answered],
        )
        self.field = form.add(self.question.key, field, shown)
        self.fields = (self.field,)
        if self.question.other:
            beside = dict(self.options)[OTHER]
            words = StringField(filters=[as_kept], validators=[self._not_too_long(beside)])
            self.other = form.add(f"{self.question.key}-{OTHER}", words, given.text)
            self.fields = (self.field, self.other)

    @property
    def options(self) -> list[Option]:
        """What can be chosen, in order."""
        words = self.asking.words_of(self.question)
        named = {**words.options, OTHER: words.other or "", YES: self.words.yes, NO: self.words.no}
        return [(key, named.get(key, key)) for key in self.question.possible]

    @property
    def ends(self) -> tuple[str, str]:
        """The words at both ends of a rating."""
        words = self.asking.words_of(self.question)
        return words.low or "", words.high or ""

    def said(self) -> Given:
        sent = self.field.data if isinstance(self.field.data, list) else [self.field.data]
        text = self.other.data if self.other else ""
        if text and (self.question.type == QuestionType.CHOICE_MANY or not self._known(sent)):
            sent = [*sent, OTHER]  # words beside "other" say it as well as its tick
        return Given(self._known(sent), text)

    def _known(self, sent: Iterable[str]) -> tuple[str, ...]:
        return tuple(key for key in self.question.possible if key in sent)


class Reaching(Part):
    """A question that may end in somebody getting in touch: by mail where we know an address, else only by a call."""

    @property
    def remedies(self) -> RemedyWords:
        """The words for what can happen, and for how somebody can be reached."""
        return self.words.remedy

    def _ask_number(self, form: Form, known: Contact | None) -> Field:
        number = TelField(filters=[as_phone_number], validators=[self._callable])
        return form.add(f"{self.question.key}-phone", number, known.phone if known else "")

    def _callable(self, _form: object, field: Field) -> None:
        contact = self.said().contact
        if contact and contact.how == ContactHow.PHONE and not can_be_called(field.data):
            raise ValidationError(self.remedies.number_missing)


class ContactPart(Reaching):
    """Whether somebody should get in touch: a tick, which nobody can be made to give.

    Where only a call can meet it, it comes with the number: a wish that nobody could keep is not taken.
    """

    phone: Field | None = None

    def _put(self, form: Form, given: Given) -> None:
        self.needed = False
        self.field = form.add(self.question.key, BooleanField(), bool(given))
        self.fields = (self.field,)
        self._when = given.contact.when if given.contact else ContactWhen.ANY
        if not self.asking.by_mail:
            self.phone = self._ask_number(form, given.contact)
            self.fields = (self.field, self.phone)

    def said(self) -> Given:
        if not self.field.data:
            return Given()
        call = None if self.phone is None else Contact(ContactHow.PHONE, self._when, self.phone.data)
        return Given((YES,), contact=call)


class RemedyPart(Reaching):
    """What should happen now; somebody who wants to be contacted says how and when."""

    how: Field | None = None
    """None where there is but one way."""

    def _put(self, form: Form, given: Given) -> None:
        contact = given.contact or Contact(ContactHow.MAIL, ContactWhen.ANY)
        self.field = form.add(self.question.key, _one_of(self._answered), next(iter(given.chosen), None))
        if self.asking.by_mail:
            self.how = form.add(f"{self.question.key}-how", _one_of(), contact.how.value)
        self.phone = self._ask_number(form, given.contact)
        self.when = form.add(f"{self.question.key}-when", _one_of(), contact.when.value)
        self.fields = tuple(field for field in (self.field, self.how, self.phone, self.when) if field is not None)

    @property
    def label(self) -> str:
        return self.remedies.question

    @property
    def options(self) -> list[Option]:
        """What can happen; only an order that is known can be put right."""
        words = self.remedies
        contact = words.contact if self.asking.by_mail else words.call
        options = [(Remedy.NOTE.value, words.note), (Remedy.CONTACT.value, contact)]
        return [*options, (Remedy.PUT_RIGHT.value, words.put_right)] if self.asking.has_order else options

    @property
    def ways(self) -> list[Option]:
        """How somebody can be reached."""
        return [(ContactHow.MAIL.value, self.remedies.mail), (ContactHow.PHONE.value, self.remedies.phone)]

    @property
    def times(self) -> list[Option]:
        """When."""
        words = self.remedies
        named = (words.any_time, words.morning, words.afternoon, words.evening)
        return [(when.value, name) for when, name in zip(ContactWhen, named, strict=True)]

    def said(self) -> Given:
        chosen = self.field.data if self.field.data in dict(self.options) else None
        if chosen is None and self.phone.data:
            chosen = Remedy.CONTACT.value  # a number says it as well as the choice above it
        if chosen != Remedy.CONTACT:
            return Given((chosen,) if chosen else ())
        how = ContactHow.PHONE if self._by_phone() else ContactHow.MAIL
        when = ContactWhen(self.when.data) if self.when.data in dict(self.times) else ContactWhen.ANY
        fits = how == ContactHow.PHONE or len(self.phone.data) <= LONGEST_PHONE_NUMBER
        return Given((chosen,), contact=Contact(how, when, self.phone.data if fits else ""))

    def _by_phone(self) -> bool:
        unsaid = self.field.data not in dict(self.options)
        return bool(self.how is None or self.how.data == ContactHow.PHONE or (unsaid and self.phone.data))


def _one_of(*checks: Callable[[object, Field], None]) -> Any:
    return RadioField(choices=[], validate_choice=False, validators=list(checks))


PARTS: dict[QuestionType, type[Part]] = {
    QuestionType.TEXT: TextPart,
    QuestionType.CHOICE_ONE: ChoicePart,
    QuestionType.CHOICE_MANY: ChoicePart,
    QuestionType.RATING: ChoicePart,
    QuestionType.YES_NO: ChoicePart,
    QuestionType.CONTACT_WISH: ContactPart,
    QuestionType.REMEDY: RemedyPart,
}
