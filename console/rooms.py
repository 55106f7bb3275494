"""The rooms of the console, in the order of its menu: joining costs one line."""

from __future__ import annotations

from aiohttp import web

from console import (
    approvals,
    behalf,
    broadcasts,
    calls,
    exports,
    handover,
    home,
    imports,
    login,
    me,
    members,
    operations,
    organisation,
    own_pages,
    pages,
    people,
    pictures,
    posts,
    printing,
    questions,
    resuming,
    safeguards,
    visit_rules,
    visits,
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
