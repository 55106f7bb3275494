"""The pictures: counted rightly, hidden where names are nobody's business, a click away from the names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cast import Cast
from console_site import Browser, Site, with_code

from console import charts
from kit import clock
from kit.clock import local_day
from models.care.visits import VisitTask
from models.people.members import Person
from services.care.visit_rules import festival
from services.county.desk import figures
from services.county.desk.figures import Days, Step
from services.people import access
from texts.days import spoken_day

PATH = "/console/pictures"
pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize(
    ("span", "before", "days"),
    [
        ("month", 0, Days(date(2026, 2, 1), date(2026, 2, 28))),
        ("month", 2, Days(date(2025, 12, 1), date(2025, 12, 31))),
        ("quarter", 0, Days(date(2026, 1, 1), date(2026, 3, 31))),
        ("quarter", 1, Days(date(2025, 10, 1), date(2025, 12, 31))),
        ("year", 0, Days(date(2026, 1, 1), date(2026, 12, 31))),
        ("year", 1, Days(date(2025, 1, 1), date(2025, 12, 31))),
    ],
)
def test_a_span_begins_and_ends_where_people_expect_it(span: figures.Span, before: int, days: Days) -> None:
    assert figures.days_of(span, date(2026, 2, 14), before=before) == days


@pytest.mark.parametrize(
    "steps", [[], [Step("a", 0, 0)], [Step("a", None, None), Step("b", 3, 10)], [Step("a", 10, 10)]]
)
def test_a_drawing_stays_on_its_sheet(steps: list[Step]) -> None:
    for drawing in (charts.bars(steps), charts.pyramid(steps)):
        assert all(0 <= one.x <= one.x + one.width <= drawing.width for one in drawing.rects)
        assert all(0 <= one.y <= one.y + one.height <= drawing.height for one in drawing.rects)


def test_a_ring_has_a_piece_for_each_month() -> None:
    steps = [Step(str(month), month, None, month) for month in range(1, 13)]
    drawing = charts.ring(steps, [str(month) for month in range(1, 13)])
    assert len(drawing.arcs) == len(drawing.texts) == 12
    assert all(0 <= one.x <= drawing.width and 0 <= one.y <= drawing.height for one in drawing.texts)


@pytest.fixture
async def desk(site: Site, cast: Cast) -> Browser:
    return await with_code(site, cast.secretary)


async def _duty(person: Person, day: date, state: str) -> None:
    await VisitTask.create(
        kind="decade_birthday_visit", occasion=f"decade_birthday:{day}", subject=person, due_on=day,
        window_from=day, state=state, made_at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("span", ["", "month", "quarter", "year", "other"])
async def test_every_span_opens(desk: Browser, span: str) -> None:
    shown = await desk.look(f"{PATH}?span={span}")
    assert shown.status == 200
    assert "<svg" in shown.text
    assert "style=" not in shown.text


async def test_ages_are_counted_by_sex_and_lead_to_the_names(desk: Browser, cast: Cast) -> None:
    today, reach = local_day(clock.now()), await access.reach_of(cast.secretary, local_day(clock.now()))
    steps = (await figures.births(reach)).ages(reach, today)
    assert sum(one.part or 0 for one in steps) == 2
    assert sum(one.whole or 0 for one in steps) == 2
    age = (today.year - 1946) // 5 * 5
    assert "赵一禾" in (await desk.look(f"{PATH}/names?what=ages&key={age}")).text
    assert "冯九思" not in (await desk.look(f"{PATH}/names?what=ages&key={(today.year - 1948) // 5 * 5}")).text


async def test_birthdays_fall_into_their_months(desk: Browser, cast: Cast) -> None:
    reach = await access.reach_of(cast.secretary, local_day(clock.now()))
    steps = (await figures.births(reach)).months(reach)
    assert [one.part for one in steps] == [1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert "钱二梅" in (await desk.look(f"{PATH}/names?what=months&key=5")).text


async def test_coverage_adds_up_from_branch_to_community(cast: Cast, desk: Browser) -> None:
    reach = await access.reach_of(cast.worker, local_day(clock.now()))
    tree = [(depth, one.label, one.part, one.whole) for depth, one in await figures.coverage(reach)]
    assert tree == [(0, "桂花社区", 4, 4), (1, "金桂花园党支部", 4, 4)]
    assert "赵一禾" in (await desk.look(f"{PATH}/names?what=places&key={cast.branch.id}")).text
    assert "冯九思" not in (await desk.look(f"{PATH}/names?what=places&key={cast.other_branch.id}")).text


async def test_visits_are_counted_done_and_due(desk: Browser, cast: Cast) -> None:
    today = local_day(clock.now())
    days, reach = figures.days_of("month", today), await access.reach_of(cast.secretary, today)
    for number, state in enumerate(("done", "overdue", "cancelled")):
        await _duty(cast.zhao, days.first + timedelta(days=number), state)
    await _duty(cast.feng, days.first, "done")
    assert figures.totals(await figures.visits_by_branch(reach, days)) == (1, 2)
    assert figures.totals(await figures.visits_by_month(reach, today.year)) == (1, 2)


async def test_the_county_reads_no_small_count_and_no_name(site: Site, cast: Cast) -> None:
    chief = await with_code(site, cast.chief)
    shown = (await chief.look(PATH)).text
    assert "不足5人" in shown
    assert "/console/pictures/names" not in shown
    hidden = (await chief.look(f"{PATH}/names?what=places&key={cast.county.id}")).text
    assert not any(name in hidden for name in ("赵一禾", "钱二梅", "冯九思"))


async def test_festivals_stand_on_the_ring_and_beneath_it(desk: Browser) -> None:
    shown = (await desk.look(PATH)).text
    year = local_day(clock.now()).year
    assert shown.count('class="mark"') == 3
    assert f"重阳 {spoken_day(festival('double_ninth', year))}" in shown


@pytest.mark.parametrize(
    ("day", "x", "y"),
    [
        pytest.param(date(2026, 1, 1), 320, 30, id="the-year-begins-at-the-top"),
        pytest.param(date(2026, 7, 1), 320, 390, id="and-is-half-over-at-the-bottom"),
        pytest.param(date(2026, 4, 1), 500, 210, id="spring-ends-at-the-right"),
    ],
)
def test_a_day_stands_where_its_month_is(day: date, x: float, y: float) -> None:
    months = [figures.Step(str(number), 1, None, number) for number in range(1, 13)]
    drawn = charts.ring(months, [""] * 12, [(day, "节")])
    path, kind = drawn.arcs[-1]
    assert kind == "mark"
    ends = [float(one) for one in path.partition("L")[2].split()]
    assert abs(ends[0] - x) < 3
    assert abs(ends[1] - y) < 3


async def test_a_question_nobody_knows_is_not_there(desk: Browser) -> None:
    assert (await desk.look(f"{PATH}/names?what=phones&key=1")).status == 404


async def test_the_bars_of_visits_lead_to_the_names_behind_them(site: Site, desk: Browser, cast: Cast) -> None:
    today = local_day(clock.now())
    await _duty(cast.zhao, today, "assigned")
    await _duty(cast.qian, today, "done")
    for what in (f"by_month&key={today.month}", f"branches&key={cast.zhao.branch_id}&span=month"):
        page = (await desk.look(f"{PATH}/names?what={what}")).text
        assert "还没有登记" in page.partition("赵一禾")[2][:60], what
        assert "走访过了" in page.partition("钱二梅")[2][:60], what
        assert f"/names?what={what}" in (await desk.look(f"{PATH}?span=month")).text
    assert "赵一禾" not in (await desk.look(f"{PATH}/names?what=branches&key=999999&span=month")).text
    chief = await with_code(site, cast.chief)
    assert "赵一禾" not in (await chief.look(f"{PATH}/names?what=by_month&key={today.month}")).text
