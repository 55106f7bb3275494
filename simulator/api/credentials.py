"""Tokens, quotas and the platform's own addresses (wechat.md §3.2)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.api.door import OK, Answer, Api, Call, get, post
from simulator.errors import Refused


async def token(call: Call) -> Answer:
    """GET /cgi-bin/token: a new token at each call."""
    _require_account(call, call.query)
    issued = call.world.tokens.issue()
    return {"access_token": issued.text, "expires_in": call.world.tokens.remaining(issued)}


async def stable_token(call: Call) -> Answer:
    """POST /cgi-bin/stable_token: the same token until it is nearly over, or a new one by force."""
    _require_account(call, call.body)
    force = call.body.get("force_refresh", False)
    if not isinstance(force, bool):
        raise Refused(47001)
    issued = call.world.tokens.stable(force)
    return {"access_token": issued.text, "expires_in": call.world.tokens.remaining(issued)}


def _require_account(call: Call, asked: Mapping[str, object]) -> None:
    account = call.world.account
    if asked.get("grant_type") != "client_credential":
        raise Refused(40002)
    if not asked.get("appid"):
        raise Refused(41002)
    if asked["appid"] != account.app_id:
        raise Refused(40013)
    if not asked.get("secret"):
        raise Refused(41004)
    if asked["secret"] != account.secret:
        raise Refused(40125)
    _require_listed(call)


def _require_listed(call: Call) -> None:
    listed = call.world.whitelist
    if listed is not None and call.caller not in listed:
        raise Refused(40164, f"invalid ip {call.caller} ipv6 ::ffff:{call.caller}, not in whitelist")


async def addresses(call: Call) -> Answer:
    """The addresses pushes come from, or calls go to."""
    return {"ip_list": ["127.0.0.1", "::1"]}


async def callback_check(call: Call) -> Answer:
    """The network self-test; here the network is always well."""
    if call.body.get("action") not in ("dns", "ping", "all"):
        raise Refused(40201)
    return {"dns": [{"ip": "127.0.0.1", "real_operator": "UNICOM"}], "ping": []}


async def clear_quota(call: Call) -> Answer:
    """Reset all daily counters; ten times a month."""
    if call.body.get("appid") != call.world.account.app_id:
        raise Refused(40013)
    call.world.quotas.clear()
    return OK


async def clear_quota_by_secret(call: Call) -> Answer:
    """The same for whoever has no token left."""
    asked = {**call.query, **call.body}
    if asked.get("appid") != call.world.account.app_id:
        raise Refused(40013)
    if asked.get("appsecret") != call.world.account.secret:
        raise Refused(40125)
    call.world.quotas.clear()
    return OK


async def quota(call: Call) -> Answer:
    """What is left of one API today."""
    return {**OK, **call.world.quotas.standing(_known_path(call))}


async def clear_one(call: Call) -> Answer:
    """Reset one API's counter; fifty times a month."""
    call.world.quotas.clear(_known_path(call))
    return OK


def _known_path(call: Call) -> str:
    path = call.text("cgi_path")
    if path.startswith("/sns/"):
        raise Refused(76022)
    if not path.startswith("/") or path not in call.world.api_paths:
        raise Refused(76021)
    return path


async def look_up_rid(call: Call) -> Answer:
    """What a refused call was, by the rid in its errmsg."""
    request = call.world.ledger.rids.get(call.text("rid"))
    if request is None:
        raise Refused(76001)
    return {**OK, "request": request}


APIS: list[Api] = [
    get("/cgi-bin/token", token, needs_token=False, verified_only=False),
    post("/cgi-bin/stable_token", stable_token, needs_token=False, verified_only=False),
    get("/cgi-bin/getcallbackip", addresses, verified_only=False),
    get("/cgi-bin/get_api_domain_ip", addresses, verified_only=False),
    post("/cgi-bin/callback/check", callback_check, verified_only=False),
    post("/cgi-bin/clear_quota", clear_quota, verified_only=False),
    post("/cgi-bin/clear_quota/v2", clear_quota_by_secret, needs_token=False, verified_only=False),
    post("/cgi-bin/openapi/quota/get", quota, verified_only=False),
    post("/cgi-bin/openapi/quota/clear", clear_one, verified_only=False),
    post("/cgi-bin/openapi/rid/get", look_up_rid, verified_only=False),
]
