"""Counts by which way each of many people would be reached, in a handful of statements for thousands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from delivery.policy import DeliveryPolicy, Line, Matter, Reach, Step, Template, choose_way
from delivery.quiet import QuietPolicy, QuietSpan
from delivery.reach import TELLERS, month_of
from kit.county import County, NoticeNumbers
from models.outreach.broadcasts import accounts_of
from models.people.accounts import Grant
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.outreach.audience.people import TOPIC
from services.people.members import ACTIVE

_AT_ONCE = 5000
# `in_reply` leaves quiet hours and the daily cap out: they change when somebody is reached, not how.
_MATTER = Matter(topic=TOPIC, in_reply=True, is_public=True)


@dataclass(frozen=True, slots=True)
class Ways:
    """How many people are reached by chat, by a form (template or subscription notice), by a mass job, by SMS, by
    being told.

    `told_by` are the named people who share those to be told.
    """

    chat: int = 0
    form: int = 0
    told: int = 0
    mass: int = 0
    sms: int = 0
    told_by: frozenset[int] = frozenset()

    def __add__(self, more: Ways) -> Ways:
        """Both together."""
        return Ways(
            self.chat + more.chat,
            self.form + more.form,
            self.told + more.told,
            self.mass + more.mass,
            self.sms + more.sms,
            self.told_by | more.told_by,
        )

    @property
    def tellers(self) -> int:
        """How many named people tell the others."""
        return len(self.told_by)

    @property
    def total(self) -> int:
        """Everybody."""
        return self.chat + self.form + self.mass + self.sms + self.told


def policy_of(county: County) -> DeliveryPolicy:
    """The county's numbers as delivery reads them."""
    numbers, platform = county.notices, county.platform
    return DeliveryPolicy(
        quiet=quiet_of(numbers),
        templates={topic: Template.read(one) for topic, one in platform.templates.items()},
        subscriptions={topic: Template.read(one) for topic, one in platform.subscriptions.items()},
        answer_hours=numbers.answer_hours,
        ways=numbers.ways,
        mass_a_month=platform.mass_a_month,
        mass_kept=platform.mass_kept,
        has_sms=bool(county.sms.url),
        hours={"liaison": numbers.liaison_hours, "phone": numbers.phone_hours, "paper": numbers.paper_hours},
        phone_tries=numbers.phone_tries,
    )


def quiet_of(numbers: NoticeNumbers) -> QuietPolicy:
    """The county's quiet hours."""
    spans = tuple(QuietSpan(start, end) for start, end in numbers.quiet)
    return QuietPolicy(spans=spans, daily_cap=numbers.per_day)


async def ways_to(ids: Sequence[int], policy: DeliveryPolicy, *, at: datetime, on: date) -> Ways:
    """How these people would be reached at the moment `at`; nothing is kept."""
    counted: dict[str, int] = defaultdict(int)
    tellers: set[int] = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        to_tell = []
        for person_id, reach in (await _reaches(some, at, policy)).items():
            way = choose_way(_MATTER, reach, at, policy)
            name = _NAMES.get(way.channel or "", "told") if way.step is Step.SEND else "told"
            counted[name] += 1
            to_tell += [person_id] if name == "told" else []
        tellers |= await _tellers(to_tell, on) if to_tell else set()
    return Ways(**counted, told_by=frozenset(tellers))


async def way_of_each(ids: Sequence[int], topic: str, policy: DeliveryPolicy, *, at: datetime) -> dict[int, str]:
    """The key of the sentence that says by which way each of these would get a notice of this topic as things stand."""
    matter, found = Matter(topic=topic, in_reply=True), {}
    for start in range(0, len(ids), _AT_ONCE):
        for person_id, reach in (await _reaches(ids[start : start + _AT_ONCE], at, policy)).items():
            found[person_id] = choose_way(matter, reach, at, policy).why
    return found


_NAMES = {"customer": "chat", "template": "form", "subscription": "form", "mass": "mass", "sms": "sms"}


async def _reaches(ids: Sequence[int], at: datetime, policy: DeliveryPolicy) -> dict[int, Reach]:
    lines = await _lines(ids, month_of(at), policy)
    phones: set[int] = set()
    if policy.has_sms:
        known = Person.filter(id__in=list(ids), phone_index__isnull=False)
        phones = {int(str(one)) for one in await known.values_list("id", flat=True)}
    # Only whether there is a number counts here; the number itself stays sealed.
    return {one: Reach(tuple(lines.get(one, ())), phone=_SOME if one in phones else "") for one in ids}


_SOME = "some"


async def _lines(ids: Sequence[int], month: str, policy: DeliveryPolicy) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    rows = await accounts_of(ids)
    granted = await _granted([row.openid for row in rows], policy)
    for row in rows:
        got = row.mass_got if row.mass_month == month else 0
        grants = granted.get(row.openid, frozenset())
        found[row.person_id].append(Line(row.openid, row.follows, row.window_until, row.allowance, grants, got))
    return found


async def _granted(openids: Sequence[str], policy: DeliveryPolicy) -> dict[str, frozenset[str]]:
    """Which of these accounts granted the subscription notice of broadcasts."""
    template = policy.subscription_for(TOPIC)
    if template is None:
        return {}
    some = Grant.filter(template_id=template.id, left__gt=0, openid__in=list(openids))
    return {str(openid): frozenset({template.id}) for openid in await some.values_list("openid", flat=True)}


async def _tellers(ids: Sequence[int], on: date) -> set[int]:
    """Who would be asked to tell these people: their liaison, else the nearest office as delivery chooses it."""
    nearest = await _Offices.read(on)
    found: set[int] = set()
    for start in range(0, len(ids), _AT_ONCE):
        rows = Person.filter(id__in=ids[start : start + _AT_ONCE])
        for person, liaison, state, *places in await rows.values_list(
            "id", "liaison_id", "liaison__state", "branch_id", "community_id"
        ):
            teller = liaison if state == ACTIVE else nearest.to(person, (places[0], places[1]))
            if teller:
                found.add(teller)
    return found


class _Offices:
    """Every filled office of the tree, so that thousands are looked up without a statement each."""

    def __init__(self, paths: dict[int, list[int]], officers: dict[int, list[int]]) -> None:
        self._upwards, self._officers = paths, officers

    @classmethod
    async def read(cls, on: date) -> _Offices:
        """The tree and who holds which office in it, in two statements."""
        paths = {place.id: place.ancestor_ids for place in await Organisation.all().only("id", "path")}
        held = Role.held(on).filter(role__in=TELLERS, person__state=ACTIVE)
        officers: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, role, person in await held.values_list("organisation_id", "role", "person_id"):
            officers[place].append((TELLERS.index(role), person))
        return cls(paths, {place: [one for _, one in sorted(some)] for place, some in officers.items()})

    def to(self, person: int, places: Iterable[int | None]) -> int | None:
        """The nearest officer to somebody of these places, never the person itself."""
        for start in places:
            for place in self._upwards.get(start, ()) if start else ():
                if found := next((one for one in self._officers.get(place, ()) if one != person), None):
                    return found
        return None
