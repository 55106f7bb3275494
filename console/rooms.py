"""The rooms of the console, in the order of its menu: joining costs one line."""

from __future__ import annotations

from aiohttp import web

from console import pages, resuming
from console.care import visit_rules, visits
from console.county import home, operations, pictures, safeguards
from console.help import posts, questions
from console.outreach import broadcasts, calls, printing, rounds
from console.people import (
    approvals,
    behalf,
    exports,
    handover,
    imports,
    login,
    me,
    members,
    organisation,
    own_pages,
    people,
)

PAGES = (
    login,
    resuming,
    me,
    home,
    people,
    exports,
    printing,
    behalf,
    handover,
    organisation,
    imports,
    visit_rules,
    visits,
    approvals,
    calls,
    posts,
    questions,
    rounds,
    broadcasts,
    pictures,
    operations,
    safeguards,
    members,
    own_pages,
    pages,
)


def routes() -> list[web.AbstractRouteDef]:
    """Every page and what it is made of."""
    return [route for room in PAGES for route in room.routes()]
