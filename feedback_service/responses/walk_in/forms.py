"""What a walk-in can send."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

from feedback_service.choices import SelectChoice
from feedback_service.responses.forms import link_nonce
from feedback_service.responses.walk_in.visits import LONGEST_ORDER, Visit, claimed


class WalkInForm(FlaskForm):
    """The score of somebody whom nobody asked, and the number of their order if they like."""

    score = RadioField(validate_choice=False)  # AnyOf says it in the visitor's language
    order = StringField(filters=[claimed])
    visit = HiddenField()
    """The signed name of the answer that this form makes."""

    def __init__(self, visit: Visit, signed_uid: str, network: str, score: int | None, order: str) -> None:
        common, scale = visit.common, [str(score) for score in visit.way.survey.structure.scale]
        shown = {"score": str(score) if str(score) in scale else None, "order": order[:LONGEST_ORDER]}
        nonce = {**link_nonce(visit.link(signed_uid), common), "nonce_network": network}
        super().__init__(meta=nonce, data=shown)
        self.visit.data = signed_uid
        self.score.choices = [SelectChoice(score) for score in scale]
        choose = common.errors.choose_score
        self.score.validators = [InputRequired(choose), AnyOf(scale, message=choose)]
        self.order.label.text = common.walk_in.order
        self.order.validators = [Length(max=LONGEST_ORDER, message=common.walk_in.order_unclear)]
