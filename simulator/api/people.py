"""The people who follow: one, a hundred, or page by page (wechat.md §3.7)."""

from __future__ import annotations

from typing import Any

from simulator.api.door import OK, Answer, Api, Call, get, post
from simulator.errors import Refused
from simulator.state.phones import Phone

PAGE = 10_000
BLACKLIST_PAGE = 1_000
BLACKLIST_BATCH = 20
BATCH = 100
REMARK_BYTES = 30


async def info(call: Call) -> Answer:
    """What is known of one person; hardly anything of who does not follow."""
    return _facts(_person(call, call.query.get("openid")))


async def info_of_many(call: Call) -> Answer:
    """The same for up to a hundred."""
    asked = call.body.get("user_list")
    if not isinstance(asked, list) or not 1 <= len(asked) <= BATCH:
        raise Refused(40032)
    openids = [each.get("openid") if isinstance(each, dict) else None for each in asked]
    return {"user_info_list": [_facts(_person(call, openid)) for openid in openids]}


async def followers(call: Call) -> Answer:
    """A page of those who follow."""
    following = [phone.openid for phone in call.world.phones if phone.following]
    return page_of(following, call.query.get("next_openid", ""))


async def set_remark(call: Call) -> Answer:
    """The account's own note on a person, under 30 bytes."""
    phone = _person(call, call.body.get("openid"))
    remark = call.body.get("remark")
    if not isinstance(remark, str):
        raise Refused(47001)
    if len(remark.encode()) >= REMARK_BYTES:
        raise Refused(45053)
    phone.remark = remark
    return OK


async def blacklist(call: Call) -> Answer:
    """A page of those who are barred."""
    barred = [phone.openid for phone in call.world.phones if phone.blacklisted]
    return page_of(barred, call.text("begin_openid"), BLACKLIST_PAGE)


async def bar(call: Call) -> Answer:
    """Bar up to twenty people."""
    return _set_barred(call, True)


async def unbar(call: Call) -> Answer:
    """Let up to twenty people in again."""
    return _set_barred(call, False)


def _set_barred(call: Call, barred: bool) -> Answer:
    openids = call.body.get("openid_list")
    if not isinstance(openids, list) or not 1 <= len(openids) <= BLACKLIST_BATCH:
        raise Refused(40032)
    for phone in [_person(call, openid) for openid in openids]:
        phone.blacklisted = barred
    return OK


def page_of(openids: list[str], after: str, size: int = PAGE) -> dict[str, Any]:
    """One page after the given openid; the last has an empty `next_openid`, an empty one no `data` (§3.7)."""
    if after and after not in openids:
        raise Refused(40003)
    start = openids.index(after) + 1 if after else 0
    page = openids[start : start + size]
    is_last = start + size >= len(openids)
    answer: dict[str, Any] = {"total": len(openids), "count": len(page)}
    if page:
        answer["data"] = {"openid": page}
    return {**answer, "next_openid": "" if is_last else page[-1]}


def _person(call: Call, openid: object) -> Phone:
    if not openid:
        raise Refused(41009)
    phone = call.world.phones.get(openid)
    if phone is None:
        raise Refused(40003)
    return phone


def _facts(phone: Phone) -> dict[str, Any]:
    known = {"unionid": phone.unionid} if phone.unionid else {}
    if not phone.following:
        return {"subscribe": 0, "openid": phone.openid, **known}
    return {
        "subscribe": 1,
        "openid": phone.openid,
        "nickname": "",
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "subscribe_time": phone.since,
        **known,
        "remark": phone.remark,
        "groupid": phone.tags[0] if phone.tags else 0,
        "tagid_list": list(phone.tags),
        "subscribe_scene": phone.scene_kind,
        "qr_scene": int(phone.scene) if phone.scene.isdigit() else 0,
        "qr_scene_str": "" if phone.scene.isdigit() else phone.scene,
    }


APIS: list[Api] = [
    get("/cgi-bin/user/info", info),
    post("/cgi-bin/user/info/batchget", info_of_many),
    get("/cgi-bin/user/get", followers),
    post("/cgi-bin/user/info/updateremark", set_remark),
    post("/cgi-bin/tags/members/getblacklist", blacklist),
    post("/cgi-bin/tags/members/batchblacklist", bar),
    post("/cgi-bin/tags/members/batchunblacklist", unbar),
]
