"""Every stage's tables, gathered for Alembic."""

from feedback_service.accounts import models as accounts
from feedback_service.advocacy import models as advocacy
from feedback_service.cases import models as cases
from feedback_service.cases.causes import models as causes
from feedback_service.cases.desk import models as desk
from feedback_service.cases.improvements import models as improvements
from feedback_service.cases.inbox import models as inbox
from feedback_service.cases.mails import models as mails
from feedback_service.cases.notices import models as notices
from feedback_service.cases.promises import models as promises
from feedback_service.cases.queues import models as queues
from feedback_service.customers import models as customers
from feedback_service.database import Base
from feedback_service.delivery import models as delivery
from feedback_service.insights import models as insights
from feedback_service.insights.alerts import models as alerts
from feedback_service.insights.looks import models as looks
from feedback_service.insights.reports import models as reports
from feedback_service.insights.staff import models as staff
from feedback_service.invitations import models as invitations
from feedback_service.orders import models as orders
from feedback_service.questionnaires import models as questionnaires
from feedback_service.responses import models as responses
from feedback_service.sentiment import models as sentiment
from feedback_service.sentiment.languages import models as languages
from feedback_service.sentiment.themes import models as themes

STAGES = (
    accounts, questionnaires, customers, orders, invitations, delivery, advocacy, responses, sentiment, languages,
    themes, queues, causes, cases, desk, mails, promises, improvements, inbox, notices, insights, alerts, reports,
    looks, staff,
)  # fmt: skip
metadata = Base.metadata
