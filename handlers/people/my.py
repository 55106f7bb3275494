"""我的: one's own things in one list, one's own data, a new number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, confirm, menu, say
from conversation.router import WHOM, Router
from kit.clock import local
from kit.errors import Refusal
from kit.masking import masked_phone
from services.care import alarms
from services.help import wishes
from services.people import members, my
from texts import in_groups, render, section
from texts.days import spoken_moment

router = Router("my")


@router.intent("my_tasks", needs=(WHOM,))
async def tasks(ctx: Context) -> Reply:
    """Everything of one's own: registration, posts, visits to make, wishes still open."""
    person = ctx.member
    if person is None:
        return Reply("").followed_by("binding.offer")
    summary = await my.summary(person)
    choices = [Choice(render(f"my.do_{name}", count=count), _WHERE[name]) for name, count in summary if name in _WHERE]
    return menu("my.tasks", choices[:5]) if choices else say("my.nothing")


_WHERE = {
    "check_in": "check_in.start",
    "posts": "posts.mine",
    "alarms": "emergency.mine",
    "visits": "visits.mine",
    "calls": "calls.mine",
    "wishes": "wishes.mine",
    "browse": "posts.browse",
}


@router.intent("my_profile")
async def profile(ctx: Context) -> Reply:
    """What is kept about oneself, shown to oneself only (promise V4)."""
    facts = _readable(await members.own_facts(ctx.person, ctx.today))
    names = section("my", "facts")
    lines = [f"{names[name]}：{facts[name]}" for name in names if facts.get(name)]
    return say("my.profile", lines="\n".join(lines))


def _readable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as people say them: a date in words, a building with its word, a number in groups."""
    said = dict(facts)
    if facts["birth"]:
        year, month, day = map(int, str(facts["birth"]).split("-"))
        key = "words.birth_lunar" if facts["birth_calendar"] == "lunar" else "words.birth_solar"
        said["birth"] = render(key, year=year, month=month, day=day)
    if str(facts["building"] or "").isdigit():
        said["building"] = render("check_in.building", building=facts["building"])
    takes_part = render("words.comma").join(facts["registrations"])
    return said | {"phone": in_groups(facts["phone"] or ""), "registrations": takes_part}


@router.intent("update_phone")
async def update_phone(ctx: Context) -> Reply:
    """A new number, read back first."""
    said = ctx.chosen.get("phone") or ctx.slots.get("phone")
    return begin("new_phone", phone=members.clean_phone(said) if said else None)


async def _clean_phone(ctx: Context, text: str) -> str:
    return members.clean_phone(text)


async def _phone_read_back(ctx: Context, answers: Answers) -> Reply:
    phone = str(answers["phone"])
    return confirm("my.phone_read_back", "my.keep_phone", args={"phone": phone}, phone=phone)


router.dialog(Dialog("new_phone", (Step("phone", "my.which_phone", _clean_phone),), _phone_read_back))


@router.action()
async def keep_phone(ctx: Context) -> Reply:
    """Confirmed: kept."""
    before = ctx.person.phone
    await members.update_phone(ctx.person, ctx.chosen["phone"])
    reply = say("my.phone_kept", phone=masked_phone(ctx.chosen["phone"]))
    return reply.undoable("my.keep_phone", phone=before) if before else reply


@router.intent("safe_today")
async def safe(ctx: Context) -> Reply:
    """报平安: counted for the local day the message was written on, once a day; helpers on their way hear it."""
    await my.safe_today(ctx.person, written=ctx.message.created)
    if ctx.account.has_alarm and await alarms.reassured(ctx.openid, now=ctx.now):
        return say("emergency.reassured")
    return say("my.safe")


@router.intent("unsubscribe_notices")
async def fewer(ctx: Context) -> Reply:
    """Fewer notices, by topic; visits and safety stay (domain §2.21)."""
    choices = [Choice(name, "my.opt_out", {"topic": topic}) for topic, name in section("my", "topics").items()]
    return menu("my.which_topic", choices)


@router.action()
async def opt_out(ctx: Context) -> Reply:
    """No more of this topic."""
    topic = str(ctx.chosen["topic"])
    if topic not in section("my", "topics"):
        raise Refusal("conversation.gone")
    await my.opt_out(ctx.person, topic)
    return say("my.opted_out", topic=section("my", "topics")[topic]).undoable("my.opt_in", topic=topic)


@router.action()
async def opt_in(ctx: Context) -> Reply:
    """The topic again after all."""
    await my.opt_in(ctx.person, str(ctx.chosen["topic"]))
    return say("my.opted_in")


@router.intent("is_this_yours", needs=())
async def is_this_yours(ctx: Context) -> Reply:
    """这是你们发的吗: answered from the list of what was really sent to this account."""
    sent = await my.sent_lately(ctx.openid, [one.person.id for one in ctx.speakers], now=ctx.now)
    if not sent:
        return say("my.not_by_us", phone=await wishes.phone_for(ctx.subject, ctx.account.scanned_id) or "96110")
    lines = [f"{spoken_moment(local(one.at), ctx.today)} {one.title}" for one in sent]
    return say("my.sent_by_us", lines="\n".join(lines))
