"""A manager gets a report on the week or month that is over, on the morning they chose: each once."""

import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from feedback_service.accounts.models import RoleName, User
from feedback_service.config import Settings
from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.models import MessageState, StaffMail, StaffMailFile
from feedback_service.delivery.pool import ConnectionPool
from feedback_service.delivery.staff_mail import send_staff_mails
from feedback_service.insights.models import DailyScore
from feedback_service.insights.paper import PDF
from feedback_service.insights.reports.content import content_of
from feedback_service.insights.reports.due import REST, change, running_reports, stop, subscribe
from feedback_service.insights.reports.mail import XLSX, report_mail
from feedback_service.insights.reports.models import Report, SentReport
from feedback_service.insights.reports.paper import paper
from feedback_service.insights.reports.workbook import LONGEST_SHEET_NAME, workbook
from feedback_service.insights.rules.report_times import Every, next_morning, period_told
from feedback_service.questionnaires.models import Survey
from tests.cases.factories import hire, signed_in
from tests.conftest import NOW
from tests.delivery.factories import LETTERHEAD
from tests.delivery.test_smtp import Post, serving
from tests.insights.alerts.factories import BAD, GOOD, LAST, LISBON, steady, step, week_of
from tests.responses.factories import CSAT, NPS, at_once, read

Sessions = sessionmaker[Session]
MONDAY = datetime(2026, 3, 23, 7, tzinfo=UTC)
"""The first Monday morning after the tests' day; in Lisbon winter time is UTC."""
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Cell = str | float


@pytest.fixture
def maria(app: Flask, session: Session) -> User:
    return hire(app, session, "Maria", NOW, role=RoleName.MANAGER, team=None)


@pytest.fixture
def run(settings: Settings, sessions: Sessions) -> Callable[[datetime], int]:
    """The step of the loop, at a moment."""
    found = step(settings, "report")
    return lambda now: found.run(sessions, now, 200)


def wanted(session: Session, user: User, every: Every = Every.WEEK, weekday: int = 0, *keys: str) -> Report:
    """A report that somebody asked for; committed."""
    report = subscribe(session, user.id, every, weekday, keys, NOW, LISBON)
    session.commit()
    return report


def mails(session: Session) -> list[StaffMail]:
    found = session.scalars(select(StaffMail).order_by(StaffMail.id).execution_options(populate_existing=True)).all()
    session.commit()
    return list(found)


def sheets(data: bytes) -> dict[str, list[list[Cell]]]:
    """Every sheet by its name, read from the file itself: numbers as numbers, and no formula anywhere."""
    book = zipfile.ZipFile(BytesIO(data))
    shared = [
        "".join(text.text or "" for text in each.iter(f"{MAIN}t"))
        for each in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    ]
    names = [each.get("name", "") for each in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")]
    found = {}
    for number, name in enumerate(names, start=1):
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        assert not list(root.iter(f"{MAIN}f")), "a formula"
        found[name] = [[_cell(cell, shared) for cell in row] for row in root.iter(f"{MAIN}row")]
    return found


def _cell(cell: ElementTree.Element, shared: list[str]) -> Cell:
    value = cell.findtext(f"{MAIN}v") or ""
    return shared[int(value)] if cell.get("t") == "s" else float(value)


def test_the_morning_comes_with_text_picture_pdf_and_workbook(
    session: Session, sessions: Sessions, maria: User, run: Callable[[datetime], int]
) -> None:
    steady(session, but={0: BAD})
    wanted(session, maria, Every.MONTH, 0)
    wanted(session, maria, Every.WEEK, 4, NPS)  # Fridays; next week
    assert run(MONDAY) == 0
    assert run(NOW + timedelta(days=7)) == 1
    assert run(NOW + timedelta(days=7)) == 0
    post = Post()
    with serving(post) as port:
        pool = ConnectionPool(MailServer("127.0.0.1", port))
        assert send_staff_mails(sessions, NOW + timedelta(days=7), 200, pool=pool, letterhead=LETTERHEAD) == 1
        pool.close()
    ((_, raw),) = post.kept
    written = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    assert written["Subject"] == "Weekly report, week of 16 Mar 2026"
    assert written.get_content_type() == "multipart/mixed"
    assert not written.defects
    page, pdf, book = written.iter_parts()
    versions, picture = page.iter_parts()
    text, html = (part.get_content() for part in versions.iter_parts())
    assert "No answers" in text, "nobody answered in that week"
    assert picture.get_content().startswith(b"\x89PNG")
    assert f"cid:{picture['Content-ID'].strip('<>')}" in html
    assert pdf.get_filename() == "feedback-week-2026-03-16.pdf"
    assert pdf.get_content().startswith(b"%PDF")
    assert book.get_filename() == "feedback-week-2026-03-16.xlsx"
    assert "Summary" in sheets(book.get_content())
    (mail,) = mails(session)
    assert mail.state is MessageState.SENT
    assert session.scalars(select(StaffMailFile)).all() == []


def test_mail_workbook_and_pdf_say_what_the_page_says(
    app: Flask, session: Session, maria: User, run: Callable[[datetime], int], now: datetime
) -> None:
    """The week of 9 March: 12 promoters, 13 passives, 25 detractors."""
    del now
    steady(session, but={0: BAD})
    wanted(session, maria, Every.WEEK, 0, NPS)
    session.execute(update(Report).values(next_at=NOW))
    session.commit()
    run(NOW)
    (mail,) = mails(session)
    assert "−26 (−47 to −3), 50 answers" in mail.words
    assert "A real change from week of 2 Mar 2026." in mail.words
    files = {row.media_type: row.content for row in session.scalars(select(StaffMailFile))}
    session.commit()
    client = signed_in(app, maria)
    page = read(client.get(f"/insights/?survey={NPS}&grain=week&to=2026-03-15")).text
    for number in ("−26", "−47 to −3", "50 answers"):
        assert number in page
    for ending, data in (
        ("xlsx", next(v for k, v in files.items() if "sheet" in k)),
        ("pdf", files["application/pdf"]),
    ):
        answer = client.get(f"/insights/reports/report.{ending}?every=week&survey={NPS}")
        assert answer.status_code == 200
        if ending == "pdf":
            assert answer.data == data
        else:
            assert sheets(answer.data) == sheets(data)
    found = sheets(next(v for k, v in files.items() if "sheet" in k))
    summary = found["Summary"][-1]
    assert summary[1:3] == ["NPS", "week of 9 Mar 2026"]
    assert summary[3] == pytest.approx(-26)
    assert summary[6] == 50
    table = client.get(f"/insights/overview/trend.csv?survey={NPS}&grain=week&to=2026-03-15").get_data(as_text=True)
    last = table.strip().splitlines()[-1].split(",")
    (own,) = (rows for name, rows in found.items() if name != "Summary")
    row = next(each for each in own if each[0] == "week of 9 Mar 2026")
    assert [float(each) for each in last[1:5]] == pytest.approx(row[1:5], abs=1e-4)


def test_the_workbook_has_a_chart_and_runs_nothing(session: Session) -> None:
    survey = session.get_one(Survey, NPS)
    survey.rules = {**survey.rules, "title": "=cmd|'/c calc'!A1 https://x.example [much] longer than Excel takes"}
    steady(session)
    data = workbook(content_of(session, Every.WEEK, [NPS], NOW, LISBON))
    book = zipfile.ZipFile(BytesIO(data))
    assert [name for name in book.namelist() if name.startswith("xl/charts/")] == ["xl/charts/chart1.xml"]
    assert not [name for name in book.namelist() if "hyperlink" in book.read(name).decode("utf-8", "ignore").lower()
                and name.startswith("xl/worksheets")]  # fmt: skip
    found = sheets(data)
    assert all(len(name) <= LONGEST_SHEET_NAME and not set(name) & set("[]:*?/\\") for name in found)


def test_the_workbook_compares_no_more_than_the_page_does(session: Session) -> None:
    """With nine answers in a week the page names no change, so there is none to reckon with either."""
    steady(session, but={0: {9: 9}, 1: GOOD})
    found = sheets(workbook(content_of(session, Every.WEEK, [NPS], NOW, LISBON)))
    summary = found["Summary"][-1]
    assert [cell for cell in summary if isinstance(cell, float)] == [9], "its count, and nothing else"


def test_without_answers_the_workbook_says_just_that(session: Session) -> None:
    content = content_of(session, Every.MONTH, [NPS], NOW, LISBON)
    assert sheets(workbook(content))["Summary"][-1][-1] == "No answers in Feb 2026 to compare."


def test_paper_and_workbook_take_every_script_and_sign(session: Session) -> None:
    """A letter that no font here has is a square, and dollar signs are no formula of a typesetter."""
    survey = session.get_one(Survey, NPS)
    survey.rules = {**survey.rules, "title": "Lojas \N{GRINNING FACE} مرحبا 日本 $50, was $75 $\\nope$"}
    steady(session)
    content = content_of(session, Every.WEEK, [NPS], NOW, LISBON)
    assert paper(content, "$hop & مرحبا $\\nope$").startswith(b"%PDF")
    assert survey.rules["title"] in sheets(workbook(content))["Summary"][-1]


def test_an_empty_shop_gets_a_report_that_reads_well(
    session: Session, maria: User, run: Callable[[datetime], int]
) -> None:
    wanted(session, maria)
    assert run(MONDAY) == 1
    (mail,) = mails(session)
    assert "No answers" in mail.words
    assert "cid:" not in mail.html
    kinds = [row.media_type for row in session.scalars(select(StaffMailFile).order_by(StaffMailFile.place))]
    assert [kind.rpartition(".")[2] for kind in kinds] == ["application/pdf", "sheet"]


def test_without_a_survey_it_says_so(session: Session, maria: User, run: Callable[[datetime], int]) -> None:
    wanted(session, maria, Every.WEEK, 0, "gone")
    run(MONDAY)
    assert "There is no survey to report on yet." in mails(session)[0].words


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (datetime(2026, 3, 23, 6, 59, tzinfo=UTC), datetime(2026, 3, 23, 7, tzinfo=UTC)),
        (datetime(2026, 3, 23, 7, tzinfo=UTC), datetime(2026, 3, 30, 6, tzinfo=UTC)),
        (datetime(2026, 10, 19, 6, tzinfo=UTC), datetime(2026, 10, 26, 7, tzinfo=UTC)),
    ],
    ids=["not yet", "over the change to summer time", "and back"],
)
def test_the_morning_is_at_seven_by_the_clock_on_the_wall(after: datetime, due: datetime) -> None:
    assert next_morning(Every.WEEK, 0, after, LISBON) == due


def test_a_month_s_report_comes_on_its_first_such_day() -> None:
    due = next_morning(Every.MONTH, 3, NOW, LISBON)
    assert due == datetime(2026, 4, 2, 6, tzinfo=UTC)
    assert period_told(Every.MONTH, due, LISBON).label == "Mar 2026"
    tokyo = ZoneInfo("Asia/Tokyo")
    assert next_morning(Every.MONTH, 6, NOW, tokyo) == datetime(2026, 4, 4, 22, tzinfo=UTC)


def test_workers_at_once_send_one(session: Session, maria: User, run: Callable[[datetime], int]) -> None:
    wanted(session, maria, Every.WEEK, 0, NPS)
    at_once(*[lambda: run(MONDAY)] * 3)
    assert len(mails(session)) == 1
    assert len(session.scalars(select(SentReport)).all()) == 1


def test_a_worker_that_dies_leaves_nothing_and_the_next_one_sends_it(
    session: Session, maria: User, run: Callable[[datetime], int]
) -> None:
    wanted(session, maria, Every.WEEK, 0, NPS)

    class Killed(BaseException):
        """As by kill -9: nothing after it runs but the database's own rollback."""

    engine = session.get_bind()

    def die(_c: object, _cursor: object, sql: str, *_: object) -> None:
        if sql.startswith("UPDATE reports"):
            raise Killed

    event.listen(engine, "before_cursor_execute", die)
    with pytest.raises(Killed):
        run(MONDAY)
    event.remove(engine, "before_cursor_execute", die)
    assert mails(session) == []
    assert run(MONDAY) == 1
    assert len(mails(session)) == 1


def test_what_is_wrong_with_one_report_does_not_hold_up_the_others(
    session: Session, maria: User, run: Callable[[datetime], int]
) -> None:
    """There is no ten among the scores of CSAT, and no way to reckon with one."""
    steady(session)
    week_of(session, LAST + timedelta(weeks=1), {10: 20}, survey=CSAT)
    for key in (CSAT, NPS):
        wanted(session, maria, Every.WEEK, 0, key)
    assert run(MONDAY) == 2
    (mail,) = mails(session)
    assert "Post-purchase NPS" in mail.words
    assert run(MONDAY) == 0, "it rests"
    session.execute(update(DailyScore).where(DailyScore.score == 10).values(score=5))
    session.commit()
    assert run(MONDAY + REST) == 1
    assert len(mails(session)) == 2, "it was tried again"
    assert run(MONDAY + timedelta(days=7)) == 2, "on its morning"


def test_another_day_of_the_same_week_is_no_second_report(
    session: Session, maria: User, run: Callable[[datetime], int]
) -> None:
    report = wanted(session, maria, Every.WEEK, 0, NPS)
    run(MONDAY)
    session.refresh(report)
    change(session, report, Every.WEEK, 2, [NPS], MONDAY, LISBON)
    session.commit()
    assert run(MONDAY + timedelta(days=2)) == 1
    assert len(mails(session)) == 1
    assert run(MONDAY + timedelta(days=9)) == 1
    assert len(mails(session)) == 2


def test_a_month_that_begins_with_a_week_told_before_is_told_too(
    session: Session, maria: User, run: Callable[[datetime], int]
) -> None:
    """June 2026 begins on a Monday, as its first week does."""
    report = wanted(session, maria, Every.WEEK, 0, NPS)
    after_the_week = datetime(2026, 6, 8, 6, tzinfo=UTC)
    run(after_the_week)
    session.refresh(report)
    change(session, report, Every.MONTH, 0, [NPS], after_the_week, LISBON)
    session.commit()
    run(datetime(2026, 7, 6, 6, tzinfo=UTC))
    assert [mail.subject for mail in mails(session)] == [
        "Weekly report, week of 1 Jun 2026",
        "Monthly report, Jun 2026",
    ]


def test_after_a_long_stop_one_report_comes_not_many(
    session: Session, maria: User, run: Callable[[datetime], int]
) -> None:
    wanted(session, maria, Every.WEEK, 0, NPS)
    assert run(MONDAY + timedelta(weeks=5)) == 1
    assert run(MONDAY + timedelta(weeks=5)) == 0
    (mail,) = mails(session)
    assert mail.subject == "Weekly report, week of 20 Apr 2026"


def test_whoever_manages_no_more_gets_none(session: Session, maria: User, run: Callable[[datetime], int]) -> None:
    report = wanted(session, maria)
    session.execute(update(User).where(User.id == maria.id).values(active=False))
    session.commit()
    run(MONDAY)
    assert mails(session) == []
    session.refresh(report)
    assert report.next_at is None


def test_a_manager_asks_changes_and_stops(app: Flask, session: Session, maria: User, now: datetime) -> None:
    del now
    client = signed_in(app, maria)
    token = read(client.get("/insights/reports")).form(having="weekday")["csrf_token"]
    sent = client.post("/insights/reports", data={"csrf_token": token, "every": "week", "weekday": "0", "surveys": NPS})
    assert sent.status_code == 303
    (report,) = session.scalars(select(Report))
    session.commit()
    assert (report.user_id, report.survey_keys, report.next_at) == (maria.id, [NPS], MONDAY)
    page = client.get("/insights/reports").get_data(as_text=True)
    assert "Every Monday" in page
    assert "Monday, 23 Mar 2026" in page
    names = re.findall(r'\bid="([^"]+)"', page)
    assert len(names) == len(set(names))
    own = f"report{report.id}-"
    changed = {f"{own}csrf_token": token, f"{own}every": "month", f"{own}weekday": "9"}
    assert client.post(f"/insights/reports/{report.id}", data=changed).status_code == 422
    assert client.post(f"/insights/reports/{report.id}", data={**changed, f"{own}weekday": "3"}).status_code == 303
    session.refresh(report)
    assert (report.every, report.weekday, report.survey_keys) == (Every.MONTH, 3, [])
    session.commit()
    other = signed_in(app, hire(app, session, "Otto", NOW, role=RoleName.MANAGER, team=None))
    theirs = read(other.get("/insights/reports")).form(having="weekday")["csrf_token"]
    assert other.post(f"/insights/reports/{report.id}/stop", data={"csrf_token": theirs}).status_code == 404
    assert client.post(f"/insights/reports/{report.id}/stop", data={"csrf_token": token}).status_code == 303
    session.refresh(report)
    assert report.next_at is None


def ask(client: FlaskClient, own: str = "", **chosen: str | list[str]) -> TestResponse:
    """Press the button under the choices of a new report, or of the one whose fields are called so."""
    form = read(client.get("/insights/reports")).form(having=f"{own}weekday")
    return client.post(form.pop(":action"), data={**form, **{own + name: value for name, value in chosen.items()}})


def weekdays(session: Session, user: User) -> list[int]:
    """Of the reports that somebody gets."""
    session.expire_all()
    found = [each.weekday for each in running_reports(session, user.id)]
    session.commit()
    return found


def test_the_same_report_is_asked_for_once(app: Flask, session: Session, maria: User, now: datetime) -> None:
    del now
    client = signed_in(app, maria)
    for surveys, times in (([NPS, CSAT], 0), ([CSAT, NPS], 1), ([CSAT, NPS, NPS], 1)):
        assert ask(client, surveys=surveys).status_code == 303
        assert read(client.get("/insights/reports")).text.count("You get this report already.") == times
    assert weekdays(session, maria) == [0]
    assert [ask(client, **other).status_code for other in ({"weekday": "1"}, {"every": "month"}, {})] == [303] * 3
    assert weekdays(session, maria) == [0, 1, 0, 0], "another day, another rhythm, and all surveys that there are"
    otto = hire(app, session, "Otto", NOW, role=RoleName.MANAGER, team=None)
    assert ask(signed_in(app, otto)).status_code == 303
    assert weekdays(session, otto) == [0], "what somebody else gets is theirs"


def test_no_report_is_changed_into_another(app: Flask, session: Session, maria: User, now: datetime) -> None:
    del now
    client, report = signed_in(app, maria), wanted(session, maria, Every.WEEK, 0, NPS)
    own = f"report{wanted(session, maria, Every.WEEK, 4, NPS).id}-"
    wrong = ask(client, own, weekday="0")
    assert wrong.status_code == 422
    assert "You get this report already." in read(wrong).text
    assert read(wrong).form(having=f"{own}weekday")[f"{own}weekday"] == "0", "nothing chosen is lost"
    assert weekdays(session, maria) == [0, 4]
    assert ask(client, own).status_code == 303, "it is no second one of itself"
    stop(report)
    session.commit()
    assert ask(client, own, weekday="0").status_code == 303
    assert weekdays(session, maria) == [0]


def test_a_second_press_brings_no_second_report(app: Flask, session: Session, maria: User, now: datetime) -> None:
    del now
    client = signed_in(app, maria)
    form = read(client.get("/insights/reports")).form(having="weekday")
    visit = client.get_cookie("session")
    assert visit is not None

    def press() -> int:
        browser = app.test_client()
        browser.set_cookie("session", visit.value)
        return browser.post("/insights/reports", data=form).status_code

    assert at_once(press, press, press) == [303] * 3
    assert weekdays(session, maria) == [0]


@pytest.mark.parametrize("ending", ["pdf", "xlsx"])
def test_a_file_is_of_surveys_that_there_are(
    app: Flask, session: Session, maria: User, now: datetime, ending: str
) -> None:
    del now, session
    client = signed_in(app, maria)
    asked = {"": 200, f"?survey={NPS}&survey=gone": 200, "?survey=nope": 404, "?survey=employee_pulse": 404}
    found = {query: client.get(f"/insights/reports/report.{ending}{query}").status_code for query in asked}
    assert found == asked


def test_the_pdf_has_a_page_of_words_and_one_of_pictures(
    app: Flask, session: Session, maria: User, now: datetime
) -> None:
    del now
    steady(session, but={0: GOOD})
    data = signed_in(app, maria).get(f"/insights/reports/report.pdf?survey={NPS}").data
    pages = re.findall(rb"/Type /Page\b", data) or re.findall(rb"/Type /Page\b", _inflated(data))
    assert len(pages) == 2
    sizes = set(re.findall(rb"/MediaBox \[ ?0 0 ([0-9.]+) ([0-9.]+) ?\]", data + _inflated(data)))
    assert sizes == {(b"595", b"842")}, "all on A4"


def test_pictures_that_tell_nothing_are_left_out(session: Session, now: datetime) -> None:
    week_of(session, LAST, {9: 3})
    session.commit()
    content = content_of(session, Every.WEEK, [NPS], now, LISBON)
    assert content.parts[0].now.n == 3
    assert [each.media_type for each in report_mail(content, LETTERHEAD).files] == [PDF, XLSX]


def _inflated(data: bytes) -> bytes:
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    return b"".join(zlib.decompressobj().decompress(each) for each in found if each[:1] == b"x")
