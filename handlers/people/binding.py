"""绑定: a stranger becomes somebody: by paper slip, by name and the last four digits with a check, or by staff."""

from __future__ import annotations

import re
from unicodedata import normalize

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, menu, say
from conversation.reply import confirm as read_back
from conversation.router import CONSENT, MEMBER, Router
from conversation.understanding import read, spoken_number, spoken_yes_no
from conversation.understanding.numerals import spoken_digits
from kit.errors import Refusal
from services.county import workdays
from services.help import wishes
from services.people import access, binding, members, staff
from texts import render

router = Router("binding")

_MOST_LISTED = 5


@router.intent("bind", needs=(CONSENT,))
async def offer(ctx: Context) -> Reply:
    """What a stranger can do to be known."""
    choices = [
        Choice(render("binding.have_slip"), "binding.by_slip"),
        Choice(render("binding.no_slip"), "binding.by_name"),
        Choice(render("binding.newcomer"), "check_in.start"),
        Choice(render("binding.human"), "human.call"),
    ]
    return menu("binding.offer", choices)


@router.action(needs=())
async def whom(ctx: Context) -> Reply:
    """One phone for two: for whom is this? (decision 2)"""
    choices = [
        Choice(one.person.name, "binding.speak_for", {"person": one.person.id, **ctx.chosen})
        for one in ctx.speakers[:5]
    ]
    return menu("binding.whom", choices)


@router.action(needs=())
async def speak_for(ctx: Context) -> Reply:
    """For this person, and on with what was wanted."""
    person = int(ctx.chosen["person"])
    if all(one.person.id != person for one in ctx.speakers):
        raise Refusal("access.unknown")
    wanted = str(ctx.chosen.get("then") or "help.menu")
    said = str(ctx.chosen.get("said") or "")
    return Reply("", speaks_for=person, said=said).followed_by(wanted, **(ctx.chosen.get("args") or {}))


@router.action(needs=(CONSENT,))
async def by_slip(ctx: Context) -> Reply:
    """Four digits and the full name."""
    return begin("binding_by_slip", code=ctx.chosen.get("code"))


@router.intent("slip", needs=())
async def slip_said(ctx: Context) -> Reply:
    """Digits and name in one breath, as the slip itself suggests; before consent only the digits are remembered."""
    said = _DIGITS_FIRST.match(normalize("NFKC", ctx.text))
    if said is None:
        return Reply("").followed_by("binding.by_slip")
    if not ctx.has_consented:
        return Reply("").followed_by("binding.by_slip", code=said[1])
    return begin("binding_by_slip", code=said[1], name=members.said_name(said[2]))


_DIGITS_FIRST = re.compile(r"\s*(\d{4})\W*(.*)")


@router.action(needs=(CONSENT,))
async def by_name(ctx: Context) -> Reply:
    """Name and last four digits of the phone; a named person checks."""
    return begin("binding_by_name")


async def _four_digits(ctx: Context, text: str) -> str:
    digits = spoken_digits(text)
    if len(digits) != 4:
        raise Refusal("binding.digits_wanted")
    return digits


def _name_behind(text: str) -> Answers:
    """ "4019 王百川": the slip itself says both in one breath."""
    said = _DIGITS_FIRST.match(normalize("NFKC", text))
    name = members.said_name(said[2]) if said else None
    return {"name": name} if name else {}


async def clean_name(ctx: Context, text: str) -> str:
    """A full name in Chinese characters; raises `binding.name_wanted`, also for a number, a yes, or a plain wish."""
    name = members.said_name(text)
    if name is None or spoken_number(text) is not None or spoken_yes_no(text) is not None:
        raise Refusal("binding.name_wanted")
    reading = read(text)
    if reading.intent != "none" and reading.confidence >= _PLAIN_WISH and not members.has_usual_surname(name):
        raise Refusal("binding.name_wanted")
    return name


_PLAIN_WISH = 0.9
"""From this confidence on words that could be a name are something else."""


async def _slip_done(ctx: Context, answers: Answers) -> Reply:
    tried = await binding.bind_by_slip(
        ctx.openid, answers["code"], answers["name"], now=ctx.now, policy=ctx.county.binding
    )
    if tried.person is None:
        ways = _NOT_BOUND if tried.tries_left else _NOT_BOUND[1:]
        choices = [Choice(render(f"binding.{label}"), do) for label, do in ways]
        return menu("binding.no_fit" if tried.tries_left else "binding.no_fit_last", choices, left=tried.tries_left)
    return bound(tried.person.name)


_NOT_BOUND = (("try_again", "binding.by_slip"), ("no_slip", "binding.by_name"), ("human", "human.call"))


def bound(name: str) -> Reply:
    """Tied: what most do next, one digit away."""
    choices = [Choice(render(f"binding.do_{label}"), do) for label, do in _NEXT]
    return menu("binding.bound", choices, name=name).undoable("binding.untie")


_NEXT = (("check_in", "check_in.start"), ("posts", "posts.browse"), ("tasks", "my.tasks"))


async def _name_done(ctx: Context, answers: Answers) -> Reply:
    await binding.ask_staff(
        ctx.openid,
        answers["name"],
        answers["tail"],
        now=ctx.now,
        is_workday=await workdays.is_workday(ctx.today),
    )
    phone = await wishes.phone_for(None, ctx.account.scanned_id) or ctx.county.phone
    return say("binding.being_checked", phone=phone)


router.dialog(
    Dialog(
        "binding_by_slip",
        (
            Step("code", "binding.ask_code", _four_digits, also=_name_behind),
            Step("name", "binding.ask_name", clean_name),
        ),
        _slip_done,
    )
)
router.dialog(
    Dialog(
        "binding_by_name",
        (Step("name", "binding.ask_name", clean_name), Step("tail", "binding.ask_tail", _four_digits)),
        _name_done,
    )
)


@router.action(needs=(MEMBER,))
async def untie(ctx: Context) -> Reply:
    """点错了 right after binding: the account belongs to nobody again."""
    await binding.untie(ctx.openid, ctx.person, now=ctx.now)
    return say("binding.untied")


@router.action()
async def undo(ctx: Context) -> Reply:
    """The secretary says: that is not the right person."""
    reach = await access.reach_of(ctx.person, ctx.today)
    person = await binding.undo(int(ctx.chosen["binding"]), reach, now=ctx.now)
    return say("binding.undone", name=person.name)


@router.action()
async def lately(ctx: Context) -> Reply:
    """Who was bound these days, the newest first; a digit asks whether it is to be undone."""
    reach = await access.reach_of(ctx.person, ctx.today)
    ties = await binding.bound_lately(reach, now=ctx.now, limit=_MOST_LISTED, before=ctx.chosen.get("before"))
    if not ties:
        return say("binding.lately_none")
    shown = ties if len(ties) < _MOST_LISTED else ties[:-1]
    choices = [Choice(tie.person.name, "binding.sure", {"binding": tie.id, "name": tie.person.name}) for tie in shown]
    if shown is not ties:
        choices.append(Choice(render("binding.lately_more"), "binding.lately", {"before": shown[-1].id}))
    return menu("binding.lately", choices)


@router.action()
async def sure(ctx: Context) -> Reply:
    """A tie that ends closes somebody's chat: asked once more."""
    chosen = {"binding": ctx.chosen["binding"]}
    return read_back("binding.lately_sure", "binding.undo", args=chosen, name=ctx.chosen["name"])


@router.action()
async def check(ctx: Context) -> Reply:
    """Staff see who asks to be bound."""
    wish = await wishes.one_of(int(ctx.chosen["wish"]), ctx.person)
    person = await wishes.who_wished(wish)
    choices = [
        Choice(render("binding.is_them"), "binding.confirm", {"wish": wish.id}),
        Choice(render("binding.is_not_them"), "binding.decline", {"wish": wish.id}),
    ]
    key = "binding.to_check" if person else "binding.to_check_nobody"
    return menu(key, choices, name=person.name if person else "", words=wish.words or "")


@router.action()
async def confirm(ctx: Context) -> Reply:
    """It is them: bind and tell."""
    reach = await access.reach_of(ctx.person, ctx.today)
    wish = await staff.binding_wish(int(ctx.chosen["wish"]))
    person = await binding.confirm(wish, reach, now=ctx.now)
    return say("binding.confirmed", name=person.name)


@router.action()
async def decline(ctx: Context) -> Reply:
    """It is somebody else."""
    reach = await access.reach_of(ctx.person, ctx.today)
    await binding.decline(await staff.binding_wish(int(ctx.chosen["wish"])), reach, now=ctx.now)
    return say("binding.declined")
