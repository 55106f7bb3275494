"""Thursday morning: what comes in is answered: check-ins, posts, a tap that drips, somebody in hospital."""

from __future__ import annotations

from tests.walk.arriving import comes_in
from tests.walk.hands import Hands
from tests.walk.world import OPENIDS, World

PHONE = (375, 720)


async def walk(world: World, secretary: Hands, worker: Hands) -> None:
    """One matter after the other."""
    await world.on(1, 9)
    await comes_in(world, secretary, "李四友")
    await comes_in(world, worker, "周五常")
    await _check_ins(world, worker)
    await _posts(world, worker)
    await _questions(world, secretary, worker)
    await _hospital(world, secretary)
    await _a_visit(world, secretary)


async def _applies(world: World, name: str, telephone: str, home: str) -> str:
    openid = OPENIDS[name] = f"oWalkNewcomer{telephone}"
    await world.phones.put(openid, name, following=False)
    await world.phones.do(openid, "follow")
    return await world.says(name, "报到", "1", name, telephone, "1", home, "1")


async def _check_ins(world: World, worker: Hands) -> None:
    with world.book.step("两位刚退休的同志在微信里报到"):
        for name, telephone, home in (
            ("王百川", "19900000081", "金桂花园3栋"),
            ("王千川", "19900000082", "金桂花园5栋"),
        ):
            said = await _applies(world, name, telephone, home)
            assert "报到申请收到了" in said, said
    with world.book.step("社区工作者的审批页上有两份报到"):
        await worker.follow("审批", "header")
        await worker.sees("王百川", "王千川", "同意报到")
        await worker.photograph("desk-approvals")
    with world.book.step("一下就同意一份报到"):
        await worker.press(worker.page.locator("article", has_text="王百川").get_by_role("button", name="同意报到"))
        await worker.sees("报到同意了")
    with world.book.step("另一份退回，写明原因"):
        card = worker.page.locator("article", has_text="王千川")
        await card.get_by_label("原因").fill("请写清楚住几单元几号")
        await worker.press(card.get_by_role("button", name="退回"))
        await worker.sees("退回了")
    with world.book.step("本人在微信里收到报到证"):
        await world.hears("王百川", "已经收下您的报到")


async def _posts(world: World, worker: Hands) -> None:
    with world.book.step("两位老同志认领3号岗位"):
        for name in ("王百川", "赵一木"):
            said = await world.says(name, "认领3号", "1")
            assert "给您留着了" in said, said
    with world.book.step("同意一份认领，一份先放着"):
        await worker.follow("审批", "header")
        await worker.press(
            worker.page.locator("article", has_text="赵一木").get_by_role("button", name="同意", exact=True)
        )
        await worker.sees("同意了", "王百川")
    with world.book.step("岗位页：还缺人的岗位"):
        await worker.follow("岗位", "header")
        await worker.sees("5号", "周末值守员")
        await worker.photograph("desk-posts")


async def _questions(world: World, secretary: Hands, worker: Hands) -> None:
    with world.book.step("三位老同志在微信里求助"):
        for name, words in (
            ("赵二山", "家里水龙头滴水，想请人修"),
            ("赵二常", "楼道的灯坏了，晚上看不见"),
            ("吴一山", "想请人来陪我说说话"),
        ):
            await world.says(name, words, "1")
    with world.book.step("求助页：谁在办，等了多久"):
        await worker.follow("求助与提问", "header")
        await worker.sees("赵二山")
        await worker.photograph("desk-questions")
    desk = worker if await worker.page.get_by_role("link", name="打开").count() else secretary
    with world.book.step("打开一件，看原话和电话"):
        await desk.go("/console/questions")
        await desk.follow("打开", "main")
        await desk.sees("办好了", "手机")
        await desk.photograph("desk-question")
    with world.book.step("打过电话，回一句话，点办好了"):
        await desk.write("回一句话", "周三上午有人去，请您在家等")
        await desk.click("办好了")
        await desk.sees("这件事办好了")


async def _hospital(world: World, secretary: Hands) -> None:
    with world.book.step("邻居在微信里说：吴一山住院了"):
        said = await world.says("吴六合", "吴一山住院了", "邻居")
        assert "记下了" in said, said
    with world.book.step("书记打电话问清楚，在微信里说一句，看望的人定下来"):
        said = await world.says("李四友", "吴一山住院了", "1")
        assert "看望" in said, said
    with world.book.step("走访页的住院一栏有了这一位"):
        await secretary.go("/console/visits?which=hospital")
        await secretary.sees("吴一山", "住院")
        await secretary.photograph("desk-visits-hospital")
    with world.book.step("看看还能派谁去，各是什么缘故"):
        await secretary.follow("给吴一山换一个人去看望", "main")
        await secretary.sees("可以派的人", "手上有")
        await secretary.photograph("desk-visits-assign")
    with world.book.step("就派第一位"):
        await secretary.click("就派这位")
        await secretary.sees("派好了", "吴一山")
    with world.book.step("走访规矩：一句话一个数"):
        await secretary.follow("走访规矩", "main")
        await secretary.sees("逢十生日去看望", "由县里定")
        await secretary.photograph("desk-visits-rules")


async def _a_visit(world: World, secretary: Hands) -> None:
    with world.book.step("换成手机大小的屏幕，打开走访"):
        await secretary.resize(*PHONE)
        await secretary.go("/console/")
        await secretary.look()
        await secretary.follow("走访", "header")
        await secretary.sees("赵一禾")
    with world.book.step("用拇指登记一次看望：去过了，精神很好"):
        card = secretary.page.locator("article", has_text="80岁生日").filter(has_text="赵一禾")
        await secretary.press(card.locator("summary"))
        world.book.click()
        await card.get_by_label("去过了").check()
        await card.get_by_label("说一句情况").fill("精神很好，爱听戏")
        await secretary.press(card.get_by_role("button", name="登记"))
        await secretary.sees("登记好了")
        await secretary.photograph("desk-phone-visits")
    with world.book.step("换回电脑屏幕"):
        await secretary.resize(1024, 768)
        await secretary.go("/console/")
        await secretary.look()
