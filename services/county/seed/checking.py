"""Reads a seed file and refuses it as a whole: unknown fields, impossible days, names that lead nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

import texts
from kit.errors import Refusal
from kit.lunar import BirthDate
from models.people.members import Person
from models.people.organisation import Organisation
from services.county.seed.shape import MemberRow, OrganisationRow, SeedFile

_SHOWN = 8


def read(seed: Mapping[str, Any]) -> SeedFile:
    """The file as typed rows.

    Raises `seed.unknown_fields` naming them (`members[3].colour`), else `seed.refused` naming what is wrong.
    """
    try:
        return SeedFile.model_validate(seed)
    except ValidationError as exc:
        found = exc.errors(include_url=False, include_input=False)
    unknown = [_place(error["loc"]) for error in found if error["type"] == "extra_forbidden"]
    if unknown:
        raise Refusal("seed.unknown_fields", fields=_listed(unknown))
    kinds = {True: "missing", False: "wrong"}
    problems = [_problem(kinds[error["type"] == "missing"], _place(error["loc"])) for error in found]
    raise Refusal("seed.refused", problems=_listed(problems))


async def check(file: SeedFile) -> None:
    """Every reference leads somewhere, in the file or in the house; else raises `seed.refused`."""
    places = {row.key: row for row in file.organisations}
    known_places = set(places) | {row.key for row in await Organisation.filter(key__isnull=False).only("id", "key")}
    people = {row.key for row in file.members} | {row.key for row in file.staff if row.key}
    known_people = people | {row.key for row in await Person.filter(key__isnull=False).only("id", "key")}
    problems = [
        *_twice("organisations", [row.key for row in file.organisations]),
        *_twice("members", [row.key for row in file.members]),
        *_twice("staff", [f"{row.key}:{row.role}@{row.at}" for row in file.staff if row.key]),
        *_clashes(file),
        *_twice("care_plans", [row.member for row in file.care_plans]),
        *_twice("posts", [f"{row.organisation}/{row.number}" for row in file.posts]),
        *_circles(places),
        *_births(file.members),
        *_lost(_places_named(file), known_places),
        *_lost(_people_named(file), known_people | {row.name for row in file.staff}),
    ]
    if problems:
        raise Refusal("seed.refused", problems=_listed(problems))


def _places_named(file: SeedFile) -> Iterator[tuple[str, str | None]]:
    for number, place in enumerate(file.organisations):
        yield f"organisations[{number}].parent", place.parent
    for number, member in enumerate(file.members):
        yield f"members[{number}].branch", member.branch
        yield f"members[{number}].community", member.community
    for number, post in enumerate(file.posts):
        yield f"posts[{number}].organisation", post.organisation
    for group in ("roles", "staff", "duties"):
        for number, row in enumerate(getattr(file, group)):
            yield f"{group}[{number}].at", row.at


def _people_named(file: SeedFile) -> Iterator[tuple[str, str | None]]:
    for number, member in enumerate(file.members):
        yield f"members[{number}].liaison", member.liaison
    for number, role in enumerate(file.roles):
        yield f"roles[{number}].member", role.member
    for number, plan in enumerate(file.care_plans):
        yield f"care_plans[{number}].member", plan.member
        yield f"care_plans[{number}].doctor", plan.doctor
        for seat, holder in plan.team.items():
            yield f"care_plans[{number}].team.{seat}", holder
    for number, duty in enumerate(file.duties):
        yield f"duties[{number}].person", duty.person
        yield f"duties[{number}].stands_for", duty.stands_for


def _lost(named: Iterable[tuple[str, str | None]], known: set[Any]) -> list[str]:
    return [_problem("no_such_row", at, name=name) for at, name in named if name and name not in known]


def _twice(at: str, names: Iterable[str]) -> list[str]:
    return [_problem("twice", at, name=name) for name, many in Counter(names).items() if many > 1]


def _clashes(file: SeedFile) -> list[str]:
    members = {row.key for row in file.members}
    return [_problem("twice", "staff", name=row.key) for row in file.staff if row.key in members]


def _circles(places: Mapping[str, OrganisationRow]) -> list[str]:
    problems = []
    for key in places:
        seen, step = {key}, places[key].parent
        while step and step in places and step not in seen:
            seen.add(step)
            step = places[step].parent
        if step == key:
            problems.append(_problem("circle", key))
    return problems


def _births(members: Iterable[MemberRow]) -> Iterator[str]:
    for number, member in enumerate(members):
        if member.birth is None:
            continue
        try:
            BirthDate.parse(member.birth, member.birth_calendar, member.birth_leap)
        except ValueError:
            yield _problem("no_such_day", f"members[{number}].birth")


def _problem(kind: str, at: str, **facts: object) -> str:
    words: str = texts.section("seed", "problems")[kind]
    return words.format(at=at, **facts)


def _listed(problems: list[str]) -> str:
    shown = problems[:_SHOWN]
    if len(problems) > _SHOWN:
        words: str = texts.section("seed", "problems")["more"]
        shown.append(words.format(count=len(problems) - _SHOWN))
    return ", ".join(shown)


def _place(location: tuple[int | str, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")
