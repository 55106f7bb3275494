"""Nothing typed is lost: a form that comes after the session's end waits for its sender and comes back filled."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from aiohttp import web
from markupsafe import Markup, escape

import texts
from console.desk import Desk, Doors
from console.pages import HEADERS, page
from console.refilling import TOKEN, refilled
from services.people import kept_forms, logins

KEPT = "/console/kept"
MARK = "kept"
"""The name in the address of a page that is to be filled, and of the field that says which form was handed in."""
_NOT_KEPT = (TOKEN, MARK, "password")
_LONGEST_PAGE = 400


async def keep(request: web.Request, doors: Doors, session: logins.Lapsed, stood_on: str) -> web.Response:
    """Put the form away for the person whose session it was, and say that it is safe; a mere click is no form."""
    sent = [(name, said) for name, said in (await request.post()).items() if isinstance(said, str)]
    fields = [one for one in sent if one[0] not in _NOT_KEPT]
    is_kept = bool(fields)
    if fields:
        async with doors.transaction():
            is_kept = await kept_forms.keep(session.person_id, stood_on, request.path_qs, fields, now=session.at)
    return page("console/ended.html", {"is_kept": is_kept}, status=401)


async def page_of(request: web.Request) -> str:
    """The page of the desk the form stood on, if a look opens it again; else nothing. Before the form is read."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    path = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    is_ours = came_from.netloc == request.host and path.startswith("/console/") and len(path) <= _LONGEST_PAGE
    if not is_ours:
        return ""
    found = await request.app.router.resolve(request.clone(method="GET", rel_url=path))
    return "" if found.http_exception or came_from.path == KEPT else path


async def way_back(person_id: int, home: str, now: datetime) -> str:
    """Where to go after the login: to the form that waits, else home."""
    kept = await kept_forms.waiting(person_id, now=now)
    if kept is None:
        return home
    return f"{kept.page}{'&' if '?' in kept.page else '?'}{MARK}=1#{MARK}" if kept.page else KEPT


async def filled(desk: Desk, answer: web.StreamResponse) -> web.StreamResponse:
    """The page with what was typed in its form; where that form is no more, the way to what was typed."""
    is_page = isinstance(answer, web.Response) and answer.status == 200 and answer.content_type == "text/html"
    kept = await kept_forms.waiting(desk.opened.person.id, now=desk.now)
    if not is_page or kept is None or not isinstance(answer, web.Response):
        return answer
    body = refilled(answer.text or "", kept.action, kept.fields, _note(kept.id))
    if body is None:
        return web.Response(status=303, headers={"Location": KEPT})
    return web.Response(text=body, content_type="text/html", headers=HEADERS)


def _note(number: int) -> str:
    words = Markup(
        '<p class="said" role="status" id="{0}" tabindex="-1">{1}</p><input type="hidden" name="{0}" value="{2}">'
    )
    return str(words.format(MARK, escape(texts.render("console.kept_here")), number))


async def handed_in(desk: Desk, answer: web.StreamResponse) -> None:
    """After a change that was made: the form that waited is done."""
    number = (await desk.form()).get(MARK, "")
    if number.isascii() and number.isdigit() and len(number) < 10 and answer.status < 400:
        async with desk.doors.transaction():
            await kept_forms.drop(desk.opened.person.id, int(number))
