"""Mass sends: checked at the door, delivered a little later, reported with counts (wechat.md §3.6)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from simulator.api.customer import known_person
from simulator.api.door import OK, Answer, Api, Call, post
from simulator.errors import Refused
from simulator.push import deeds
from simulator.push.packets import Fields
from simulator.state.mass import ADMIN_PATIENCE, Job
from simulator.state.phones import Phone
from simulator.world import World

HELPER = "oMphelperOfThePlatform000000"
SPEEDS = (80, 60, 45, 30, 10)
MOST_OPENIDS = 10_000
WATCH_SECONDS = 0.2


async def send_to_all_or_tag(call: Call) -> Answer:
    """To everybody, or to those who wear a tag."""
    asked = call.body.get("filter")
    if not isinstance(asked, dict):
        raise Refused(47001)
    to_all = asked.get("is_to_all") is True
    if to_all:
        audience = [phone for phone in call.world.phones if phone.following]
    else:
        tag = call.world.tags.known(asked.get("tag_id"))
        audience = [phone for phone in call.world.phones if tag in phone.tags]
    return _submitted(call, audience, json.dumps(asked, sort_keys=True), to_all)


async def send_to_list(call: Call) -> Answer:
    """To 2 to 10 000 openids; those unknown here are passed over."""
    openids = call.body.get("touser")
    if not isinstance(openids, list) or not all(isinstance(openid, str) and openid for openid in openids):
        raise Refused(40031)
    if len(openids) < 2:
        raise Refused(40130)
    if len(openids) > MOST_OPENIDS:
        raise Refused(40032)
    found = [call.world.phones.get(openid) for openid in dict.fromkeys(openids)]
    # Derived without the list: that is why the same text to two batches collides (§3.6).
    return _submitted(call, [phone for phone in found if phone], "list", to_all=False)


def _submitted(call: Call, audience: list[Phone], scope: str, to_all: bool) -> Answer:
    world, content = call.world, _content(call)
    basis = f"{scope} {json.dumps(content, sort_keys=True)}".encode()
    client_id = world.mass.require_new(call.body.get("clientmsgid"), basis)
    if to_all:
        world.mass.require_to_all_left()
    job = world.mass.submit(client_id, to_all, content, audience)
    job.needs_admin = to_all and world.faults.admin_confirms
    row = {"api": "mass", "msg_id": job.msg_id, "client_msg_id": call.body.get("clientmsgid")}
    openids = [phone.openid for phone in audience]
    world.ledger.sent.append({**row, "openids": openids, "text": content["text"], "at": round(world.clock.now(), 3)})
    world.soon(_run(world, job))
    answer = {"errcode": 0, "errmsg": "send job submission success", "msg_id": job.msg_id}
    return {**answer, "msg_data_id": job.msg_id + 1_000_000_000}


async def preview(call: Call) -> Answer:
    """Show the message to one person; no job, no count."""
    phone, content = known_person(call), _content(call)
    call.world.phones.show(phone, "mass", **content)
    return {**OK, "msg_id": 0}


async def status(call: Call) -> Answer:
    """How far a job is."""
    job = call.world.mass.find(call.body.get("msg_id"))
    return {"msg_id": job.msg_id, "msg_status": job.status}


async def delete(call: Call) -> Answer:
    """Take articles or a film back; other kinds cannot be."""
    job = call.world.mass.find(call.body.get("msg_id"))
    if job.content["type"] not in ("mpnews", "mpvideo"):
        raise Refused(40035)
    job.status = "DELETE"
    return OK


async def speed(call: Call) -> Answer:
    """The speed level jobs run at."""
    return {"speed": call.world.mass.speed, "realspeed": SPEEDS[call.world.mass.speed]}


async def set_speed(call: Call) -> Answer:
    """Choose the speed level, 0 (fast) to 4."""
    wanted = call.body.get("speed")
    if not isinstance(wanted, int) or not 0 <= wanted < len(SPEEDS):
        raise Refused(40035)
    call.world.mass.speed = wanted
    return OK


async def _run(world: World, job: Job) -> None:
    await asyncio.sleep(world.config.job_delay)
    refused = await _administrator(world, job)
    if refused:
        job.status = "SEND_FAIL"
    else:
        _hand_out(world, job)
    result = refused or "send success"
    await deeds.job_event(world, HELPER, _finished(job, result))


async def _administrator(world: World, job: Job) -> str:
    """Wait for the administrator's word; silence for half an hour is a no."""
    while job.needs_admin:
        if job.status == "SEND_FAIL":
            return "err(40001)"
        if world.clock.now() - job.submitted_at > ADMIN_PATIENCE:
            return "err(40002)"
        await asyncio.sleep(WATCH_SECONDS)
    return ""


def _hand_out(world: World, job: Job) -> None:
    job.counts["total"] = len(job.audience)
    for phone in job.audience:
        if not world.mass.may_receive(phone):
            continue
        job.counts["filter"] += 1
        if phone.blocked:
            job.counts["error"] += 1
            continue
        job.counts["sent"] += 1
        world.phones.show(phone, "mass", **job.content)
    job.status = "SEND_SUCCESS"


def _finished(job: Job, result: str) -> Fields:
    return {
        "Event": "MASSSENDJOBFINISH",
        "MsgID": job.msg_id,
        "Status": result,
        "TotalCount": job.counts["total"],
        "FilterCount": job.counts["filter"],
        "SentCount": job.counts["sent"],
        "ErrorCount": job.counts["error"],
        "CopyrightCheckResult": {"Count": 0, "ResultList": "", "CheckState": 0},
        "ArticleUrlResult": {"Count": 0, "ResultList": ""},
    }


def _content(call: Call) -> dict[str, Any]:
    """What will be shown; the type must fit and files must exist."""
    kind = call.text("msgtype")
    reader, part = _READERS.get(kind), call.body.get(kind)
    if kind == "wxcard":
        raise Refused(45113)
    if reader is None:
        raise Refused(40008)
    if not isinstance(part, dict):
        raise Refused(47001)
    return {"type": kind, **reader(call.world, part)}


def _text(world: World, part: dict[str, Any]) -> dict[str, Any]:
    content = part.get("content")
    if not isinstance(content, str) or not content:
        raise Refused(44004)
    return {"text": content}


def _pictures(world: World, part: dict[str, Any]) -> dict[str, Any]:
    ids = part.get("media_ids")
    if not isinstance(ids, list) or not ids:
        raise Refused(40007)
    found = [world.media.find(media_id, "image").media_id for media_id in ids]
    return {"text": str(part.get("recommend") or ""), "media_id": found[0]}


def _one_file(*kinds: str) -> Callable[[World, dict[str, Any]], dict[str, Any]]:
    def read(world: World, part: dict[str, Any]) -> dict[str, Any]:
        return {"text": "", "media_id": world.media.find(part.get("media_id"), *kinds).media_id}

    return read


_READERS: dict[str, Callable[[World, dict[str, Any]], dict[str, Any]]] = {
    "text": _text,
    "images": _pictures,
    "image": _one_file("image"),
    "voice": _one_file("voice"),
    "mpvideo": _one_file("video"),
    "mpnews": _one_file(),
}

APIS: list[Api] = [
    post("/cgi-bin/message/mass/sendall", send_to_all_or_tag),
    post("/cgi-bin/message/mass/send", send_to_list),
    post("/cgi-bin/message/mass/preview", preview),
    post("/cgi-bin/message/mass/get", status),
    post("/cgi-bin/message/mass/delete", delete),
    post("/cgi-bin/message/mass/speed/get", speed, body="none"),
    post("/cgi-bin/message/mass/speed/set", set_speed),
]
