"""Wednesday afternoon: the desk opens by a scan, and 154 of 210 people come into the chat with paper slips."""

from __future__ import annotations

import asyncio
import re

from kit.clock import local_day
from tests.walk import roster
from tests.walk.hands import Hands
from tests.walk.world import BEGIN, OPENIDS, World, slips

AT_ONCE = 8


async def walk(world: World, secretary: Hands, worker: Hands) -> None:
    """Everybody who has a phone is in the chat, and both desks are open."""
    await _staff_binds(world)
    with world.book.step("书记点退出，回到登录页"):
        await secretary.click("退出")
        await secretary.sees("登录金秋工作台")
    await comes_in(world, secretary, "李四友", picture="desk-login")
    await comes_in(world, worker, "周五常")
    with world.book.step("154位老同志用绑定条进来"):
        await _members_bind(world)
    with world.book.step("在人员页看到谁绑定了微信"):
        await secretary.follow("人员", "header")
        await secretary.sees("已绑定", "未绑定")


async def comes_in(world: World, desk: Hands, who: str, picture: str = "") -> None:
    """Scan the code on the screen and say the two digits."""
    with world.book.step(f"{who}扫码，在微信里发两位数字，工作台打开"):
        await desk.go("/console/login")
        await desk.click("显示二维码")
        digits = (await desk.read("#digits")).strip()
        await desk.look()
        if picture:
            await desk.photograph(picture)
        asked = await world.phones.do(OPENIDS[who], "scan", scene=await _scene_shown(world))
        assert "两位数字" in str(asked["reply"]), asked["reply"]
        said = await world.says(who, digits)
        assert "马上打开" in said, said
        await desk.page.wait_for_selector(".morning")


async def _scene_shown(world: World) -> str:
    """What the code on the screen says, as the phone's camera would read it: the newest code of the account."""
    codes = await world.phones.call("GET", "/sim/codes")
    return next(str(one["scene"]) for one in codes if str(one["scene"]).startswith("login:"))


async def _staff_binds(world: World) -> None:
    with world.book.step("书记、社区工作者和小组长自己先用绑定条绑定"):
        printed = await slips(list(OPENIDS))
        for name, openid in OPENIDS.items():
            await world.phones.put(openid, name, following=False)
            await bind(world, openid, name, printed[name][0])


async def bind(world: World, openid: str, name: str, digits: str) -> None:
    """Follow, agree, and type the four digits from the slip."""
    await world.phones.do(openid, "follow")
    answer = ""
    for words in ("2", "1", "1", digits, name):
        answer = await world.phones.say(openid, words)
    assert re.search("绑好了", answer), f"{name}: {answer}"


async def _members_bind(world: World) -> None:
    names = [one.name for one in roster.people(local_day(BEGIN))][: roster.IN_THE_CHAT]
    printed, some = await slips(names), asyncio.Semaphore(AT_ONCE)

    async def one(number: int, name: str) -> None:
        openid = f"oWalkMember{number:013}"
        OPENIDS[name] = openid
        async with some:
            await world.phones.put(openid, name, following=False)
            await bind(world, openid, name, printed[name][0])

    await asyncio.gather(*(one(number, name) for number, name in enumerate(names)))
