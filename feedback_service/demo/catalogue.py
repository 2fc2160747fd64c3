"""What the demo shop sells, where it sends it and with whom: coffee, tea and the gear for both."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """One thing on the shelf; `short` is what people call it, `kind` picks the phrases that fit it."""

    name: str
    short: str
    kind: str
    category: str
    cents: int
    weight: int  # share of orders, relative to the others
    most: int = 1  # how many of it a usual order holds at most


@dataclass(frozen=True)
class Region:
    """A country the shop sends to; days are calendar days from the order to the door."""

    name: str
    weight: int
    usual_days: tuple[int, int]  # shortest and longest of an untroubled delivery
    promise_days: int
    portuguese: float  # share of buyers who read pt-BR
    zones: tuple[tuple[str, int], ...]
    carriers: tuple[tuple[str, int], ...]
    stores: tuple[tuple[str, int], ...]


PRODUCTS = (
    Product("Ember espresso blend 500 g", "Ember", "beans", "Coffee", 1490, 15, 4),
    Product("Low Tide filter roast 250 g", "Low Tide", "beans", "Coffee", 1150, 12, 4),
    Product("Santa Rita single origin 250 g", "Santa Rita", "beans", "Coffee", 1390, 9, 3),
    Product("Morning Bell house blend 1 kg", "Morning Bell", "beans", "Coffee", 2490, 11, 2),
    Product("Night Shift decaf 250 g", "Night Shift", "beans", "Coffee", 1190, 6, 3),
    Product("Amber Hill Assam 100 g", "Amber Hill", "tea", "Tea", 890, 6, 4),
    Product("Green Terrace sencha 80 g", "Green Terrace", "tea", "Tea", 1090, 5, 3),
    Product("Harbour Earl Grey 100 g", "Harbour", "tea", "Tea", 850, 6, 4),
    Product("Harrow hand grinder", "Harrow", "grinder", "Brewing gear", 7900, 7),
    Product("Millbrook electric grinder", "Millbrook", "grinder", "Brewing gear", 14900, 3),
    Product("Kestrel gooseneck kettle", "Kestrel", "kettle", "Brewing gear", 8900, 4),
    Product("Sixmile dripper set", "Sixmile", "dripper", "Brewing gear", 3400, 4),
    Product("Bramble French press 1 l", "Bramble", "press", "Brewing gear", 3900, 4),
    Product("Volcano moka pot", "Volcano", "moka", "Brewing gear", 3200, 4),
    Product("Piccola espresso machine", "Piccola", "machine", "Brewing gear", 44900, 2),
    Product("Dune stoneware mugs, set of 2", "Dune", "mugs", "Kitchenware", 2800, 6, 3),
    Product("Larder storage tin", "Larder", "tin", "Kitchenware", 1600, 3, 2),
)

FAULTY = "Harrow"  # its crank comes loose in one of six

REGIONS = (
    Region(
        "Ireland",
        30,
        (2, 4),
        5,
        0.08,
        (("Europe/Dublin", 1),),
        (("Larkpost", 55), ("Tidewell", 30), ("Northway", 15)),
        (("Online", 78), ("Dublin Quays", 22)),
    ),
    Region(
        "Portugal",
        42,
        (2, 5),
        6,
        0.43,
        (("Europe/Lisbon", 90), ("Atlantic/Madeira", 7), ("Atlantic/Azores", 3)),
        (("Tidewell", 70), ("Larkpost", 18), ("Northway", 12)),
        (("Online", 74), ("Lisbon Chiado", 16), ("Porto Baixa", 10)),
    ),
    Region(
        "Netherlands",
        22,
        (2, 4),
        5,
        0.03,
        (("Europe/Amsterdam", 1),),
        (("Larkpost", 45), ("Northway", 35), ("Tidewell", 20)),
        (("Online", 84), ("Amsterdam West", 16)),
    ),
    Region(
        "Brazil",
        8,
        (9, 15),
        17,
        0.94,
        (("America/Sao_Paulo", 84), ("America/Fortaleza", 11), ("America/Manaus", 5)),
        (("Northway", 80), ("Tidewell", 20)),
        (("Online", 1),),
    ),
)

# The story: who went bad, and where. Elsewhere the same carrier stays as good as the others.
BAD_CARRIER = "Tidewell"
BAD_REGION = "Portugal"
