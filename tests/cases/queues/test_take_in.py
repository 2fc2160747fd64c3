"""routing.toml is taken in once; then the database holds, differences are told, and a command lets the file hold."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.business_hours import read
from feedback_service.accounts.models import Calendar, Team
from feedback_service.cases.queues.models import Queue, RoutingRule
from feedback_service.cases.queues.queries import active_rules, book
from feedback_service.cases.queues.read_file import RoutingFileError, read_routing, shipped_routing
from feedback_service.cases.queues.take_in import apply_routing, differences, take_in_routing
from feedback_service.cases.rules.deadlines import StepKind, read_ladder

LISBON = ZoneInfo("Europe/Lisbon")


def _named(session: Session) -> list[str]:
    return [row.name for row in session.scalars(select(RoutingRule).order_by(RoutingRule.position))]


def _file(tmp_path: Path, text: str) -> Path:
    (tmp_path / "routing.toml").write_text(text, encoding="utf-8")
    return tmp_path


# The file that comes with the service


def test_what_is_shipped_is_taken_in_whole(session: Session, now: datetime) -> None:
    assert _named(session) == [rule.name for rule in shipped_routing().rules]
    care = session.scalars(select(Queue).where(Queue.key == "care")).one()
    assert (care.name, care.team.key) == ("Customer care", "care")
    assert [(rung.step, rung.minutes) for rung in read_ladder(care.ladder)] == [
        (StepKind.REMIND, -60),
        (StepKind.REASSIGN, 120),
        (StepKind.MANAGER, 240),
    ]
    office = session.scalars(select(Calendar)).one()
    assert (office.zone, office.country) == ("Europe/Lisbon", None)
    assert read(office.zone, office.hours, office.country, office.holidays).week[5:] == ((), ())
    assert "Passives, one in twenty" not in [rule.name for rule in book(session).rules]


def test_the_team_works_by_the_calendar_that_its_queue_names(session: Session, now: datetime) -> None:
    apply_routing(session, shipped_routing(), now, LISBON, "PT")
    office = session.scalars(select(Calendar)).one()
    assert session.scalars(select(Team.calendar_id).where(Team.key == "care")).one() == office.id
    assert office.country == "PT"


def test_two_processes_that_start_at_once_on_an_empty_database_take_it_in_once(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    wanted = _named(session)
    session.execute(delete(RoutingRule))
    session.commit()
    start = Barrier(2)

    def take_in() -> list[str]:
        start.wait(30)
        with sessions() as process:
            said = take_in_routing(process, shipped_routing(), now, LISBON)
            process.commit()
            return said

    with ThreadPoolExecutor(2) as pool:
        assert [future.result() for future in [pool.submit(take_in) for _ in range(2)]] == [[], []]
    assert _named(session) == wanted


def test_taking_in_again_changes_nothing(session: Session, now: datetime) -> None:
    assert take_in_routing(session, shipped_routing(), now, LISBON) == []
    assert len(session.scalars(select(Queue)).all()) == 1


def test_what_a_manager_changed_holds_and_the_difference_is_told(session: Session, now: datetime) -> None:
    rule = session.scalars(select(RoutingRule).where(RoutingRule.name == "Detractors")).one()
    rule.conditions, rule.points = {"score_max": 4}, 1
    first, last = session.scalars(select(RoutingRule).order_by(RoutingRule.position)).all()[:: len(_named(session)) - 1]
    first.position, last.position = 900, 901
    session.add(RoutingRule(position=902, name="Mine", conditions={}, kind=None, changed_at=now))
    session.flush()
    assert take_in_routing(session, shipped_routing(), now, LISBON) == [
        "Rule “Detractors” differs in conditions, points.",
        "Rule “Mine” is not in the file.",
        "The rules stand in another order.",
    ]
    assert rule.points == 1
    apply_routing(session, shipped_routing(), now, LISBON)
    session.commit()
    assert differences(session, shipped_routing(), LISBON) == []
    assert _named(session) == [each.name for each in shipped_routing().rules]


def test_without_any_rules_those_that_come_with_the_service_hold(session: Session, now: datetime) -> None:
    """Nobody is left unheard because nobody ever took any in."""
    session.execute(delete(RoutingRule))
    assert [rule.name for rule in active_rules(session)] == [
        entry.name for entry in shipped_routing().rules if entry.active
    ]


# A file of the shop's own


def test_a_folder_without_a_file_goes_by_the_shipped_one(tmp_path: Path) -> None:
    assert read_routing(tmp_path) == shipped_routing()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[rules]\n", "routing.toml: is no TOML: "),
        ('[[rules]]\nname = "A"\ncolour = 1\n', "routing.toml: rules.A.colour: is not a known key."),
        (
            '[[rules]]\nname = "A"\nwhen = { colour = "red" }\n',
            "routing.toml: rules.A.when.colour: is no condition; known are surveys,",
        ),
        ('[[rules]]\nname = "A"\n[[rules]]\nname = "A"\n', "routing.toml: rules: “A” stands there twice"),
        (
            '[[rules]]\nname = "A"\nqueue = "returns"\n',
            "routing.toml: rules.A.queue: there is no queue “returns” in this file.",
        ),
        (
            '[[queues]]\nkey = "r"\nname = "R"\nteam = "r"\ncalendar = "Nights"\n[[rules]]\nname = "A"\n',
            "routing.toml: queues.r.calendar: there is no calendar “Nights” in this file.",
        ),
        (
            '[[queues]]\nkey = "r"\nname = "R"\nteam = "r"\nowner_rule = "by_attribute"\n[[rules]]\nname = "A"\n',
            'routing.toml: queues.r: needs owner_attribute, such as owner_attribute = "region".',
        ),
        (
            '[[calendars]]\nname = "C"\nhours.mon = [["9", "18:00"]]\n[[rules]]\nname = "A"\n',
            "routing.toml: calendars.C: “9” is no time. Write it as 09:30; a day ends at 24:00.",
        ),
        (
            (
                '[[queues]]\nkey = "r"\nname = "R"\nteam = "r"\nladder = [{ step = "shout", minutes = 5 }]\n'
                '[[rules]]\nname = "A"\n'
            ),
            "routing.toml: queues.r.ladder.0.step: should be 'remind', 'reassign' or 'manager'.",
        ),
        ("", "routing.toml: rules: is missing."),
    ],
)
def test_a_broken_file_is_refused_with_place_and_reason(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(RoutingFileError) as refused:
        read_routing(_file(tmp_path, text))
    assert sentence in str(refused.value)


def test_a_file_of_ones_own_is_taken_in(session: Session, now: datetime, tmp_path: Path) -> None:
    session.execute(delete(RoutingRule))
    folder = _file(
        tmp_path,
        '[[queues]]\nkey = "returns"\nname = "Returns"\nteam = "depot"\nfirst_response_minutes = 60\n'
        '[[rules]]\nname = "Torn"\nqueue = "returns"\npoints = 2\nowner_rule = "least_loaded"\n'
        'when = { words = ["torn"], order_value_min = { EUR = 12.50 } }\n',
    )
    take_in_routing(session, read_routing(folder), now, LISBON)
    session.commit()
    (rule,) = active_rules(session)
    assert (rule.name, rule.points, rule.owner_rule) == ("Torn", 2, "least_loaded")
    queue = book(session).queues[rule.queue_id or 0]
    assert (queue.key, queue.team.key, queue.team.calendar_id, queue.first_response_minutes) == (
        "returns",
        "depot",
        None,
        60,
    )
    assert differences(session, read_routing(folder), LISBON) == []
