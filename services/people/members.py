"""Who is who: finds people, says how to address and show them, keeps their own details right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise.expressions import Q

import texts
from delivery.waiting import stop_for
from kit.errors import Refusal
from kit.lunar import BirthDate
from kit.masking import masked_name
from models.people.accounts import Account, Binding
from models.people.members import PHONE_COLUMNS, ActivityRegistration, Consent, EmergencyContact, Person
from models.people.organisation import Organisation, Role

ACTIVE, WITHDRAWN, DECEASED = "active", "withdrawn", "deceased"
HELD = "death_reported"
"""A death was reported and nobody has confirmed it yet: what is sent by itself waits (decision 6)."""
ADDRESSED_AS_OLD_FROM = 80
"""赵老 from here on (domain §5)."""

_LONGEST_NAME, _LONGEST_NAME_WITH_DOT, _USUAL_NAME = 6, 30, 3
_PHONE = re.compile(r"(?:1\d{10}|0\d{2,3}\d{7,8})")
_NOT_DIALLED = re.compile(r"[\s\-()]|^(?:\+?86)(?=1\d{10}$)")


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person an account may speak for: as `self`, or as `proxy` with that consent."""

    person: Person
    relation: str
    binding_id: int
    consent: str = ""


async def who(openid: str) -> list[Speaker]:
    """Everybody this account is bound to, itself first; one statement."""
    bindings = await Binding.current().filter(openid=openid).select_related("person").order_by("id")
    speakers = [Speaker(row.person, row.relation, row.id, row.consent) for row in bindings]
    return sorted(speakers, key=lambda speaker: speaker.relation != "self")


async def find(name_or_key: str) -> Person:
    """The one person with this key or exact name; raises `members.unknown` or `members.ambiguous`."""
    asked = name_or_key.strip()
    by_key = await Person.get_or_none(key=asked)
    if by_key:
        return by_key
    fitting = await named(asked)
    if not fitting:
        raise Refusal("members.unknown", name=asked)
    if len(fitting) > 1:
        raise Refusal("members.ambiguous", name=asked, names=await _told_apart(fitting))
    return fitting[0]


async def by_id(person_id: int) -> Person:
    """The person with this id."""
    return await Person.get(id=person_id)


async def named(name: str, *, beneath: Iterable[str] | None = None) -> list[Person]:
    """People of this name who have not left; `beneath` are the paths of subtrees, None for everywhere."""
    rows = Person.filter(name=plain_name(name), state=ACTIVE)
    if beneath is not None:
        rows = rows.filter(in_subtrees(beneath))
    return await rows.order_by("id")


def in_subtrees(paths: Iterable[str], prefix: str = "") -> Q:
    """People whose branch or community lies in a subtree; `prefix` leads from the row to the person."""
    ways = [f"{prefix}{way}__path__startswith" for way in ("branch", "community")]
    places = [where(way, path) for path in paths for way in ways]
    return Q(*places, join_type=Q.OR) if places else where(f"{prefix}id__in", [])


def where(field: str, value: Any) -> Q:
    """One condition on a field whose name is only known here."""
    condition: dict[str, Any] = {field: value}
    return Q(**condition)


async def register(
    name: str,
    *,
    standing: str = "retiree",
    phone: str | None = None,
    branch: Organisation | None = None,
    unit: str | None = None,
) -> Person:
    """A new person on the roster, or staff; nobody needs WeChat for that."""
    person = Person(name=plain_name(name), standing=standing, branch=branch, unit=unit)
    person.set_phone(clean_phone(phone) if phone else None)
    await person.save()
    return person


def plain_name(name: str) -> str:
    """A name without blanks at its ends and inside, all dots of minority names being one."""
    dots: Sequence[str] = texts.section("members", "names")["name_dots"]
    joined = re.sub(r"\s+", "", name) if not name.isascii() else name.strip()
    return re.sub("|".join(map(re.escape, dots)), dots[0], joined)


def said_name(text: str) -> str | None:
    """The full name somebody gives when asked for it ("我叫王百川"); None for what can't be one."""
    words = texts.section("members", "names")
    name = plain_name(text).strip(words["not_spoken"])
    fitting = [lead for lead in words["leads"] if name.startswith(lead) and len(name) > len(lead) + 1]
    name = name.removeprefix(max(fitting, key=len, default=""))
    dot: str = words["name_dots"][0]
    longest = _LONGEST_NAME_WITH_DOT if dot in name.strip(dot) else _LONGEST_NAME
    is_plain = all(map(_is_ideograph, name.replace(dot, "")))
    return name if is_plain and 2 <= len(name) <= longest and name not in words["not_names"] else None


def _is_ideograph(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith("CJK ")


def has_usual_surname(name: str) -> bool:
    """Whether a name begins with one of the common surnames; a rare one is a name all the same."""
    return name[:1] in texts.section("lexicon", "people")["surnames"]


def is_bare_name(text: str) -> bool:
    """Whether somebody wrote a name of the usual length and nothing else; 李走了 and 冯九思去世了 say more."""
    name = said_name(text)
    if name is None or len(name) > _USUAL_NAME or not has_usual_surname(name):
        return False
    return not name.endswith(tuple(texts.section("members", "names")["tells"]))


def surname(name: str) -> str:
    """The surname; the part before the dot of a name that has one."""
    words = texts.section("members", "names")
    dot = words["name_dots"][0]
    if dot in name:
        return name.partition(dot)[0]
    known = next((long for long in words["long_surnames"] if name.startswith(long) and len(name) > 2), None)
    return known or name[:1]


def honorific(person: Person, on: date) -> str:
    """How to address somebody who has chosen nothing: differently from 80 on (domain §5)."""
    years = age(person, on)
    is_old = years is not None and years >= ADDRESSED_AS_OLD_FROM
    return texts.render("members.address_old" if is_old else "members.address", surname=surname(person.name))


def shown_name(name: str, *, is_plain: bool) -> str:
    """The name for those whose task it is, else the surname with a star (promise V7)."""
    return name if is_plain else masked_name(name, texts.section("members", "names")["long_surnames"])


def birth_of(person: Person) -> BirthDate | None:
    """The date of birth as told, or None when nobody knows it."""
    if not person.birth:
        return None
    is_lunar = person.birth_calendar == "lunar"
    return BirthDate.parse(person.birth, "lunar" if is_lunar else "solar", person.birth_leap)


def age(person: Person, on: date) -> int | None:
    """Completed years (周岁) in the person's own calendar."""
    birth = birth_of(person)
    return birth.full_age(on) if birth else None


def clean_phone(said: str) -> str:
    """The digits of a Chinese mobile or landline number; raises `members.phone_malformed`."""
    digits = _NOT_DIALLED.sub("", _NOT_DIALLED.sub("", said.strip()))
    if not _PHONE.fullmatch(digits):
        raise Refusal("members.phone_malformed")
    return digits


async def update_phone(person: Person, phone: str) -> None:
    """Keep a new number; raises `members.phone_malformed`."""
    person.set_phone(clean_phone(phone))
    await person.save(update_fields=[*PHONE_COLUMNS])


async def mark_withdrawn(person: Person, *, now: datetime) -> None:
    """The person wants no part in this any more: nothing is sent, the roster row stays."""
    await _end(person, WITHDRAWN, now)


async def mark_deceased(person: Person, *, now: datetime) -> None:
    """The person has died: every automatic message to them stops at once (promises V6, R23)."""
    await _end(person, DECEASED, now)


async def mark_active(person: Person) -> None:
    """A mistaken news of a death, or a withdrawal, is taken back."""
    person.state = ACTIVE
    await person.save(update_fields=["state"])


async def _end(person: Person, state: str, now: datetime) -> None:
    person.state = state
    await person.save(update_fields=["state"])
    await stop_for(person.id, now, why=state)


async def openids_of(person: Person | int) -> list[str]:
    """The accounts through which the person speaks for themselves."""
    person_id = person if isinstance(person, int) else person.id
    rows = await Binding.current().filter(person_id=person_id, relation="self").order_by("id")
    return [row.openid for row in rows]


async def is_bound(person: Person) -> bool:
    """Whether some account speaks for the person."""
    return await Binding.current().filter(person_id=person.id).exists()


async def is_reachable(person: Person) -> bool:
    """Whether an account of the person's own still follows us."""
    return await Account.filter(openid__in=await openids_of(person), follows=True).exists()


async def own_facts(person: Person, on: date) -> dict[str, Any]:
    """What is kept about the person, in plain values, for 我的信息 and for a copy on request (promise V4)."""
    branch = await Organisation.get_or_none(id=person.branch_id) if person.branch_id else None
    community = await Organisation.get_or_none(id=person.community_id) if person.community_id else None
    contacts = await EmergencyContact.filter(person_id=person.id).order_by("id")
    takes_part = await ActivityRegistration.held(on).filter(person_id=person.id).prefetch_related("organisation")
    agreed = await Consent.filter(person_id=person.id, withdrawn_at__isnull=True).order_by("id")
    kept = {name: getattr(person, name) for name in _KEPT}
    return kept | {
        "branch": branch.name if branch else None,
        "community": community.name if community else None,
        "registrations": [row.organisation.name for row in takes_part],
        "joined": person.joined.isoformat() if person.joined else None,
        "contacts": [{"name": row.name, "relation": row.relation, "phone": row.phone} for row in contacts],
        "consents": list(dict.fromkeys(row.purpose for row in agreed)),
    }


_KEPT = (
    "name",
    "sex",
    "birth",
    "birth_calendar",
    "birth_leap",
    "phone",
    "unit",
    "estate",
    "building",
    "room",
    "skills",
    "lives_alone",
    "mobility",
    "preferred_channel",
    "opted_out",
)


async def _told_apart(people: Sequence[Person]) -> str:
    await Person.fetch_for_list(people, "branch", "community")
    shown = []
    for person in people:
        place = person.branch or person.community
        known = "/".join(filter(None, (place.name if place else "", person.name)))
        shown.append(f"{known} ({person.key})" if person.key else known)
    return "; ".join(shown)


async def all_named_in(text: str, beneath: Iterable[str]) -> list[Person]:
    """Everybody there within these subtrees, or in office there, whose full name stands in the text.

    A name that several people bear is left out: who is meant must be beyond doubt.
    """
    people = await Person.filter(in_subtrees(beneath), state=ACTIVE).only("id", "name")
    staff = await Role.filter(_within(beneath), person__state=ACTIVE).values_list("person_id", "person__name")
    names = {one.id: one.name for one in people} | {int(str(one)): str(name) for one, name in staff}
    said: dict[str, list[int]] = {}
    for person_id, name in names.items():
        if name in text:
            said.setdefault(name, []).append(person_id)
    ids = [found[0] for found in said.values() if len(found) == 1]
    return await Person.filter(id__in=ids)


def _within(paths: Iterable[str]) -> Q:
    places = [where("organisation__path__startswith", path) for path in paths]
    return Q(*places, join_type=Q.OR) if places else where("id__in", [])
