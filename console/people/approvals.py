"""What waits for a yes or a no: check-ins (报到) and claims or returns of posts (认领、退岗)."""

from __future__ import annotations

from aiohttp import web

from console.desk import Desk
from console.guard import staff
from kit.errors import Refusal
from services.county import desk
from services.help import posts
from services.people import check_in

PATH = "/console/approvals"


async def waiting(at: Desk) -> web.Response:
    """Both lists, the longest waiting first."""
    applications = await check_in.waiting_for(at.reach, desk.LISTED)
    claims = await posts.to_review(at.reach, limit=desk.LISTED)
    return at.show("approvals.html", applications=applications, claims=claims)


async def accept(at: Desk) -> web.StreamResponse:
    """Take the person in."""
    row = await check_in.open_one(at.whole("number"), at.reach)
    await check_in.accept(row, by=at.opened.person, now=at.now)
    return at.back(PATH, "accepted")


async def give_back(at: Desk) -> web.StreamResponse:
    """Give the application back, with a reason its sender can act on."""
    row = await check_in.open_one(at.whole("number"), at.reach)
    await check_in.return_to_sender(row, await _reason(at), by=at.opened.person, now=at.now)
    return at.back(PATH, "returned")


async def agree(at: Desk) -> web.StreamResponse:
    """Agree to a claim, or to a post being given back."""
    row = await posts.open_one(at.whole("number"), at.reach)
    await posts.approve(row, by=at.opened.person, now=at.now, numbers=at.doors.county.posts)
    return at.back(PATH, "agreed")


async def decline(at: Desk) -> web.StreamResponse:
    """Say no to a claim, with a reason."""
    row = await posts.open_one(at.whole("number"), at.reach)
    await posts.reject(row, await _reason(at), by=at.opened.person, now=at.now, numbers=at.doors.county.posts)
    return at.back(PATH, "declined")


async def _reason(at: Desk) -> str:
    said = (await at.form()).get("reason", "").strip()
    if not said:
        raise Refusal("console.reason_wanted")
    return said


def routes() -> list[web.AbstractRouteDef]:
    """The list, and four answers."""
    return [
        web.get(PATH, staff(waiting)),
        web.post(PATH + "/check-ins/{number}/accept", staff(accept)),
        web.post(PATH + "/check-ins/{number}/return", staff(give_back)),
        web.post(PATH + "/claims/{number}/agree", staff(agree)),
        web.post(PATH + "/claims/{number}/decline", staff(decline)),
    ]
