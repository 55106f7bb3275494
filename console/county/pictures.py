"""Pictures where people would rather look: ages, birthdays, coverage, notices, visits, posts; numbers beneath."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aiohttp import web

import texts
from console import charts
from console.desk import Desk
from console.guard import staff
from kit.errors import Refusal
from services.care import visits
from services.care.visit_rules import festival
from services.county.desk import figures
from services.county.desk.figures import Step
from services.county.desk.visit_figures import month_of
from services.county.desk.visits_behind import visits_behind

PATH = "/console/pictures"
KINDS = ("ages", "months", "places")
VISITS = ("by_month", "branches")
_SHOWN = 40


async def shown(at: Desk) -> web.Response:
    """All of them for a month, quarter or year, with the one before it for comparison."""
    span = _span(at)
    days, past = figures.days_of(span, at.today), figures.days_of(span, at.today, before=1)
    births = await figures.births(at.reach)
    ages, months = births.ages(at.reach, at.today), births.months(at.reach)
    tree = await figures.coverage(at.reach)
    funnel, funnel_past = await figures.funnel(at.reach, days), await figures.funnel(at.reach, past)
    by_month = await figures.visits_by_month(at.reach, at.today.year)
    branches, before = await figures.visits_by_branch(at.reach, days), await figures.visits_by_branch(at.reach, past)
    posts = await figures.posts_filled(at.reach)
    festivals = await _festivals(at)
    month_names = [texts.render("pictures.month", number=one.label) for one in by_month]
    steps = [texts.render(f"pictures.step_{one.label}") for one in funnel]
    return at.show(
        "pictures.html",
        spans=figures.SPANS, span=span, days=days,
        may_name=figures.may_name(at.reach),
        ages=ages, ages_drawn=charts.pyramid(ages),
        months=months, month_names=month_names, months_drawn=charts.ring(months, month_names, festivals),
        festivals=festivals,
        tree=tree[:_SHOWN], tree_drawn=charts.bars([one for _, one in tree[:_SHOWN]], _indented(tree[:_SHOWN])),
        funnel=list(zip(steps, funnel, funnel_past, strict=True)), funnel_drawn=charts.bars(funnel, steps),
        by_month=by_month, by_month_drawn=charts.bars(by_month, month_names),
        branches=branches[:_SHOWN], branches_more=len(branches[_SHOWN:]), branches_drawn=charts.bars(branches[:_SHOWN]),
        visits_now=figures.totals(branches),
        visits_before=figures.totals(before),
        posts=posts, posts_drawn=charts.bars(posts),
    )  # fmt: skip


def _span(at: Desk) -> figures.Span:
    wanted = at.request.query.get("span", "")
    return next((one for one in figures.SPANS if one == wanted), "month")


async def _festivals(at: Desk) -> list[tuple[date, str]]:
    """The festivals on which the county visits its members, this year, in their order."""
    kept = (await visits.rules_now(at.doors.county)).visits.festivals
    return sorted((festival(kind, at.today.year), texts.render(f"pictures.{kind}")) for kind in kept)


def _indented(tree: Sequence[tuple[int, Step]]) -> list[str]:
    """Deeper places stand further to the right."""
    return [f"{'· ' * depth}{step.label}" for depth, step in tree]


async def names(at: Desk) -> web.Response:
    """The names behind one step, for those who may read them."""
    what, key = at.request.query.get("what", ""), at.whole("key")
    if what in VISITS:
        return await _visits(at, what, key)
    if what not in KINDS:
        raise Refusal("access.unknown")
    rows = await figures.names_behind(at.reach, what, key, at.today)
    return at.show("pictures_names.html", rows=rows, most=figures.NAMED, are_visits=False)


async def _visits(at: Desk, what: str, key: int) -> web.Response:
    if what == "by_month":
        days, home = month_of(at.today.replace(month=min(max(key, 1), 12), day=1)), 0
    else:
        days, home = figures.days_of(_span(at), at.today), max(key, 1)
    rows = await visits_behind(at.reach, days, home=home, most=figures.NAMED)
    return at.show("pictures_names.html", rows=rows, most=figures.NAMED, are_visits=True)


def routes() -> list[web.AbstractRouteDef]:
    """The pictures, and the names behind them."""
    return [web.get(PATH, staff(shown)), web.get(PATH + "/names", staff(names))]
