"""The causes that come with the service: five groups, to begin with."""

from typing import NamedTuple


class ShippedCause(NamedTuple):
    """A row of the tree; a group has no parent."""

    key: str
    parent: str | None
    title: str


CAUSES = (
    ShippedCause("delivery", None, "Delivery"),
    ShippedCause("late_delivery", "delivery", "Late delivery"),
    ShippedCause("lost_parcel", "delivery", "Lost parcel"),
    ShippedCause("damaged", "delivery", "Damaged"),
    ShippedCause("product", None, "Product"),
    ShippedCause("product_quality", "product", "Product quality"),
    ShippedCause("not_as_described", "product", "Not as described"),
    ShippedCause("wrong_item", "product", "Wrong item"),
    ShippedCause("money", None, "Money"),
    ShippedCause("price", "money", "Price"),
    ShippedCause("billing", "money", "Billing"),
    ShippedCause("returns", "money", "Returns and refunds"),
    ShippedCause("shop", None, "Shop"),
    ShippedCause("staff", "shop", "Staff"),
    ShippedCause("website", "shop", "Website"),
    ShippedCause("elsewhere", None, "Elsewhere"),
    ShippedCause("not_ours", "elsewhere", "Not ours"),
    ShippedCause("unknown", "elsewhere", "Unknown"),
)
