"""Alarms (promise R25): stored with the message, told to everybody near, open until a human takes over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import texts
from delivery import waiting
from delivery.outbox import URGENT, Asked, Letter, post_notice, to_openid, to_person
from kit.clock import local_day
from kit.errors import Refusal
from models.help.wishes import Alarm, AlarmStep
from models.people.accounts import Account
from models.people.members import EmergencyContact, Person
from models.people.organisation import Organisation
from services.county import workdays
from services.people import access, audit, members, organisation
from services.people.access.duty import Level

CLOSE_WITHIN = timedelta(hours=1)
"""After this long whoever took an alarm over is asked how it ended, and again as often."""
PAUSES = ((10, timedelta(seconds=60)), (30, timedelta(minutes=10)))
"""Up to which round the next one follows how soon; afterwards each hour, until a human takes over."""
WISH_TO_DIE = "wish_to_die"
DRILL = "drill"
"""An alarm raised from the desk to see who answers: everything runs as in earnest, the words say that it is none."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm and whether somebody reachable is being told (decision 4)."""

    alarm: Alarm
    told: tuple[str, ...]
    phone: str | None


async def raise_alarm(
    danger: str,
    words: str,
    *,
    openid: str,
    person: Person | None,
    place: Organisation | None,
    now: datetime,
) -> Raised:
    """Store an alarm and tell the first round at once; a second call within the same danger joins the open one."""
    alarm = await _joined(openid, words)
    if alarm is None:
        alarm = await Alarm.create(
            openid=openid,
            person_id=person.id if person else None,
            organisation_id=place.id if place else None,
            danger=danger,
            words=words[:500],
            raised_at=now,
            next_at=now + _pause(0),
        )
    told = await _tell_round(alarm, person, place, now)
    return Raised(alarm, tuple(told), await organisation.phone_of(place) if place else None)


async def _joined(openid: str, words: str) -> Alarm | None:
    """The open alarm of this account, with the new words for whoever takes it over."""
    alarm = await Alarm.filter(openid=openid, state="open").order_by("-id").first()
    if alarm is not None and words not in (alarm.words or ""):
        alarm.words = f"{alarm.words or ''}\n{words}"[-500:].strip()
        await alarm.save(update_fields=["words"])
    return alarm


def _pause(done: int) -> timedelta:
    """How long after round `done` the next one follows: quickly at first, never not at all (promise R25)."""
    return next((pause for until, pause in PAUSES if done < until), timedelta(hours=1))


async def _tell_round(alarm: Alarm, person: Person | None, place: Organisation | None, now: datetime) -> list[str]:
    """Tell this round's people; the capacities of those who can be reached by chat now."""
    told = []
    for capacity, recipient, is_reachable in await _circle(alarm, person, place, now):
        fresh = await AlarmStep.get_or_create(
            alarm_id=alarm.id,
            round=alarm.round,
            recipient=recipient,
            defaults={"capacity": capacity, "told_at": now},
        )
        if fresh[1]:
            await post_notice(
                recipient, await _letter(alarm, person, now), once=f"alarm:{alarm.id}:{alarm.round}", now=now
            )
        if is_reachable:
            told.append(capacity)
    return told


async def _letter(alarm: Alarm, person: Person | None, now: datetime) -> Letter:
    """Who, the telephone and that it is urgent, never what (promise V12)."""
    if alarm.danger == DRILL:
        return Letter("emergency.drill", {}, topic="emergency", urgency=URGENT, asks=_asks(alarm))
    facts = {"name": person.name, "phone": person.phone or ""} if person else {}
    say = (
        "emergency.alarm_named"
        if person and person.phone
        else "emergency.alarm_known"
        if person
        else "emergency.alarm_stranger"
    )
    return Letter(say, facts, topic="emergency", urgency=URGENT, asks=_asks(alarm))


def _asks(alarm: Alarm) -> tuple[Asked, ...]:
    return (Asked(texts.render("emergency.ask_label"), "emergency.take_over", {"alarm": alarm.id}),)


async def _circle(
    alarm: Alarm, person: Person | None, place: Organisation | None, now: datetime
) -> Sequence[tuple[str, str, bool]]:
    """(capacity, recipient, reachable by chat) of everybody to tell in this round, each once.

    Of a wish to die only the contact and whoever is on duty hear (domain §3.4 rule 3).
    """
    contacts = await _contacts(person) if person is not None and alarm.round == 0 else []
    found = [] if person is None or alarm.danger == WISH_TO_DIE else await _helpers(alarm, person, now)
    if (duty := await _on_duty(alarm, person, place, now)) is not None:
        found.append(("duty", duty))
    circle = {recipient: (capacity, recipient, reach) for capacity, recipient, reach in contacts}
    for capacity, one in found:
        if person is not None and one.id == person.id:
            continue
        circle.setdefault(to_person(one), (capacity, to_person(one), await members.is_reachable(one)))
    return list(circle.values())


async def _helpers(alarm: Alarm, person: Person, now: datetime) -> list[tuple[str, Person]]:
    """First who is near, from the second round on the levels above."""
    chain = await access.escalation_chain(person, local_day(now))
    if alarm.round:
        return [(level, one) for level in _ABOVE for one in chain.get(level, ())]
    liaison = await access.keeper_for(person, now, await workdays.is_workday(local_day(now)))
    near: list[tuple[str, Person]] = [("liaison", liaison)] if liaison else []
    return near + [(level, one) for level in _NEAR for one in chain.get(level, ())]


_NEAR: tuple[Level, ...] = ("secretary", "community")
_ABOVE: tuple[Level, ...] = ("community", "township", "county")


async def _on_duty(alarm: Alarm, person: Person | None, place: Organisation | None, now: datetime) -> Person | None:
    """Who is on duty for the person or place; with each round that of one level higher, so that somebody else hears."""
    is_workday = await workdays.is_workday(local_day(now))
    above = await organisation.up_the_tree(place) if place is not None and alarm.round else []
    target = above[min(alarm.round, len(above) - 1)] if above else person or place
    return await access.responsible(target, now, is_workday)


async def _contacts(person: Person) -> list[tuple[str, str, bool]]:
    """The family's accounts; one that has left hears nothing."""
    rows = await EmergencyContact.filter(person_id=person.id, openid__isnull=False)
    openids = [row.openid for row in rows if row.openid]
    follows = {account.openid for account in await Account.filter(openid__in=openids, follows=True)}
    return [("contact", to_openid(openid), openid in follows) for openid in openids]


async def due(now: datetime) -> list[int]:
    """Alarms nobody took over in time, and those taken over whose end nobody has told; the oldest first."""
    rows = Alarm.filter(state__in=["open", "taken"], next_at__lte=now).order_by("id")
    return [alarm.id for alarm in await rows]


async def go_on(alarm_id: int, *, now: datetime) -> bool:
    """The next round of one due alarm; whether this call made it: of several processes one does."""
    alarm = await Alarm.get(id=alarm_id)
    done = alarm.round + 1
    pause = CLOSE_WITHIN if alarm.state == "taken" else _pause(done)
    same = Alarm.filter(id=alarm_id, state=alarm.state, round=alarm.round, next_at__lte=now)
    if alarm.state == "closed" or not await same.update(round=done, next_at=now + pause):
        return False
    alarm.round = done
    person = await Person.get_or_none(id=alarm.person_id) if alarm.person_id else None
    if alarm.state == "taken":
        await _ask_how_it_ended(alarm, person, now)
        return True
    place = await Organisation.get_or_none(id=alarm.organisation_id) if alarm.organisation_id else None
    await _tell_round(alarm, person, place, now)
    return True


async def _ask_how_it_ended(alarm: Alarm, person: Person | None, now: datetime) -> None:
    """In words that say no more than the alarm itself did (promise V12)."""
    ask = Asked(texts.render("emergency.ask_label"), "emergency.mine", {"alarm": alarm.id})
    letter = Letter(
        "emergency.how_did_it_end" if person else "emergency.how_did_it_end_stranger",
        {"name": person.name} if person else {},
        topic="emergency",
        asks=(ask,),
    )
    await post_notice(to_person(alarm.taken_by_id), letter, once=f"alarm:{alarm.id}:end:{alarm.round}", now=now)


async def take_over(alarm_id: int, *, by: Person, now: datetime) -> tuple[Alarm, Person | None]:
    """A human takes the alarm over: the alarm, and whom it concerns; everybody else who was told hears who it is.

    Raises `emergency.taken` with the name of whoever was quicker.
    """
    claimed = await Alarm.filter(id=alarm_id, state="open").update(
        state="taken", taken_by_id=by.id, taken_at=now, next_at=now + CLOSE_WITHIN
    )
    alarm = await Alarm.get_or_none(id=alarm_id)
    if alarm is None:
        raise Refusal("access.unknown")
    if alarm.taken_by_id != by.id:
        first = await Person.get_or_none(id=alarm.taken_by_id) if alarm.taken_by_id else None
        raise Refusal("emergency.taken", name=first.name if first else "")
    if claimed:
        await audit.note(audit.by_person(by), "alarm.taken", now=now, subject=f"alarm:{alarm_id}")
        await _tell_the_others(alarm, by, now)
    return alarm, await Person.get_or_none(id=alarm.person_id) if alarm.person_id else None


async def _tell_the_others(alarm: Alarm, by: Person, now: datetime) -> None:
    """What still waits for them is stopped; who was told already need not set out."""
    await waiting.cancel(f"alarm:{alarm.id}", now, why="taken")
    told = await AlarmStep.filter(alarm_id=alarm.id).distinct().values_list("recipient", flat=True)
    letter = Letter("emergency.taken", {"name": by.name}, topic="emergency")
    for recipient in sorted({str(one) for one in told} - {to_person(by)}):
        await post_notice(recipient, letter, once=f"alarm:{alarm.id}:taken:{by.id}", now=now)


async def reassured(openid: str, *, now: datetime) -> bool:
    """The person says that all is well: whoever was told hears it and is asked to call all the same.

    Whether an alarm was open. It stays open until a human takes over: words alone prove nothing (promise R25).
    """
    alarm = await Alarm.filter(openid=openid, state__in=["open", "taken"]).order_by("-id").first()
    if alarm is None:
        return False
    person = await Person.get_or_none(id=alarm.person_id) if alarm.person_id else None
    name = person.name if person else texts.render("wishes.stranger")
    say, asks = ("emergency.says_well_open", _asks(alarm)) if alarm.state == "open" else ("emergency.says_well", ())
    letter = Letter(say, {"name": name}, topic="emergency", urgency=URGENT, asks=asks)
    told = await AlarmStep.filter(alarm_id=alarm.id).distinct().values_list("recipient", flat=True)
    for recipient in sorted({str(one) for one in told}):
        await post_notice(recipient, letter, once=f"alarm:{alarm.id}:well", now=now)
    return True


async def taken_by(person: Person, alarm_id: int | None = None) -> tuple[Alarm, Person | None]:
    """The alarm this person has taken over and not closed yet; raises `emergency.none_taken`."""
    mine = Alarm.filter(taken_by_id=person.id, state="taken").order_by("-id")
    alarm = await (mine.filter(id=alarm_id) if alarm_id else mine).first()
    if alarm is None:
        raise Refusal("emergency.none_taken")
    return alarm, await Person.get_or_none(id=alarm.person_id) if alarm.person_id else None


async def close(alarm_id: int, outcome: str, *, by: Person, now: datetime) -> None:
    """The end of an alarm: `helped` or `false_alarm`, which is good news. Raises `emergency.none_taken`."""
    mine = Alarm.filter(id=alarm_id, taken_by_id=by.id, state="taken")
    if not await mine.update(state="closed", outcome=outcome, closed_at=now):
        raise Refusal("emergency.none_taken")
    await waiting.cancel(f"alarm:{alarm_id}", now, why="closed")
    await audit.note(audit.by_person(by), "alarm.closed", now=now, subject=f"alarm:{alarm_id}")


async def give_back(alarm_id: int, *, by: Person, now: datetime) -> None:
    """Taken over by mistake: open again, and the next round is due now. Raises `emergency.none_taken`."""
    mine = Alarm.filter(id=alarm_id, taken_by_id=by.id, state="taken")
    if not await mine.update(state="open", taken_by_id=None, taken_at=None, next_at=now):
        raise Refusal("emergency.none_taken")
    await waiting.cancel(f"alarm:{alarm_id}:taken", now, why="cancelled")
    await audit.note(audit.by_person(by), "alarm.given_back", now=now, subject=f"alarm:{alarm_id}")


async def reopen(alarm_id: int, *, by: Person, now: datetime) -> tuple[Alarm, Person | None]:
    """Closed by mistake: it is this person's again. Raises `emergency.none_taken`."""
    mine = Alarm.filter(id=alarm_id, taken_by_id=by.id, state="closed")
    if not await mine.update(state="taken", outcome=None, closed_at=None, next_at=now + CLOSE_WITHIN):
        raise Refusal("emergency.none_taken")
    await audit.note(audit.by_person(by), "alarm.reopened", now=now, subject=f"alarm:{alarm_id}")
    return await taken_by(by, alarm_id)
