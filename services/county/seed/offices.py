"""The offices, posts, staff and duties of a seed file."""

from __future__ import annotations

from datetime import datetime

from kit.errors import Refusal
from models.help.posts import ServicePost
from models.people.access import DutyPerson
from models.people.accounts import Binding
from models.people.members import STAFF, Person
from models.people.organisation import Role
from services.county.seed.accounts import Tie, bind_seeded
from services.county.seed.marks import Marks
from services.county.seed.people import person_ids
from services.county.seed.places import place_ids
from services.county.seed.shape import DutyRow, PostRow, RoleRow, SeedFile, StaffRow
from services.people import members
from services.people.members import plain_name


async def load_staff(file: SeedFile, marks: Marks, now: datetime) -> None:
    """Add staff with their office; known by key, openid, else name and place."""
    places = await place_ids()
    rows = [(f"{row.key or row.openid or row.name}:{row.role}@{row.at}", row) for row in file.staff]
    for name, row in marks.changed("staff", rows):
        person = await _staff_person(row, places[row.at])
        await _put_role(person.id, row, places[row.at])
        if row.openid:
            await bind_seeded([Tie(row.openid, person.id, row.follows)], now)
        marks.remember("staff", name, row, person.id)


async def load_roles(file: SeedFile, marks: Marks) -> None:
    """Give offices to members; known by member, role and place."""
    places, people = await place_ids(), await person_ids()
    rows = [(row.key or f"{row.member}:{row.role}@{row.at}", row) for row in file.roles]
    for name, row in marks.changed("roles", rows):
        person_id = people.get(row.member) or (await members.find(row.member)).id
        office = await _put_role(person_id, row, places[row.at])
        marks.remember("roles", name, row, office.id)


async def load_posts(file: SeedFile, marks: Marks) -> None:
    """Add posts or change what is said of them; places that are taken stay taken."""
    places = await place_ids()
    for name, row in marks.changed(
        "posts", [(row.key or f"{row.organisation}#{row.number}", row) for row in file.posts]
    ):
        post = await _put_post(row, places[row.organisation])
        marks.remember("posts", name, row, post.id)


async def load_duties(file: SeedFile, marks: Marks) -> None:
    """Put people on duty and name deputies."""
    places = await place_ids()
    rows = [(f"{row.person}@{row.at}:{row.hours}:{row.since}:{row.stands_for}", row) for row in file.duties]
    for name, row in marks.changed("duties", rows):
        duty = await _put_duty(row, places[row.at])
        marks.remember("duties", name, row, duty.id)


async def _staff_person(row: StaffRow, place_id: int) -> Person:
    person = await _known_staff(row, place_id)
    if person is None:
        person = Person(name=plain_name(row.name), standing=STAFF, key=row.key)
    if row.phone:
        person.set_phone(row.phone)
    await person.save()
    return person


async def _known_staff(row: StaffRow, place_id: int) -> Person | None:
    if row.key:
        return await Person.get_or_none(key=row.key)
    own = Binding.current().filter(openid=row.openid or "", relation="self")
    tie = await own.select_related("person").first()
    if tie:
        return tie.person
    office = (
        await Role.filter(person__name=plain_name(row.name), organisation_id=place_id, person__standing=STAFF)
        .select_related("person")
        .first()
    )
    return office.person if office else None


async def _put_role(person_id: int, row: RoleRow | StaffRow, place_id: int) -> Role:
    office, _ = await Role.update_or_create(
        {"since": row.since, "until": row.until}, person_id=person_id, role=row.role, organisation_id=place_id
    )
    return office


async def _put_post(row: PostRow, place_id: int) -> ServicePost:
    said = row.model_dump(exclude={"key", "number", "organisation"})
    said |= {"skills": list(row.skills), "flags": list(row.flags)}
    post, _ = await ServicePost.update_or_create(said, organisation_id=place_id, number=row.number)
    return post


async def _put_duty(row: DutyRow, place_id: int) -> DutyPerson:
    person = await _person(row.person)
    away = await _person(row.stands_for) if row.stands_for else None
    duty, _ = await DutyPerson.update_or_create(
        {"until": row.until},
        organisation_id=place_id,
        person_id=person.id,
        hours=row.hours,
        since=row.since,
        stands_for_id=away.id if away else None,
    )
    return duty


async def _person(key_or_name: str) -> Person:
    try:
        return await members.find(key_or_name)
    except Refusal as exc:
        raise Refusal("seed.refused", problems=f"duties: {key_or_name}") from exc
