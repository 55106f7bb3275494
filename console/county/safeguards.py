"""What keeps the house honest: the guard page, the alarm drill, and the desk handed to a successor."""

from __future__ import annotations

from aiohttp import web

from console.desk import Desk
from console.guard import require_fresh, staff
from console.people.organisation import role_name
from kit.clock import local
from kit.errors import Refusal
from services.care import visits
from services.county import guards
from services.county.desk import drills, succession

PATH = "/console/operations"


async def guard_page(at: Desk) -> web.Response:
    """Every guard: what it forbids, whether it stands, and who asked for what."""
    rows = list(enumerate(await guards.guards(), 1))
    return at.show("guards.html", rows=rows, may_change=guards.may_change(at.reach), my_id=at.opened.person.id)


async def change_guard(at: Desk) -> web.StreamResponse:
    """`ask` to open it, `agree` as the second person, `restore` it."""
    form, number = await at.form(), at.whole("number")
    if not 1 <= number <= len(guards.GUARDS):
        raise Refusal("access.unknown")
    name, do, me = guards.GUARDS[number - 1], form.get("do", ""), at.opened.person
    if do == "ask":
        await guards.ask_to_open(name, form.get("reason", ""), by=me, reach=at.reach, now=at.now)
    elif do == "agree":
        await guards.agree(name, by=me, reach=at.reach, now=at.now)
    else:
        await guards.restore(name, by=me, reach=at.reach, now=at.now)
    return at.back(f"{PATH}/guards", f"guard_{do if do in ('ask', 'agree') else 'restore'}")


async def drill_page(at: Desk) -> web.Response:
    """Where a drill may be held, and how the last ones went."""
    return at.show("drills.html", places=await drills.places(at.reach), rows=await drills.drills(at.reach))


async def drill(at: Desk) -> web.StreamResponse:
    """One begins."""
    await drills.begin(at.whole("number"), by=at.opened.person, reach=at.reach, now=at.now)
    return at.back(f"{PATH}/drills", "drill")


async def successor_page(at: Desk) -> web.Response:
    """The desks that may be handed on from here."""
    return at.show("successor.html", rows=await succession.offices(at.reach, at.now), done=None, role_name=role_name)


async def succeed(at: Desk) -> web.Response:
    """Office, work in hand and a login code: one step; the code is shown on this page only."""
    require_fresh(at)
    most = (await visits.rules_now(at.doors.county)).visits.most_open
    name = (await at.form()).get("name", "").strip()
    done = await succession.succeed(
        at.whole("number"), name, by=at.opened.person, reach=at.reach, now=at.now, most=most
    )
    return at.show("successor.html", rows=(), done=done, until=local(done.code.until), role_name=role_name)


def routes() -> list[web.AbstractRouteDef]:
    """Three pages and what is done on them."""
    return [
        web.get(PATH + "/guards", staff(guard_page)),
        web.post(PATH + "/guards/{number}", staff(change_guard)),
        web.get(PATH + "/drills", staff(drill_page)),
        web.post(PATH + "/drills/{number}", staff(drill)),
        web.get(PATH + "/successor", staff(successor_page)),
        web.post(PATH + "/successor/{number}", staff(succeed)),
    ]
