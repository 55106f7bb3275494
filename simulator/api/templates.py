"""Template messages: typed, once per client id, followed by an event about how it went (wechat.md §3.4)."""

from __future__ import annotations

import asyncio

from simulator.api.customer import known_person
from simulator.api.door import OK, Answer, Api, Call, get, post
from simulator.errors import Refused
from simulator.push import deeds
from simulator.push.packets import Fields
from simulator.state.phones import Phone
from simulator.state.templates import ID_LENGTH, Template, checked_values
from simulator.world import World

BLOCKED = "failed:user block"


async def send(call: Call) -> Answer:
    """Send a filled template to a follower, once per client id, and report the outcome by an event."""
    world, body = call.world, call.body
    template = require_template(call, "template")
    phone = known_person(call)
    values = checked_values(template, body.get("data"))
    if not phone.following:
        raise Refused(43004)
    if phone.blacklisted:
        raise Refused(43019)
    before = world.templates.sent_before(phone.openid, body.get("client_msg_id"))
    if before is not None:
        return {**OK, "msgid": before}
    msgid = world.next_msg_id()
    world.templates.remember(phone.openid, body.get("client_msg_id"), msgid)
    _deliver(call, phone, template, values, msgid)
    status = BLOCKED if phone.blocked else world.faults.job_status or "success"
    fields: Fields = {"Event": "TEMPLATESENDJOBFINISH", "MsgID": msgid, "Status": status}
    await report(world, phone.openid, fields)
    return {**OK, "msgid": msgid}


def require_template(call: Call, *kinds: str) -> Template:
    """The template that is named; 40036 for an id of the wrong length, 43116 when it is banned."""
    template_id = call.text("template_id")
    if template_id in call.world.faults.banned:
        raise Refused(43116)
    if template_id and len(template_id) > ID_LENGTH:
        raise Refused(40036)
    return call.world.templates.find(template_id, *kinds)


def _deliver(call: Call, phone: Phone, template: Template, values: dict[str, str], msgid: int) -> None:
    world, text = call.world, template.filled(values)
    if not phone.blocked:
        facts = {"title": template.title, "url": call.text("url"), "template_id": template.template_id}
        world.phones.show(phone, "template", text, **facts)
    world.ledger.sent.append(
        {
            "api": "template",
            "openid": phone.openid,
            "template_id": template.template_id,
            "text": text,
            "values": values,
            "client_msg_id": call.body.get("client_msg_id"),
            "msgid": msgid,
            "at": round(world.clock.now(), 3),
        }
    )


async def report(world: World, openid: str, fields: Fields) -> None:
    """Push a job's event a little later, or, as it happens in reality, before the call is even answered."""
    if world.faults.event_first:
        await deeds.job_event(world, openid, fields)
    else:
        world.soon(_report_later(world, openid, fields))


async def _report_later(world: World, openid: str, fields: Fields) -> None:
    await asyncio.sleep(world.config.job_delay)
    await deeds.job_event(world, openid, fields)


async def listing(call: Call) -> Answer:
    """The account's templates with their placeholders."""
    rows = [
        {
            "template_id": each.template_id,
            "title": each.title,
            "primary_industry": "",
            "deputy_industry": "",
            "content": each.content,
            "example": each.example,
        }
        for each in call.world.templates.listing("template")
    ]
    return {"template_list": rows}


async def add(call: Call) -> Answer:
    """Take a template from the library."""
    short = call.body.get("template_id_short")
    return {**OK, "template_id": call.world.templates.pick(short, call.body.get("keyword_name_list"))}


async def remove(call: Call) -> Answer:
    """Delete a template."""
    call.world.templates.remove(call.body.get("template_id"))
    return OK


async def industry(call: Call) -> Answer:
    """The old industry scheme, which new accounts do not have."""
    none = {"first_class": "", "second_class": ""}
    return {"primary_industry": none, "secondary_industry": none}


APIS: list[Api] = [
    post("/cgi-bin/message/template/send", send),
    get("/cgi-bin/template/get_all_private_template", listing),
    post("/cgi-bin/template/api_add_template", add),
    post("/cgi-bin/template/del_private_template", remove),
    get("/cgi-bin/template/get_industry", industry),
]
