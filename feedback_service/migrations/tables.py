"""Every stage's tables, gathered for Alembic."""

from feedback_service.accounts import models as accounts
from feedback_service.advocacy import models as advocacy
from feedback_service.cases import models as cases
from feedback_service.customers import models as customers
from feedback_service.database import Base
from feedback_service.delivery import models as delivery
from feedback_service.insights import models as insights
from feedback_service.invitations import models as invitations
from feedback_service.orders import models as orders
from feedback_service.questionnaires import models as questionnaires
from feedback_service.responses import models as responses
from feedback_service.sentiment import models as sentiment
from feedback_service.sentiment.languages import models as languages
from feedback_service.sentiment.themes import models as themes

STAGES = (
    accounts, questionnaires, customers, orders, invitations, delivery, advocacy, responses, sentiment, languages,
    themes, cases, insights,
)  # fmt: skip
metadata = Base.metadata
