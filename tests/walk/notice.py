"""Thursday afternoon: one notice to all 210, by every way there is, until everybody is accounted for by name."""

from __future__ import annotations

import asyncio

from kit.clock import local_day
from tests.walk import roster
from tests.walk.arriving import comes_in
from tests.walk.hands import Hands, counted
from tests.walk.world import BEGIN, OPENIDS, World

CONFIRMING = 120
WORDS = "9月25日(周五)上午9点在党群服务站二楼开会，请带老花镜，有事问李四友。"


async def walk(world: World, secretary: Hands, worker: Hands) -> None:
    """Written, looked at, agreed to, sent, followed."""
    await world.on(1, 15)
    await comes_in(world, secretary, "李四友")
    await comes_in(world, worker, "周五常")
    await _writes(world, secretary)
    await _second(world, secretary, worker)
    await _arrives(world, secretary)
    await _told(world, secretary)


async def _writes(world: World, desk: Hands) -> None:
    with world.book.step("写通知：像说话一样写发给谁"):
        await desk.follow("通知", "header")
        await desk.page.get_by_label("发给谁").press_sequentially("我们支部")
        await desk.page.wait_for_selector("#count:has-text('人')")
        await desk.write("通知内容", WORDS)
        await desk.look()
        await desk.photograph("desk-notices")
    with world.book.step("看一看再发：多少人，各用什么办法"):
        await desk.click("看一看再发")
        said = await desk.sees("发之前看一看", "共", "人", "聊天")
        assert counted("共", said) >= roster.SIZE, said
        await desk.photograph("desk-notice")
    with world.book.step("点发出去：超过50人，等第二人同意"):
        await desk.click("发出去")
        await desk.sees("等第二人同意")


async def _second(world: World, desk: Hands, worker: Hands) -> None:
    with world.book.step("社区工作者在自己的工作台上看到，点同意发"):
        await worker.follow("通知", "header")
        await worker.follow("党群服务站", "main")
        await worker.click("同意发")
        await worker.sees("马上发")
    with world.book.step("十分钟里还能撤回"):
        await desk.page.reload()
        await desk.sees("马上发", "撤回")


async def _arrives(world: World, desk: Hands) -> None:
    with world.book.step("时间一到就发出去，老同志收到"):
        await world.on(1, 15, 13)
        await world.hears("赵一川", "党群服务站二楼开会")
    with world.book.step(f"{CONFIRMING}位老同志回1"):
        await _confirm(world)
    with world.book.step("书记看现在的情况：一个一个都有着落"):
        await desk.page.reload()
        said = await desk.sees("本人回了", "已转告", "等着发")
        assert counted("本人回了", said) >= CONFIRMING, said
        await desk.photograph("desk-notice-status")
    with world.book.step("一位一位看：到哪一步了"):
        await desk.follow("每个人到哪一步了", "main")
        await desk.sees("本人回了")
        await desk.photograph("desk-notice-people")


async def _confirm(world: World) -> None:
    names = [one.name for one in roster.people(local_day(BEGIN))][3 : CONFIRMING + 3]
    some = asyncio.Semaphore(8)

    async def one(name: str) -> None:
        async with some:
            await world.phones.until(OPENIDS[name], lambda entry: "二楼开会" in str(entry["text"]), 90)
            await world.says(name, "1")

    await asyncio.gather(*(one(name) for name in names))


async def _told(world: World, desk: Hands) -> None:
    with world.book.step("没有微信也没有手机的，名字到了联络员的单子上"):
        await desk.follow("转告", "header")
        await _until_listed(desk)
        await desk.sees("等您转告的有")
        await desk.photograph("desk-calls")
    with world.book.step("打开一位，念给本人听，点当面告诉了"):
        await desk.press(desk.page.locator("ul.thumb button").first)
        await desk.sees("请念给本人听", "二楼开会")
        await desk.photograph("desk-call")
        await desk.click("当面告诉了")
        await desk.sees("记下了")


async def _until_listed(desk: Hands) -> None:
    """The clockwork hands the names out within some minutes of the house's time; a crowded machine takes its own."""
    for _ in range(240):
        if "等您转告的有" in await desk.read():
            return
        await desk.page.wait_for_timeout(250)
        await desk.page.reload()
