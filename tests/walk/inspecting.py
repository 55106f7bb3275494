"""Friday: figures for the quarter, an inspection, a drill of the alarm, and a member's own pages on the phone."""

from __future__ import annotations

from tests.walk.arriving import comes_in
from tests.walk.hands import Hands
from tests.walk.world import OPENIDS, World


async def walk(world: World, secretary: Hands, worker: Hands) -> None:
    """What is looked at rather than done."""
    await world.on(2, 9)
    await comes_in(world, secretary, "李四友")
    await comes_in(world, worker, "周五常")
    await _figures(world, secretary)
    await _inspection(world, secretary)
    await _drill(world, worker)
    await _member(world)


async def _figures(world: World, desk: Hands) -> None:
    with world.book.step("季度数字：点图表，再点本季"):
        await desk.follow("图表", "header")
        await desk.follow("本季", "main")
        await desk.sees("年龄", "一年里的生日和节日", "各支部的走访", "岗位有人做的")
        await desk.photograph("desk-pictures")
    with world.book.step("点一个数，看都是谁"):
        await desk.follow("9月", "main")
        await desk.sees("都是谁", "赵一禾")
        await desk.photograph("desk-names")


async def _inspection(world: World, desk: Hands) -> None:
    with world.book.step("上级来查形式主义：打开守着的规矩"):
        await desk.follow("系统", "header")
        await desk.photograph("desk-operations")
        await desk.follow("守着的规矩", "main")
        await desk.sees("不给人排名次", "不要求天天打卡", "不留行踪", "守着")
        await desk.photograph("desk-guards")
    with world.book.step("谁看过遮住的内容、为什么，都查得到"):
        await desk.follow("谁做过什么", "main")
        await desk.sees("看了遮住的内容", "要打电话通知开会")
        await desk.photograph("desk-deeds")
    with world.book.step("系统没听懂的话"):
        await desk.follow("没听懂的话", "main")
        await desk.sees("没听懂")
        await desk.photograph("desk-heard")


async def _drill(world: World, desk: Hands) -> None:
    with world.book.step("社区工作者开始一次急事演练"):
        await desk.follow("系统", "header")
        await desk.follow("急事演练", "main")
        await desk.click("现在演练")
        await desk.sees("演练开始了", "还没有人接手")
    with world.book.step("值班的人在微信里接手，页面上写着用了多少秒"):
        await world.hears("周五常", "演练，不是真的急事")
        said = await world.says("周五常", "1")
        assert "演练" in said, said
        await world.says("周五常", "1")
        await desk.go("/console/operations/drills")
        await desk.sees("秒接手")
        await desk.photograph("desk-drills")
    with world.book.step("换人的那一页"):
        await desk.follow("交给接任的人", "main")
        await desk.sees("换人")
        await desk.photograph("desk-successor")


async def _member(world: World) -> None:
    phone = await world.phone()
    with world.book.step("老同志从菜单打开自己的大字页面，不用登录"):
        await phone.page.goto(f"{world.platform}/sim/open?phone={OPENIDS['赵一木']}&url={world.root}/m/")
        await phone.sees("我的报到证", "我的岗位", "我的日子", "我的信息")
        await phone.photograph("member-home")
    for name, words in (("我的岗位", "政策宣传员"), ("我的日子", "我的日子"), ("我的报到证", "我的报到证")):
        with world.book.step(f"大字页面：{name}"):
            await phone.follow(name)
            await phone.sees(words)
            await phone.follow("回到第一页")
    with world.book.step("大字页面：我的信息，谁看过都写着"):
        await phone.follow("我的信息")
        await phone.sees("赵一木", "拿一份存下来")
        await phone.photograph("member-data")
    with world.book.step("写一句哪里不对，请人更正"):
        await phone.write("哪里不对", "我住3栋，不是2栋")
        await phone.click("请人更正")
        await phone.sees("记下了")
