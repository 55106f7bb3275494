"""Deeds on behalf of somebody who does not use the chat, from their page; the book says who entered each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from aiohttp import web

from console.desk import Desk
from console.guard import staff
from kit.errors import Refusal
from services.county import desk
from services.county.desk import behalf

PATH = "/console/people"
Fields = Mapping[str, str]
Deed = Callable[[desk.Entry, Fields], Awaitable[None]]


async def life(at: Desk) -> web.StreamResponse:
    """One tap, and a page that asks once more before anything follows from it."""
    form = await at.form()
    kind = form.get("kind", "")
    entry = await _entry(at)
    if form.get("sure") != "yes":
        if kind not in desk.LIFE or not (await desk.may_do(entry.person, at.reach)).life:
            raise Refusal("access.unknown")
        return at.show("life.html", person=entry.person, kind=kind)
    await behalf.life(entry, kind)
    return at.back(f"{PATH}/{entry.person.id}", "entered")


async def details(at: Desk) -> web.StreamResponse:
    """Telephone and home; what was typed stays on the page when somebody else was faster."""
    entry, form = await _entry(at), await at.form()
    try:
        await behalf.details(entry, dict(form), form.get("version", ""))
    except Refusal as refusal:
        if refusal.key != "desk.changed_meanwhile":
            raise
        version = desk.version_of(entry.person)
        return at.show("details.html", status=409, person=entry.person, typed=form, version=version)
    return at.back(f"{PATH}/{entry.person.id}", "entered")


async def _check_in(entry: desk.Entry, form: Fields) -> None:
    await behalf.apply_for(entry, form.get("community", ""))


async def _claim(entry: desk.Entry, form: Fields) -> None:
    await behalf.claim(entry, _whole(form.get("post", "")))


async def _give_back(entry: desk.Entry, form: Fields) -> None:
    await behalf.give_back(entry, _whole(form.get("holding", "")))


async def _wish(entry: desk.Entry, form: Fields) -> None:
    await behalf.wish(entry, form.get("words", ""))


async def _no_visit(entry: desk.Entry, form: Fields) -> None:
    await behalf.no_visit(entry, is_welcome=form.get("visits") == "yes")


async def _second_home(entry: desk.Entry, form: Fields) -> None:
    first, last = _day(form.get("from", "")), _day(form.get("until", ""))
    await behalf.second_home(entry, first, last, form.get("community", ""))


async def _consent(entry: desk.Entry, form: Fields) -> None:
    await behalf.consent(entry, form.get("purpose", ""), form.get("how", ""))


async def _proxy_end(entry: desk.Entry, form: Fields) -> None:
    await behalf.end_proxy(entry, _whole(form.get("tie", "")))


async def _contact(entry: desk.Entry, form: Fields) -> None:
    await behalf.contact(entry, form.get("name", ""), form.get("relation", ""), form.get("phone", ""))


async def _join(entry: desk.Entry, form: Fields) -> None:
    await behalf.join(entry, form.get("place", ""))


DEEDS: Mapping[str, Deed] = {
    "check-in": _check_in,
    "claim": _claim,
    "give-back": _give_back,
    "wish": _wish,
    "no-visit": _no_visit,
    "second-home": _second_home,
    "consent": _consent,
    "proxy-end": _proxy_end,
    "contact": _contact,
    "join": _join,
}


def _doing(deed: Deed) -> Callable[[Desk], Awaitable[web.StreamResponse]]:
    """The page behind one form: the deed, then the person's page again."""

    async def run(at: Desk) -> web.StreamResponse:
        entry = await _entry(at)
        await deed(entry, await at.form())
        return at.back(f"{PATH}/{entry.person.id}", "entered")

    return run


async def _entry(at: Desk) -> desk.Entry:
    person = await desk.theirs(at.whole("number"), at.reach, "check_in")
    return desk.Entry(person, at.opened.person, at.reach, at.now, at.doors.county)


def _whole(said: str) -> int:
    if not said.isascii() or not said.isdigit() or len(said) > _DIGITS:
        raise Refusal("console.number_wanted")
    return int(said)


_DIGITS = 9


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as exc:
        raise Refusal("console.day_wanted") from exc


def routes() -> list[web.AbstractRouteDef]:
    """A path for each deed, beside the page of the person."""
    own = [web.post(PATH + "/{number}/life", staff(life)), web.post(PATH + "/{number}/details", staff(details))]
    return [*own, *(web.post(f"{PATH}/{{number}}/{name}", staff(_doing(deed))) for name, deed in DEEDS.items())]
