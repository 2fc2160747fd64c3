"""The questions of an anonymous survey, which stand on the page of the score: there is no page after it."""

from collections.abc import Iterable, Mapping

from wtforms import HiddenField

from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.questionnaires.questions import Question
from feedback_service.questionnaires.words import Wording
from feedback_service.responses.follow_ups.forms import QuestionFields
from feedback_service.responses.follow_ups.parts import asking_in

YES = "1"


class PulseForm(QuestionFields):
    """Everything but the score. The page's nonce is looked at apart, with the score."""

    once_more = HiddenField()
    """Whether the page had to ask for one more press."""

    def __init__(
        self, questions: Iterable[Question], wording: Wording, common: CommonWords, facts: Mapping[str, str]
    ) -> None:
        super().__init__(meta={"csrf": False})
        self.put(questions, asking_in(wording, common, facts), {})

    @property
    def asked_once_more(self) -> bool:
        """Whether this press is the second, which was asked for."""
        return bool(self.once_more.data == YES)

    def ask_once_more(self) -> None:
        """Let the page that is shown again say that it asked."""
        self.once_more.data = YES
