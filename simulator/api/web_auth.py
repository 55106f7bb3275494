"""Web authorisation's calls under /sns, answered as text/plain, and the JS ticket (wechat.md §3.10)."""

from __future__ import annotations

from simulator.api.door import OK, Answer, Api, Call, get
from simulator.errors import Refused
from simulator.state.web_auth import TOKEN_LIFE, Grant


async def access_token(call: Call) -> Answer:
    """Change a code for a user token."""
    account, query = call.world.account, call.query
    if query.get("appid") != account.app_id:
        raise Refused(40013)
    if query.get("secret") != account.secret:
        raise Refused(40125)
    if query.get("grant_type") != "authorization_code":
        raise Refused(40002)
    grant, is_snapshot = call.world.web_auth.redeem(query.get("code"))
    answer = _tokens(call, grant)
    return {**answer, "is_snapshotuser": 1} if is_snapshot else answer


async def refresh_token(call: Call) -> Answer:
    """Renew a user token."""
    if call.query.get("appid") != call.world.account.app_id:
        raise Refused(40013)
    if call.query.get("grant_type") != "refresh_token":
        raise Refused(40002)
    return _tokens(call, call.world.web_auth.renew(call.query.get("refresh_token")))


async def check(call: Call) -> Answer:
    """Is this user token good for this openid?"""
    call.world.web_auth.require(call.query.get("access_token"), call.query.get("openid"))
    return OK


async def userinfo(call: Call) -> Answer:
    """Name and picture, for the wider scope only."""
    grant = call.world.web_auth.require(call.query.get("access_token"), call.query.get("openid"))
    if grant.scope != "snsapi_userinfo":
        raise Refused(48001)
    phone = call.world.phones.get(grant.openid)
    nickname = phone.name if phone else ""
    nothing = {"sex": 0, "province": "", "city": "", "country": "", "headimgurl": "", "privilege": []}
    return {"openid": grant.openid, "nickname": nickname, **nothing, **_union(call, grant)}


async def ticket(call: Call) -> Answer:
    """The ticket pages sign with."""
    if call.query.get("type") not in ("jsapi", "wx_card"):
        raise Refused(40035)
    text, left = call.world.web_auth.ticket()
    return {**OK, "ticket": text, "expires_in": left}


def _tokens(call: Call, grant: Grant) -> Answer:
    return {
        "access_token": grant.token,
        "expires_in": TOKEN_LIFE,
        "refresh_token": grant.refresh,
        "openid": grant.openid,
        "scope": grant.scope,
        **_union(call, grant),
    }


def _union(call: Call, grant: Grant) -> dict[str, str]:
    phone = call.world.phones.get(grant.openid)
    return {"unionid": phone.unionid} if phone and phone.unionid else {}


_PLAIN = {"needs_token": False, "content_type": "text/plain"}

APIS: list[Api] = [
    get("/sns/oauth2/access_token", access_token, **_PLAIN),
    get("/sns/oauth2/refresh_token", refresh_token, **_PLAIN),
    get("/sns/auth", check, **_PLAIN),
    get("/sns/userinfo", userinfo, **_PLAIN),
    get("/cgi-bin/ticket/getticket", ticket),
]
