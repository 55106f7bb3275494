"""What the guards promise is so: two are asked by what they hold back, of the others nothing of the kind exists."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from cast import Cast, arrange
from house.code_read import FLOORS, modules
from talking import Talk, open_talk
from tortoise import Tortoise, fields

import texts
from handlers.routers import ROUTERS
from kit import clock
from kit.clock import local_day
from kit.county import County
from models.care.visits import VisitTask
from models.database import connection
from models.help.wishes import Wish
from services.care import curtain, visits
from services.county import guards
from services.county.desk import figures
from services.people import access
from wechat.messages import read

pytestmark = pytest.mark.usefixtures("db")

MODULES = {name: tree for floor in FLOORS for name, tree in modules(floor).items()}


@pytest.fixture
async def cast(db: None) -> Cast:
    return await arrange(clock.now())


@pytest.fixture
async def talk(cast: Cast) -> AsyncIterator[Talk]:
    opened = await open_talk(ROUTERS, clock.now())
    yield opened
    await opened.inbox.stop()


async def _open(name: str, cast: Cast) -> None:
    now = clock.now()
    chief, worker = [await access.reach_of(one, local_day(now)) for one in (cast.chief, cast.worker)]
    await guards.ask_to_open(name, "救灾找人", by=cast.worker, reach=worker, now=now)
    await guards.agree(name, by=cast.chief, reach=chief, now=now)


def test_the_code_asks_exactly_the_guards_that_say_so() -> None:
    calls = [node for tree in MODULES.values() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    asked = {ast.unparse(node.args[0]) for node in calls if ast.unparse(node.func) == "guards.holds"}
    assert {getattr(guards, one.removeprefix("guards.")) for one in asked} == guards.ASKED


@pytest.mark.parametrize("name", guards.GUARDS)
def test_the_page_says_what_opening_would_do(name: str) -> None:
    opens = texts.section("operations", "say").get(f"guard_{name}_opens")
    assert bool(opens) == (name in guards.ASKED)


# --- No ranking -----------------------------------------------------------------------------------------------------


async def test_branches_stand_by_name_and_by_number_only_when_two_people_want_it(cast: Cast) -> None:
    today = local_day(clock.now())
    reach, days = await access.reach_of(cast.chief, today), figures.days_of("month", today)
    for number, (person, many) in enumerate([(cast.zhao, 1), (cast.feng, 3)]):
        for turn in range(many):
            await VisitTask.create(
                kind="decade_birthday_visit", occasion=f"{number}:{turn}", subject=person, due_on=days.first,
                window_from=days.first, state="assigned", made_at=clock.now(),
            )  # fmt: skip
    by_name = [one.label for one in await figures.visits_by_branch(reach, days)]
    assert by_name == sorted(by_name)
    await _open(guards.RANKING, cast)
    ranked = await figures.visits_by_branch(reach, days)
    assert [one.key for one in ranked] == [cast.other_branch.id, cast.branch.id]


COUNTS_OF_A_PERSON = {
    "Person.birthday_offset": "days before or after the birthday on which it is kept",
    "Account.allowance": "what the platform still lets us write",
    "Account.mass_got": "mass messages of this month",
}
"""Every number in the rows that stand for a person or an account: none is a mark, a score or a sum of deeds."""


def test_no_row_of_a_person_holds_a_score() -> None:
    assert Tortoise.apps is not None
    numbers = (fields.IntField, fields.SmallIntField, fields.BigIntField, fields.FloatField, fields.DecimalField)
    found = {
        f"{name}.{field}"
        for name in ("Person", "Account", "Binding", "PostHolding", "PostAppraisal")
        for field, one in Tortoise.apps["models"][name]._meta.fields_map.items()
        if isinstance(one, numbers) and not field.endswith("id") and field != "year"
    }
    assert found == set(COUNTS_OF_A_PERSON)


SUMS = ("Count", "Sum", "Avg", "Max")


def test_nothing_orders_people_by_how_much_they_did() -> None:
    """No query orders by a name that it gave to a count or a sum, and no hand-written one by a count."""
    for name, tree in MODULES.items():
        counted = {
            one.arg
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("annotate")
            for one in node.keywords
            if isinstance(one.value, ast.Call) and ast.unparse(one.value.func) in SUMS
        }
        ordered = {
            str(one.value).lstrip("-")
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("order_by")
            for one in node.args
            if isinstance(one, ast.Constant)
        }
        assert not counted & ordered, name
        written = " ".join(str(one.value) for one in ast.walk(tree) if isinstance(one, ast.Constant)).upper()
        assert "ORDER BY COUNT" not in written, name
        assert "ORDER BY SUM" not in written, name


# --- No tracks ------------------------------------------------------------------------------------------------------

PLACE = {"Location_X": "30.731428", "Location_Y": "120.664219", "Scale": "16", "Label": "滨河路十七号"}


async def _sends_a_place(talk: Talk, openid: str) -> str:
    talk.now += timedelta(seconds=1)
    head = {"ToUserName": "gh_5a17c0de0001", "FromUserName": openid, "CreateTime": str(int(talk.now.timestamp())),
            "MsgId": "7300000000000009999"}  # fmt: skip
    return await talk.inbox.take(read({**head, "MsgType": "location", **PLACE}, "<xml/>"), talk.now)


async def _whole_house() -> str:
    """Everything that stands in any table, as text, with what is sealed opened where it is ours to open."""
    said = [str(row) for wish in await Wish.all() for row in (wish.words,)]
    for model in Tortoise.apps["models"].values() if Tortoise.apps else ():
        said += [str(row) for row in await connection().execute_query_dict(f'SELECT * FROM "{model._meta.db_table}"')]
    return "\n".join(said)


async def test_a_place_that_was_sent_or_reported_stands_nowhere(talk: Talk) -> None:
    assert "位置收到了" in await _sends_a_place(talk, "oQian")
    await talk.push("oQian", "LOCATION", Latitude="30.731428", Longitude="120.664219", Precision="40.0")
    kept = await _whole_house()
    assert not [one for one in ("30.7314", "120.6642", "滨河路") if one in kept]


async def test_when_two_people_open_it_the_name_of_the_place_goes_to_the_keeper_and_no_degrees(
    talk: Talk, cast: Cast
) -> None:
    await _open(guards.TRACKS, cast)
    assert "您发来的地点转给李四友了" in await _sends_a_place(talk, "oQian")
    assert (await Wish.get()).words == "滨河路十七号"
    kept = await _whole_house()
    assert not [one for one in ("30.7314", "120.6642") if one in kept]


def test_no_table_has_a_column_for_whereabouts() -> None:
    assert Tortoise.apps is not None
    words = {"latitude", "longitude", "lat", "lng", "location", "position", "precision", "track"}
    assert not [
        (name, field)
        for name, model in Tortoise.apps["models"].items()
        for field in model._meta.fields_map
        if words & set(field.split("_"))
    ]


# --- No forced sign-in, no photographs, no help by points ------------------------------------------------------------


async def test_who_has_not_agreed_is_never_asked_for_a_daily_sign(cast: Cast) -> None:
    now, policy = clock.now(), curtain.CurtainPolicy.of(County().curtain)
    for day in range(7):
        assert await curtain.greet(policy, now=now + timedelta(days=day)) == 0
        assert await curtain.look(policy, now=now + timedelta(days=day)) == 0
    for table in ("curtain_result", "curtain_step", "notice"):
        assert await connection().execute_query_dict(f"SELECT 1 FROM {table}") == []


async def test_a_visit_is_recorded_without_a_picture_and_has_no_room_for_one(cast: Cast) -> None:
    day = local_day(clock.now())
    task = await VisitTask.create(
        kind="decade_birthday_visit", occasion="decade_birthday:80", subject=cast.zhao, due_on=day, window_from=day,
        assignee_id=cast.secretary.id, state="assigned", made_at=clock.now(),
    )  # fmt: skip
    reach = await access.reach_of(cast.secretary, day)
    await visits.record(task.id, "visited", "精神很好", by=cast.secretary, reach=reach, now=clock.now())
    assert (await VisitTask.get()).state == "done"
    assert Tortoise.apps is not None
    columns = {
        one for name in ("VisitTask", "VisitRecord", "Gift") for one in Tortoise.apps["models"][name]._meta.fields_map
    }
    assert not columns & {"media_id", "picture", "photo", "image", "photos"}


async def test_who_asks_for_help_is_served_in_the_order_of_asking(cast: Cast) -> None:
    """The lists of wishes and alarms know nothing but the time; there is no table of points to ask."""
    assert Tortoise.apps is not None
    assert not [name for name in Tortoise.apps["models"] if "Point" in name or "Score" in name]
    tree = MODULES["services/county/desk/lists.py"]
    ordered = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [one for one in ordered if "wishes(reach)" in one and one.endswith(".order_by('made_at', 'id')")]
