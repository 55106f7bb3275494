"""What staff do for somebody who does not use the chat: the same deeds, each with a line who entered it (V9, X21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kit.clock import local_day
from kit.county import County
from kit.errors import Refusal
from models.care.life_events import LifeEvent
from models.care.visits import NoVisit, SecondHome
from models.columns import blind
from models.people.accounts import Binding
from models.people.members import EmergencyContact, Person
from services.care import life_events, visits
from services.care.life_events.reporting import KINDS, Kind
from services.county.desk import scope
from services.help import posts, wishes
from services.people import access, audit, binding, check_in, consents, members, organisation, registrations
from services.people.check_in import Application

LIFE = (*KINDS, "home", "alive", "moved", "withdrew")
"""What may be said of somebody's life in one tap: news, home from hospital, a mistaken death, a move, an end."""
HOWS = ("spoken", "paper")
_DETAILS = ("estate", "building", "room")
_LONGEST = {"estate": 40, "building": 20, "room": 40}
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: for whom, by whom, how far they reach, when, and with which numbers of the county."""

    person: Person
    by: Person
    reach: access.Reach
    now: datetime
    county: County

    async def note(self, what: str) -> None:
        """The line that says who entered it."""
        about = audit.by_person(self.person)
        await audit.note(audit.by_person(self.by), "on_behalf", now=self.now, subject=about, what=what)


async def life(entry: Entry, kind: str) -> None:
    """Say what became of the person's life: reported and confirmed in one, with all that follows.

    Raises `access.unknown` where the office does not confirm such news, `life_events.not_known` where nothing stood.
    """
    person, now = entry.person, entry.now
    if kind not in LIFE or not await life_events.may_confirm(entry.reach, person):
        raise Refusal("access.unknown")
    if kind in KINDS:
        await _news(entry, kind)
    elif kind == "home":
        policy = (await visits.rules_now(entry.county)).visits.events
        if not await life_events.discharge_of(person.id, by=entry.by, now=now, policy=policy):
            raise Refusal("life_events.not_known")
    elif kind == "alive":
        await _alive(entry)
    else:
        ends = life_events.moved_away if kind == "moved" else life_events.withdrew
        await ends(person, by=entry.by, now=now)
    await entry.note(f"life_{kind}")


async def _news(entry: Entry, kind: Kind) -> None:
    hold = timedelta(hours=entry.county.visits.report_hold_hours)
    said = life_events.Report(kind, entry.person.name, f"desk:{entry.by.id}", reporter=entry.by, subject=entry.person)
    kept = await life_events.report(said, hold=hold, now=entry.now)
    seen = await life_events.one_of(kept.event_id, entry.reach, now=entry.now)
    policy = (await visits.rules_now(entry.county)).visits.events
    await life_events.confirm(seen.event, by=entry.by, now=entry.now, policy=policy)


async def _alive(entry: Entry) -> None:
    """A confirmed death was a mistake: undone whole."""
    deaths = LifeEvent.filter(person_id=entry.person.id, kind="death", state="confirmed")
    event = await deaths.order_by("-id").first()
    if event is None:
        await life_events.undo_death(entry.person, by=entry.by, now=entry.now)
        return
    await life_events.take_back(event, by=entry.by, now=entry.now)


def version_of(person: Person) -> str:
    """A mark of the details as they stand: who saw another one is told before anything is written over."""
    known = [person.name, person.phone or "", person.estate or "", person.building or "", person.room or ""]
    return blind("\n".join(known), "person.version")[:16]


async def details(entry: Entry, changed: dict[str, str], version: str) -> None:
    """Correct telephone and home; what is empty stays. Raises `desk.changed_meanwhile`, `members.phone_malformed`."""
    person = entry.person
    if version != version_of(person):
        raise Refusal("desk.changed_meanwhile", name=person.name)
    if phone := changed.get("phone", "").strip():
        await members.update_phone(person, phone)
    named = [name for name in _DETAILS if changed.get(name, "").strip()]
    for name in named:
        setattr(person, name, changed[name].strip()[: _LONGEST[name]])
    if named:
        await person.save(update_fields=named)
    await entry.note("details")


async def apply_for(entry: Entry, community: str) -> None:
    """报到 at the community of this name. Raises `organisation.unknown`, and what `check_in.submit` raises."""
    found = await organisation.community_called(community) if community.strip() else []
    if len(found) != 1:
        raise Refusal("organisation.unknown", name=community[:20])
    await check_in.submit(
        entry.person, Application(found[0].id, source="staff"), now=entry.now, numbers=entry.county.check_in
    )
    await entry.note("check_in")


async def claim(entry: Entry, number: int) -> None:
    """认领 by the post's number near the person's home; raises `posts.no_such_number`-like refusals of the chat."""
    found = await posts.by_number(entry.person, number, local_day(entry.now))
    if len(found) != 1:
        raise Refusal("desk.no_such_post", number=number)
    await posts.claim(found[0], entry.person, now=entry.now, numbers=entry.county.posts)
    await entry.note("claim")


async def claim_open(entry: Entry, post_id: int) -> None:
    """认领 of a post on the list of those with places left; raises `access.unknown` for any other."""
    post = await scope.posts_with_places(entry.reach).get_or_none(id=post_id)
    if post is None:
        raise Refusal("access.unknown")
    await posts.claim(post, entry.person, now=entry.now, numbers=entry.county.posts)
    await entry.note("claim")


async def give_back(entry: Entry, holding_id: int) -> None:
    """退岗; raises `access.unknown` for what is not the person's."""
    await posts.release(holding_id, entry.person, now=entry.now, numbers=entry.county.posts)
    await entry.note("give_back")


async def wish(entry: Entry, words: str) -> None:
    """Somebody is to come and help; on the list of whoever looks after the person. Raises `wishes.say_more`."""
    if len(words.strip()) < _SHORTEST:
        raise Refusal("wishes.say_more")
    own = await members.openids_of(entry.person)
    asking = wishes.Asking(own[0] if own else "", entry.person, await wishes.place_of(entry.person, None))
    await wishes.keep("order_service", asking, now=entry.now, words=words.strip()[:300])
    await entry.note("wish")


async def no_visit(entry: Entry, *, is_welcome: bool) -> None:
    """Please do not visit, or visits again."""
    if is_welcome:
        await visits.visits_welcome(entry.person, by=entry.by, now=entry.now)
    else:
        await visits.please_do_not_visit(entry.person, by=entry.by, now=entry.now)
    await entry.note("visits_again" if is_welcome else "no_visit")


async def second_home(entry: Entry, first: date, last: date, community: str) -> None:
    """Part of each year elsewhere; a community nobody knows is far away, and visits become calls."""
    found = await organisation.community_called(community) if community.strip() else []
    there = found[0].id if len(found) == 1 else None
    span = (f"{first:%m-%d}", f"{last:%m-%d}")
    await visits.live_elsewhere(entry.person, span, there, by=entry.by, now=entry.now)
    await entry.note("second_home")


async def consent(entry: Entry, purpose: str, how: str) -> None:
    """Note what the person agreed to by word or on paper; an empty `how` takes it back (promises V2, V3)."""
    if how and how not in HOWS:
        raise Refusal("access.unknown")
    if how:
        version = entry.county.privacy_version
        await consents.give(purpose, version=version, now=entry.now, person=entry.person, how=how)
    else:
        await consents.withdraw(purpose, now=entry.now, person=entry.person)
    await entry.note("consent" if how else "consent_back")


async def end_proxy(entry: Entry, binding_id: int) -> None:
    """This account speaks for the person no more; raises `access.unknown` for what is not theirs."""
    if not await Binding.current().filter(id=binding_id, person_id=entry.person.id).exists():
        raise Refusal("access.unknown")
    await binding.undo(binding_id, entry.reach, now=entry.now)
    await entry.note("proxy_end")


async def contact(entry: Entry, name: str, relation: str, phone: str) -> None:
    """Whom to call for the person. Raises `desk.contact_wanted`, `members.phone_malformed`."""
    if len(name.strip()) < _SHORTEST:
        raise Refusal("desk.contact_wanted")
    number = members.clean_phone(phone)
    await EmergencyContact.create(
        person_id=entry.person.id, name=name.strip()[:40], relation=relation.strip()[:20] or None, phone=number
    )
    await entry.note("contact")


async def join(entry: Entry, place: str) -> None:
    """活动登记: takes part elsewhere; raises what `registrations` raises."""
    found = await registrations.place_called(place, entry.reach)
    await registrations.register(entry.person, found, by=entry.by, now=entry.now)
    await entry.note("join")


@dataclass(frozen=True, slots=True)
class Ties:
    """What else hangs on a person: family accounts, whom to call, what they agreed to, where else they live."""

    proxies: list[Binding]
    contacts: list[EmergencyContact]
    purposes: list[str]
    home: SecondHome | None
    wants_no_visit: bool


async def ties(person: Person) -> Ties:
    """All of it, in five statements."""
    agreed = [row.purpose for row in await consents.standing(person)]
    return Ties(
        proxies=await Binding.current().filter(person_id=person.id, relation="proxy").order_by("id"),
        contacts=await EmergencyContact.filter(person_id=person.id).order_by("id"),
        purposes=list(dict.fromkeys(agreed)),
        home=await SecondHome.get_or_none(person_id=person.id),
        wants_no_visit=await NoVisit.current().filter(person_id=person.id).exists(),
    )
