"""Tags and who wears them (wechat.md §3.7)."""

from __future__ import annotations

from simulator.api.door import OK, Answer, Api, Call, get, post
from simulator.api.people import page_of
from simulator.errors import Refused
from simulator.state.phones import Phone
from simulator.state.tags import MOST_PER_PERSON
from simulator.world import World

BATCH = 50
UNDELETABLE = 100_000


async def create(call: Call) -> Answer:
    """A new tag."""
    name = _tag(call).get("name")
    return {"tag": {"id": call.world.tags.create(name), "name": name}}


async def listing(call: Call) -> Answer:
    """All tags with the number of their wearers."""
    names = call.world.tags.names
    return {"tags": [{"id": tag, "name": name, "count": len(_wearers(call.world, tag))} for tag, name in names.items()]}


async def rename(call: Call) -> Answer:
    """Another name for a tag."""
    call.world.tags.rename(_tag(call).get("id"), _tag(call).get("name"))
    return OK


async def remove(call: Call) -> Answer:
    """Delete a tag and take it off everybody."""
    tag = call.world.tags.known(_tag(call).get("id"))
    wearers = _wearers(call.world, tag)
    if len(wearers) > UNDELETABLE:
        raise Refused(45057)
    call.world.tags.remove(tag)
    for phone in wearers:
        phone.tags.remove(tag)
    return OK


async def put_on(call: Call) -> Answer:
    """Tag up to fifty people; who has twenty tags already is reported."""
    tag, phones = call.world.tags.known(call.body.get("tagid")), _listed(call)
    full = [phone.openid for phone in phones if tag not in phone.tags and len(phone.tags) >= MOST_PER_PERSON]
    for phone in phones:
        if phone.openid not in full and tag not in phone.tags:
            phone.tags.append(tag)
    if full:
        raise Refused(45059 if len(full) == len(phones) else 45171, fail_openid_list=full)
    return OK


async def take_off(call: Call) -> Answer:
    """Untag up to fifty people."""
    tag = call.world.tags.known(call.body.get("tagid"))
    for phone in _listed(call):
        if tag in phone.tags:
            phone.tags.remove(tag)
    return OK


async def wearers(call: Call) -> Answer:
    """A page of those who wear a tag."""
    tag = call.world.tags.known(call.body.get("tagid"))
    answer = page_of([phone.openid for phone in _wearers(call.world, tag)], call.text("next_openid"))
    return {name: value for name, value in answer.items() if name != "total"}


async def of_person(call: Call) -> Answer:
    """The tags one person wears."""
    phone = call.world.phones.get(call.body.get("openid"))
    if phone is None:
        raise Refused(40003)
    return {"tagid_list": list(phone.tags)}


def _tag(call: Call) -> dict[str, object]:
    tag = call.body.get("tag")
    if not isinstance(tag, dict):
        raise Refused(47001)
    return tag


def _wearers(world: World, tag: int) -> list[Phone]:
    return [phone for phone in world.phones if tag in phone.tags]


def _listed(call: Call) -> list[Phone]:
    openids = call.body.get("openid_list")
    if not isinstance(openids, list) or not openids:
        raise Refused(40031)
    if len(openids) > BATCH:
        raise Refused(40032)
    phones = [call.world.phones.get(openid) for openid in openids]
    known = [phone for phone in phones if phone is not None and phone.following]
    if len(known) < len(phones):
        raise Refused(40003)
    return known


APIS: list[Api] = [
    post("/cgi-bin/tags/create", create),
    get("/cgi-bin/tags/get", listing),
    post("/cgi-bin/tags/update", rename),
    post("/cgi-bin/tags/delete", remove),
    post("/cgi-bin/tags/members/batchtagging", put_on),
    post("/cgi-bin/tags/members/batchuntagging", take_off),
    post("/cgi-bin/user/tag/get", wearers),
    post("/cgi-bin/tags/getidlist", of_person),
]
