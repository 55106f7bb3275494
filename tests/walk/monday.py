"""The weekend passes; Monday at eight the seven lines stand in the chat and on the first page, each one click away."""

from __future__ import annotations

from tests.walk.arriving import comes_in
from tests.walk.hands import Hands, counted
from tests.walk.world import World

LINES = (
    ("overdue", "过了日子还没看望的", "走访"),
    ("hospital", "住院要看望的", "走访"),
    ("birthdays", "这周逢十生日", "走访"),
    ("unfilled", "岗位还缺的人", "岗位"),
    ("approvals", "等您审批的", "报到申请"),
    ("questions", "等人答复的", "求助与提问"),
    ("health", "系统要留意的", "系统"),
)


async def walk(world: World, secretary: Hands) -> None:
    """The page the whole week was for."""
    with world.book.step("星期天，社区工作者在微信里说一句，聊天还开着"):
        await world.on(4, 10)
        said = await world.says("周五常", "早上好")
        assert said
    with world.book.step("星期一早上八点，这几行发到社区工作者的微信里"):
        await world.on(5, 8, 1)
        await world.hears("周五常", "过了日子还没看望的")
    await comes_in(world, secretary, "李四友")
    with world.book.step("第一页：七行，最要紧的在最上面"):
        said = await secretary.sees(*(words for _, words, _ in LINES))
        for words, least in (("过了日子还没看望的", 2), ("住院要看望的", 1), ("这周逢十生日", 2), ("等人答复的", 2)):
            assert counted(words, said) >= least, f"{words}: {said}"
        await secretary.photograph("desk-home")
    for _, words, title in LINES:
        with world.book.step(f"点“{words}”，到办这件事的地方"):
            await secretary.go("/console/")
            await secretary.press(secretary.page.locator(".morning a", has_text=words))
            await secretary.sees(title)
    with world.book.step("系统页：巡查、备份，要留意的写着怎么办"):
        await secretary.go("/console/operations")
        await secretary.sees("系统上一次巡查", "要留意的事")
    with world.book.step("退出"):
        await secretary.click("退出")
        await secretary.sees("登录金秋工作台")
