"""The account's menu and its conditional ones (wechat.md §3.9)."""

from __future__ import annotations

import re

from simulator.api.door import OK, Answer, Api, Call, get, post
from simulator.errors import Refused

_ESCAPED = re.compile(rb"\\u[0-9a-fA-F]{4}")


async def create(call: Call) -> Answer:
    r"""Replace the whole menu; `\u` escapes in the body are refused with 40033."""
    _require_plain_text(call)
    call.world.menus.put(call.body.get("button"))
    call.world.phones.tell({"event": "menu"})
    return OK


async def show(call: Call) -> Answer:
    """The menu and its conditional ones; 46003 when there is none."""
    menus = call.world.menus
    if menus.default is None:
        raise Refused(46003)
    answer: Answer = {"menu": {"button": menus.default}}
    if menus.conditional:
        answer["conditionalmenu"] = list(reversed(menus.conditional.values()))
    return answer


async def remove(call: Call) -> Answer:
    """Take the menu away, the conditional ones too."""
    call.world.menus.clear()
    call.world.phones.tell({"event": "menu"})
    return OK


async def current(call: Call) -> Answer:
    """The menu as the console shows it."""
    default = call.world.menus.default
    is_open = 0 if default is None else 1
    return {"is_menu_open": is_open, "selfmenu_info": {"button": default or []}}


async def add_conditional(call: Call) -> Answer:
    """Hang up a menu for some people only."""
    _require_plain_text(call)
    menuid = call.world.menus.add_conditional(call.body.get("button"), call.body.get("matchrule"))
    call.world.phones.tell({"event": "menu"})
    return {"menuid": str(menuid)}


async def remove_conditional(call: Call) -> Answer:
    """Take a conditional menu away."""
    call.world.menus.remove_conditional(call.body.get("menuid"))
    call.world.phones.tell({"event": "menu"})
    return OK


async def try_match(call: Call) -> Answer:
    """Which menu this person would see."""
    phone = call.world.phones.get(call.body.get("user_id"))
    if phone is None:
        raise Refused(40003)
    return {"button": call.world.menus.seen_by(phone.tags, phone.client)[0]}


def _require_plain_text(call: Call) -> None:
    if _ESCAPED.search(call.raw):
        raise Refused(40033)


APIS: list[Api] = [
    post("/cgi-bin/menu/create", create),
    get("/cgi-bin/menu/get", show),
    get("/cgi-bin/menu/delete", remove),
    get("/cgi-bin/get_current_selfmenu_info", current, verified_only=False),
    post("/cgi-bin/menu/addconditional", add_conditional),
    post("/cgi-bin/menu/delconditional", remove_conditional),
    post("/cgi-bin/menu/trymatch", try_match),
]
