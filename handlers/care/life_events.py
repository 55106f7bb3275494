"""住院、难处、去世: anybody may say it; one named person confirms before anybody else hears."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, confirm, menu, say
from conversation.router import CONSENT, Router
from conversation.understanding import spoken_number, spoken_yes_no
from kit.errors import Refusal
from services.care import life_events, visits
from services.care.life_events import Confirmed, Report, Seen
from services.help import wishes
from services.people import access, members, organisation
from texts import in_groups, render, section

if TYPE_CHECKING:
    from models.care.life_events import LifeEvent
    from models.people.members import Person
    from services.care.life_events.reporting import Kind

router = Router("life_events")

_KIND_OF: dict[str, Kind] = {"report_illness": "hospital", "report_hardship": "hardship", "report_death": "death"}
_MOST_NAMES = 4


@router.intent("report_illness", "report_hardship", "report_death", needs=(CONSENT,))
async def report(ctx: Context) -> Reply:
    """Of oneself, of somebody whose news one may confirm, or of anybody else: each is read back in its own way."""
    kind = _KIND_OF.get(ctx.chosen.get("intent") or ctx.reading.intent, "hospital")
    if kind == "death" and members.is_bare_name(ctx.text):
        return Reply("").followed_by("human.guess")
    name, words = ctx.slots.get("name"), ctx.text[:300]
    if name and (person := await _mine_to_confirm(ctx, name)) is not None:
        args = {"kind": kind, "person": person.id, "words": words}
        return confirm(f"life_events.staff_{kind}", "life_events.enter", args=args, name=person.name)
    if kind != "death" and _is_of_oneself(ctx):
        return confirm(f"life_events.self_{kind}", "life_events.own", args={"kind": kind, "words": words})
    return begin("life_event", kind=kind, words=words, name=members.said_name(name) if name else None)


def _is_of_oneself(ctx: Context) -> bool:
    """Whether nobody else is spoken of, and the account has somebody of its own."""
    others = section("life_events", "words")["others"]
    return ctx.owner is not None and not ctx.slots.get("name") and not any(one in ctx.text for one in others)


async def _mine_to_confirm(ctx: Context, name: str) -> Person | None:
    """The one of this name whose news this person's office lets confirm."""
    if ctx.owner is None:
        return None
    reach = await access.reach_of(ctx.owner, ctx.today)
    found = await life_events.namesakes(name, reach) if reach.is_staff else []
    return found[0] if len(found) == 1 and await life_events.may_confirm(reach, found[0]) else None


async def _clean_name(ctx: Context, text: str) -> str:
    name = members.said_name(text)
    if name is None:
        raise Refusal("life_events.name_unclear")
    return name


_LONGEST_RELATION = 20


async def _clean_relation(ctx: Context, text: str) -> str:
    relation = text.strip()
    is_relation = 1 < len(relation) <= _LONGEST_RELATION and not re.search(r"\d", relation)
    if not is_relation or spoken_yes_no(relation) is not None or spoken_number(relation) is not None:
        raise Refusal("life_events.relation_unclear")
    return relation


def _is_about(kind: str) -> Step:
    async def name_of(_: Context, answers: Answers) -> dict[str, object]:
        return {"name": answers["name"]}

    def needed(answers: Answers) -> bool:
        return bool(answers["kind"] == kind)

    return Step("relation", f"life_events.ask_relation_{kind}", _clean_relation, needed, name_of)


async def _finish(ctx: Context, answers: Answers) -> Reply:
    if answers["kind"] == "death" and ctx.owner is not None and answers["name"] == ctx.owner.name:
        return say("life_events.own_name")
    said = Report(
        answers["kind"],
        str(answers["name"]),
        ctx.openid,
        relation=str(answers["relation"]),
        words=str(answers["words"]),
        reporter=ctx.owner,
        place=await wishes.place_of(ctx.owner, ctx.account.scanned_id),
    )
    return await _reported(ctx, said)


router.dialog(
    Dialog(
        "life_event",
        (Step("name", "life_events.ask_name", _clean_name), *map(_is_about, life_events.KINDS)),
        _finish,
        needs=(CONSENT,),
    )
)


@router.action()
async def own(ctx: Context) -> Reply:
    """Said of oneself and confirmed by 1."""
    person = ctx.owner or ctx.person
    place = await wishes.place_of(person, ctx.account.scanned_id)
    said = Report(ctx.chosen["kind"], person.name, ctx.openid, words=ctx.chosen["words"], reporter=person, place=place,
                  subject=person)  # fmt: skip
    return await _reported(ctx, said)


async def _reported(ctx: Context, said: Report) -> Reply:
    kept = await life_events.report(said, hold=_hold(ctx), now=ctx.now)
    if kept.keeper is None:
        phone = await wishes.phone_for(ctx.owner, ctx.account.scanned_id) or ctx.county.phone or "120"
        return say("life_events.kept_nobody", phone=phone)
    reply = say(f"life_events.kept_{said.kind}", name=kept.keeper.name)
    return reply.undoable("life_events.withdraw", event=kept.event_id) if kept.is_new else reply


def _hold(ctx: Context) -> timedelta:
    return timedelta(hours=ctx.county.visits.report_hold_hours)


@router.action(needs=())
async def withdraw(ctx: Context) -> Reply:
    """点错了: the report was not meant."""
    gone = await life_events.withdraw(int(ctx.chosen["event"]), ctx.openid, now=ctx.now)
    return say("wishes.taken_back" if gone else "wishes.too_late")


@router.action()
async def enter(ctx: Context) -> Reply:
    """Entered by somebody whose office lets confirm it: reported and confirmed in one."""
    person = await members.by_id(int(ctx.chosen["person"]))
    await access.require(await access.reach_of(ctx.person, ctx.today), "approve", person)
    said = Report(ctx.chosen["kind"], person.name, ctx.openid, words=ctx.chosen["words"], reporter=ctx.person,
                  subject=person)  # fmt: skip
    kept = await life_events.report(said, hold=_hold(ctx), now=ctx.now)
    seen = await life_events.one_of(kept.event_id, await access.reach_of(ctx.person, ctx.today), now=ctx.now)
    return await _confirmed(ctx, seen.event, is_urgent=False)


@router.intent("my_reports")
async def waiting(ctx: Context) -> Reply:
    """What waits to be confirmed by this person."""
    events = await life_events.waiting_for(await access.reach_of(ctx.person, ctx.today))
    if not events:
        return say("life_events.nothing_waits")
    choices = [Choice(render(f"life_events.title_{one.kind}", name=one.name), "life_events.open", {"event": one.id})
               for one in events]  # fmt: skip
    return menu("life_events.waiting", choices, count=len(events))


@router.action()
async def open(ctx: Context) -> Reply:  # noqa: A001  # the action's public name is life_events.open
    """One report, to whoever confirms it: who says what, the telephone, and what is true of it."""
    seen = await _seen(ctx)
    if seen.event.state != "reported":
        return say("life_events.settled")
    said = _what_is_said(seen)
    if seen.person is None:
        return await _which_person(ctx, seen.event, said)
    labels = ["true", "true_urgent"] if seen.event.kind == "hardship" else ["true"]
    choices = [
        Choice(render(f"life_events.{label}"), "life_events.settle", {"event": seen.event.id, "as": label})
        for label in [*labels, "not_true"]
    ]
    return menu("life_events.opened", choices, said=said)


def _what_is_said(seen: Seen) -> str:
    relation = seen.event.relation or ""
    if seen.reporter is not None and seen.reporter.id == seen.event.person_id:
        reporter = render("life_events.reporter_self")
    elif seen.reporter is not None:
        reporter = render("life_events.reporter_known", name=seen.reporter.name, relation=relation)
    else:
        reporter = render("life_events.reporter_unknown", relation=relation)
    phone = render("life_events.phone", phone=in_groups(seen.phone)) if seen.phone else ""
    return render(f"life_events.report_{seen.event.kind}", reporter=reporter, name=seen.event.name, phone=phone)


async def _which_person(ctx: Context, event: LifeEvent, said: str) -> Reply:
    choices = []
    for person in (await life_events.namesakes(event.name, await access.reach_of(ctx.person, ctx.today)))[:_MOST_NAMES]:
        place = await organisation.branch_of(person) or await organisation.community_of(person)
        label = render("life_events.person_line", name=person.name, place=place.name if place else "")
        choices.append(Choice(label, "life_events.is_person", {"event": event.id, "person": person.id}))
    choices.append(
        Choice(render("life_events.nobody_of_us"), "life_events.settle", {"event": event.id, "as": "not_true"})
    )
    return menu("life_events.opened_who", choices, said=said)


@router.action()
async def is_person(ctx: Context) -> Reply:
    """It is this one of that name."""
    seen, person = await _seen(ctx), await members.by_id(int(ctx.chosen["person"]))
    await access.require(await access.reach_of(ctx.person, ctx.today), "approve", person)
    await life_events.name_subject(seen.event, person, now=ctx.now, hold=_hold(ctx))
    return Reply("").followed_by("life_events.open", event=seen.event.id)


@router.action()
async def settle(ctx: Context) -> Reply:
    """True, true and urgent, or not true."""
    seen, answer = await _seen(ctx), str(ctx.chosen["as"])
    if answer == "not_true":
        await life_events.refute(seen.event, by=ctx.person, now=ctx.now)
        return say("life_events.refuted")
    return await _confirmed(ctx, seen.event, is_urgent=answer == "true_urgent")


async def _confirmed(ctx: Context, event: LifeEvent, *, is_urgent: bool) -> Reply:
    policy = (await visits.rules_now(ctx.county)).visits.events
    done = await life_events.confirm(event, by=ctx.person, now=ctx.now, policy=policy, is_urgent=is_urgent)
    return _thanks(done, event.kind).undoable("life_events.take_back", event=event.id)


def _thanks(done: Confirmed, kind: str) -> Reply:
    if done.visitor is None:
        return say("life_events.nobody_visits")
    return say(f"life_events.confirmed_{kind}", name=done.person.name, visitor=done.visitor.name)


@router.action()
async def take_back(ctx: Context) -> Reply:
    """撤销: it was a mistake; all is as it was."""
    seen = await _seen(ctx)
    lost = await life_events.take_back(seen.event, by=ctx.person, now=ctx.now)
    return say("life_events.taken_back_lost", count=len(lost)) if lost else say("life_events.taken_back")


@router.intent("discharged", needs=(CONSENT,))
async def discharged(ctx: Context) -> Reply:
    """出院了: of oneself, or of somebody whose news one may confirm; from others it goes on a list."""
    name = ctx.slots.get("name")
    if name and (person := await _mine_to_confirm(ctx, name)) is not None:
        args: dict[str, object] = {"person": person.id}
        return confirm("life_events.staff_discharge", "life_events.discharge", args=args, name=person.name)
    if ctx.owner is not None and _is_of_oneself(ctx):
        return confirm("life_events.self_discharge", "life_events.discharge", args={"person": ctx.owner.id})
    args = {"kind": "report_illness", "words": ctx.text[:300]}
    return confirm("wishes.read_back", "wishes.keep", args=args, wish=ctx.text.strip()[:40])


@router.action()
async def discharge(ctx: Context) -> Reply:
    """Home again: somebody will call in some days."""
    person, owner = await members.by_id(int(ctx.chosen["person"])), ctx.owner or ctx.person
    if person.id != owner.id:
        await access.require(await access.reach_of(owner, ctx.today), "approve", person)
    policy = (await visits.rules_now(ctx.county)).visits.events
    was_in = await life_events.discharge_of(person.id, by=owner, now=ctx.now, policy=policy)
    return say("life_events.discharged" if was_in else "life_events.not_in_hospital")


async def _seen(ctx: Context) -> Seen:
    reach = await access.reach_of(ctx.person, ctx.today)
    return await life_events.one_of(int(ctx.chosen["event"]), reach, now=ctx.now)
