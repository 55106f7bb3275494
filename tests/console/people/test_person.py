"""A person's page: found by letters and digits, everything on behalf, a life in two taps, nobody's edit lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import Cast
from console_site import Browser, Site, with_code

from kit import clock
from kit.clock import local_day
from models.care.visits import NoVisit, SecondHome, VisitTask
from models.database import connection, dialect
from models.help.posts import PostHolding
from models.help.wishes import Wish
from models.people.access import AuditEntry
from models.people.accounts import Binding
from models.people.check_in import CheckIn
from models.people.members import ActivityRegistration, Consent, EmergencyContact, Person
from services.county import desk
from services.people import access

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def worker(site: Site, cast: Cast) -> Browser:
    """The community worker: enters and confirms."""
    return await with_code(site, cast.worker)


@pytest.mark.parametrize(
    ("said", "name"),
    [("zyh", "赵一禾"), ("ZY", "赵一禾"), ("一禾", "赵一禾"), ("0001", "赵一禾"), ("19900000001", "赵一禾"),
     ("1号楼", "赵一禾"), ("qem", "钱二梅"), ("lsy", "李四友")],
)  # fmt: skip
async def test_a_person_is_found_by_any_sign(worker: Browser, said: str, name: str) -> None:
    assert name in (await worker.look(f"/console/people?q={said}")).text


@pytest.mark.parametrize("said", ["fjs", "0009", "yh", "%25", "_"])
async def test_nobody_else_is_found(worker: Browser, said: str) -> None:
    shown = await worker.look(f"/console/people?q={said}")
    assert not any(name in shown.text for name in ("赵一禾", "冯九思", "钱二梅"))


async def test_a_changed_number_is_found_by_its_new_end(worker: Browser, cast: Cast) -> None:
    page = await worker.look(f"/console/people/{cast.zhao.id}")
    assert page.status == 200
    await _details(worker, cast.zhao, phone="19900007788")
    assert "赵一禾" in (await worker.look("/console/people?q=7788")).text
    assert "赵一禾" not in (await worker.look("/console/people?q=0001")).text


@pytest.mark.parametrize("said", ["zyh", "0001", "一禾", "19900000001"])
async def test_a_search_looks_at_nobody_outside_the_subtree(cast: Cast, said: str) -> None:
    """On SQLite the plan names the indexes; PostgreSQL plans by sizes, and four people are read whole there."""
    reach = await access.reach_of(cast.secretary, local_day(clock.now()))
    rows = await desk.search(reach, said, today=local_day(clock.now()))
    assert [row.name for row in rows] == ["赵一禾"]
    if dialect() == "sqlite":
        sql = (await desk.found_by(reach, said)).sql(params_inline=True)
        plan = await connection().execute_query_dict(f"EXPLAIN QUERY PLAN {sql}")
        assert not [step["detail"] for step in plan if str(step["detail"]).startswith('SCAN "person"')]
        assert not [step["detail"] for step in plan if str(step["detail"]) == "SCAN person"]


async def _details(browser: Browser, person: Person, **fields: str) -> int:
    fresh = await Person.get(id=person.id)
    path = f"/console/people/{person.id}/details"
    return (await browser.send(path, version=desk.version_of(fresh), **fields)).status


async def _do(browser: Browser, person: Person, deed: str, **fields: str) -> int:
    await browser.look(f"/console/people/{person.id}")
    return (await browser.send(f"/console/people/{person.id}/{deed}", **fields)).status


async def _entered(what: str, person: Person, by: Person) -> bool:
    rows = await AuditEntry.filter(action="on_behalf", subject=f"person:{person.id}", actor=f"person:{by.id}")
    return what in [(row.facts or {}).get("what") for row in rows]


async def test_a_check_in_is_entered_for_somebody(worker: Browser, cast: Cast) -> None:
    await Person.filter(id=cast.wang.id).update(community_id=cast.community.id)
    assert await _do(worker, cast.wang, "check-in", community="桂花社区") == 303
    row = await CheckIn.get(person_id=cast.wang.id)
    assert (row.source, row.community_id) == ("staff", cast.community.id)
    assert await _entered("check_in", cast.wang, cast.worker)
    assert "周五常代办：" in (await worker.look(f"/console/people/{cast.wang.id}")).text


async def test_a_post_is_claimed_and_given_back_for_somebody(worker: Browser, cast: Cast) -> None:
    assert await _do(worker, cast.qian, "claim", post="3") == 303
    holding = await PostHolding.get(person_id=cast.qian.id)
    assert await _do(worker, cast.qian, "give-back", holding=str(holding.id)) == 303
    assert (await PostHolding.get()).state in ("released", "withdrawn")
    assert await _do(worker, cast.qian, "claim", post="99") == 422
    assert await _do(worker, cast.qian, "claim", post="三") == 422


async def test_a_wish_a_contact_and_an_activity_are_entered(worker: Browser, cast: Cast) -> None:
    assert await _do(worker, cast.qian, "wish", words="水龙头滴水") == 303
    assert (await Wish.get()).words == "水龙头滴水"
    assert await _do(worker, cast.qian, "contact", name="钱小梅", relation="女儿", phone="19900000072") == 303
    assert (await EmergencyContact.get(person_id=cast.qian.id)).relation == "女儿"
    assert await _do(worker, cast.wang, "join", place="桂花社区") == 404
    assert not await ActivityRegistration.exists()


async def test_visits_and_a_second_home(worker: Browser, cast: Cast) -> None:
    await _do(worker, cast.zhao, "no-visit", visits="no")
    assert await NoVisit.current().filter(person_id=cast.zhao.id).exists()
    assert "不要上门看望。" in (await worker.look(f"/console/people/{cast.zhao.id}")).text
    await _do(worker, cast.zhao, "no-visit", visits="yes")
    assert not await NoVisit.current().exists()
    fields = {"from": "2026-10-15", "until": "2027-04-15", "community": "柳塘社区"}
    assert await _do(worker, cast.zhao, "second-home", **fields) == 303
    home = await SecondHome.get()
    assert (home.from_day, home.until_day, home.community_id) == ("10-15", "04-15", cast.other_community.id)


async def test_a_consent_is_noted_with_how_it_was_given_and_taken_back(worker: Browser, cast: Cast) -> None:
    await _do(worker, cast.qian, "consent", purpose="health", how="paper")
    row = await Consent.get(person_id=cast.qian.id, purpose="health")
    assert (row.how, row.withdrawn_at) == ("paper", None)
    await _do(worker, cast.qian, "consent", purpose="health", how="")
    assert (await Consent.get(id=row.id)).withdrawn_at is not None
    assert await _do(worker, cast.qian, "consent", purpose="everything", how="paper") == 422


async def test_a_family_account_speaks_for_somebody_until_it_is_ended(worker: Browser, cast: Cast) -> None:
    tie = await Binding.create(
        openid="oDaughter", person=cast.zhao, relation="proxy", how="slip", since=clock.now(), consent="slip"
    )
    assert "起代办" in (await worker.look(f"/console/people/{cast.zhao.id}")).text
    assert await _do(worker, cast.qian, "proxy-end", tie=str(tie.id)) == 404
    assert await _do(worker, cast.zhao, "proxy-end", tie=str(tie.id)) == 303
    assert (await Binding.get(id=tie.id)).until is not None


async def test_a_death_takes_two_taps_and_is_undone_whole(worker: Browser, cast: Cast) -> None:
    path = f"/console/people/{cast.qian.id}/life"
    await worker.look(f"/console/people/{cast.qian.id}")
    asked = await worker.send(path, kind="death")
    assert "核实过了吗" in asked.text
    assert (await Person.get(id=cast.qian.id)).state == "active"
    assert (await worker.send(path, kind="death", sure="yes")).status == 303
    assert (await Person.get(id=cast.qian.id)).state == "deceased"
    assert "去世是误报" in (await worker.look(f"/console/people/{cast.qian.id}")).text
    await worker.send(path, kind="alive", sure="yes")
    assert (await Person.get(id=cast.qian.id)).state == "active"
    assert await _entered("life_alive", cast.qian, cast.worker)


async def test_a_stay_in_hospital_brings_a_visit_and_ends(worker: Browser, cast: Cast) -> None:
    path = f"/console/people/{cast.qian.id}/life"
    await worker.look(f"/console/people/{cast.qian.id}")
    assert (await worker.send(path, kind="home", sure="yes")).status == 422
    await worker.send(path, kind="hospital", sure="yes")
    assert (await VisitTask.get(subject_id=cast.qian.id)).kind == "hospital_visit"
    assert (await worker.send(path, kind="home", sure="yes")).status == 303


async def test_nobody_says_it_of_themselves_or_of_another_branch(site: Site, cast: Cast) -> None:
    secretary = await with_code(site, cast.secretary)
    for person in (cast.secretary, cast.feng):
        await secretary.look("/console/people")
        shown = await secretary.send(f"/console/people/{person.id}/life", kind="death", sure="yes")
        assert shown.status == 404
    assert not await Person.filter(state="deceased").exists()


async def test_the_second_of_two_editors_is_told_and_loses_nothing(worker: Browser, cast: Cast) -> None:
    await worker.look(f"/console/people/{cast.zhao.id}")
    version = desk.version_of(await Person.get(id=cast.zhao.id))
    path = f"/console/people/{cast.zhao.id}/details"
    assert (await worker.send(path, version=version, estate="丹桂苑")).status == 303
    second = await worker.send(path, version=version, estate="金桂花园", building="2号楼")
    assert second.status == 409
    assert 'value="2号楼"' in second.text
    assert (await Person.get(id=cast.zhao.id)).estate == "丹桂苑"
    assert await _details(worker, cast.zhao, building="2号楼") == 303
    assert (await Person.get(id=cast.zhao.id)).building == "2号楼"


async def test_what_will_come_stands_there_with_its_reason(worker: Browser, cast: Cast) -> None:
    day = local_day(clock.now()) + timedelta(days=20)
    await VisitTask.create(
        kind="decade_birthday_visit", occasion=f"decade_birthday:{day.year}:80", subject=cast.zhao, due_on=day,
        window_from=day, assignee_id=cast.leader.id, state="assigned", made_at=clock.now(),
    )  # fmt: skip
    shown = await worker.look(f"/console/people/{cast.zhao.id}")
    assert "以后会收到的" in shown.text
    assert shown.text.partition("以后会收到的")[2].partition("以前的事")[0].count("<li>") >= 1


async def test_numbers_and_rooms_stay_masked_whatever_was_done(worker: Browser, cast: Cast) -> None:
    await _details(worker, cast.zhao, phone="19900007788", room="502")
    shown = await worker.look(f"/console/people/{cast.zhao.id}")
    assert not any(private in shown.text for private in ("19900007788", "502", "19900000071"))
