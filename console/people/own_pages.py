"""Members' own pages in large type: 报到证, posts, dates, and everything that is kept, with its copy and its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

import texts
from console.guard import drop_cookie
from console.pages import page
from console.visitors import HOME, IN, SESSION, Visit, as_file, come_in, own
from kit.clock import local_day
from services.people import looks, members, own_pages
from texts.days import spoken_day

_LOOKS = 5
COPY = "jinqiu.json"
"""The name of the copy says nothing about whose it is."""


async def home(at: Visit) -> web.Response:
    """Four doors and a telephone number."""
    return at.show("home.html", name=members.honorific(at.member.person, local_day(at.now)))


async def certificate(at: Visit) -> web.Response:
    """The registration, in whatever state it is."""
    row = await own_pages.certificate(at.member.person)
    accepted = local_day(row.reviewed_at) if row and row.state == "accepted" and row.reviewed_at else None
    return at.show("certificate.html", row=row, accepted=accepted)


async def posts(at: Visit) -> web.Response:
    """What is held or waited for."""
    return at.show("posts.html", rows=await own_pages.posts_of(at.member.person))


async def dates(at: Visit) -> web.Response:
    """What lies ahead."""
    found = await own_pages.dates_of(at.member.person, local_day(at.now))
    return at.show("dates.html", rows=[(spoken_day(one.on), _in_words(one)) for one in found])


def _in_words(one: own_pages.Date) -> str:
    if one.what in ("check_in", "pause"):
        return texts.render(f"pages.date_{one.what}", name=one.name)
    return texts.render("pages.date_visit", name=one.name, what=one.what)


async def data(at: Visit) -> web.Response:
    """What is kept, who looked at it, and the three things to do about it."""
    facts = await members.own_facts(at.member.person, local_day(at.now))
    seen, times = await looks.at_me(at.member.person, _LOOKS)
    return at.show("data.html", facts=_readable(facts), looked=seen, times=times)


def _readable(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What has a name for people, in its order."""
    names = texts.section("my", "facts")
    comma = texts.render("words.comma")
    said = [(names[one], _birth(facts) if one == "birth" else facts.get(one)) for one in names]
    return [(name, comma.join(value) if isinstance(value, list) else str(value)) for name, value in said if value]


def _birth(facts: Mapping[str, Any]) -> str:
    """The day as people say it, with its calendar."""
    parts = [int(one) for one in str(facts["birth"] or "").split("-") if one.isdigit()]
    if len(parts) != len(("year", "month", "day")):
        return str(facts["birth"] or "")
    key = "words.birth_lunar" if facts["birth_calendar"] == "lunar" else "words.birth_solar"
    return texts.render(key, year=parts[0], month=parts[1], day=parts[2])


async def copy(at: Visit) -> web.Response:
    """A copy at once (promise V4)."""
    return as_file(COPY, await own_pages.copy_of(at.member.person, now=at.now, today=local_day(at.now)))


async def correct(at: Visit) -> web.Response:
    """What is wrong goes to a named person."""
    await own_pages.wish_correction(at.member, str((await at.request.post()).get("words", "")), now=at.now)
    return web.Response(status=303, headers={"Location": "/m/data?done=corrected"})


async def leave(at: Visit) -> web.Response:
    """撤回同意: at once, and said so."""
    await own_pages.leave(at.member, now=at.now)
    facts = {"title": texts.render("pages.left"), "sentence": texts.render("pages.left_next")}
    answer = page("members/plain.html", facts)
    drop_cookie(answer, SESSION)
    return answer


def routes() -> list[web.AbstractRouteDef]:
    """The pages and what is done on them."""
    return [
        web.get(HOME, own(home)),
        web.get(IN, come_in),
        web.get("/m/certificate", own(certificate)),
        web.get("/m/posts", own(posts)),
        web.get("/m/dates", own(dates)),
        web.get("/m/data", own(data)),
        web.post("/m/data/copy", own(copy)),
        web.post("/m/data/correct", own(correct)),
        web.post("/m/data/leave", own(leave)),
    ]
