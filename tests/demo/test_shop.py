"""The demo shop must be believable: its numbers, its one story, and what its buyers write."""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import sqrt
from zoneinfo import ZoneInfo

import pytest

from feedback_service.demo.catalogue import BAD_CARRIER, BAD_REGION, PRODUCTS
from feedback_service.demo.comments import sentences
from feedback_service.demo.purchases import months_before
from feedback_service.demo.shop import DemoShop, generate, went_live

TODAY = date(2026, 9, 15)
UGLY_DAYS = [
    date(2028, 2, 29),
    date(2027, 1, 1),
    date(2027, 12, 31),
    date(2026, 3, 1),
    date(2027, 8, 31),  # eighteen months earlier there is no such day
    date(2026, 10, 25),  # clocks go back
]
ORDER_COLUMNS = (
    "order_id customer_id email name locale time_zone ordered_at delivered_at promised_on amount currency status "
    "attr.region attr.carrier attr.category attr.store attr.product"
)
ANSWER_COLUMNS = "answer_id survey order_id customer_id score comment answered_at locale wants_contact"
Row = dict[str, str]


@pytest.fixture(scope="module")
def shop() -> DemoShop:
    return generate(TODAY)


@pytest.fixture(scope="module")
def orders(shop: DemoShop) -> dict[str, Row]:
    return {order["order_id"]: order for order in shop.orders}


@pytest.fixture(scope="module")
def comments(shop: DemoShop) -> list[Row]:
    return [answer for answer in shop.answers + shop.replies if answer["comment"]]


def late_days(order: Row) -> int:
    delivered = datetime.fromisoformat(order["delivered_at"]).astimezone(ZoneInfo(order["time_zone"]))
    return (delivered.date() - date.fromisoformat(order["promised_on"])).days


# The size and shape of the shop


def test_rows_have_the_columns_of_the_import(shop: DemoShop) -> None:
    assert all(" ".join(order) == ORDER_COLUMNS for order in shop.orders)
    assert all(" ".join(answer) == ANSWER_COLUMNS for answer in shop.answers)


@pytest.mark.parametrize("today", [TODAY, *UGLY_DAYS])
def test_about_three_thousand_orders_by_about_nineteen_hundred_buyers(today: date) -> None:
    shop = generate(today)
    per_buyer = Counter(order["customer_id"] for order in shop.orders)
    assert 2750 <= len(shop.orders) <= 3250
    assert 1850 <= len(per_buyer) <= 1950
    assert 0.25 <= sum(count > 1 for count in per_buyer.values()) / len(per_buyer) <= 0.45


def test_a_few_buyers_spend_many_times_what_the_others_do(shop: DemoShop) -> None:
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for order in shop.orders:
        assert re.fullmatch(r"\d+\.\d\d", order["amount"])
        spent[order["customer_id"]] += Decimal(order["amount"])
    ranked = sorted(spent.values(), reverse=True)
    assert ranked[4] > 8 * ranked[len(ranked) // 2]
    assert {order["currency"] for order in shop.orders} == {"EUR"}


def test_buyers_read_english_or_brazilian_portuguese_and_live_somewhere(shop: DemoShop) -> None:
    english = sum(order["locale"] == "en" for order in shop.orders) / len(shop.orders)
    assert 0.65 <= english <= 0.76
    assert {order["locale"] for order in shop.orders} == {"en", "pt-BR"}
    zones = {order["time_zone"] for order in shop.orders}
    assert {"Europe/Lisbon", "America/Sao_Paulo"} <= zones
    assert all(ZoneInfo(zone) for zone in zones)


def test_addresses_are_reserved_for_examples_and_belong_to_one_buyer_each(shop: DemoShop) -> None:
    buyers: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for order in shop.orders:
        assert re.fullmatch(r"[a-z]+\.?[a-z]+\d*@example\.(com|org|net)", order["email"])
        person = (order["email"], order["name"], order["locale"], order["time_zone"], order["attr.region"])
        buyers[order["customer_id"]].add(person)
    assert all(len(versions) == 1 for versions in buyers.values())
    assert len({next(iter(versions))[0] for versions in buyers.values()}) == len(buyers)


@pytest.mark.parametrize("today", [TODAY, *UGLY_DAYS])
def test_some_orders_are_still_under_way_and_a_few_went_wrong(today: date) -> None:
    orders = generate(today).orders
    status = Counter(order["status"] for order in orders)
    assert set(status) - {"placed"} == {"shipped", "delivered", "cancelled", "refunded"}
    assert "placed" in status or today != TODAY, "on a quiet day nothing may have come in"
    assert status["shipped"] >= 8
    assert 20 <= status["cancelled"] <= 150
    assert 15 <= status["refunded"] <= 90
    overdue = [o for o in orders if o["status"] == "shipped" and o["promised_on"] < today.isoformat()]
    assert 1 <= len(overdue) <= 20
    lately = (today - timedelta(days=10)).isoformat()
    assert sum(order["delivered_at"][:10] >= lately for order in orders) >= 20
    assert max(order["ordered_at"][:10] for order in orders) >= (today - timedelta(days=5)).isoformat()


# Dates and references


@pytest.mark.parametrize("today", [TODAY, *UGLY_DAYS])
def test_every_date_follows_from_the_one_before(today: date) -> None:
    shop = generate(today)
    orders = {order["order_id"]: order for order in shop.orders}
    opened = datetime.combine(months_before(today, 18), datetime.min.time(), UTC)
    closed = datetime.combine(today, datetime.min.time(), UTC)
    for order in shop.orders:
        ordered = datetime.fromisoformat(order["ordered_at"])
        assert opened <= ordered < closed
        local = ordered.astimezone(ZoneInfo(order["time_zone"])).date()
        assert date.fromisoformat(order["promised_on"]) > local
        assert bool(order["delivered_at"]) == (order["status"] in {"delivered", "refunded"})
        if order["delivered_at"]:
            assert ordered < datetime.fromisoformat(order["delivered_at"]) < closed
    for answer in shop.answers + shop.replies:
        delivered = datetime.fromisoformat(orders[answer["order_id"]]["delivered_at"])
        answered = datetime.fromisoformat(answer["answered_at"])
        assert delivered < answered <= delivered + timedelta(days=10)
        assert answered < closed


@pytest.mark.parametrize("today", [TODAY, *UGLY_DAYS])
def test_history_ends_where_the_running_service_begins_to_ask(today: date) -> None:
    shop = generate(today)
    ordered_at = {order["order_id"]: order["ordered_at"] for order in shop.orders}
    live = went_live(today).isoformat()
    assert today - timedelta(days=120) < went_live(today) <= today - timedelta(days=14)
    assert all(ordered_at[answer["order_id"]] < live for answer in shop.answers)
    assert all(ordered_at[reply["order_id"]] >= live for reply in shop.replies)
    assert len(shop.replies) >= 30


def test_answers_belong_to_an_order_of_the_same_buyer_and_come_once_a_survey(
    shop: DemoShop, orders: dict[str, Row]
) -> None:
    given = shop.answers + shop.replies
    for answer in given:
        order = orders[answer["order_id"]]
        assert (answer["customer_id"], answer["locale"]) == (order["customer_id"], order["locale"])
        assert 0 <= int(answer["score"]) <= 10 if answer["survey"] == "post_purchase_nps" else True
        assert 1 <= int(answer["score"]) <= 5 if answer["survey"] == "delivery_csat" else True
        assert answer["wants_contact"] in {"true", "false"}
    assert len({(answer["order_id"], answer["survey"]) for answer in given}) == len(given)
    assert len({answer["answer_id"] for answer in given}) == len(given)
    assert len(orders) == len(shop.orders)


def test_a_good_third_answers_each_survey(shop: DemoShop) -> None:
    live = went_live(TODAY).isoformat()  # later buyers answer more readily, so that the queue has something in it
    asked = {order["order_id"] for order in shop.orders if order["ordered_at"] < live and order["delivered_at"]}
    surveys = Counter(answer["survey"] for answer in shop.answers if answer["order_id"] in asked)
    assert set(surveys) == {"post_purchase_nps", "delivery_csat"}
    assert all(0.35 <= answered / len(asked) <= 0.41 for answered in surveys.values())


# The story


def nps(scores: Iterable[int]) -> tuple[float, float]:
    """NPS from -1 to 1 and its variance of the mean on the adjusted counts (Rocks 2016)."""
    listed = list(scores)
    promoters = sum(score >= 9 for score in listed) + 0.75
    detractors = sum(score <= 6 for score in listed) + 0.75
    n = len(listed) + 3
    net = (promoters - detractors) / n
    return net, ((promoters + detractors) / n - net**2) / n


def z(one: tuple[float, float], other: tuple[float, float]) -> float:
    return (one[0] - other[0]) / sqrt(one[1] + other[1])


@pytest.mark.parametrize("today", [TODAY, *UGLY_DAYS])
def test_one_carrier_fails_one_region_for_two_months_and_recovers(today: date) -> None:
    shop = generate(today)
    orders = {order["order_id"]: order for order in shop.orders}
    first = today.replace(day=1)
    bad_months = {months_before(first, back).isoformat()[:7] for back in (8, 7)}
    there: dict[bool, list[int]] = {True: [], False: []}
    elsewhere: dict[bool, list[int]] = {True: [], False: []}
    recovered = []
    for answer in shop.answers:
        if answer["survey"] != "post_purchase_nps":
            continue
        order, score = orders[answer["order_id"]], int(answer["score"])
        in_cell = (order["attr.carrier"], order["attr.region"]) == (BAD_CARRIER, BAD_REGION)
        (there if in_cell else elsewhere)[answer["answered_at"][:7] in bad_months].append(score)
        if in_cell and answer["answered_at"] >= months_before(first, 5).isoformat():
            recovered.append(score)

    assert nps(there[True])[0] < -0.35, "where it happened, the buyers are furious"
    assert z(nps(there[True]), nps(there[False])) < -6
    assert z(nps(there[True] + elsewhere[True]), nps(there[False] + elsewhere[False])) < -2.58, "seen in the whole shop"
    assert abs(z(nps(elsewhere[True]), nps(elsewhere[False]))) < 3.3, "elsewhere nothing happened"
    assert abs(z(nps(recovered), nps(elsewhere[False]))) < 3.3, "after the fix it is as good as elsewhere"


def test_both_bad_months_lie_below_the_usual_even_at_the_top_of_their_interval(shop: DemoShop) -> None:
    months: dict[str, list[int]] = defaultdict(list)
    for answer in shop.answers:
        if answer["survey"] == "post_purchase_nps":
            months[answer["answered_at"][:7]].append(int(answer["score"]))
    bad = [months.pop(month) for month in ("2026-01", "2026-02")]
    usual, _ = nps(score for scores in months.values() for score in scores)
    for scores in bad:
        net, variance = nps(scores)
        assert net + 1.96 * sqrt(variance) < usual
    steady = [nps(scores) for scores in months.values() if len(scores) >= 30]
    assert sum(abs(net - usual) > 1.96 * sqrt(variance) for net, variance in steady) <= 2


def test_the_bad_parcels_were_late_and_only_there(shop: DemoShop) -> None:
    ordered_in_story = [o for o in shop.orders if o["delivered_at"] and o["ordered_at"].startswith("2026-01")]
    cell = [o for o in ordered_in_story if (o["attr.carrier"], o["attr.region"]) == (BAD_CARRIER, BAD_REGION)]
    rest = [o for o in ordered_in_story if o not in cell]
    assert sum(late_days(order) > 2 for order in cell) / len(cell) > 0.7
    assert sum(late_days(order) > 0 for order in rest) / len(rest) < 0.15


def test_who_comes_back_is_happier_and_promoters_buy_again(shop: DemoShop) -> None:
    by_buyer: dict[str, list[str]] = defaultdict(list)
    for order in shop.orders:
        by_buyer[order["customer_id"]].append(order["order_id"])
    first_time, repeat, again_promoter, again_detractor = [], [], [], []
    for answer in shop.answers:
        if answer["survey"] != "post_purchase_nps":
            continue
        history, score = by_buyer[answer["customer_id"]], int(answer["score"])
        place = history.index(answer["order_id"])
        (repeat if place else first_time).append(score)
        if score >= 9:
            again_promoter.append(place + 1 < len(history))
        elif score <= 6:
            again_detractor.append(place + 1 < len(history))
    assert nps(repeat)[0] > nps(first_time)[0] + 0.05
    assert sum(again_promoter) / len(again_promoter) > 1.5 * sum(again_detractor) / len(again_detractor)


def test_scores_are_mostly_good_as_in_a_shop_that_survives(shop: DemoShop) -> None:
    scores = Counter(int(a["score"]) for a in shop.answers if a["survey"] == "post_purchase_nps")
    total = sum(scores.values())
    assert set(scores) == set(range(11))
    assert 0.5 <= (scores[9] + scores[10]) / total <= 0.7
    assert 0.08 <= sum(scores[score] for score in range(7)) / total <= 0.22
    stars = Counter(int(a["score"]) for a in shop.answers if a["survey"] == "delivery_csat")
    assert (stars[4] + stars[5]) / sum(stars.values()) > 0.8


# What they write


@pytest.mark.parametrize("today", [TODAY, *UGLY_DAYS])
def test_hundreds_of_distinct_comments_and_no_sentence_over_and_over(today: date) -> None:
    shop = generate(today)
    answers = shop.answers + shop.replies
    written = [answer["comment"] for answer in answers if answer["comment"]]
    assert 0.5 <= len(written) / len(answers) <= 0.62
    assert len(set(written)) >= 900
    plain = Counter(part.strip() for text in written for part in re.split(r"[.!?]", text) if part.strip())
    assert max(plain.values()) <= 5
    assert max(Counter(part for text in written for part in sentences(text)).values()) <= 5


def test_a_sentence_is_the_same_whatever_its_case_and_ornaments() -> None:
    assert sentences("OK!! 👍 So, so... fine :)") == ["ok", "so so", "fine"]


def test_comments_come_in_all_lengths_and_manners(comments: list[Row]) -> None:
    texts = [answer["comment"] for answer in comments]
    assert sum(len(text) <= 12 for text in texts) >= 30
    assert sum(len(text) >= 150 for text in texts) >= 8
    assert sum(text.isupper() and len(text) > 3 for text in texts) >= 8
    assert sum(any(ord(sign) >= 0x2600 for sign in text) for text in texts) >= 50
    assert sum(text[0].islower() for text in texts) >= 100
    assert sum(" but " in text or " mas " in text for text in texts) >= 40
    assert {answer["locale"] for answer in comments} == {"en", "pt-BR"}


def test_nothing_of_the_notation_is_left(comments: list[Row]) -> None:
    for answer in comments:
        assert not re.search(r"[\[\]{}|]|  ", answer["comment"]), answer["comment"]
        assert answer["comment"] == answer["comment"].strip()


def test_who_writes_of_lateness_waited_and_who_counts_the_days_counts_right(
    comments: list[Row], orders: dict[str, Row]
) -> None:
    found = 0
    for answer in comments:
        text, late = answer["comment"].lower(), late_days(orders[answer["order_id"]])
        if re.search(r"\blate\b|\batras|\bdemorou\b(?! pra)", text):
            found += 1
            assert late > 0, text
        for days in re.findall(r"(\d+) days? late|(\d+) dias? de atraso|atrasou (\d+)", text):
            assert late == int("".join(days)), text
        if re.search(r"\b(early|on time|right on schedule|antes do prazo|no prazo|right day)\b", text):
            assert late <= 0, text
        if re.search(r"\d+ dias? antes|\d+ days? (early|ahead)", text):
            assert int(re.findall(r"(\d+) d", text)[0]) == -late, text
    assert found >= 30


def test_a_carrier_or_a_weekday_in_a_comment_is_that_of_the_order(comments: list[Row], orders: dict[str, Row]) -> None:
    for answer in comments:
        order, text = orders[answer["order_id"]], answer["comment"]
        for carrier in ("tidewell", "larkpost", "northway"):
            if carrier in text.lower():
                assert order["attr.carrier"].lower() == carrier, text
        zone = ZoneInfo(order["time_zone"])
        days = {
            datetime.fromisoformat(order[column]).astimezone(zone).strftime("%A")
            for column in ("ordered_at", "delivered_at")
        }
        named = set(re.findall(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Sun)day\b", text))
        assert named <= days, text


def test_a_thing_in_a_comment_is_the_thing_that_was_ordered(comments: list[Row], orders: dict[str, Row]) -> None:
    words = {
        "grinder": r"\bgrinder|\bmoedor",
        "kettle": r"\bkettle|\bchaleira",
        "dripper": r"\bdripper",
        "press": r"\bfrench press|\bprensa",
        "moka": r"\bmoka",
        "machine": r"\bthe (espresso )?machine|\ba máquina",
        "mugs": r"\bmugs|\bcanecas",
        "tin": r"\bthe tin\b|\ba lata\b",
    }
    found: Counter[str] = Counter()
    kinds = {product.name: product for product in PRODUCTS}
    for answer in comments:
        product = kinds[orders[answer["order_id"]]["attr.product"]]
        text = answer["comment"].lower()
        for kind, pattern in words.items():
            if re.search(pattern, text):
                found[kind] += 1
                assert product.kind == kind, text
        for other in PRODUCTS:
            named = re.search(rf"\b{other.short}\b", answer["comment"])
            assert not named or other == product, text
    assert len(found) >= 6, "most things are spoken of"
    assert sum(found.values()) >= 40


def test_words_and_scores_agree_but_for_a_few_who_held_the_scale_upside_down(comments: list[Row]) -> None:
    bad = r"never again|worst|terrible|awful|disappoint|péssim|horrível|decepcion|nunca mais"
    good = r"\b(perfect|love|loved|excellent|wonderful|adorei|amei|maravilhos\w+|number one|número um)\b"
    top = {"post_purchase_nps": 9, "delivery_csat": 5}
    bottom = {"post_purchase_nps": 2, "delivery_csat": 1}
    for answer in comments:
        if int(answer["score"]) >= top[answer["survey"]]:
            assert not re.search(bad, answer["comment"].lower()), answer
    contrary = [
        answer
        for answer in comments
        if int(answer["score"]) <= bottom[answer["survey"]] and re.search(good, answer["comment"].lower())
    ]
    assert 1 <= len(contrary) <= 15


def test_the_bad_carrier_is_complained_about_by_name_in_the_bad_months(comments: list[Row]) -> None:
    angry = Counter(
        answer["answered_at"][:7]
        for answer in comments
        if BAD_CARRIER.lower() in answer["comment"].lower()
        and int(answer["score"]) <= (6 if answer["survey"] == "post_purchase_nps" else 2)
    )
    assert angry["2026-01"] + angry["2026-02"] > 0.6 * sum(angry.values())
    assert angry["2026-01"] + angry["2026-02"] >= 5


def test_one_grinder_has_a_screw_loose_now_and_then(comments: list[Row], orders: dict[str, Row]) -> None:
    loose = [answer for answer in comments if re.search(r"\bcrank\b|manivela", answer["comment"].lower())]
    assert 2 <= len(loose) <= 30
    assert {orders[answer["order_id"]]["attr.product"] for answer in loose} == {"Harrow hand grinder"}


# The same again


def test_the_same_day_and_seed_give_the_same_shop_in_any_process(shop: DemoShop) -> None:
    program = (
        "import hashlib, json; from datetime import date; from feedback_service.demo.shop import generate;"
        f"shop = generate(date({TODAY.year}, {TODAY.month}, {TODAY.day}));"
        "print(hashlib.sha256(json.dumps([shop.orders, shop.answers, shop.replies]).encode()).hexdigest())"
    )
    here = hashlib.sha256(json.dumps([shop.orders, shop.answers, shop.replies]).encode()).hexdigest()
    for hash_seed in ("0", "1", "4242"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        told = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert told.stdout.strip() == here


def test_another_seed_gives_another_shop(shop: DemoShop) -> None:
    assert generate(TODAY, seed=7).orders != shop.orders


def test_it_takes_less_than_two_seconds_of_computing() -> None:
    started = time.process_time()
    generate(TODAY)
    assert time.process_time() - started < 2


def test_it_needs_neither_flask_nor_sqlalchemy() -> None:
    program = (
        "import sys, feedback_service.demo.shop;"
        "print([name for name in ('flask', 'sqlalchemy', 'textblob') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
