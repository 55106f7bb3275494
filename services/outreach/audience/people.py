"""Finds the people of an audience page by page, always inside the reach of whoever writes to them (promise X15)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

import texts
from kit.lunar import BirthDate
from models.help.posts import HOLDING_A_PLACE, PostHolding
from models.outreach.broadcasts import CANCELLED, FAILED, SENT, WAITING, people_standing
from models.people.check_in import ACCEPTED, CheckIn
from models.people.members import STAFF, ActivityRegistration, Consent, Person
from models.people.organisation import Organisation, Role
from services.outreach.audience.wording import offices_called
from services.people import access, members

TOPIC = "broadcast"
ACTIVITY_KINDS = ("provisional_branch", "functional_branch", "service_team")
"""Places that nobody is a member of: people take part in their life and stay members elsewhere (domain §2.1)."""

PAGE = 1000
_COUNTED_AT_ONCE = 5000
ALL_TOLD, MISSED, UNANSWERED = "all_told", "missed", "unanswered"
_RANKS = {ALL_TOLD: (CANCELLED, 99), MISSED: (FAILED, WAITING), UNANSWERED: (FAILED, SENT)}


@dataclass(frozen=True, slots=True)
class Audience:
    """An audience as it was understood; plain JSON by `facts`.

    `paths` are subtrees, `estates` names of estates: in any of them, or anywhere in reach when both are empty.
    `earlier` are business keys of an earlier broadcast and `standing_in_it` says which of its people are meant:
    everybody it went to (`all_told`), who neither confirmed nor was told (`missed`), or of these only those whom
    nobody is telling now (`unanswered`). `without` is the id of the one person left out: the writer.
    `registered` are ids of places whose activity registrations are meant, whatever branch these people belong to.
    `persons` are single people called by name; `is_unchecked` means those who have not checked in (报到) anywhere.
    """

    said: str = ""
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    estates: tuple[str, ...] = ()
    building: str | None = None
    from_age: int | None = None
    to_age: int | None = None
    sex: str | None = None
    standing: str | None = None
    offices: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    standing_in_it: str = MISSED
    without: int | None = None
    registered: tuple[int, ...] = ()
    persons: tuple[int, ...] = ()
    is_unchecked: bool = False

    def facts(self) -> dict[str, Any]:
        """As kept in a row, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "", (), False)}


def audience_of(facts: Mapping[str, Any]) -> Audience:
    """The audience that `facts` kept; what else the row holds is left out."""
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in facts.items()
        if name in Audience.__dataclass_fields__
    }
    return Audience(**known)


@dataclass(slots=True)
class Found:
    """People of an audience. `last` is the highest id looked at, `is_over` says that none come after it."""

    ids: list[int] = field(default_factory=list)
    opted_out: int = 0
    without_birth: int = 0
    last: int = 0
    is_over: bool = True


async def page_of(audience: Audience, reach: access.Reach, on: date, *, after: int, limit: int = PAGE) -> Found:
    """The next people with an id above `after`, at most `limit`.

    The dead, those who withdrew and who opted out of notices are left out; whose birth nobody knows as well,
    where the age decides.
    """
    found = Found(last=after)
    rows = people(audience, reach, on).filter(id__gt=after)
    if audience.earlier:
        lowest, highest = _RANKS[audience.standing_in_it]
        listed = await people_standing(audience.earlier, lowest, highest, after=after, limit=limit)
        rows = rows.filter(id__in=listed)
        found.is_over, found.last = len(listed) < limit, listed[-1] if listed else after
    candidates = await rows.order_by("id").limit(limit).values(*_COLUMNS)
    if not audience.earlier and candidates:
        found.is_over, found.last = len(candidates) < limit, candidates[-1]["id"]
    await _pick(audience, candidates, on, found)
    return found


async def pages(audience: Audience, reach: access.Reach, on: date) -> AsyncIterator[Found]:
    """The whole audience, some thousands at a time: a whole county needs no more memory than a branch."""
    page = Found(is_over=False)
    while not page.is_over:
        page = await page_of(audience, reach, on, after=page.last, limit=_COUNTED_AT_ONCE)
        yield page


async def count_of(audience: Audience, reach: access.Reach, on: date) -> int:
    """How many people the audience has now."""
    return sum([len(page.ids) async for page in pages(audience, reach, on)])


async def is_anybody(audience: Audience, reach: access.Reach, on: date) -> bool:
    """Whether the audience has at least one person; most often one page tells."""
    page = Found(is_over=False)
    while not page.is_over and not page.ids:
        page = await page_of(audience, reach, on, after=page.last)
    return bool(page.ids)


_COLUMNS = ("id", "birth", "birth_calendar", "birth_leap", "opted_out")


def people(audience: Audience, reach: access.Reach, on: date) -> QuerySet[Person]:
    """Living members this audience may mean, in the writer's reach; ages and opt-outs are looked at row by row."""
    rows = _reached(audience, reach, on)
    if audience.without:
        rows = rows.exclude(id=audience.without)
    if audience.building:
        rows = rows.filter(building__in=_building_names(audience.building))
    if audience.sex:
        rows = rows.filter(sex=audience.sex)
    if audience.is_unchecked:
        checked_in = CheckIn.filter(state=ACCEPTED).values("person_id")
        rows = rows.exclude(id__in=Subquery(checked_in))
    if audience.standing:
        rows = rows.filter(standing=audience.standing)
    return rows.filter(_in_office(audience.offices, on)) if audience.offices else rows


def _reached(audience: Audience, reach: access.Reach, on: date) -> QuerySet[Person]:
    """The members of the places meant; those registered for a place's activities only where it was meant so."""
    living = Person.filter(state=members.ACTIVE).exclude(standing=STAFF)
    own = access.visible(reach, living, "broadcast")
    has_places = bool(audience.paths or audience.estates or audience.persons)
    if has_places:
        places_or_names = (
            members.in_subtrees(audience.paths), Q(estate__in=audience.estates), Q(id__in=audience.persons),
        )  # fmt: skip
        own = own.filter(Q(*places_or_names, join_type=Q.OR))
    if not audience.registered:
        return own
    places = access.visible(reach, Organisation.filter(id__in=audience.registered), "broadcast").values("id")
    taking_part = ActivityRegistration.held(on).filter(organisation_id__in=Subquery(places)).values("person_id")
    registered = Q(id__in=Subquery(taking_part))
    return living.filter(Q(id__in=Subquery(own.values("id"))) | registered if has_places else registered)


def _building_names(number: str) -> list[str]:
    """How a roster may write building 3."""
    forms = texts.section("broadcasts", "audience")["building_forms"]
    return [form.format(number=number) for form in forms]


def _in_office(words: Sequence[str], on: date) -> Q:
    """Who holds an office, or a service post, that is called so."""
    roles = [role for word in words for role in offices_called(word)]
    holding = PostHolding.filter(post__title__in=list(words), state__in=HOLDING_A_PLACE)
    in_role = Role.held(on).filter(role__in=roles)
    return Q(
        Q(id__in=Subquery(holding.values("person_id"))), Q(id__in=Subquery(in_role.values("person_id"))), join_type=Q.OR
    )


async def _pick(audience: Audience, candidates: Sequence[Mapping[str, Any]], on: date, found: Found) -> None:
    has_bounds = audience.from_age is not None or audience.to_age is not None
    withdrawn = await _withdrawn([row["id"] for row in candidates])
    for row in candidates:
        if row["id"] in withdrawn:
            continue
        if has_bounds and not row["birth"]:
            found.without_birth += 1
        elif has_bounds and not is_of_age(row, on, audience.from_age, audience.to_age):
            continue
        elif TOPIC in (row["opted_out"] or ()):
            found.opted_out += 1
        else:
            found.ids.append(row["id"])


async def _withdrawn(ids: Sequence[int]) -> set[int]:
    """Whose last word on the basic consent was no, among ids that stand in order."""
    if not ids:
        return set()
    basic = Consent.filter(purpose="basic", person_id__gte=ids[0], person_id__lte=ids[-1])
    refused = await basic.filter(withdrawn_at__isnull=False).values_list("person_id", flat=True)
    last: dict[int, bool] = {}
    if refused:
        again = Consent.filter(purpose="basic", person_id__in=list(set(refused))).order_by("given_at", "id")
        for row in await again:
            last[int(row.person_id or 0)] = row.withdrawn_at is not None
    return {person for person, is_refused in last.items() if is_refused}


def is_of_age(row: Mapping[str, Any], on: date, lowest: int | None, highest: int | None) -> bool:
    """Whether the completed years lie within the bounds; the calendar is only worked out where the year can't tell."""
    oldest = on.year - int(str(row["birth"])[:4])
    youngest = oldest - 2  # not had the birthday yet, and a lunar year that began late
    low, high = lowest or 0, highest if highest is not None else 999
    if oldest < low or youngest > high:
        return False
    if youngest >= low and oldest <= high:
        return True
    is_lunar = row["birth_calendar"] == "lunar"
    birth = BirthDate.parse(str(row["birth"]), "lunar" if is_lunar else "solar", bool(row["birth_leap"]))
    age = birth.full_age(on)
    return low <= age <= high
