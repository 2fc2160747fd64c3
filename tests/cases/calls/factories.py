"""Customers who bought a great deal."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.orders.lifetime import draw_value_bands
from feedback_service.orders.models import ValueBand


def top_customers(session: Session, now: datetime, number: int, currency: str = "EUR") -> list[Customer]:
    """So many customers, each worth more than the one before, with the bands drawn; committed."""
    customers = [
        Customer(
            source="shop",
            external_id=f"{currency}-{worth}",
            name=f"Buyer {worth}",
            email=f"buyer{worth}@buyers.example",
            lifetime_minor=100 * worth,
            lifetime_currency=currency,
            lifetime_orders=2,
            created_at=now,
        )
        for worth in range(1, number + 1)
    ]
    session.add_all(customers)
    session.execute(delete(ValueBand))
    draw_value_bands(session, now)
    session.commit()
    return customers
