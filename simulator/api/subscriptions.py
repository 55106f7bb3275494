"""Subscription notices (订阅通知): only as often as the person agreed (wechat.md §3.5)."""

from __future__ import annotations

from simulator.api.customer import known_person
from simulator.api.door import OK, Answer, Api, Call, get, post
from simulator.api.templates import report, require_template
from simulator.errors import Refused
from simulator.push.packets import Fields
from simulator.state.phones import Phone
from simulator.state.templates import Template, checked_values

KINDS = {"once": 2, "always": 3}


async def send(call: Call) -> Answer:
    """Send a notice the person agreed to; 43101 when nothing is left of the agreement."""
    world = call.world
    template = require_template(call, *KINDS)
    phone = known_person(call)
    values = checked_values(template, call.body.get("data"))
    client_msg_id = call.body.get("client_msg_id")
    if world.templates.sent_before(phone.openid, client_msg_id) is not None:
        return OK
    _spend(phone, template)
    msgid = world.next_msg_id()
    world.templates.remember(phone.openid, client_msg_id, msgid)
    text = template.filled(values)
    facts = {"title": template.title, "url": call.text("page"), "template_id": template.template_id}
    entry = world.phones.show(phone, "subscription", text, **facts)
    row = {"api": "subscription", "openid": phone.openid, "template_id": template.template_id, "text": text}
    world.ledger.sent.append({**row, "client_msg_id": client_msg_id, "msgid": msgid, "at": entry["at"]})
    await report(world, phone.openid, _sent_event(template, msgid))
    return OK


def _spend(phone: Phone, template: Template) -> None:
    left = phone.subscriptions.get(template.template_id, 0)
    if left < 1:
        raise Refused(43101)
    if template.kind == "once":
        phone.subscriptions[template.template_id] = left - 1


def _sent_event(template: Template, msgid: int) -> Fields:
    row = {"TemplateId": template.template_id, "MsgID": msgid, "ErrorCode": 0, "ErrorStatus": "success"}
    return {"Event": "subscribe_msg_sent_event", "SubscribeMsgSentEvent": {"List": row}}


async def listing(call: Call) -> Answer:
    """The account's subscription templates."""
    rows = [
        {
            "priTmplId": each.template_id,
            "title": each.title,
            "content": each.content,
            "type": KINDS[each.kind],
        }
        for each in call.world.templates.listing(*KINDS)
    ]
    return {**OK, "data": rows}


async def remove(call: Call) -> Answer:
    """Delete a subscription template."""
    call.world.templates.remove(call.body.get("priTmplId"))
    return OK


APIS: list[Api] = [
    post("/cgi-bin/message/subscribe/bizsend", send),
    get("/wxaapi/newtmpl/gettemplate", listing),
    post("/wxaapi/newtmpl/deltemplate", remove),
]
