"""What a seed file may hold: every field by name, everything else is an error."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Purpose = Literal["basic", "health", "hardship", "family", "whereabouts", "party_file", "voice"]


class Shape(BaseModel):
    """A row of the file: unknown fields are refused, numbers may stand for text (`"building": 3`)."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, populate_by_name=True)


class OrganisationRow(Shape):
    """A place in the tree."""

    key: Text
    name: Text
    kind: Annotated[Text, StringConstraints(max_length=40)]
    parent: Text | None = None
    phone: Annotated[Text, StringConstraints(max_length=30)] | None = None


class ContactRow(Shape):
    """Whom to call first for a member."""

    name: Text
    relation: Text | None = None
    phone: Text | None = None
    openid: Annotated[Text, StringConstraints(max_length=64)] | None = None


class MemberRow(Shape):
    """A member; `birth` is year-month-day in its own calendar, `community` is where checked in already."""

    key: Text
    name: Annotated[Text, StringConstraints(max_length=60)]
    standing: Literal["retiree", "veteran_retiree", "serving_member"] = "retiree"
    sex: Literal["male", "female"] | None = None
    birth: Text | None = None
    birth_calendar: Literal["solar", "lunar"] = "solar"
    birth_leap: bool = False
    birthday_offset: Literal[0, -1, -2] | None = None
    phone: Text | None = None
    branch: Text | None = None
    community: Text | None = None
    openid: Annotated[Text, StringConstraints(max_length=64)] | None = None
    follows: bool = True
    lives_alone: bool | None = None
    skills: tuple[Text, ...] = ()
    consents: tuple[Purpose, ...] = ()
    unit: Text | None = None
    estate: Annotated[Text, StringConstraints(max_length=40)] | None = None
    building: Annotated[Text, StringConstraints(max_length=20)] | None = None
    room: Text | None = None
    joined: date | None = None
    retires_on: date | None = None
    mobility: Text | None = None
    preferred_channel: Annotated[Text, StringConstraints(max_length=20)] | None = None
    liaison: Text | None = None
    contacts: tuple[ContactRow, ...] = ()
    state: Annotated[Text, StringConstraints(max_length=20)] = "active"


class RoleRow(Shape):
    """An office with its term."""

    key: Text | None = None
    member: Text
    role: Annotated[Text, StringConstraints(max_length=40)]
    at: Text
    since: date | None = Field(default=None, alias="from")
    until: date | None = None


class PostRow(Shape):
    """A service post."""

    key: Text | None = None
    number: Annotated[int, Field(ge=1, le=9999)]
    title: Annotated[Text, StringConstraints(max_length=40)]
    organisation: Text
    slots: Annotated[int, Field(ge=0, le=9999)] = 1
    exertion: Literal["light", "medium", "heavy"] = "light"
    post_type: Annotated[Text, StringConstraints(max_length=30)] | None = None
    duties: Long | None = None
    place: Annotated[Text, StringConstraints(max_length=60)] | None = None
    skills: tuple[Text, ...] = ()
    flags: tuple[Text, ...] = ()
    status: Literal["open", "paused", "closed"] = "open"
    since: date | None = Field(default=None, alias="from")
    until: date | None = None


class StaffRow(Shape):
    """Somebody who works here, with the office that is the work."""

    key: Text | None = None
    name: Annotated[Text, StringConstraints(max_length=60)]
    role: Annotated[Text, StringConstraints(max_length=40)]
    at: Text
    phone: Text | None = None
    openid: Annotated[Text, StringConstraints(max_length=64)] | None = None
    follows: bool = True
    since: date | None = Field(default=None, alias="from")
    until: date | None = None


class DutyRow(Shape):
    """Who is on duty for a place, or stands in for somebody away; people by key or unique name."""

    person: Text
    at: Text
    stands_for: Text | None = None
    hours: Literal["always", "night", "holiday"] = "always"
    since: date | None = Field(default=None, alias="from")
    until: date | None = None


class CareRow(Shape):
    """A care plan (一人一策); people by key. `team` names who sits on which of the five seats."""

    member: Text
    likes: Text | None = None
    needs: Text | None = None
    how_to_reach: Text | None = None
    to_avoid: Text | None = None
    risks: tuple[Literal["lives_alone", "empty_nest", "disabled"], ...] = ()
    tiers: tuple[Literal["county", "township", "community"], ...] = ()
    home_round: bool = False
    home_study: bool = False
    doctor: Text | None = None
    team: dict[
        Literal["former_unit", "retired_cadre_bureau", "health_bureau", "insurance_bureau", "county_hospital"], Text
    ] = {}


class SeedFile(Shape):
    """The whole file."""

    organisations: tuple[OrganisationRow, ...] = ()
    members: tuple[MemberRow, ...] = ()
    roles: tuple[RoleRow, ...] = ()
    posts: tuple[PostRow, ...] = ()
    staff: tuple[StaffRow, ...] = ()
    duties: tuple[DutyRow, ...] = ()
    care_plans: tuple[CareRow, ...] = ()
