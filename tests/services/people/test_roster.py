"""A roster goes in whole or not at all, and comes out again except for whoever was touched since."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from cast import arrange

from kit.clock import local_day
from kit.errors import Refusal
from kit.spreadsheets import Table
from models.database import connection, transaction
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.accounts import Binding
from models.people.check_in import CheckIn
from models.people.members import Consent, EmergencyContact, Person
from models.people.organisation import Organisation, Role
from models.people.roster import RosterImport
from models.platform import Lease
from services.people import binding, roster
from services.people.roster import Prepared, Run, applying, undoing
from services.people.roster_reading import read_roster

pytestmark = pytest.mark.usefixtures("db")

HEADINGS = ["姓名", "性别", "出生日期", "手机", "所在支部", "职务", "紧急联系人", "是否独居"]
SUN = ["孙八方", "男", "1950-03-04", "19900000071", "金桂花园党支部", "", "孙小（儿子）19900000072", "是"]
WU = ["吴九思", "女", "1944-05-06", "19900000073", "金桂花园支部", "组织委员", "", "否"]


async def prepared(
    rows: list[list[str]],
    now: datetime,
    *,
    at: Organisation | None = None,
    skipping: frozenset[int] = frozenset(),
) -> Prepared:
    reading = read_roster(Table("名册", [HEADINGS, *rows]), today=local_day(now))
    return await roster.prepare(reading, at=at, skipping=skipping)


async def taken(rows: list[list[str]], now: datetime, at: Organisation | None = None) -> dict[str, int]:
    async with transaction():
        return await roster.apply(await prepared(rows, now, at=at), by="console", file_name="名册.xlsx", now=now)


def keys_of(found: Prepared, number: int) -> set[str]:
    return {problem.key for row in found.reading.rows if row.number == number for problem in row.problems}


async def test_new_rows_become_people_with_branch_contacts_and_offices(monday: datetime) -> None:
    cast = await arrange(monday)
    counted = await taken([SUN, WU], monday)
    assert counted == {"new": 2, "update": 0, "same": 0, "roles": 1}
    sun, wu = await Person.get(name="孙八方"), await Person.get(name="吴九思")
    assert (sun.branch_id, sun.phone, sun.birth, sun.lives_alone) == (
        cast.branch.id, "19900000071", "1950-03-04", "yes")  # fmt: skip
    assert [one.id for one in await Person.by_phone("19900000071")] == [sun.id]
    assert (await EmergencyContact.get(person_id=sun.id)).phone == "19900000072"
    office = await Role.get(person_id=wu.id)
    assert (office.role, office.organisation_id) == ("organisation_officer", cast.branch.id)
    assert not await Consent.filter(person_id__in=[sun.id, wu.id]).exists()
    assert sun.key is None
    assert await AuditEntry.filter(action="roster_imported").exists()


async def test_the_same_file_again_changes_nothing(monday: datetime) -> None:
    await arrange(monday)
    await taken([SUN, WU], monday)
    assert await taken([SUN, WU], monday) == {"new": 0, "update": 0, "same": 2, "roles": 0}
    assert await Person.filter(name="孙八方").count() == 1


async def test_somebody_known_is_updated_and_what_the_file_leaves_blank_stays(monday: datetime) -> None:
    cast = await arrange(monday)
    row = ["赵一禾", "", "", "19900000001", "金桂花园党支部", "", "钱小（女儿）19900000099", "否"]
    assert (await taken([row], monday))["update"] == 1
    zhao = await Person.get(id=cast.zhao.id)
    assert (zhao.lives_alone, zhao.birth, zhao.birth_calendar) == ("no", "1946-02-09", "lunar")


async def test_one_row_with_an_error_keeps_the_whole_file_out(monday: datetime) -> None:
    await arrange(monday)
    before = await Person.all().count()
    with pytest.raises(Refusal) as refused:
        await taken([SUN, ["吴九思", "女", "1950-02-30", "1990", "", "", "", ""]], monday)
    assert (refused.value.key, refused.value.facts) == ("commands.import_blocked", {"errors": 1})
    assert await Person.all().count() == before
    assert not await RosterImport.all().exists()


async def test_a_row_skipped_by_number_lets_the_others_in(monday: datetime) -> None:
    await arrange(monday)
    bad = ["吴九思", "女", "1950-02-30", "1990", "", "", "", ""]
    found = await prepared([SUN, bad], monday, skipping=frozenset({3}))
    async with transaction():
        counted = await roster.apply(found, by="console", file_name="a.csv", now=monday)
    assert counted["new"] == 1


@pytest.mark.parametrize(
    ("branch", "at", "expected"),
    [
        pytest.param("没有的支部", None, "commands.row_branch_unknown", id="unknown branch"),
        pytest.param("没有的支部", "branch", "commands.row_branch_placed", id="unknown branch, place given"),
        pytest.param("", None, "commands.row_branch_missing", id="no branch"),
        pytest.param("", "branch", None, id="no branch, place given"),
        pytest.param("", "community", None, id="no branch, community given"),
        pytest.param("中共金桂花园支部委员会", None, None, id="another way to write it"),
    ],
)
async def test_places_are_found_by_name(monday: datetime, branch: str, at: str | None, expected: str | None) -> None:
    cast = await arrange(monday)
    row = [*SUN[:4], branch, *SUN[5:]]
    found = await prepared([row], monday, at=getattr(cast, at) if at else None)
    assert {key for key in keys_of(found, 2) if key.startswith("commands.")} == ({expected} if expected else set())
    assert found.is_blocked == (expected is not None and expected.endswith(("unknown", "missing")))


async def test_half_a_birth_is_reported_and_not_stored(monday: datetime) -> None:
    await arrange(monday)
    found = await prepared([[*SUN[:2], "1950年3月", *SUN[3:]]], monday)
    assert "roster.row_birth_day_missing" in keys_of(found, 2)
    await taken([[*SUN[:2], "1950年3月", *SUN[3:]]], monday)
    assert (await Person.get(name="孙八方")).birth is None


async def test_a_namesake_who_cannot_be_told_apart_is_for_a_person_to_decide(monday: datetime) -> None:
    await arrange(monday)
    found = await prepared([["赵一禾", "", "", "", "柳岸新村党支部", "", "", ""]], monday)
    assert found.is_blocked
    assert "commands.row_ambiguous" in keys_of(found, 2)


async def test_nobody_is_moved_from_the_community_where_they_checked_in(monday: datetime) -> None:
    cast = await arrange(monday)
    row = ["赵一禾", "", "", "19900000001", "", "", "", ""]
    counted = await taken([row], monday, at=cast.other_community)
    assert counted["same"] == 1
    assert (await Person.get(id=cast.zhao.id)).community_id == cast.community.id


async def test_undo_takes_new_people_out_and_puts_changed_ones_back(monday: datetime) -> None:
    cast = await arrange(monday)
    people, roles = await Person.all().count(), await Role.all().count()
    zhao = ["赵一禾", "", "", "19900000001", "金桂花园党支部", "宣传委员", "吴小（女儿）19900000099", "否"]
    await taken([SUN, WU, zhao], monday)
    async with transaction():
        undone = await roster.undo_last(by="console", now=monday)
    assert (undone.removed, undone.restored, undone.kept) == (2, 1, ())
    assert (await Person.all().count(), await Role.all().count()) == (people, roles)
    assert (await Person.get(id=cast.zhao.id)).lives_alone == "yes"
    assert not [one for one in await EmergencyContact.all() if one.phone == "19900000099"]
    with pytest.raises(Refusal, match="undo_nothing"):
        await roster.undo_last(by="console", now=monday)


async def _is_bound(person: Person, now: datetime) -> None:
    await binding.bind("oSun", person, how="staff", now=now)


async def _has_checked_in(person: Person, now: datetime) -> None:
    await CheckIn.create(person=person, community_id=person.branch_id, submitted_at=now, due_on=local_day(now))


async def _was_changed(person: Person, now: datetime) -> None:
    person.unit = "县教育局"
    await person.save()


async def _became_liaison(person: Person, now: datetime) -> None:
    await Person.filter(name="钱二梅").update(liaison_id=person.id)


async def _was_told(person: Person, now: datetime) -> None:
    await Notice.create(business_key="a", recipient=f"person:{person.id}", person_id=person.id, say="x",
                        state="accepted", due_at=now, next_try_at=now, queued_at=now)  # fmt: skip


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        pytest.param(_is_bound, "bound", id="bound"),
        pytest.param(_has_checked_in, "checked_in", id="checked in"),
        pytest.param(_was_changed, "changed", id="changed"),
        pytest.param(_became_liaison, "in_use", id="somebody's liaison"),
        pytest.param(_was_told, "told", id="told something"),
    ],
)
async def test_who_was_touched_since_is_kept_and_named(monday: datetime, happened, reason: str) -> None:  # type: ignore[no-untyped-def]
    await arrange(monday)
    everybody = await Person.all().count()
    await taken([SUN, WU], monday)
    await happened(await Person.get(name="孙八方"), monday)
    async with transaction():
        undone = await roster.undo_last(by="console", now=monday)
    assert [(one.name, one.reason) for one in undone.kept] == [("孙八方", reason)]
    assert await Person.all().count() == everybody + 1


async def test_a_death_on_the_roster_stops_what_waits(monday: datetime) -> None:
    cast = await arrange(monday)
    await Notice.create(business_key="a", recipient=f"person:{cast.zhao.id}", person_id=cast.zhao.id, say="x",
                        due_at=monday, next_try_at=monday, queued_at=monday)  # fmt: skip
    reading = read_roster(
        Table("", [["姓名", "手机", "备注"], ["赵一禾", "19900000001", "已去世"]]), today=local_day(monday)
    )
    async with transaction():
        await roster.apply(await roster.prepare(reading, at=cast.branch), by="console", file_name="a", now=monday)
    assert (await Person.get(id=cast.zhao.id)).state == "deceased"
    assert (await Notice.get()).state == "expired"


async def test_what_an_import_remembers_is_sealed(monday: datetime) -> None:
    await arrange(monday)
    await taken([SUN], monday)
    rows = await connection().execute_query_dict("SELECT * FROM roster_change")
    assert "19900000071" not in str(rows)


async def test_thousands_of_rows_go_in_and_out_again(monday: datetime) -> None:
    await arrange(monday)
    first, second = "赵钱孙李周吴郑王冯陈", "一二三四五六七八九十"
    rows = [
        [f"{first[n % 10]}{second[n // 10 % 10]}{second[n // 100 % 10]}", "男", f"19{40 + n // 1000}-0{1 + n % 9}-11",
         f"1991{n:07}", "金桂花园党支部", "", f"家属（儿子）1992{n:07}", "否"]
        for n in range(2_000)
    ]  # fmt: skip
    counted = await taken(rows, monday)
    async with transaction():
        undone = await roster.undo_last(by="console", now=monday)
    assert counted["new"] == undone.removed == len(rows)
    assert not await Binding.filter(openid="oSun").exists()


def many(count: int) -> list[list[str]]:
    return [[f"周{one}明", "男", "1950-03-04", "", "金桂花园党支部", "", "", ""] for one in "甲乙丙丁戊己庚"[:count]]


def run(holder: str, each: Any = transaction) -> Run:
    return Run(holder, each, lambda: datetime.now(UTC))


class Breaks:
    """Opens transactions, and breaks in the one whose number is given."""

    def __init__(self, at: int) -> None:
        self.at, self.opened = at, 0

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        self.opened += 1
        async with transaction():
            yield
            if self.opened == self.at:
                raise OSError("disk full")


async def test_an_import_that_breaks_half_way_is_taken_back_whole(monday: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr(applying, "AT_ONCE", 3)
    await arrange(monday)
    await taken([SUN], monday)
    before = await Person.all().count()
    await connection().execute_query("UPDATE person SET unit = 'old' WHERE name = '孙八方'")
    changed = [*SUN[:3], "19900000079", *SUN[4:]]
    found = await prepared([*many(7), changed], monday)
    with pytest.raises(OSError, match="disk full"):
        await roster.apply(found, by="console", file_name="a", now=monday, run=run("one", Breaks(at=4)))
    assert await Person.all().count() > before
    undone = await roster.take_back_unfinished(by="console", now=monday, run=run("one"))
    assert undone is not None
    assert await Person.all().count() == before
    assert (await Person.get(name="孙八方")).phone == "19900000071"
    assert await roster.take_back_unfinished(by="console", now=monday, run=run("one")) is None


async def test_nobody_takes_back_what_another_process_is_importing(monday: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr(applying, "AT_ONCE", 3)
    await arrange(monday)
    found = await prepared(many(7), monday)
    with pytest.raises(OSError, match="disk full"):
        await roster.apply(found, by="console", file_name="a", now=monday, run=run("one", Breaks(at=3)))
    assert await roster.take_back_unfinished(by="job:roster", now=monday, run=run("two")) is None
    with pytest.raises(Refusal, match="import_busy"):
        await roster.apply(found, by="console", file_name="a", now=monday, run=run("two"))
    await Lease.filter(name="roster").update(until=monday)
    assert await roster.take_back_unfinished(by="job:roster", now=monday, run=run("two"))
    assert not await Person.filter(name="周甲明").exists()


async def test_an_undo_that_breaks_off_goes_on_where_it_was(monday: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 3)
    await arrange(monday)
    before = await Person.all().count()
    await taken([SUN], monday)
    await taken([*many(7), [*SUN[:3], "19900000079", *SUN[4:]]], monday)
    with pytest.raises(OSError, match="disk full"):
        await roster.undo_last(by="console", now=monday, run=run("one", Breaks(at=3)))
    undone = await roster.undo_last(by="console", now=monday, run=run("one"))
    assert undone.kept == ()
    assert await Person.all().count() == before + 1
    assert (await Person.get(name="孙八方")).phone == "19900000071"
