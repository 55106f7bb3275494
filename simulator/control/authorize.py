"""The page of open.weixin.qq.com where a browser becomes a person of this account (wechat.md §3.10)."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from aiohttp import web

from simulator.api.door import WORLD
from simulator.control.pages import SAFETY
from simulator.state.phones import Phone
from simulator.words import word
from simulator.world import World

SCOPES = ("snsapi_base", "snsapi_userinfo")
ORDER = ("appid", "redirect_uri", "response_type", "scope", "state")
LONGEST_STATE = 128
COOKIE = "sim_phone"


async def authorize(request: web.Request) -> web.Response:
    """Send the browser back with a code, at once if it came from a phone of the page, else after a choice."""
    world = request.app[WORLD]
    problem = _problem(request, world)
    if problem:
        return _page(word("pages", "refused"), f"<p>{escape(problem)}</p>", status=400)
    openid = request.query.get("phone") or request.cookies.get(COOKIE, "")
    phone = world.phones.get(openid)
    if phone is None:
        return _page(word("pages", "pick_title"), _choices(request, world))
    raise web.HTTPFound(_way_back(request, world, phone))


async def open_link(request: web.Request) -> web.Response:
    """GET /sim/open?phone=&url=: a link tapped on a phone; the browser remembers whose it was."""
    url = request.query.get("url", "")
    if urlsplit(url).scheme not in ("http", "https"):
        raise web.HTTPBadRequest
    response = web.HTTPFound(url)
    response.set_cookie(COOKIE, request.query.get("phone", ""), path="/connect", httponly=True, samesite="Lax")
    raise response


def _problem(request: web.Request, world: World) -> str:
    """The platform's error number, or nothing when the address is in order."""
    query = request.query
    if query.get("appid") != world.account.app_id:
        return "10012"
    if [name for name in query if name in ORDER] != [name for name in ORDER if name in query]:
        return "10016"
    target = urlsplit(query.get("redirect_uri", ""))
    listed = world.config.redirect_hosts
    if target.scheme not in ("http", "https") or (listed is not None and target.hostname not in listed):
        return "10003"
    if query.get("response_type") != "code" or query.get("scope") not in SCOPES:
        return "10005"
    return "10015" if len(query.get("state", "").encode()) > LONGEST_STATE else ""


def _way_back(request: web.Request, world: World, phone: Phone) -> str:
    snapshot = world.faults.snapshot or request.query.get("snapshot") == "1"
    code = world.web_auth.new_code(phone.openid, request.query["scope"], snapshot)
    parts = urlsplit(request.query["redirect_uri"])
    answer = urlencode({"code": code, "state": request.query.get("state", "")})
    return urlunsplit(parts._replace(query=f"{parts.query}&{answer}" if parts.query else answer))


def _choices(request: web.Request, world: World) -> str:
    links = [_choice(request, phone) for phone in world.phones]
    return f"<p>{word('pages', 'pick_hint')}</p><ul class='choices'>{''.join(links)}</ul>"


def _choice(request: web.Request, phone: Phone) -> str:
    href = f"{request.path}?{request.query_string}&phone={quote(phone.openid)}"
    return f"<li><a href='{escape(href, quote=True)}'>{escape(phone.name)}</a></li>"


def _page(title: str, body: str, status: int = 200) -> web.Response:
    html = (
        "<!doctype html><html lang='zh-CN'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'><link rel='stylesheet' href='/static/style.css'>"
        f"<title>{title}</title><body class='plain'><main><h1>{title}</h1>{body}</main></body></html>"
    )
    return web.Response(text=html, content_type="text/html", headers=SAFETY, status=status)


ROUTES = [web.get("/connect/oauth2/authorize", authorize), web.get("/sim/open", open_link)]
