"""The rules that were applied, in words for staff."""

from feedback_service.questionnaires.definition import Trigger, TriggerEvent

_EVENTS = {
    TriggerEvent.ORDERED: "the order",
    TriggerEvent.DELIVERED: "delivery",
    TriggerEvent.PROMISE_PASSED: "the promised day passed without a delivery",
    TriggerEvent.DELIVERED_OR_PROMISE_PASSED: "delivery, or at once when the promised day passed without one",
    TriggerEvent.SUPPORT_CLOSED: "support closed the matter",
    TriggerEvent.LEFT: "the customer cancelled",
    TriggerEvent.CASE_RESOLVED: "a case of the person was resolved",
}


def trigger_words(trigger: Trigger) -> str:
    """When a survey asks, as a clause that can follow its title and "asks"."""
    if trigger.on is TriggerEvent.CHECK_IN:
        return f"every {trigger.every_months} months after the first purchase"
    if trigger.on is TriggerEvent.PULSE:
        return f"colleagues every {trigger.every_months} months"
    days = trigger.delay_days
    delay = "at once" if days == 0 else "1 day" if days == 1 else f"{days} days"
    return f"{delay} after {_EVENTS[trigger.on]}"
